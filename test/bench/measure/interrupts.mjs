// What it costs a computing Python program that it can be interrupted, by a program in the manner of pystone that
// measures itself: with CPython asking for signals and without, in turn, in one process. And how long ^C takes, and
// how soon the next run prints after Stop of a program that goes on all the same.
import { withPage } from '../browser.mjs';
import { median, row } from '../table.mjs';

const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** Of a computing program's time. */
const goals = { suspending: 1.1, shared: 1.03 };
const interruptMs = 150;
const againMs = 50;

const program = String.raw`
import json, time
from pyodide_js import _module

class Record:
    def __init__(self, after=None, kind=0, text=''):
        self.after, self.kind, self.text = after, kind, text

    def copy(self):
        return Record(self.after, self.kind, self.text)

def procedure(record, numbers, step):
    other = record.copy()
    other.kind = step & 7
    other.after = record
    for index in range(5):
        numbers[index] = numbers[index - 1] + function(other.text, 'DHRYSTONE PROGRAM, 2ND STRING')
    return other if numbers[0] & 1 else record

def function(first, second):
    at = 1
    while at <= 1:
        if first[at] == second[at + 1]:
            at += 1
        at += 1
    return 1 if first > second else 2

def work():
    record, numbers, total = Record(text='DHRYSTONE PROGRAM, 1ST STRING'), [0] * 50, 0
    for step in range(15_000):
        found = procedure(record, numbers, step)
        total += found.kind * 3 // 2
        if total > 100_000:
            total = 0
    return total

def measure(asks):
    _module.HEAP8[_module._Py_EMSCRIPTEN_SIGNAL_HANDLING] = asks
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000

measure(0), measure(1)
pairs = [(measure(0), measure(1)) for _ in range(ROUNDS)]
print(json.dumps(list(zip(*pairs))))
`;

const loop =
  'try:\n  print("on", flush=True)\n  while True: pass\nexcept KeyboardInterrupt: print("left", flush=True)';

const swallowing =
  'while True:\n  try:\n    print("on", flush=True)\n    while True: pass\n  except KeyboardInterrupt: pass';

export async function measureInterrupts({ browser, server, samples }) {
  const rows = [];
  for (const [transport, goal] of Object.entries(goals)) {
    const html = '<!doctype html><meta charset="utf-8"><title>bench</title>';
    const url = server.page(`interrupts-${transport}`, html, transport === 'shared' ? isolation : {});
    const source = program.replace('ROUNDS', String(samples * 2));
    const { without, asking, interrupts } = await withPage(browser, async (tab) => {
      await tab.goto(url, { waitUntil: 'networkidle0' });
      return tab.evaluate(measureHere, source, loop, samples, transport);
    });
    rows.push(
      row({
        figure: `Python: a computing program that can be interrupted, ${transport}`,
        unit: 'ms',
        samples: asking,
        goal: median(without) * goal,
        against: 'one that cannot',
        other: without,
      }),
      row({
        figure: `Python: from SIGINT to KeyboardInterrupt in a loop, ${transport}`,
        unit: 'ms',
        samples: interrupts,
        goal: interruptMs,
      }),
    );
  }
  rows.push(
    row({
      figure: 'Python: first print after Stop of a swallowed interrupt',
      unit: 'ms',
      samples: await measureAgain(browser, server, samples),
      goal: againMs,
    }),
  );
  return rows;
}

/** From the end of a program that Stop had to kill to the first print of the next one. */
function measureAgain(browser, server, samples) {
  const html = `<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/dist/wasm-elements.js"></script><body><wasm-runnable runtime="python"></wasm-runnable>`;
  const url = server.page('interrupts-again', html, isolation);
  return withPage(browser, async (tab) => {
    await tab.goto(url, { waitUntil: 'networkidle0' });
    return tab.evaluate(againHere, swallowing, samples);
  });
}

/** Runs in the page. */
async function againHere(swallowing, samples) {
  const element = document.querySelector('wasm-runnable');
  const output = () =>
    new Promise((resolve) => element.addEventListener('wasm-output', resolve, { once: true }));
  const taken = [];
  for (let sample = 0; sample < samples; sample += 1) {
    element.code = swallowing;
    const begun = output();
    const run = element.run();
    await begun;
    await element.stop();
    const { signal } = await run;
    if (signal !== 'SIGKILL') throw new Error(`it ended by ${signal}`);
    element.code = 'print(1)';
    const printed = output();
    const start = performance.now();
    const again = element.run();
    await printed;
    taken.push(performance.now() - start);
    await again;
  }
  return taken;
}

/** Runs in the page. */
async function measureHere(source, loop, samples, transport) {
  const { Kernel } = await import('/dist/kernel.js');
  const kernel = await Kernel.boot();
  const sandbox = await kernel.sandbox();
  const { stdout, stderr } = await sandbox.run('python', ['-c', source]);
  if (stdout === '') throw new Error(stderr);
  const [without, asking] = JSON.parse(stdout);
  const interrupts = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const process = await sandbox.spawn('python', ['-c', loop]);
    if (process.transport !== transport) throw new Error(`it runs on ${process.transport}`);
    const reader = process.stdout.getReader();
    await reader.read();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const began = performance.now();
    process.kill('SIGINT');
    await reader.read();
    interrupts.push(performance.now() - began);
    await process.exited;
  }
  return { without, asking, interrupts };
}
