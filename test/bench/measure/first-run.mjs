// From the reader's click to the first output, with a cold kernel and again; real clicks, so that what a
// pointerdown starts early counts as it does for a reader.
import { writeHello } from '../hello-wasm.mjs';
import { withPage } from '../browser.mjs';
import { row } from '../table.mjs';

const page = (body) =>
  `<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/dist/wasm-elements.js"></script><body>${body}`;

const subjects = {
  JavaScript: page(
    '<wasm-runnable runtime="javascript"><pre><code>console.log("hello")</code></pre></wasm-runnable>',
  ),
  'WASI (100 KB)': page(
    '<wasm-runnable runtime="wasi"><script type="text/plain" filename="main.wasm" src="/build/bench/hello-100k.wasm"></script></wasm-runnable>',
  ),
};

const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

const peers = {
  JavaScript: {
    name: '@antonz/codapi',
    html: `<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/peers/@antonz/codapi/dist/snippet.js"></script><pre><code>console.log("hello")</code></pre><codapi-snippet engine="browser" sandbox="javascript" editor="basic"></codapi-snippet>`,
    headers: {},
    button: 'codapi-snippet button',
    output: 'codapi-output',
  },
  'WASI (100 KB)': {
    name: '@runno/runtime',
    html: `<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/peers/@runno/runtime/dist/main.js"></script><body><button>run</button><runno-wasi src="/build/bench/hello-100k.wasm"></runno-wasi><script type="module">document.querySelector('button').addEventListener('click', () => document.querySelector('runno-wasi').run().then(() => { document.body.dataset.done = 'done'; }))</script>`,
    headers: isolation,
    button: 'body > button',
    done: () => document.body.dataset.done !== undefined,
  },
};

export async function measureFirstRun({ browser, server, peers: installed, samples }) {
  await writeHello(server.folder);
  const rows = [];
  for (const [name, html] of Object.entries(subjects)) {
    const url = server.page(`first-${name.split(' ')[0]}`, html);
    const first = [];
    const again = [];
    const peerFirst = [];
    const limit = [];
    const peer = installed.has(peers[name].name) ? peers[name] : undefined;
    for (let sample = 0; sample < samples; sample += 1) {
      const [cold, warm] = await runTwice(browser, url);
      first.push(cold);
      again.push(warm);
      if (peer !== undefined) peerFirst.push(await runPeer(browser, server, name, peer));
      limit.push(await bareWorker(browser, url));
    }
    const other = peerFirst.filter((each) => each !== undefined);
    rows.push(
      row({
        figure: `${name} hello: first click, cold kernel`,
        unit: 'ms',
        samples: first,
        goal: 300,
        ...(other.length > 0 ? { against: peer.name, other } : {}),
      }),
      row({
        figure: `${name} hello: again`,
        unit: 'ms',
        samples: again,
        goal: 30,
        against: 'bare worker + message',
        other: limit,
      }),
    );
  }
  return rows;
}

/** Milliseconds from click to first output: the first run of the page, and the fastest honest second one. */
async function runTwice(browser, url) {
  return withPage(browser, async (tab) => {
    await tab.goto(url, { waitUntil: 'networkidle0' });
    await tab.evaluate(() => {
      window.click = () =>
        new Promise((resolve) => {
          let start;
          const element = document.querySelector('wasm-runnable');
          element.addEventListener('click', () => (start = performance.now()), { once: true, capture: true });
          element.addEventListener('wasm-output', () => resolve(performance.now() - start), { once: true });
        });
    });
    const times = [];
    for (let index = 0; index < 4; index += 1) {
      const measured = tab.evaluate(() => window.click());
      const exited = tab.evaluate(
        () =>
          new Promise((resolve) =>
            document
              .querySelector('wasm-runnable')
              .addEventListener('wasm-exit', () => resolve(), { once: true }),
          ),
      );
      const button = await tab.evaluateHandle(() =>
        document.querySelector('wasm-runnable').shadowRoot.querySelector('[part~="run-button"], button'),
      );
      await button.click();
      times.push(await measured);
      await exited;
      // What a run left to do (the next spare worker) is done before a reader clicks again.
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    const [cold, ...warm] = times;
    return [cold, warm.sort((a, b) => a - b)[1]];
  });
}

async function runPeer(browser, server, name, peer) {
  const url = server.page(`peer-${name.split(' ')[0]}`, peer.html, peer.headers);
  return withPage(browser, async (tab) => {
    await tab.goto(url, { waitUntil: 'networkidle0' });
    await tab.evaluate(
      (button, output, done) => {
        const finished = done === null ? undefined : new Function(`return (${done})()`);
        window.measured = new Promise((resolve) => {
          let start;
          document
            .querySelector(button)
            .addEventListener('click', () => (start = performance.now()), { capture: true });
          const look = () => {
            const there = finished?.() ?? (document.querySelector(output)?.innerText ?? '').includes('hello');
            if (start !== undefined && there) resolve(performance.now() - start);
          };
          new MutationObserver(look).observe(document, {
            subtree: true,
            childList: true,
            characterData: true,
            attributes: true,
          });
        });
      },
      peer.button,
      peer.output ?? null,
      peer.done?.toString() ?? null,
    );
    await (await tab.$(peer.button)).click();
    return Promise.race([
      tab.evaluate(() => window.measured),
      new Promise((resolve) => setTimeout(resolve, 15_000)),
    ]);
  });
}

/** The floor: a blob worker that posts one message. */
async function bareWorker(browser, url) {
  return withPage(browser, async (tab) => {
    await tab.goto(url);
    return tab.evaluate(
      () =>
        new Promise((resolve) => {
          const start = performance.now();
          const worker = new Worker(URL.createObjectURL(new Blob(['postMessage("hello")'])));
          worker.onmessage = () => resolve(performance.now() - start);
        }),
    );
  });
}
