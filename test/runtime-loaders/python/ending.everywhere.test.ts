import { expect } from 'chai';
import { Kernel, type RunResult, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';
import { reading } from './reading.js';

/** Computes for longer than a program does before its worker looks for messages. */
const compute = String.raw`
import asyncio, atexit, contextvars, signal, sys, threading, time, weakref

def compute(clock=time.monotonic):
    end = clock() + 0.06
    while clock() < end:
        pass

class Last:
    def __init__(self, name):
        self.name = name
    def __del__(self, compute=compute, sleep=time.sleep, print=print):
        compute()
        sleep(0.01)
        print('gone:', self.name)
`;

const everyEnd = String.raw`
kept = Last('a global')
local = threading.local()
local.kept = Last('a thread-local')

def generator(compute=compute, print=print):
    try:
        yield
    finally:
        compute()
        print('generator closed')

suspended = generator()
next(suspended)

@atexit.register
def at_exit():
    compute()
    time.sleep(0.01)
    print('at exit')

weakref.finalize(kept, lambda: (compute(), print('finalized')))
compute()
print('end')
`;

const names = String.raw`
import sys, tempfile

class Last:
    def __del__(self):
        print(sys.version_info > (3,), tempfile is not None)

def generator():
    with tempfile.TemporaryDirectory():
        yield

kept = Last()
suspended = generator()
next(suspended)
`;

/**
 * A context ends with the thread state it is of, which is the program's own where the browser can suspend. Elsewhere it
 * is the last to end, as in CPython itself, and what it holds is gone when nobody hears of it any more.
 */
const inContext = String.raw`
variable = contextvars.ContextVar('variable')
variable.set(Last('a context variable'))
`;

describe('the end of a Python program that computes to the last', function () {
  // An interpreter takes seconds to start, and many on a busy machine.
  this.timeout(60_000);

  let sandbox: Sandbox;
  before(async () => {
    const kernel = await Kernel.boot();
    sandbox = await kernel.sandbox();
  });
  after(() => sandbox.dispose());

  const python = (code: string): Promise<RunResult> => sandbox.run('python', ['-c', compute + code]);

  it('leaves destructors what they name', async () => {
    const { code, stdout, stderr } = await sandbox.run('python', ['-c', names]);
    expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: 'True True\n', stderr: '' });
  });

  it('runs exit handlers, finalizers and destructors', async () => {
    const hasContext = testConfig.lane !== 'webkit';
    const { code, stdout, stderr } = await python((hasContext ? inContext : '') + everyEnd);
    expect(stderr).to.equal('');
    const context = 'gone: a context variable\n';
    if (hasContext) expect(stdout).to.contain(context);
    const lines = stdout.replace(context, '').trimEnd().split('\n');
    expect(lines.slice(0, 3)).to.deep.equal(['end', 'finalized', 'at exit']);
    expect(lines.slice(3).sort()).to.include.members([
      'generator closed',
      'gone: a global',
      'gone: a thread-local',
    ]);
    expect(code).to.equal(0);
  });

  it('keeps the exit code of sys.exit, of an error and of a loop in asyncio', async () => {
    const exit = await python(
      'kept = Last("kept")\ntry:\n    compute()\n    sys.exit(3)\nfinally:\n    compute()\n    print("finally")',
    );
    expect(exit).to.include({ code: 3, stdout: 'finally\ngone: kept\n', stderr: '' });
    const error = await python('atexit.register(compute)\ncompute()\nraise ValueError("no")');
    expect(error).to.include({ code: 1, stdout: '' });
    expect(error.stderr).to.match(/\nValueError: no\n$/);
    const loop = await python(
      [
        'async def main():',
        '    kept = Last("of a coroutine")',
        '    await asyncio.sleep(0.01)',
        '    compute()',
        '    return 4',
        'code = asyncio.run(main())',
        'compute()',
        'sys.exit(code)',
      ].join('\n'),
    );
    expect(loop).to.include({ code: 4, stdout: 'gone: of a coroutine\n', stderr: '' });
  });

  it('refuses threads at any time', async () => {
    const { code, stderr } = await python(
      'compute()\natexit.register(lambda: (compute(), print("at exit", file=sys.stderr)))\nthreading.Thread(target=compute).start()',
    );
    expect(stderr).to.match(
      /RuntimeError: can't start new thread: there are no threads here, use asyncio\nat exit\n$/,
    );
    expect(code).to.equal(1);
  });

  it('is interrupted in an exit handler as anywhere, and still ends', async function () {
    if (testConfig.lane === 'webkit') this.skip();
    const code = [
      'atexit.register(lambda: print("later", flush=True))',
      '@atexit.register',
      'def at_exit():',
      '    print("at exit", flush=True)',
      '    while True:',
      '        compute()',
    ].join('\n');
    const process = await sandbox.spawn('python', ['-c', compute + code]);
    const output = reading(process.stdout);
    await output.until('at exit\n');
    process.kill('SIGINT');
    await output.until('later\n');
    const errors = await new Response(process.stderr).text();
    expect(errors).to.match(/^Exception ignored in atexit callback .*\n(.*\n)*KeyboardInterrupt:? ?\n$/);
    expect(await process.exited).to.include({ code: 0, signal: null });
  });
});
