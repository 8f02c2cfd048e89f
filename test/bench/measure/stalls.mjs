// How long the page's own timers stall because of a program: the longest gap between two turns of a timer
// that wants to fire all the time, while the program runs, is stopped, and for a moment after.
import { withPage } from '../browser.mjs';
import { row } from '../table.mjs';

const programs = {
  'an endless loop': 'for (;;);',
  'a flood of output': 'for (;;) console.log("x".repeat(100));',
  'a flood of timers':
    'const f = () => { setTimeout(f); setTimeout(f); }; f(); for (let i = 0; i < 1000; i++) f();',
  'an endless allocation of objects':
    'const all = []; for (;;) { all.push({ a: [1, 2, 3] }); if (all.length > 3e6) all.length = 0; }',
};

export async function measureStalls({ browser, server, samples }) {
  const rows = [];
  for (const [name, code] of Object.entries(programs)) {
    const url = server.page(
      'stalls',
      `<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/dist/wasm-elements.js"></script><body>
      <wasm-runnable runtime="javascript"><script type="text/plain" filename="main.js">${code}</script></wasm-runnable>`,
    );
    const during = [];
    const idle = [];
    for (let sample = 0; sample < Math.min(samples, 5); sample += 1) {
      const [quiet, busy] = await gaps(browser, url);
      idle.push(quiet);
      during.push(busy);
    }
    rows.push(
      row({
        figure: `longest stall of page timers, ${name} run and stopped`,
        unit: 'ms',
        samples: during,
        goal: 50,
        against: 'idle page',
        other: idle,
      }),
    );
  }
  return rows;
}

async function gaps(browser, url) {
  return withPage(browser, async (tab) => {
    await tab.goto(url, { waitUntil: 'networkidle0' });
    return tab.evaluate(async () => {
      const longest = async (work) => {
        let last = performance.now();
        let most = 0;
        const channel = new MessageChannel();
        channel.port1.onmessage = () => {
          const now = performance.now();
          most = Math.max(most, now - last);
          last = now;
          setTimeout(() => channel.port2.postMessage(0));
        };
        channel.port2.postMessage(0);
        await work();
        channel.port1.close();
        return most;
      };
      const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      const element = document.querySelector('wasm-runnable');
      // The first run loads code, which is not what is measured here.
      const first = element.run().catch(() => undefined);
      await pause(1500);
      await element.stop();
      await first;
      const idle = await longest(() => pause(1500));
      const busy = await longest(async () => {
        const run = element.run();
        await pause(1500);
        await element.stop();
        await run;
        await pause(500);
      });
      return [idle, busy];
    });
  });
}
