// Memory of a page with five Python widgets that were run once each, beside the page as it was: what the renderer
// processes of the browser have to themselves, as Linux counts it. The peer keeps a worker with an interpreter for
// each, as editors made of pyodide do.
import { readFileSync } from 'node:fs';
import { withPage } from '../browser.mjs';
import { row } from '../table.mjs';

const count = 5;
const mebibyte = 1024 * 1024;

const sample = `<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/dist/wasm-elements.js"></script><body>${'<wasm-runnable runtime="python"><pre><code>print("hello")</code></pre></wasm-runnable>'.repeat(count)}`;

export async function measureWidgets({ browser, server, samples }) {
  const ours = [];
  const others = [];
  for (let index = 0; index < Math.min(samples, 3); index += 1) {
    ours.push(await added(browser, server.page('widgets', sample), runWidgets));
    const empty = '<!doctype html><meta charset="utf-8"><title>bench</title><body>';
    others.push(await added(browser, server.page('widgets-peer', empty), runWorkers));
  }
  return [
    row({
      figure: 'memory added by five Python widgets run once',
      unit: 'MiB',
      samples: ours,
      goal: 120,
      against: 'five workers of stock pyodide',
      other: others,
    }),
  ];
}

async function added(browser, url, run) {
  return withPage(browser, async (tab) => {
    await tab.goto(url, { waitUntil: 'networkidle0' });
    const session = await tab.createCDPSession();
    await session.send('HeapProfiler.collectGarbage');
    const before = await privateBytes(browser);
    await tab.evaluate(run, count);
    await session.send('HeapProfiler.collectGarbage');
    // What was ended gives its memory back a moment later.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    return ((await privateBytes(browser)) - before) / mebibyte;
  });
}

async function privateBytes(browser) {
  const session = await browser.target().createCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  let sum = 0;
  for (const { type, id } of processInfo) {
    if (type !== 'renderer') continue;
    const text = readFileSync(`/proc/${id}/smaps_rollup`, 'utf8');
    for (const [, kibibytes] of text.matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm))
      sum += Number(kibibytes) * 1024;
  }
  return sum;
}

/** In the page. */
async function runWidgets() {
  for (const element of document.querySelectorAll('wasm-runnable')) {
    const { stdout } = await element.run();
    if (stdout !== 'hello\n') throw new Error(`a widget printed ${stdout}`);
  }
}

/** In the page. */
async function runWorkers(count) {
  const source = `
    import { loadPyodide } from '${window.location.origin}/node_modules/pyodide/pyodide.mjs';
    const python = await loadPyodide({ stdout: (text) => postMessage(text) });
    python.runPython('print("hello")');
  `;
  window.workers = [];
  for (let index = 0; index < count; index += 1) {
    const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })), {
      type: 'module',
    });
    window.workers.push(worker);
    await new Promise((resolve) => (worker.onmessage = resolve));
  }
}
