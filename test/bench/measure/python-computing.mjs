// Python: what only computes, in our process and in a worker of stock pyodide, in turn, as Python's own clock has it:
// loops in the manner of pystone, json, re and sqlite. On a plain page and on an isolated one, where another transport
// is used.
import { withPage } from '../browser.mjs';
import { median, ratioRow } from '../table.mjs';

const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** Of stock pyodide's time. */
const goals = { suspending: 1.1, shared: 1.03 };

/** Defines `measure(name)`, milliseconds. */
const program = String.raw`
import json, re, sqlite3, time

class Record:
    def __init__(self, after=None, kind=0, text=''):
        self.after, self.kind, self.text = after, kind, text

def loops():
    record, numbers, total = Record(text='a first string of letters'), [0] * 50, 0
    for step in range(20_000):
        other = Record(record.after, step & 7, record.text)
        for index in range(5):
            numbers[index] = numbers[index - 1] + (1 if other.text > 'a second string' else 2)
        total = (total + other.kind * 3 // 2) % 100_000
        if numbers[0] & 1:
            record = other
    return total

value = [{'name': f'entry {number}', 'numbers': [number, number / 3], 'nested': {'ä': None, 'yes': True}}
         for number in range(1500)]

def json_both_ways():
    for _ in range(4):
        assert json.loads(json.dumps(value)) == value
        json.dumps(value, indent=1)

text = ' '.join(f'word{number} {number}.{number % 7} user{number}@host{number % 13}.example' for number in range(4000))
address = re.compile(r'([a-z]+\d+)@((?:[a-z]+\d*\.)+[a-z]+)')

def regular_expressions():
    for _ in range(2):
        assert len(address.findall(text)) == 4000
        re.sub(r'\b(\w+)\s(\d+)\.(\d)', r'\3-\1', text)

def sqlite():
    with sqlite3.connect(':memory:') as database:
        database.execute('create table entries (number integer, name text)')
        database.executemany('insert into entries values (?, ?)', ((n, f'name {n % 97}') for n in range(20_000)))
        database.execute('create index by_name on entries (name)')
        for _ in range(3):
            database.execute('select name, sum(number), count(*) from entries group by name order by 2').fetchall()
    database.close()

def measure(name):
    began = time.perf_counter()
    globals()[name]()
    return (time.perf_counter() - began) * 1000
`;

const works = {
  loops: 'loops as pystone’s',
  json_both_ways: 'json',
  regular_expressions: 're',
  sqlite: 'sqlite',
};

const html = '<!doctype html><meta charset="utf-8"><title>bench</title><body>computing';

export async function measurePythonComputing({ browser, server, samples }) {
  const rows = [];
  for (const [transport, goal] of Object.entries(goals)) {
    const url = server.page(`python-computing-${transport}`, html, transport === 'shared' ? isolation : {});
    const taken = await withPage(browser, async (tab) => {
      await tab.goto(url, { waitUntil: 'networkidle0' });
      return tab.evaluate(measure, program, Object.keys(works), samples * 2, transport);
    });
    for (const [name, { ours, others }] of Object.entries(taken)) {
      const [mine, theirs] = [ours, others].map((each) => median(each).toFixed(0));
      console.log(`  ${transport}, ${works[name]}: ${mine} ms, stock pyodide ${theirs} ms`);
      const figure = `Python: ${works[name]}, of stock pyodide’s time, ${transport}`;
      rows.push(ratioRow({ figure, samples: ours, other: others, goal }));
    }
  }
  return rows;
}

/** Runs in the page. */
async function measure(program, names, samples, transport) {
  const { Kernel } = await import('/dist/kernel.js');
  const kernel = await Kernel.boot();
  const sandbox = await kernel.sandbox();
  const source = `
    import { loadPyodide } from '${window.location.origin}/node_modules/pyodide/pyodide.mjs';
    const python = await loadPyodide();
    python.runPython(${JSON.stringify(program)});
    onmessage = ({ data }) => postMessage(python.globals.get('measure')(data));
    postMessage('ready');
  `;
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })), {
    type: 'module',
  });
  const said = () => new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
  await said();
  // By `map` the interpreter's loop is entered anew for every measurement, as in the worker of the other: code that is
  // being executed already stays as V8 compiled it first, half as fast as what it has of it later.
  const loop = 'while True:\n    print(*map(measure, [input()]), flush=True)\n';
  const process = await sandbox.spawn('python', ['-c', program + loop], { stdin: 'pipe' });
  if (process.transport !== transport) throw new Error(`it runs on ${process.transport}`);
  const reader = process.stdout.pipeThrough(new window.TextDecoderStream()).getReader();
  const writer = process.stdin.getWriter();
  const ours = async (name) => {
    await writer.write(new TextEncoder().encode(`${name}\n`));
    let line = '';
    while (!line.endsWith('\n')) {
      const { value, done } = await reader.read();
      if (done) throw new Error('Python has ended');
      line += value;
    }
    return Number(line);
  };
  const theirs = (name) => {
    const answer = said();
    worker.postMessage(name);
    return answer;
  };
  const taken = {};
  for (const name of names) {
    // The engine compiles what is run often, on the side; the interpreter’s loop takes it seconds.
    for (let warmUp = 0; warmUp < 25; warmUp += 1) await ours(name).then(() => theirs(name));
    taken[name] = { ours: [], others: [] };
    for (let sample = 0; sample < samples; sample += 1) {
      taken[name].ours.push(await ours(name));
      taken[name].others.push(await theirs(name));
    }
  }
  process.kill('SIGKILL');
  worker.terminate();
  return taken;
}
