// Python: from the reader's click to the first print, against pyodide as its own page loads it, and PyScript. A fresh
// profile, the browser's cache with a cold kernel and with one that a press began to start, again with the spare
// ready, and back to back.
import { withPage } from '../browser.mjs';
import { SlowLine } from '../slow-line.mjs';
import { ratioRow, row } from '../table.mjs';

const sample = `<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/dist/wasm-elements.js"></script><body><wasm-runnable runtime="python"><pre><code>print("hello")</code></pre></wasm-runnable>`;

const stock = `<!doctype html><meta charset="utf-8"><title>bench</title><body><button>run</button><script type="module">
document.querySelector('button').addEventListener('click', async () => {
  const start = performance.now();
  const source = 'import { loadPyodide } from "' + location.origin + '/node_modules/pyodide/pyodide.mjs"; const py = await loadPyodide({ stdout: (text) => postMessage(text) }); py.runPython("print(\\\\"hello\\\\")");';
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })), { type: 'module' });
  worker.onmessage = () => { document.body.dataset.ms = performance.now() - start; };
});
</script>`;

/** PyScript is loaded with the page, as ours is; the click adds a script of its. */
const pyscript = `<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/peers/@pyscript/core/dist/core.js"></script><body><py-config>{ "interpreter": "/node_modules/pyodide/pyodide.mjs" }</py-config><button>run</button><script type="module">
document.querySelector('button').addEventListener('click', () => {
  const start = performance.now();
  window.printed = () => { document.body.dataset.ms = performance.now() - start; };
  const script = document.createElement('script');
  script.type = 'py';
  script.textContent = 'import js; print("hello"); js.printed()';
  document.body.append(script);
});
</script>`;

/** Between a reader's pointerdown and the click: a short press of a mouse's button. */
const pressMs = 100;

/** Over 20 Mbit/s and 40 ms, for a reader who has never been here. */
export async function measureSlowLine({ browser, server, samples }) {
  const figures = { ours: [], others: [], bytes: [], otherBytes: [] };
  const overLine = async (url, print) => {
    const line = new SlowLine({ megabits: 20, wayMs: 40 });
    server.line = line;
    try {
      const ms = await withPage(browser, async (tab) => {
        await tab.goto(url, { waitUntil: 'networkidle0' });
        return print(tab);
      });
      return [ms, line.bytes / 1e6];
    } finally {
      server.line = undefined;
    }
  };
  for (let index = 0; index < Math.min(samples, 5); index += 1) {
    const [ours, bytes] = await overLine(server.page('python', sample), firstPrint);
    const [other, otherBytes] = await overLine(server.page('python-stock', stock), stockPrint);
    figures.ours.push(ours);
    figures.others.push(other);
    figures.bytes.push(bytes);
    figures.otherBytes.push(otherBytes);
  }
  const against = 'stock pyodide';
  return [
    row({
      figure: 'Python: first print over 20 Mbit/s and 40 ms',
      unit: 'ms',
      samples: figures.ours,
      goal: 3500,
      against,
      other: figures.others,
    }),
    row({
      figure: 'Python: bytes over that line',
      unit: 'MB',
      samples: figures.bytes,
      goal: 6.5,
      against,
      other: figures.otherBytes,
    }),
  ];
}

export async function measurePython({ browser, server, peers, samples }) {
  const url = server.page('python', sample);
  const stockUrl = server.page('python-stock', stock);
  const figures = { fresh: [], warm: [], pressed: [], spare: [], after: [] };
  const others = { fresh: [], warm: [] };
  const pyscripts = { fresh: [], warm: [] };
  let bytes = 0;
  for (let index = 0; index < samples; index += 1) {
    await withPage(browser, async (tab) => {
      server.takeSent();
      await tab.goto(url, { waitUntil: 'networkidle0' });
      figures.fresh.push(await firstPrint(tab));
      bytes = server.takeSent().bytes;
      await tab.goto(url, { waitUntil: 'networkidle0' });
      figures.warm.push(await firstPrint(tab));
      await tab.goto(url, { waitUntil: 'networkidle0' });
      figures.pressed.push(await firstPrint(tab, pressMs));
      // The spare is made after a run.
      await new Promise((resolve) => setTimeout(resolve, 2000));
      figures.spare.push(await firstPrint(tab));
      figures.after.push(await firstPrint(tab));
    });
    await printTwice(browser, stockUrl, others);
    if (peers.has('@pyscript/core'))
      await printTwice(browser, server.page('python-pyscript', pyscript), pyscripts);
  }
  const against = (other) => ({ against: 'stock pyodide', other });
  return [
    row({
      figure: 'Python: first print, fresh profile',
      unit: 'ms',
      samples: figures.fresh,
      goal: 600,
      ...against(others.fresh),
    }),
    row({
      figure: 'Python: first print, warm cache',
      unit: 'ms',
      samples: figures.warm,
      goal: 450,
      ...against(others.warm),
    }),
    ...Object.entries(pyscripts)
      .filter(([, taken]) => taken.length > 0)
      .map(([how, taken]) =>
        row({
          figure: `Python: first print, ${how === 'fresh' ? 'fresh profile' : 'warm cache'}, and PyScript’s`,
          unit: 'ms',
          samples: figures[how],
          against: 'PyScript',
          other: taken,
        }),
      ),
    row({
      figure: `Python: first print, warm cache, a press of ${pressMs} ms`,
      unit: 'ms',
      samples: figures.pressed,
      goal: 250,
    }),
    ratioRow({
      figure: 'Python: first print of stock pyodide’s, fresh profile',
      samples: figures.fresh,
      other: others.fresh,
      goal: 1 / 4,
    }),
    ratioRow({
      figure: 'Python: first print of stock pyodide’s, warm cache',
      samples: figures.warm,
      other: others.warm,
      goal: 1 / 6,
    }),
    row({ figure: 'Python: again, spare ready', unit: 'ms', samples: figures.spare, goal: 15 }),
    row({ figure: 'Python: again, back to back', unit: 'ms', samples: figures.after, goal: 250 }),
    row({ figure: 'Python: bytes of a first print', unit: 'MB', samples: [bytes / 1e6], goal: 6.5 }),
  ];
}

/** Milliseconds from a real click to the first output, once the program has ended. */
async function firstPrint(tab, heldMs = 0) {
  await tab.evaluate(() => {
    const element = document.querySelector('wasm-runnable');
    const once = (target, name, options) =>
      new Promise((resolve) => target.addEventListener(name, resolve, { once: true, ...options }));
    let start;
    element.addEventListener('click', () => (start = performance.now()), { once: true, capture: true });
    window.exited = once(element, 'wasm-exit');
    window.measured = once(element, 'wasm-output').then(() => performance.now() - start);
  });
  const button = await tab.evaluateHandle(() =>
    document.querySelector('wasm-runnable').shadowRoot.querySelector('[part~="run-button"], button'),
  );
  await button.click({ delay: heldMs });
  const ms = await tab.evaluate(() => window.measured);
  await tab.evaluate(() => window.exited.then(() => undefined));
  return ms;
}

/** With a fresh profile, and again with what that left in the cache. */
async function printTwice(browser, url, { fresh, warm }) {
  await withPage(browser, async (tab) => {
    for (const taken of [fresh, warm]) {
      await tab.goto(url, { waitUntil: 'networkidle0' });
      taken.push(await stockPrint(tab));
    }
  });
}

async function stockPrint(tab) {
  await (await tab.$('button')).click();
  await tab.waitForFunction(() => document.body.dataset.ms !== undefined, { timeout: 60_000 });
  return tab.evaluate(() => Number(document.body.dataset.ms));
}
