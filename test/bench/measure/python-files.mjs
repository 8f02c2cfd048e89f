// Python: 2,000 small files written, read and looked at, in our tree and in stock pyodide's MEMFS, as Python's own
// clock has it. On a plain page, and on an isolated one, where another transport is used.
import { withPage } from '../browser.mjs';
import { median, row } from '../table.mjs';

const program = `
import os, time

def work():
    os.makedirs('files', exist_ok=True)
    names = [f'files/{number}.txt' for number in range(2000)]
    start = time.perf_counter()
    for number, name in enumerate(names):
        with open(name, 'w') as file:
            file.write(f'{number} ' * 20)
    written = time.perf_counter()
    size = 0
    for name in names:
        with open(name) as file:
            size += len(file.read())
    read = time.perf_counter()
    for name in names:
        size += os.stat(name).st_size
    end = time.perf_counter()
    for name in names:
        os.unlink(name)
    return [1000 * (end - start), 1000 * (written - start), 1000 * (read - written), 1000 * (end - read)]

work()
print(*work())
`;

const html = '<!doctype html><meta charset="utf-8"><title>bench</title><body>files';
const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

export async function measurePythonFiles({ browser, server, samples }) {
  const rows = [];
  for (const [kind, headers] of [
    ['plain page', {}],
    ['isolated page', isolation],
  ]) {
    const url = server.page(`python-files-${kind.split(' ')[0]}`, html, headers);
    const { ours, others } = await withPage(browser, async (tab) => {
      await tab.goto(url, { waitUntil: 'networkidle0' });
      return tab.evaluate(measure, program, samples);
    });
    const total = (runs) => runs.map(([all]) => all);
    for (const [part, index] of [
      ['write', 1],
      ['read', 2],
      ['stat', 3],
    ]) {
      const [mine, theirs] = [ours, others].map((runs) => median(runs.map((run) => run[index])).toFixed(0));
      console.log(`  ${kind}, ${part}: ${mine} ms, MEMFS ${theirs} ms`);
    }
    rows.push(
      row({
        figure: `Python: 2,000 small files, ${kind}`,
        unit: 'ms',
        samples: total(ours),
        goal: 1.2 * median(total(others)),
        against: 'MEMFS of stock pyodide',
        other: total(others),
      }),
    );
  }
  return rows;
}

/** In the page. */
async function measure(program, samples) {
  const { Kernel } = await import('/dist/kernel.js');
  const kernel = await Kernel.boot();
  const source = `
    import { loadPyodide } from '${window.location.origin}/node_modules/pyodide/pyodide.mjs';
    const python = await loadPyodide({ stdout: (text) => postMessage(text) });
    onmessage = ({ data }) => python.runPython(data);
    postMessage('ready');
  `;
  const address = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  /** In an interpreter of its own, as ours: a warm one has its JavaScript compiled better. */
  const stock = async () => {
    const worker = new Worker(address, { type: 'module' });
    const said = () => new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
    await said();
    const answer = said();
    worker.postMessage(program);
    const times = await answer;
    worker.terminate();
    return times.split(' ').map(Number);
  };
  const ours = [];
  const others = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const sandbox = await kernel.sandbox({ files: { 'main.py': program } });
    const { stdout } = await sandbox.run('python', ['main.py']);
    ours.push(stdout.split(' ').map(Number));
    await sandbox.dispose();
    others.push(await stock());
  }
  return { ours, others };
}
