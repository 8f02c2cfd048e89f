// What the kernel's calls cost a program, by a C program that measures itself (`programs/kernel.c`), on every
// transport; where nothing can wait, what need not. Beside them, in the same page: a bare echo between two workers
// as the transport makes it, and a Map.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compileC } from '../../../scripts/test-fixtures.mjs';
import { withPage } from '../browser.mjs';
import { row } from '../table.mjs';

const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

const transports = ['suspending', 'shared', 'local'];
const files = { 'a/b/file.txt': 'x'.repeat(8192) };

/** Of each figure: what the program is called with, unit, factor, goal by transport. */
const figures = [
  { role: 'stat', name: 'stat once compiled', unit: 'µs', goal: 1, beside: 'map' },
  { role: 'firststats', name: '10,000 stats of a fresh process', unit: 'ms', scale: 1e-3, goal: 30 },
  { role: 'read', name: 'read 4 KB once compiled', unit: 'µs', goal: 3 },
  { role: 'call', name: 'a call', unit: 'µs', waits: true, beside: 'echo' },
  { role: 'spawn', name: 'spawn and wait (p50 of 400)', unit: 'ms', scale: 1e-3, goal: 0.5, waits: true },
  { role: 'spawns', name: '1,000 spawns in a row', unit: 'ms', scale: 1e-3, goal: 600, waits: true },
  {
    role: 'pipe',
    name: 'pipe of 64 KB chunks',
    unit: 'µs a chunk',
    goals: { suspending: 164, shared: 22 },
    waits: true,
  },
  {
    role: 'small',
    name: 'write 10,000 files, read in another process',
    unit: 'ms',
    scale: 1e-3,
    goal: 400,
    waits: true,
  },
];
const limits = { echo: 'bare echo', map: 'a JS Map lookup' };

export async function measureKernel({ browser, server, root, samples }) {
  const program = await compileC(path.join(root, 'test/bench/programs/kernel.c'), ['-O2']);
  writeFileSync(path.join(root, 'build/bench/kernel.wasm'), program);
  const rows = [];
  for (const transport of transports) {
    const html = '<!doctype html><meta charset="utf-8"><title>bench</title>';
    const url = server.page(`kernel-${transport}`, html, transport === 'shared' ? isolation : {});
    const wasm = `data:application/wasm;base64,${readFileSync(path.join(root, 'build/bench/kernel.wasm')).toString('base64')}`;
    const taken = [];
    for (let sample = 0; sample < Math.min(samples, 5); sample += 1)
      taken.push(await measurePage(browser, url, wasm, transport));
    for (const { role, name, unit, scale = 1, goal, goals, beside } of figuresOn(transport)) {
      rows.push(
        row({
          figure: `${name}, ${transport}`,
          unit,
          samples: taken.map((each) => each[role] * scale),
          goal: goal ?? goals?.[transport],
          ...(beside && { against: limits[beside], other: taken.map((each) => each[beside]) }),
        }),
      );
    }
  }
  return rows;
}

const figuresOn = (transport) => figures.filter(({ waits }) => !waits || transport !== 'local');

function measurePage(browser, url, wasm, transport) {
  return withPage(browser, async (tab) => {
    await tab.goto(url, { waitUntil: 'networkidle0' });
    return tab.evaluate(
      async ({ wasm, transport, files, roles }) => {
        if (transport === 'local') cannotSuspend();
        const { Kernel } = await import('/dist/kernel.js');
        const kernel = await Kernel.boot();
        const bytes = new Uint8Array(await (await fetch(wasm)).arrayBuffer());
        const sandbox = await kernel.sandbox({ files: { ...files, 'kernel.wasm': bytes } });
        const result = {};
        for (const role of roles) {
          const process = await sandbox.spawn('./kernel.wasm', [role], { stdin: 'null' });
          if (process.transport !== transport) throw new Error(`it runs on ${process.transport}`);
          const [text, { code }] = await Promise.all([new Response(process.stdout).text(), process.exited]);
          if (code !== 0) throw new Error(`${role} ended with ${code}`);
          result[role] = Number(text);
        }
        result.echo = await echo(transport);
        result.map = lookup();
        await sandbox.dispose();
        return result;

        /** As in a browser that has no JSPI: the library's workers find none. */
        function cannotSuspend() {
          const native = window.fetch.bind(window);
          window.fetch = async (input, init) => {
            const response = await native(input, init);
            if (!/\/image\/[a-z.]*worker\.js$/.test(String(input))) return response;
            const without = 'delete WebAssembly.Suspending; delete WebAssembly.promising;';
            const headers = { 'content-type': 'text/javascript' };
            return new Response(`${without}\n${await response.text()}`, { headers });
          };
        }

        /** Microseconds of finding one of 20,000 paths. */
        function lookup() {
          const paths = Array.from({ length: 20_000 }, (_, i) => `/home/user/a/b/file-${i}.txt`);
          const map = new Map(paths.map((path, index) => [path, { index }]));
          let sum = 0;
          for (let round = 0, start = 0; ; round += 1) {
            if (round === 10) start = performance.now();
            for (const path of paths) sum += map.get(path).index;
            if (round === 59) return ((performance.now() - start) * 1000) / (50 * paths.length) + 0 * sum;
          }
        }

        /** Microseconds of a round trip between two workers, as the transport makes it. */
        async function echo(kind) {
          const source = `
            onmessage = async ({ data: { port, memory, count } }) => {
              const words = memory && new Int32Array(memory);
              if (!port.isEcho && words) {
                const start = performance.now();
                for (let i = 0; i < count; i++) {
                  Atomics.store(words, 0, 0);
                  port.postMessage(i);
                  Atomics.wait(words, 0, 0);
                }
                postMessage(((performance.now() - start) * 1000) / count);
              } else {
                const start = performance.now();
                for (let i = 0; i < count; i++)
                  await new Promise((resolve) => { port.onmessage = resolve; port.postMessage(i); });
                postMessage(((performance.now() - start) * 1000) / count);
              }
            };`;
          const answering = `
            onmessage = ({ data: { port, memory } }) => {
              const words = memory && new Int32Array(memory);
              port.onmessage = ({ data }) => {
                if (!words) return port.postMessage(data);
                Atomics.store(words, 0, 1);
                Atomics.notify(words, 0);
              };
            };`;
          const worker = (code) => new Worker(URL.createObjectURL(new Blob([code])));
          const [asking, answerer] = [worker(source), worker(answering)];
          const { port1, port2 } = new MessageChannel();
          const memory = kind === 'shared' ? new SharedArrayBuffer(8) : undefined;
          answerer.postMessage({ port: port2, memory }, [port2]);
          const done = new Promise((resolve) => (asking.onmessage = ({ data }) => resolve(data)));
          asking.postMessage({ port: port1, memory, count: 2000 }, [port1]);
          const us = await done;
          asking.terminate();
          answerer.terminate();
          return us;
        }
      },
      { wasm, transport, files, roles: figuresOn(transport).map(({ role }) => role) },
    );
  });
}
