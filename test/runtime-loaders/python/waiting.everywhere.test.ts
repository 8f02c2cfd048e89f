import { expect } from 'chai';
import { Kernel, type Process, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';

const canWait = testConfig.lane !== 'webkit';

const asking = String.raw`
import os, select, sys, time
name = input('Name? ')
print('Hello', name)
print(repr(sys.stdin.readline()))
class Late:
    def __init__(self):
        self.value = sorted([input('inside __init__? ')], key=lambda text: (time.sleep(0.001), text))[0]
print(Late().value)
print(select.select([sys.stdin], [], [], 0.01)[0])
print('waiting')
print(select.select([sys.stdin], [], [])[0] == [sys.stdin], os.read(0, 3), os.read(0, 3))
import getpass
print(repr(getpass.getpass('Secret? ')))
try:
    input()
except EOFError as error:
    print('EOFError:', error)
`;

const sleeping = String.raw`
import asyncio, time
for step in range(3):
    print(step, end='\r')
    time.sleep(0.05)
print()
started = time.monotonic()
time.sleep(0.1)
assert 0.09 < time.monotonic() - started < 5

async def count(name):
    for number in range(2):
        await asyncio.sleep(0.01)
        print(name, number)
    return name

async def main():
    print(await asyncio.gather(count('a'), count('b')))
    try:
        async with asyncio.timeout(0.02):
            await asyncio.Event().wait()
    except TimeoutError:
        print('timed out')

asyncio.run(main())
for call in (lambda: time.sleep(-1), lambda: time.sleep('1')):
    try:
        call()
    except (TypeError, ValueError) as error:
        print(error)
`;

/** Reads standard output up to a text. */
async function until(reader: ReadableStreamDefaultReader<string>, text: string, seen = ''): Promise<string> {
  while (!seen.includes(text)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the output ended before “${text}”: ${seen}`);
    seen += value;
  }
  return seen;
}

const textOf = (process: Process) =>
  process.stdout.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();

describe('A Python program that waits', function () {
  // An interpreter takes seconds to start, and many on a busy machine.
  this.timeout(180_000);

  let sandbox: Sandbox;
  before(async () => {
    const kernel = await Kernel.boot();
    sandbox = await kernel.sandbox({ files: { 'asking.py': asking, 'sleeping.py': sleeping } });
  });
  after(() => sandbox.dispose());

  it('is read from standard input, wherever it runs', async () => {
    const process = await sandbox.spawn('python', ['-', 'one']);
    const writer = process.stdin.getWriter();
    await writer.write(new TextEncoder().encode('import sys\nfor each in sys.argv:\n  print(each)\n'));
    await writer.write(new TextEncoder().encode('sys.exit(4)\n'));
    await writer.close();
    expect(await new Response(process.stdout).text()).to.equal('-\none\n');
    expect((await process.exited).code).to.equal(4);
  });

  it('asks its reader where the browser can pause it, and says why not where it cannot', async () => {
    const process = await sandbox.spawn('python', ['asking.py']);
    expect(process.transport).to.equal(
      { webkit: 'local', 'chromium-isolated': 'shared' }[testConfig.lane as string] ?? 'suspending',
    );
    const output = textOf(process);
    if (!canWait) {
      const errors = await new Response(process.stderr).text();
      expect(errors).to.match(
        /asking\.py", line 3, in <module>\n {4}name = input\('Name\? '\)\n(.*\n)?RuntimeError: /,
      );
      expect(errors).to.contain('This program waits for input, but this browser cannot pause a program');
      expect(errors).to.contain('stdin="…"');
      expect((await process.exited).code).to.equal(1);
      return;
    }
    const writer = process.stdin.getWriter();
    const write = (text: string) => writer.write(new TextEncoder().encode(text));
    expect(await until(output, '? ')).to.equal('Name? ');
    await write('Ada\nsecond line\n');
    expect(await until(output, '__init__? ')).to.equal("Hello Ada\n'second line\\n'\ninside __init__? ");
    await write('third\n');
    // On `shared` nobody can look ahead, and select calls input ready that may have to be waited for.
    const isolated = testConfig.lane === 'chromium-isolated';
    const waiting = await until(output, 'waiting\n');
    if (isolated) expect(waiting).to.match(/^third\n\[.*\]\nwaiting\n$/);
    else expect(waiting).to.equal('third\n[]\nwaiting\n');
    await write('abcdef');
    expect(await until(output, "b'def'\n")).to.equal("True b'abc' b'def'\n");
    await write('word\n');
    await writer.close();
    expect(await until(output, 'a line\n')).to.equal("'word'\nEOFError: EOF when reading a line\n");
    expect((await process.exited).code).to.equal(0);
  });

  it('sleeps, shows what it printed before, and runs coroutines side by side', async () => {
    const { code, stdout, stderr } = await sandbox.run('python', ['sleeping.py']);
    expect(stderr).to.equal('');
    expect(stdout.split('\n')).to.deep.equal([
      '0\r1\r2\r',
      'a 0',
      'b 0',
      'a 1',
      'b 1',
      "['a', 'b']",
      'timed out',
      'sleep length must be non-negative',
      "'str' object cannot be interpreted as an integer or float",
      '',
    ]);
    expect(code).to.equal(0);
  });
});
