import { expect } from 'chai';
import { Kernel, type RunResult, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';
import { reading } from './reading.js';

/** Whether signals reach a program that runs. */
const canReach = testConfig.lane !== 'webkit';

describe('signal in Python', function () {
  // An interpreter takes seconds to start, and many on a busy machine.
  this.timeout(180_000);

  let sandbox: Sandbox;
  before(async () => {
    const kernel = await Kernel.boot();
    sandbox = await kernel.sandbox();
  });
  after(() => sandbox.dispose());

  const python = (...lines: string[]): Promise<RunResult> =>
    sandbox.run('python', ['-c', ['import os, signal, sys, time', ...lines].join('\n')]);

  it('runs handlers of signals the program sends itself before the next line', async () => {
    const { stdout, stderr } = await python(
      'seen = []',
      'for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGALRM, signal.SIGWINCH):',
      '    signal.signal(number, lambda number, frame: seen.append(signal.Signals(number).name))',
      '    os.kill(os.getpid(), number)',
      '    assert seen[-1] == signal.Signals(number).name',
      '    signal.raise_signal(number)',
      'print(seen[::2] == seen[1::2], seen[::2])',
      'signal.signal(signal.SIGINT, signal.default_int_handler)',
      'try:',
      '    os.kill(os.getpid(), signal.SIGINT)',
      'except KeyboardInterrupt:',
      '    print("KeyboardInterrupt")',
      'print(signal.signal(signal.SIGUSR2, signal.SIG_IGN) == signal.SIG_DFL)',
      'os.kill(os.getpid(), signal.SIGUSR2)',
      'for call in (lambda: signal.signal(signal.SIGKILL, signal.SIG_IGN), lambda: os.kill(99_999, 0)):',
      '    try:',
      '        print(call())',
      '    except OSError as error:',
      '        print(type(error).__name__, error.strerror)',
    );
    expect(stderr).to.equal('');
    expect(stdout.split('\n')).to.deep.equal([
      "True ['SIGINT', 'SIGTERM', 'SIGUSR1', 'SIGALRM', 'SIGWINCH']",
      'KeyboardInterrupt',
      'True',
      'OSError Invalid argument',
      // Nobody can be asked there.
      canReach ? 'ProcessLookupError No such process' : 'None',
      '',
    ]);
  });

  it('ends a program by a signal without a handler, what it printed shown', async () => {
    const ways = ['os.kill(os.getpid(), signal.SIGTERM)', 'signal.raise_signal(signal.SIGTERM)'];
    for (const way of ways) {
      const result = await python('sys.stdout.write("before")', way, 'print("after")');
      expect(result).to.include({ code: null, signal: 'SIGTERM', stdout: 'before' });
    }
  });

  it('is told signals from outside, in a loop and asleep', async function () {
    if (!canReach) this.skip();
    const process = await sandbox.spawn('python', [
      '-c',
      [
        'import signal, time',
        'got = []',
        'for number in (signal.SIGTERM, signal.SIGUSR1):',
        '    signal.signal(number, lambda number, frame: got.append(number))',
        'print("loop", flush=True)',
        'while not got: pass',
        'print("pause", got, flush=True)',
        // Not pause(): what comes before it would be waited for in vain.
        'while len(got) < 2: time.sleep(0.05)',
        'print("sleep", got, flush=True)',
        'time.sleep(0.01)',
        'signal.signal(signal.SIGTERM, signal.SIG_IGN)',
        'signal.signal(signal.SIGUSR1, signal.SIG_DFL)',
        'time.sleep(0)',
        'print("ignored", flush=True)',
        'input()',
      ].join('\n'),
    ]);
    const output = reading(process.stdout);
    await output.until('loop\n');
    process.kill('SIGTERM');
    await output.until('pause [15]\n');
    process.kill('SIGUSR1');
    await output.until('sleep [15, 10]\n');
    await output.until('ignored\n');
    process.kill('SIGTERM');
    process.kill('SIGUSR1');
    expect(await process.exited).to.include({ code: null, signal: 'SIGUSR1' });
  });

  it('has timers that ring in a loop and asleep', async function () {
    if (!canReach) this.skip();
    const { stdout, stderr } = await python(
      'class Timeout(Exception): pass',
      'def ring(number, frame): raise Timeout',
      'signal.signal(signal.SIGALRM, ring)',
      'for way in (lambda: time.sleep(1000), lambda: [0 for _ in iter(int, 1)], signal.pause):',
      '    try:',
      '        signal.setitimer(signal.ITIMER_REAL, 0.05)',
      '        way()',
      '    except Timeout:',
      '        print("rang", signal.getitimer(signal.ITIMER_REAL))',
      'rings = []',
      'signal.signal(signal.SIGALRM, lambda *_: rings.append(1))',
      'signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)',
      'while len(rings) < 3: time.sleep(1000) if len(rings) > 5 else signal.pause()',
      'signal.setitimer(signal.ITIMER_REAL, 0)',
      'print(signal.alarm(100), signal.alarm(0))',
    );
    expect(stderr).to.equal('');
    expect(stdout).to.equal('rang (0.0, 0.0)\n'.repeat(3) + '0 100\n');
    expect(await python('signal.alarm(1)', 'while True: pass')).to.include({ code: null, signal: 'SIGALRM' });
  });

  it('ends a wait that begins when the signal is on its way', async function () {
    if (!canReach) this.skip();
    const { stdout, stderr } = await python(
      'import select, socket',
      'class Rang(Exception): pass',
      'def ring(number, frame): raise Rang',
      'signal.signal(signal.SIGALRM, ring)',
      'reader, writer = os.pipe()',
      'server = socket.create_server(("127.0.0.1", 0))',
      'ways = [lambda: os.read(reader, 1), server.accept, lambda: select.select([reader], [], []), lambda: time.sleep(1000)]',
      'for way in ways:',
      '    signal.setitimer(signal.ITIMER_REAL, 0.01)',
      '    try:',
      // In C, where nothing is asked for.
      '        sum(range(3_000_000)), way()',
      '    except Rang:',
      '        print("rang")',
    );
    expect(stderr).to.equal('');
    expect(stdout).to.equal('rang\n'.repeat(4));
  });

  it('tells asyncio, and lets a wait go on whose handler returns', async function () {
    if (!canReach) this.skip();
    const { stdout, stderr } = await python(
      'import asyncio',
      'signal.signal(signal.SIGALRM, lambda *_: (time.sleep(0.01), print("handled")))',
      'signal.setitimer(signal.ITIMER_REAL, 0.05)',
      'began = time.monotonic()',
      'time.sleep(0.2)',
      'print(time.monotonic() - began >= 0.2)',
      'async def main():',
      '    loop, rang = asyncio.get_running_loop(), asyncio.Event()',
      '    loop.add_signal_handler(signal.SIGALRM, rang.set)',
      '    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)',
      '    await rang.wait()',
      '    signal.setitimer(signal.ITIMER_REAL, 0)',
      '    print(loop.remove_signal_handler(signal.SIGALRM), loop.remove_signal_handler(signal.SIGALRM))',
      'asyncio.run(main())',
    );
    expect(stderr).to.equal('');
    expect(stdout).to.equal('handled\nTrue\nTrue False\n');
  });

  it('and a loop of asyncio that has another selector, of children, too', async function () {
    if (!canReach) this.skip();
    const { stdout, stderr } = await python(
      'import asyncio, selectors',
      'async def main():',
      '    loop, rang = asyncio.get_running_loop(), asyncio.Event()',
      '    loop.add_signal_handler(signal.SIGALRM, rang.set)',
      '    signal.setitimer(signal.ITIMER_REAL, 0.05)',
      '    await rang.wait()',
      '    child = await asyncio.create_subprocess_exec(sys.executable, "-c", "print(1); exit(3)", stdout=-1)',
      '    print(await child.communicate(), child.returncode)',
      'for kind in (selectors.SelectSelector, selectors.PollSelector):',
      '    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(kind())) as runner:',
      '        runner.run(main())',
    );
    expect(stderr).to.equal('');
    expect(stdout).to.equal("(b'1\\n', None) 3\n".repeat(2));
  });

  it('keeps the exit codes of children that asyncio waits for', async function () {
    if (!canReach) this.skip();
    const { stdout, stderr } = await python(
      'import asyncio',
      'signal.signal(signal.SIGALRM, lambda *_: None)',
      'async def main():',
      // It reads until the program has had its signals.
      '    child = await asyncio.create_subprocess_exec(sys.executable, "-c", "import sys; sys.stdin.read(); sys.exit(3)",',
      '        stdin=asyncio.subprocess.PIPE)',
      '    rang = asyncio.Event()',
      '    asyncio.get_running_loop().add_signal_handler(signal.SIGALRM, rang.set)',
      '    signal.setitimer(signal.ITIMER_REAL, 0.01)',
      '    await rang.wait()',
      '    child.stdin.close()',
      '    print(await child.wait())',
      'asyncio.run(main())',
    );
    expect(stderr).to.equal('');
    expect(stdout).to.equal('3\n');
  });

  it('holds back signals that are blocked until they are not, or are waited for', async () => {
    const { stdout, stderr } = await python(
      'signal.signal(signal.SIGUSR1, lambda *_: print("handled"))',
      'print(signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGUSR2, signal.SIGKILL]))',
      'for number in (signal.SIGUSR1, signal.SIGUSR1, signal.SIGUSR2):',
      '    os.kill(os.getpid(), number)',
      'print(sorted(signal.sigpending()))',
      'print(signal.sigwait([signal.SIGUSR2]), sorted(signal.sigpending()))',
      'print(sorted(signal.pthread_sigmask(signal.SIG_SETMASK, [])), signal.sigpending())',
      'signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])',
      'os.kill(os.getpid(), signal.SIGUSR2)',
      'signal.signal(signal.SIGUSR2, signal.SIG_IGN)',
      'print(signal.sigpending())',
    );
    expect(stderr).to.equal('');
    expect(stdout.split('\n')).to.deep.equal([
      'set()',
      '[<Signals.SIGUSR1: 10>, <Signals.SIGUSR2: 12>]',
      '12 [<Signals.SIGUSR1: 10>]',
      'handled',
      '[<Signals.SIGUSR1: 10>, <Signals.SIGUSR2: 12>] set()',
      'set()',
      '',
    ]);
  });

  it('ends by a blocked signal without a handler as soon as it is not blocked any more', async () => {
    const result = await python(
      'signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])',
      'os.kill(os.getpid(), signal.SIGTERM)',
      'print("blocked", flush=True)',
      'signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])',
      'print("not blocked")',
    );
    expect(result).to.include({ code: null, signal: 'SIGTERM', stdout: 'blocked\n' });
  });

  it('gives children what is blocked, and what came for them meanwhile once it is not', async function () {
    if (!canReach) this.skip();
    const { stdout, stderr } = await python(
      'import subprocess',
      'child = "import signal, sys; print(len(signal.pthread_sigmask(signal.SIG_BLOCK, [])), flush=True); sys.stdin.read();" \\',
      '    "print(signal.sigpending(), flush=True); signal.pthread_sigmask(signal.SIG_SETMASK, [])"',
      'signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGUSR1, signal.SIGRTMIN])',
      'for program in (child, f"import os, sys; os.execv(sys.executable, [sys.executable, \'-c\', {child!r}])"):',
      '    running = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)',
      '    line = running.stdout.readline()',
      '    running.send_signal(signal.SIGTERM)',
      '    print(line, *running.communicate(), running.returncode)',
    );
    expect(stderr).to.equal('');
    expect(stdout).to.equal('2\n {<Signals.SIGTERM: 15>}\n None -15\n'.repeat(2));
  });

  it('says that asyncio cannot handle SIGKILL, and keeps no handler of it', async () => {
    const { stdout, stderr } = await python(
      'import asyncio',
      'loop = asyncio.new_event_loop()',
      'try:',
      '    loop.add_signal_handler(signal.SIGKILL, print)',
      'except RuntimeError as error:',
      '    print(error, loop.remove_signal_handler(signal.SIGKILL))',
    );
    expect(stderr).to.equal('');
    expect(stdout).to.equal('sig 9 cannot be caught False\n');
  });

  it('waits for a signal of another process, or for so long', async function () {
    if (!canReach) this.skip();
    const { stdout, stderr } = await python(
      'import subprocess',
      'signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])',
      'print(signal.sigtimedwait([signal.SIGTERM], 0.01))',
      'child = subprocess.Popen([sys.executable, "-c", "import os, signal; os.kill(os.getppid(), signal.SIGTERM)"])',
      'print(signal.sigwaitinfo([signal.SIGTERM]).si_signo, child.wait())',
    );
    expect(stderr).to.equal('');
    expect(stdout).to.equal('None\n15 0\n');
  });

  it('says that no signal can reach a program where none can', async function () {
    if (canReach) this.skip();
    const { stderr, code } = await python('signal.alarm(0)', 'signal.alarm(1)');
    expect(stderr).to.contain('no signal can reach a Python program that runs in this browser');
    expect(code).to.equal(1);
  });
});
