// What a page pays before anyone touches it: bytes, requests, script time and layout shift.
import { withPage } from '../browser.mjs';
import { row } from '../table.mjs';

const ours = '<script type="module" src="/dist/wasm-elements.js"></script>';
const widget = (index) =>
  `<p>Paragraph ${index} before a sample.</p>\n<wasm-runnable runtime="javascript"><pre><code>console.log(${index})</code></pre></wasm-runnable>`;

const peers = {
  '@antonz/codapi': `<script type="module" src="/peers/@antonz/codapi/dist/snippet.js"></script><link rel="stylesheet" href="/peers/@antonz/codapi/dist/snippet.css"><pre><code>1</code></pre><codapi-snippet engine="browser" sandbox="javascript" editor="basic"></codapi-snippet>`,
  '@runno/runtime': `<script type="module" src="/peers/@runno/runtime/dist/main.js"></script><runno-run runtime="quickjs" editor controls>1</runno-run>`,
  '@pyscript/core': `<link rel="stylesheet" href="/peers/@pyscript/core/dist/core.css"><script type="module" src="/peers/@pyscript/core/dist/core.js"></script><script type="py-editor">1</script>`,
};

export async function measureBefore({ browser, server, peers: installed, samples }) {
  const one = await payload(browser, server, server.page('before-one', document(ours + widget(1))));
  const rows = [];
  const others = [];
  for (const [name, html] of Object.entries(peers)) {
    if (!installed.has(name)) continue;
    others.push([
      name,
      await payload(browser, server, server.page(`before-${name.replace('/', '-')}`, document(html))),
    ]);
  }
  const lightest = others.sort(([, a], [, b]) => a.bytes - b.bytes)[0];
  rows.push(
    row({
      figure: 'before interaction: gzip bytes',
      unit: 'KB',
      samples: [one.bytes / 1000],
      goal: 10,
      ...(lightest ? { against: lightest[0], other: [lightest[1].bytes / 1000] } : {}),
    }),
  );
  for (const [name, { bytes }] of others.slice(1)) {
    rows.push(
      row({ figure: '', unit: 'KB', samples: [one.bytes / 1000], against: name, other: [bytes / 1000] }),
    );
  }
  rows.push(row({ figure: 'before interaction: requests', unit: '', samples: [one.files.length], goal: 1 }));
  rows.push(row({ figure: 'before interaction: workers', unit: '', samples: [one.workers], goal: 0 }));

  const many = document(Array.from({ length: 50 }, (_, index) => widget(index)).join('\n'), ours);
  const bare = document(Array.from({ length: 50 }, (_, index) => widget(index)).join('\n'));
  const script = [];
  const base = [];
  const shift = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const upgraded = await load(browser, server.page('before-50', many));
    const plain = await load(browser, server.page('before-50-bare', bare));
    script.push(upgraded.scriptMs - plain.scriptMs);
    base.push(plain.scriptMs);
    shift.push(upgraded.shift);
  }
  rows.push(row({ figure: '50 widgets upgrade: script', unit: 'ms', samples: script, goal: 50 }));
  rows.push(row({ figure: '50 widgets upgrade: layout shift (CLS)', unit: '', samples: shift, goal: 0 }));
  return rows;
}

const document = (body, head = '') =>
  `<!doctype html><meta charset="utf-8"><title>bench</title>${head}<body>${body}`;

async function payload(browser, server, url) {
  server.takeSent();
  const workers = await withPage(browser, async (page) => {
    await page.goto(url, { waitUntil: 'networkidle0', timeout: 20_000 }).catch(() => undefined);
    return page.workers().length;
  });
  return { ...server.takeSent(), workers };
}

async function load(browser, url) {
  return withPage(browser, async (page) => {
    await page.evaluateOnNewDocument(() => {
      window.shift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shift += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(url, { waitUntil: 'networkidle0' });
    const { ScriptDuration } = await page.metrics();
    const shift = await page.evaluate(
      () =>
        new Promise((resolve) =>
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(window.shift))),
        ),
    );
    return { scriptMs: ScriptDuration * 1000, shift };
  });
}
