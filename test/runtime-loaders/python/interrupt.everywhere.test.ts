import { expect } from 'chai';
import { Kernel, type Process, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';
import { reading } from './reading.js';

/** Whether signals reach a program that runs. */
const canReach = testConfig.lane !== 'webkit';
/** Whether a computing program is suspended for messages. */
const canSuspend = canReach && testConfig.lane !== 'chromium-isolated';

const everyWay = String.raw`
import asyncio, os, re, select, socket, sys, time

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

def look_again_and_again():
    while not select.select([], [], [], 0)[0]:
        time.sleep(0)

def print_for_ever():
    while True:
        sys.stdout.write('.')

def swallow_once():
    try:
        compute()
    except KeyboardInterrupt:
        print('once', flush=True)
        compute()

def import_what_computes():
    sys.modules.pop('endless', None)
    import endless

async def doze(number):
    # Before this, what is interrupted is the making of an event loop.
    print('way', number, flush=True)
    await asyncio.sleep(1000)

ways = [compute, compute_slowly, inside_a_callback, match, lambda: time.sleep(1000), lambda: input(),
        lambda: sys.stdin.read(), wait_for_input, look_again_and_again, print_for_ever,
        lambda: [number for number in iter(int, 1)], lambda: sum(0 for _ in iter(int, 1)), import_what_computes,
        lambda: os.read(os.pipe()[0], 1), lambda: socket.create_server(('127.0.0.1', 0)).accept(), swallow_once]
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

/** The ways above, then one in asyncio. */
const asyncioWay = 16;

describe('SIGINT to a Python program', function () {
  // An interpreter takes seconds to start, and many on a busy machine.
  this.timeout(180_000);

  let sandbox: Sandbox;
  before(async () => {
    const kernel = await Kernel.boot();
    sandbox = await kernel.sandbox({
      files: {
        'ways.py': everyWay,
        'endless.py': 'while True: pass\n',
        'loop.py': 'print("on")\nwhile True:\n    pass\n',
      },
    });
  });
  after(() => sandbox.dispose());

  it('raises KeyboardInterrupt in whatever it computes or waits for, and the program goes on', async function () {
    if (!canReach) this.skip();
    const process = await sandbox.spawn('python', ['ways.py']);
    const output = reading(process.stdout);
    for (let way = 0; way <= asyncioWay; way += 1) {
      await output.until(`way ${way}\n`);
      process.kill('SIGINT');
      if (way === asyncioWay - 1) {
        await output.until('once\n');
        process.kill('SIGINT');
      }
      await output.until(`left ${way}\n`);
    }
    await output.until('last\n');
    process.kill('SIGINT');
    const errors = await new Response(process.stderr).text();
    expect(errors).to.match(
      /^Traceback \(most recent call last\):\n {2}File "\/home\/user\/ways\.py", line \d+, in <module>\n {4}compute\(\)\n(.*\n)*KeyboardInterrupt\n$/,
    );
    expect(errors).not.to.contain('<wasm-elements>');
    expect(await process.exited).to.include({ code: 130, signal: null });
  });

  it('ends the program where no signal can reach it', async function () {
    if (canReach) this.skip();
    const process = await sandbox.spawn('python', ['loop.py']);
    expect(process.transport).to.equal('local');
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

  it('waits where JavaScript calls the program and cannot be left, for the end of that call', async function () {
    if (!canReach) this.skip();
    const code = [
      'import time',
      'from pyodide.code import run_js',
      'def called():',
      '    print("on", flush=True)',
      '    end = time.monotonic() + 0.3',
      '    while time.monotonic() < end: pass',
      '    print("returned")',
      'try:',
      '    run_js("(call) => call()")(called)',
      '    while True: pass',
      'except KeyboardInterrupt:',
      '    print("left")',
    ].join('\n');
    const process = await sandbox.spawn('python', ['-c', code]);
    const output = reading(process.stdout);
    await output.until('on\n');
    process.kill('SIGINT');
    // In shared memory the signal is seen at once, and the exception goes through JavaScript.
    expect(await output.until('left\n')).to.equal(
      process.transport === 'shared' ? 'left\n' : 'returned\nleft\n',
    );
    expect(await process.exited).to.include({ code: 0, signal: null });
  });

  it('lets JavaScript call the program while it computes, where messages are let in', async function () {
    const { stdout, stderr } = await sandbox.run('python', [
      '-c',
      [
        'from js import setTimeout',
        'from pyodide.ffi import create_once_callable',
        'seen = []',
        'def called():',
        '    seen.append(sum(number for number in range(300_000)))',
        '    if len(seen) < 3:',
        '        setTimeout(create_once_callable(called), 1)',
        'setTimeout(create_once_callable(called), 1)',
        `for turn in range(${canSuspend ? '10**12' : '1000'}):`,
        '    if len(seen) == 3: break',
        'print(seen)',
      ].join('\n'),
    ]);
    expect(stderr).to.equal('');
    expect(stdout).to.equal(canSuspend ? `[${Array(3).fill(44999850000).join(', ')}]\n` : '[]\n');
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

  it('leaves alone what pyodide runs while it makes proxies of JavaScript objects', async () => {
    const { stdout, stderr } = await sandbox.run('python', [
      '-c',
      [
        'from pyodide.code import run_js',
        'things = run_js("[{ length: 1, [Symbol.iterator]() {} }, { get() {} }, { has() {} }, { size: 3 }, "',
        '    "{ get() {}, set() {}, has() {}, length: 1 }, { next() {}, [Symbol.iterator]() {} }]"',
        '    ".map((made) => ({ get late() { for (const end = performance.now() + 40; performance.now() < end;); "',
        '    "return made; } }))")',
        'for thing in things:',
        // It makes the type of its proxy in Python, which JavaScript waits for, when the program is due to let messages in.
        '    print(type(thing.late).__name__)',
      ].join('\n'),
    ]);
    expect(stderr).to.equal('');
    expect(stdout).to.equal('JsProxy\n'.repeat(6));
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
