// What a call of the kernel costs a program while another sandbox misbehaves: the 99th percentile of a thousand, by
// a C program that looks at the clock itself, and beside it the same in a quiet kernel. A bomb that ends is
// started again until the measure is over.
import path from 'node:path';
import { compileC } from '../../../scripts/test-fixtures.mjs';
import { withPage } from '../browser.mjs';
import { row } from '../table.mjs';

const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** Of each bomb: what the program of test/fixtures/c is called with, or a script. */
const bombs = {
  'a fork bomb': { role: 'fork' },
  'a memory bomb': { role: 'memory' },
  'a disk bomb': { role: 'disk' },
  'a bomb of empty files': { role: 'inodes' },
  'a flood of output': {
    script: `const chunk = 'x'.repeat(65536); for (;;) process.stdout.write(chunk);`,
  },
  'a flood of messages': { script: `for (;;) console.log('');` },
  'a flood of calls': { role: 'calls' },
};

export async function measureBombs({ browser, server, root, samples }) {
  const [bomb, latency] = await Promise.all(
    ['bomb', 'latency'].map((name) => compileC(path.join(root, `test/fixtures/c/${name}.c`))),
  );
  const rows = [];
  for (const transport of ['suspending', 'shared']) {
    const html = '<!doctype html><meta charset="utf-8"><title>bench</title>';
    const url = server.page(`bombs-${transport}`, html, transport === 'shared' ? isolation : {});
    for (const [name, each] of Object.entries(bombs)) {
      const taken = [];
      for (let sample = 0; sample < Math.min(samples, 3); sample += 1) {
        taken.push(
          await measurePage(browser, url, { ...each, transport, bomb: [...bomb], latency: [...latency] }),
        );
      }
      rows.push(
        row({
          figure: `p99 of a call beside ${name}, ${transport}`,
          unit: 'ms',
          samples: taken.map(({ busy }) => busy),
          goal: 100,
          against: 'quiet kernel',
          other: taken.map(({ quiet }) => quiet),
        }),
      );
    }
  }
  return rows;
}

function measurePage(browser, url, options) {
  return withPage(browser, async (tab) => {
    await tab.goto(url, { waitUntil: 'networkidle0' });
    return tab.evaluate(async ({ role, script, transport, bomb, latency }) => {
      const { Kernel } = await import('/dist/kernel.js');
      const kernel = await Kernel.boot();
      const sibling = await kernel.sandbox({ files: { 'latency.wasm': Uint8Array.from(latency) } });
      const p99 = async () => {
        const process = await sibling.spawn('./latency.wasm', ['calls', '1000'], { stdin: 'null' });
        if (process.transport !== transport) throw new Error(`it runs on ${process.transport}`);
        const [text, { code }] = await Promise.all([new Response(process.stdout).text(), process.exited]);
        if (code !== 0) throw new Error(`the measure ended with ${code}: ${text}`);
        return Number(text.split(' ')[1]) / 1000;
      };
      await p99();
      const quiet = await p99();
      let over = false;
      let end;
      const ended = new Promise((resolve) => (end = resolve));
      const bombing = (async () => {
        while (!over) {
          const sandbox = await kernel.sandbox({
            files: { 'self.wasm': Uint8Array.from(bomb), 'bomb.mjs': script ?? '' },
            limits: { fileBytes: 200e6, memoryBytes: 256e6 },
          });
          const process = await (script === undefined
            ? sandbox.spawn('./self.wasm', [role], { stdin: 'null' })
            : sandbox.spawn('javascript', ['bomb.mjs'], { stdin: 'null' }));
          await Promise.race([process.exited, ended]);
          await sandbox.dispose();
        }
      })();
      const busy = await p99();
      over = true;
      end();
      await bombing;
      return { quiet, busy };
    }, options);
  });
}
