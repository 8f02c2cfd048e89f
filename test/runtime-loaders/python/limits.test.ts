import { expect } from 'chai';
import { Kernel, type Sandbox } from 'wasm-elements/kernel';

const refused = String.raw`
import asyncio, functools, multiprocessing, os, sys, threading, urllib.request
import js
from pyodide.http import pyfetch

def told(call):
    try:
        call()
    except Exception as error:
        print(f'{type(error).__name__}: {error}')

@functools.lru_cache(None)
def depth(n):
    return n and 1 + depth(n - 1)

def endless():
    return endless()

class Mirror:
    def __repr__(self):
        return repr([self])

told(lambda: threading.Thread(target=print).start())
told(os.fork)
told(multiprocessing.Process(target=print).start)
told(lambda: urllib.request.urlopen('https://example.com/'))
told(lambda: asyncio.run(pyfetch('https://example.com/')))
told(lambda: js.postMessage('out'))
told(lambda: js.XMLHttpRequest.new())
print('depth', depth(400))
told(endless)
told(lambda: repr(Mirror()))
told(lambda: bytearray(2**31 - 1))
hoard = []
try:
    while True:
        hoard.append(bytearray(1_000_000))
except MemoryError:
    del hoard
    print('MemoryError caught')
`;

describe('What a Python program cannot have', function () {
  // An interpreter takes seconds to start, and many on a busy machine.
  this.timeout(180_000);

  let sandbox: Sandbox;
  before(async () => {
    const kernel = await Kernel.boot();
    sandbox = await kernel.sandbox({
      files: { 'refused.py': refused, 'hoard.py': 'hoard = []\nwhile True: hoard.append([0] * 100_000)\n' },
      limits: { memoryBytes: 96 * 1024 * 1024 },
    });
  });
  after(() => sandbox.dispose());

  it('is refused by an exception it can catch, in words that say why', async () => {
    const { stdout, stderr, code } = await sandbox.run('python', ['refused.py']);
    expect(stderr).to.equal('');
    const lines = stdout.split('\n');
    expect(lines.slice(0, 3)).to.deep.equal([
      "RuntimeError: can't start new thread: there are no threads here, use asyncio",
      'OSError: [Errno 138] os.fork: a running Python cannot be copied here, start another program with subprocess',
      'OSError: [Errno 138] multiprocessing.Process: there are no worker processes here that share Python objects; ' +
        'use asyncio, or start another interpreter with subprocess.run([sys.executable, …])',
    ]);
    expect(lines[3]).to.match(/^URLError: <urlopen error .*(network|cannot pause)/);
    expect(lines[4]).to.match(/^(AbortError: .*network|RuntimeError: asyncio waits)/);
    expect(lines[5]).to.equal('AttributeError: postMessage');
    expect(lines[6]).to.equal('AttributeError: XMLHttpRequest');
    expect(lines[7]).to.equal('depth 400');
    expect(lines[8]).to.equal('RecursionError: maximum recursion depth exceeded');
    expect(lines[9]).to.match(/^RecursionError: /);
    expect(lines[10]).to.equal('MemoryError: ');
    expect(lines[11]).to.equal('MemoryError caught');
    expect(code).to.equal(0);
  });

  it('ends it, with a sentence, when it wants more memory than its limit and does not catch that', async () => {
    const { code, reason, message, stderr } = await sandbox.run('python', ['hoard.py']);
    expect(stderr).to.match(/\nMemoryError\n$/);
    expect({ code, reason }).to.deep.equal({ code: 1, reason: 'memory' });
    expect(message).to.contain('96 MB').and.contain('memory="…"');
  });
});
