import { expect } from 'chai';
import type { WasmRunnable } from 'wasm-elements';
import { click, press, type } from '../input.js';
import { testConfig } from '../test-config.js';
import { clearPage, drawn, next, part, runButton, show, shownBelow, stateOf, until } from './page.js';

/** Whether a program can be interrupted for sure; elsewhere Stop may end the interpreter. */
const mustReach = testConfig.lane === 'chromium-isolated';
const canAsk = testConfig.lane !== 'webkit';

let lesson = 0;

/** A cell of the session of this test. */
const cell = (code: string, attributes = ''): WasmRunnable => {
  const element = show(
    `<wasm-runnable runtime="python" session="lesson-${lesson}" ${attributes}></wasm-runnable>`,
  );
  element.code = code;
  return element;
};

const notice = (element: WasmRunnable): string => part(element, 'notice')?.textContent ?? '';
const goneSentence = 'The session was restarted; its variables are gone.';

describe('cells of one session', function () {
  // An interpreter takes seconds to start, and many on a busy machine.
  this.timeout(180_000);
  beforeEach(() => {
    lesson += 1;
  });
  afterEach(clearPage);

  it('share variables, files and modules', async () => {
    const first = cell('import math\nx = 20\nopen("note.txt", "w").write("kept")\nprint(__name__)');
    const second = cell('x += 1\nprint(x * 2, math.floor(2.5), open("note.txt").read())');
    expect(await first.run()).to.include({ code: 0, stdout: '__main__\n', stderr: '' });
    expect(await second.run()).to.include({ code: 0, stdout: '42 2 kept\n', stderr: '' });
    expect(await second.run()).to.include({ stdout: '44 2 kept\n' });
  });

  it('show objects, and the value of the last expression where that is wanted', async () => {
    const first = cell(
      'class Table:\n    def _repr_markdown_(self): return "**table**"\n    def __repr__(self): return "Table()"\ndisplay(Table())\n40 + 2',
    );
    const second = cell('import asyncio\nt = Table()\nawait asyncio.sleep(0, 41) + 1', 'display="last"');
    const shown: unknown[] = [];
    for (const element of [first, second])
      element.addEventListener('wasm-display', (event) => shown.push((event as CustomEvent).detail));
    expect(await first.run()).to.include({ code: 0, stdout: '', stderr: '' });
    expect(await second.run()).to.include({ code: 0, stdout: '42\n', stderr: '' });
    expect(shown).to.have.length(1);
    // What draws it is downloaded when the first object comes.
    await until(() => shownBelow(first).includes('table'));
    expect(shownBelow(first)).to.not.match(/^42$/m);
  });

  it('import the files beside them', async () => {
    const first = show(`<wasm-runnable runtime="python" session="lesson-${lesson}">
      <script type="text/plain" filename="step.py">import beside\nprint(beside.word, __file__)</script>
      <script type="text/plain" filename="beside.py">word = "here"</script>
    </wasm-runnable>`);
    first.setAttribute('entry', 'step.py');
    expect(await first.run()).to.include({ stdout: 'here /home/user/step.py\n', stderr: '' });
    const second = cell('import beside\nbeside.word.missing');
    expect((await second.run()).stderr).to.include('File "cell 2", line 2');
    first.code = '\n1 / 0';
    expect((await first.run()).stderr).to.include('File "step.py", line 2, in <module>');
  });

  it('run in the order in which they are asked for, and say that they wait', async () => {
    const slow = cell('import time\nprint("slow begins", flush=True)\ntime.sleep(0.3)\norder = ["slow"]');
    const third = cell('order.append("third")\nprint(order)');
    const second = cell('order.append("second")\nprint(order)');
    const results = [slow.run(), second.run(), third.run()];
    await next(slow, 'wasm-output');
    expect([second.state, third.state]).to.deep.equal(['loading', 'loading']);
    expect(shownBelow(second)).to.include('Waiting for its turn');
    const texts = (await Promise.all(results)).map((result) => result.stdout);
    expect(texts).to.deep.equal(['slow begins\n', "['slow', 'second']\n", "['slow', 'second', 'third']\n"]);
  });

  it('keep that order where one of them has never run', async () => {
    const known = cell('order = order + "b" if "order" in globals() else ""');
    await known.run();
    const fresh = cell('order += "a"');
    const last = cell('print(order + "c")');
    const results = await Promise.all([fresh.run(), known.run(), last.run()]);
    expect(results[2]).to.include({ stdout: 'abc\n', stderr: '' });
  });

  it('each have their own output, to the last byte', async () => {
    const long = cell('print("a" * 300_000, end="")');
    const after = cell('import sys\nprint("b", end="")\nprint("c", end="", file=sys.stderr)');
    const [first, second] = await Promise.all([long.run(), after.run()]);
    expect(first.stdout.length).to.equal(300_000);
    expect(second).to.include({ stdout: 'b', stderr: 'c' });
    await until(() => /^b\n?c/.test(shownBelow(after)));
  });

  it('end as programs do: errors, exit codes, a message', async () => {
    const failing = cell('def f():\n    return 1 / 0\n\nf()', 'id="failing"');
    const failed = await failing.run();
    expect(failed).to.include({ code: 1, stdout: '' });
    expect(failed.stderr.split('\n')).to.deep.equal([
      'Traceback (most recent call last):',
      '  File "cell 1", line 4, in <module>',
      '    f()',
      '    ~^^',
      '  File "cell 1", line 2, in f',
      '    return 1 / 0',
      '           ~~^~~',
      'ZeroDivisionError: division by zero',
      '',
    ]);
    expect(await cell('raise SystemExit(3)').run()).to.include({ code: 3, stderr: '' });
    expect(await cell('import sys\nsys.exit("no more")').run()).to.include({ code: 1, stderr: 'no more\n' });
    const broken = await cell('x = (').run();
    expect(broken.code).to.equal(1);
    expect(broken.stderr).to.match(/^ {2}File "cell 4", line 1\n {4}x = \(\n {8}\^\nSyntaxError: /);
    expect(await cell('f.__name__').run()).to.include({ code: 0 });
  });

  it('show the lines of the cell in which a function was written', async () => {
    await cell('\n\ndef late():\n    raise ValueError("here")').run();
    const source = await cell('import inspect\nprint(inspect.getsource(late))').run();
    expect(source).to.include({ stdout: 'def late():\n    raise ValueError("here")\n\n', stderr: '' });
    const { stderr } = await cell('late()').run();
    expect(stderr).to.include('File "cell 3", line 1, in <module>\n    late()\n');
    expect(stderr).to.include('File "cell 1", line 4, in late\n    raise ValueError("here")\n');
  });

  it('wait with await, on one event loop', async () => {
    const first = cell(
      'import asyncio\nasync def work():\n    await asyncio.sleep(0.01)\n    return 7\ntask = asyncio.ensure_future(work())\nprint(await asyncio.sleep(0, "on"))',
    );
    expect(await first.run()).to.include({ code: 0, stdout: 'on\n', stderr: '' });
    const failing = await cell('async def fail():\n    raise OSError("far away")\nawait fail()').run();
    expect(failing.stderr.split('\n').filter((line) => /File|Error:/.test(line))).to.deep.equal([
      '  File "cell 2", line 3, in <module>',
      '  File "cell 2", line 2, in fail',
      'OSError: far away',
    ]);
    expect(await cell('print(await task)').run()).to.include({ code: 0, stdout: '7\n', stderr: '' });
    expect(await cell('await asyncio.sleep(0)\nexit(4)').run()).to.include({ code: 4, stderr: '' });
    expect(await cell('print(asyncio.run(work()))').run()).to.include({ code: 0, stdout: '7\n', stderr: '' });
  });

  it('have arguments, environment and input of their own', async () => {
    const first = cell(
      'import os, sys\nprint(sys.argv[1:], os.environ["A"], input(), sys.stdin.read())',
      'args="x y" env="A=1" stdin="one\ntwo"',
    );
    expect(await first.run()).to.include({ stdout: "['x', 'y'] 1 one two\n", stderr: '' });
    const second = cell('print(sys.argv[1:], os.environ["A"], sys.stdin.read())', 'stdin="three"');
    expect(await second.run()).to.include({ stdout: '[] 1 three\n', stderr: '' });
  });

  it('ask the reader in their own panel', async () => {
    const asks = cell('name = input("Name? ")\nprint("Hi", name)');
    const result = asks.run();
    if (!canAsk) {
      expect((await result).stderr).to.include('Give the input in advance with stdin=');
      return;
    }
    await stateOf(asks, 'waiting');
    await click(asks.shadowRoot?.querySelector('input') as HTMLElement);
    await type('Ada');
    await press('Enter');
    expect(await result).to.include({ code: 0, stdout: 'Name? Hi Ada\n' });
    expect(await cell('print(name)').run()).to.include({ stdout: 'Ada\n' });
  });

  it('keep the session after Stop where the code can be interrupted, and tell all where it cannot', async () => {
    const before = cell('x = 1');
    await before.run();
    const loop = cell('print("on")\nwhile True:\n    pass');
    await drawn();
    const restart = next(before, 'wasm-restart');
    const run = loop.run();
    await next(loop, 'wasm-output');
    await click(runButton(loop));
    const result = await run;
    const isKept = result.signal === null;
    if (mustReach) expect(isKept).to.equal(true);
    if (isKept) expect(result).to.include({ code: 130 });
    else expect(result).to.include({ code: null, signal: 'SIGINT' });
    if (!isKept) expect(await restart).to.deep.equal({ session: `lesson-${lesson}` });
    expect(notice(before)).to.equal(isKept ? '' : goneSentence);
    const after = await cell('print("x" in globals())').run();
    expect(after).to.include({ code: 0, stdout: isKept ? 'True\n' : 'False\n' });
  });

  it('are interrupted while they await, and the loop goes on', async () => {
    const waits = cell(
      'import asyncio\nasync def soon():\n    await asyncio.sleep(0.01)\n    return 5\ntask = asyncio.ensure_future(soon())\nprint("on")\nawait asyncio.sleep(1000)',
    );
    const run = waits.run();
    await next(waits, 'wasm-output');
    await waits.stop();
    const { code } = await run;
    if (mustReach) expect(code).to.equal(130);
    const after = await cell('print(await task)').run();
    if (code === 130) expect(after).to.include({ code: 0, stdout: '5\n' });
    else expect(after.stderr).to.include("NameError: name 'task' is not defined");
  });

  it('start anew when a cell will not be stopped', async () => {
    const before = cell('x = 1');
    await before.run();
    const restart = next(before, 'wasm-restart');
    const stubborn = cell(
      'while True:\n    try:\n        print("on")\n        while True: pass\n    except KeyboardInterrupt:\n        pass\n',
    );
    const run = stubborn.run();
    await next(stubborn, 'wasm-output');
    const waiting = cell('print("x" in globals())');
    const waited = waiting.run();
    await stubborn.stop();
    expect(await run).to.include({ code: null });
    await restart;
    expect([notice(before), notice(stubborn)]).to.deep.equal([goneSentence, goneSentence]);
    expect(await waited).to.include({ code: 0, stdout: 'False\n' });
    expect(notice(waiting)).to.equal('');
  });

  it('start anew after a reset, a time limit and os._exit, and say so', async () => {
    const before = cell('x = 1');
    await before.run();
    let restart = next(before, 'wasm-restart');
    cell('1').reset();
    const asked = cell('1');
    await asked.run();
    asked.reset();
    await restart;
    expect(notice(before)).to.equal(goneSentence);
    await before.run();
    expect(notice(before)).to.equal('');
    restart = next(before, 'wasm-restart');
    const endless = cell('while True: pass', 'timeout="300ms"');
    expect(await endless.run()).to.include({ reason: 'timeout' });
    await restart;
    await before.run();
    restart = next(before, 'wasm-restart');
    expect(await cell('import os\nos._exit(5)').run()).to.include({ code: 5 });
    await restart;
    expect(await cell('x').run()).to.include({ code: 1 });
  });

  it('start anew in a new kernel, with their files', async () => {
    const before = cell('x = 1\nopen("kept.txt", "w").write("kept")');
    await before.run();
    await before.sandbox?.fs.sync();
    const restart = next(before, 'wasm-restart');
    document.querySelector('html > iframe')?.remove();
    const after = cell('print(open("kept.txt").read(), "x" in globals())');
    expect(await after.run()).to.include({ code: 0, stdout: 'kept False\n' });
    await restart;
    expect(notice(before)).to.equal(goneSentence);
  });

  it('show what they have left running', async function () {
    if (!canAsk) this.skip(); // nor can a child be started there
    const starts = cell(
      'import subprocess, sys\nlate = subprocess.Popen([sys.executable, "-c", "input(); print(\'late\')"], stdin=subprocess.PIPE)',
    );
    expect(await starts.run()).to.include({ code: 0, stdout: '' });
    const goes = cell('late.stdin.write(b"go\\n")\nlate.stdin.flush()');
    expect(await goes.run()).to.include({ code: 0, stderr: '' });
    await until(() => shownBelow(goes).includes('late'));
    expect(shownBelow(starts)).not.to.include('late');
  });

  it('leave tasks that go on between them, and print into the element that ran last', async () => {
    const starts = cell(
      'import asyncio\nasync def count():\n    for number in range(3):\n        await asyncio.sleep(0.01)\n        print("tick", number)\n' +
        '    return "counted"\ntask = asyncio.create_task(count())\nprint("begun")',
    );
    expect(await starts.run()).to.include({ code: 0, stdout: 'begun\n', stderr: '' });
    await until(() => shownBelow(starts).includes('tick 2'));
    const next = cell('print(task.done(), task.result())');
    expect(await next.run()).to.include({ code: 0, stdout: 'True counted\n', stderr: '' });
    const goesOn = cell(
      'async def later():\n    await asyncio.sleep(0.01)\n    print("late")\n_ = asyncio.ensure_future(later())',
    );
    expect(await goesOn.run()).to.include({ code: 0, stderr: '' });
    await until(() => shownBelow(goesOn).includes('late'));
    const exits = cell('async def leave():\n    exit("left")\n_ = asyncio.create_task(leave())');
    expect(await exits.run()).to.include({ code: 0 });
    await until(() => shownBelow(exits).includes('left'));
    expect(
      await cell('print(asyncio.run(asyncio.sleep(0, "own")), await asyncio.sleep(0, 1))').run(),
    ).to.include({
      code: 1,
    });
    const own =
      'loop = asyncio.get_event_loop()\nprint(loop.run_until_complete(asyncio.sleep(0, 2)), asyncio.run(count()))';
    expect(await cell(own).run()).to.include({ stdout: 'tick 0\ntick 1\ntick 2\n2 counted\n', stderr: '' });
  });

  it('have a time limit for each of them', async () => {
    const limited = cell('import time\ntime.sleep(0.2)', 'timeout="60s"');
    expect(await limited.run()).to.include({ code: 0 });
    expect(await limited.run()).to.include({ code: 0 });
  });

  it('stop while they wait for their turn, and a newer run of one ends the older', async () => {
    const busy = cell('import time\nprint("on")\nwhile True: time.sleep(0.01)');
    const older = busy.run();
    await next(busy, 'wasm-output');
    const queued = cell('print("never")');
    const gone = queued.run();
    await queued.stop();
    expect(await gone).to.include({ code: null, stdout: '' });
    busy.code = 'print("newer")';
    expect(await busy.run()).to.include({ code: 0, stdout: 'newer\n' });
    expect(await older).to.include({ reason: 'superseded' });
  });

  it('go on when one of them leaves the page', async () => {
    const first = cell('x = 5');
    await first.run();
    await cell('y = x').run();
    first.remove();
    await drawn();
    expect(await cell('print(x)').run()).to.include({ code: 0, stdout: '5\n' });
  });

  it('are fresh programs without a session', async () => {
    const alone = show('<wasm-runnable runtime="python">print("x" in globals()); x = 1</wasm-runnable>');
    expect(await alone.run()).to.include({ stdout: 'False\n' });
    expect(await alone.run()).to.include({ stdout: 'False\n' });
  });
});

describe('a setup block', function () {
  this.timeout(180_000);
  beforeEach(() => {
    lesson += 1;
  });
  afterEach(clearPage);

  const block = (source: string): void => {
    document.body.insertAdjacentHTML('afterbegin', '<script type="text/plain" id="prepare"></script>');
    (document.getElementById('prepare') as HTMLElement).textContent = source;
  };

  it('runs before a program, which keeps its line numbers', async () => {
    block('import math\n\n\ndef half(x):\n    return x / 2\n');
    const element = show('<wasm-runnable runtime="python" setup="prepare" args="a"></wasm-runnable>');
    element.code = 'import sys\nprint(half(3), math.pi > 3, __name__, sys.argv)\nhalf("x")';
    const { code, stdout, stderr } = await element.run();
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "1.5 True __main__ ['main.py', 'a']\n" });
    expect(stderr).to.match(/main\.py", line 3, in <module>\n {4}half\("x"\)\n/);
    expect(stderr).to.include('File "<setup>", line 5, in half\n    return x / 2\n');
    expect(stderr).not.to.include('wasm-elements');
  });

  it('is left out of what the program prints about itself, as everything of ours', async () => {
    const element = show('<wasm-runnable runtime="python" stdin=""></wasm-runnable>');
    element.code =
      'import time, traceback\ntry:\n    time.sleep(-1)\nexcept ValueError:\n    traceback.print_exc()\ntime.sleep(-2)';
    const { stderr } = await element.run();
    const sentence = 'ValueError: sleep length must be non-negative';
    const lines = stderr.split('\n').filter((line) => /File|Error/.test(line));
    expect(lines).to.deep.equal([
      '  File "/home/user/main.py", line 3, in <module>',
      sentence,
      '  File "/home/user/main.py", line 6, in <module>',
      sentence,
    ]);
  });

  it('runs once for all cells of a session', async () => {
    block('runs = globals().get("runs", 0) + 1\nprint("set up")');
    const first = cell('print(runs)', 'setup="#prepare"');
    expect(await first.run()).to.include({ stdout: 'set up\n1\n' });
    expect(await first.run()).to.include({ stdout: '1\n' });
    expect(await cell('print(runs)', 'setup="#prepare"').run()).to.include({ stdout: '1\n' });
  });

  it('runs before JavaScript as a script of its own, and not where it cannot', async () => {
    block(
      'const unit = "km";\n\nfunction far(n) {\n  if (n < 0) throw new RangeError("too near");\n  return n + unit;\n}',
    );
    const element = show('<wasm-runnable runtime="javascript" setup="prepare"></wasm-runnable>');
    element.code = 'console.log(far(5));\nfar(-1);';
    const { stdout, stderr } = await element.run();
    expect(stdout).to.equal('5km\n');
    expect(stderr).to.include('RangeError: too near').and.include('<setup>:4');
    element.code = 'far(5);\nnull.x;';
    expect((await element.run()).stderr).to.match(/main\.js:2\b/);
    element.code = 'export {}; console.log(far(6));';
    expect(await element.run()).to.include({ code: 0, stdout: '6km\n' });
    const page = show('<wasm-runnable runtime="html" setup="prepare">hi</wasm-runnable>');
    const error = await page.run().then(
      () => undefined,
      (thrown: unknown) => thrown as { code: string },
    );
    expect(error?.code).to.equal('ENOSYS');
  });

  it('that fails is told, and nothing else runs', async () => {
    block('x = 1\nraise ValueError("not ready")');
    const element = show('<wasm-runnable runtime="python" setup="prepare">print("never")</wasm-runnable>');
    const { code, stdout, stderr } = await element.run();
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
    expect(stderr).to.include('File "<setup>", line 2, in <module>').and.include('ValueError: not ready');
  });

  it('that does not exist is an error', async () => {
    const element = show('<wasm-runnable runtime="python" setup="nowhere">1</wasm-runnable>');
    const error = await element.run().then(
      () => undefined,
      (thrown: unknown) => thrown as { code: string; message: string },
    );
    expect(error?.code).to.equal('ENOENT');
    await until(() => shownBelow(element).includes('setup="nowhere" names no element of this page.'));
  });
});
