import { expect } from 'chai';
import { Kernel, type Process, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';
import { reading } from './reading.js';

/** Whether signals reach a program that runs. */
const canReach = testConfig.lane === 'chromium-isolated';

const everyWay = String.raw`
import asyncio, re, select, sys, time

def compute():
    while True:
        pass

def compute_slowly():
    while True:
        sum(range(100_000))

def inside_a_callback():
    sorted([2, 1], key=lambda _: compute())

def match():
    re.match('(a*)*b', 'a' * 60)

def wait_for_input():
    select.select([sys.stdin], [], [])

async def doze(number):
    # Before this, what is interrupted is the making of an event loop.
    print('way', number, flush=True)
    await asyncio.sleep(1000)

ways = [compute, compute_slowly, inside_a_callback, match, lambda: time.sleep(1000), lambda: input(),
        lambda: sys.stdin.read(), wait_for_input]
for number, way in enumerate([*ways, lambda: asyncio.run(doze(len(ways)))]):
    try:
        if number < len(ways):
            print('way', number, flush=True)
        way()
    except KeyboardInterrupt:
        print('left', number, flush=True)
print('last', flush=True)
compute()
`;

describe('SIGINT to a Python program', function () {
  // An interpreter takes seconds to start, and many on a busy machine.
  this.timeout(180_000);

  let sandbox: Sandbox;
  before(async () => {
    const kernel = await Kernel.boot();
    sandbox = await kernel.sandbox({
      files: { 'ways.py': everyWay, 'loop.py': 'print("on")\nwhile True:\n    pass\n' },
    });
  });
  after(() => sandbox.dispose());

  it('raises KeyboardInterrupt in whatever it computes or waits for, and the program goes on', async function () {
    if (!canReach) this.skip();
    const process = await sandbox.spawn('python', ['ways.py']);
    const output = reading(process.stdout);
    for (let way = 0; way < 9; way += 1) {
      await output.until(`way ${way}\n`);
      process.kill('SIGINT');
      await output.until(`left ${way}\n`);
    }
    await output.until('last\n');
    process.kill('SIGINT');
    const errors = await new Response(process.stderr).text();
    expect(errors).to.match(
      /^Traceback \(most recent call last\):\n {2}File "\/home\/user\/ways\.py", line \d+, in <module>\n {4}.*\n(.*\n)*KeyboardInterrupt\n$/,
    );
    expect(errors).not.to.contain('<wasm-elements>');
    expect(await process.exited).to.include({ code: 130, signal: null });
  });

  it('ends the program where no signal can reach it', async function () {
    if (canReach) this.skip();
    const process = await sandbox.spawn('python', ['loop.py']);
    expect(process.transport).not.to.equal('shared');
    await reading(process.stdout).until('on\n');
    process.kill('SIGINT');
    expect(await process.exited).to.include({ code: null, signal: 'SIGINT' });
  });

  it('comes from ^C on its terminal', async function () {
    if (!canReach) this.skip();
    const process = await sandbox.spawn('python', ['ways.py'], { tty: { columns: 80, rows: 24 } });
    const output = reading(process.stdout);
    const writer = process.stdin.getWriter();
    const type = (text: string): Promise<void> => writer.write(new TextEncoder().encode(text));
    for (const way of [0, 1, 2, 3, 4, 5]) {
      await output.until(`way ${way}\r\n`);
      await type('\x03');
      await output.until(`left ${way}\r\n`);
    }
    await output.until('way 6\r\n');
    process.kill('SIGKILL');
    await process.exited;
  });

  it('leaves alone what C calls back through JavaScript', async () => {
    const { stdout, stderr } = await sandbox.run('python', [
      '-c',
      [
        'import ctypes, time',
        '@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)',
        'def called(number):',
        '    end = time.monotonic() + 0.2',
        '    while time.monotonic() < end: pass',
        '    time.sleep(0.01)',
        '    return number + 1',
        'print(called(1))',
      ].join('\n'),
    ]);
    expect(stderr).to.equal('');
    expect(stdout).to.equal('2\n');
  });

  it('does not keep a program from being killed that goes on after it', async () => {
    const swallowing = [
      'while True:',
      '    try:',
      '        print("on", flush=True)',
      '        while True: pass',
      '    except KeyboardInterrupt:',
      '        print("no", flush=True)',
    ].join('\n');
    const process: Process = await sandbox.spawn('python', ['-c', swallowing]);
    const output = reading(process.stdout);
    await output.until('on\n');
    if (canReach) {
      process.kill('SIGINT');
      await output.until('no\n');
    }
    process.kill('SIGKILL');
    expect(await process.exited).to.include({ code: null, signal: 'SIGKILL' });
    expect((await sandbox.run('python', ['-c', 'print("again")'])).stdout).to.equal('again\n');
  });
});
