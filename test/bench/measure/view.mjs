// What it costs to hand a process the view of 20,000 inodes: programs are started by turns in a sandbox that has
// them and in one that has not, so that the worker, which drops the view of another sandbox, is given each anew.
// The difference is the view. Its bytes are the difference of V8's own count, after a collection, in the process
// worker that holds it. Beside them: the same tree as objects, cloned and kept.
import path from 'node:path';
import { compileC } from '../../../scripts/test-fixtures.mjs';
import { heapOf, withPage } from '../browser.mjs';
import { median, row } from '../table.mjs';

const inodes = 20_000;
const mebibyte = 1024 * 1024;

export async function measureView({ browser, server, root, samples }) {
  const url = server.page('view', '<!doctype html><meta charset="utf-8"><title>bench</title><body>view');
  const program = [...(await compileC(path.join(root, 'test/bench/programs/kernel.c'), ['-O2']))];
  const runs = [];
  for (let sample = 0; sample < Math.min(samples, 3); sample += 1)
    runs.push(await withPage(browser, (tab) => measurePage(tab, url, program)));
  return [
    row({
      figure: '20,000-inode view handed to a process',
      unit: 'ms',
      samples: runs.map(({ many, few }) => median(many) - median(few)),
      goal: 5,
      against: 'structuredClone of it as objects',
      other: runs.map(({ cloned }) => cloned),
    }),
    row({
      figure: '20,000-inode view in the process',
      unit: 'MB',
      samples: runs.map(({ manyBytes, fewBytes }) => (manyBytes - fewBytes) / mebibyte),
      goal: 2,
      against: 'the same as objects',
      other: runs.map(({ objectBytes }) => objectBytes / mebibyte),
    }),
  ];
}

async function measurePage(tab, url, program) {
  const main = await tab.createCDPSession();
  const sessions = new Set();
  const follow = async (session) => {
    session.on('sessionattached', (child) => {
      sessions.add(child);
      void follow(child).catch(() => sessions.delete(child));
    });
    session.on('sessiondetached', (child) => sessions.delete(child));
    const autoAttach = { autoAttach: true, waitForDebuggerOnStart: false, flatten: true };
    await session.send('Target.setAutoAttach', autoAttach);
  };
  await tab.goto(url, { waitUntil: 'networkidle0' });
  await follow(main);
  const times = await tab.evaluate(startTurns, inodes, program);
  const manyBytes = await viewBytes(tab, sessions, 'many');
  const fewBytes = await viewBytes(tab, sessions, 'few');
  const before = await heapOf(main);
  await tab.evaluate(() => (window.kept = structuredClone(window.tree)));
  const objectBytes = (await heapOf(main)) - before;
  return { ...times, manyBytes, fewBytes, objectBytes };
}

/** In the page: milliseconds from spawn to exit, by turns. */
async function startTurns(inodes, program) {
  const { Kernel } = await import('/dist/kernel.js');
  const kernel = await Kernel.boot();
  const bytes = Uint8Array.from(program);
  const own = {
    'kernel.wasm': bytes,
    'wait.mjs': `globalThis.isViewHolder = true; setInterval(() => {}, 1e6);`,
  };
  const files = { ...own };
  for (let i = 0; i < inodes; i += 1) files[`project/${i % 100}/file-${i}.txt`] = 'x';
  window.sandboxes = { few: await kernel.sandbox({ files: own }), many: await kernel.sandbox({ files }) };
  const taken = { few: [], many: [] };
  for (let turn = 0; turn < 25; turn += 1) {
    for (const [name, sandbox] of Object.entries(window.sandboxes)) {
      const start = performance.now();
      const process = await sandbox.spawn('./kernel.wasm', ['true'], { stdin: 'null' });
      const { code } = await process.exited;
      if (code !== 0) throw new Error(`it ended with ${code}`);
      if (turn >= 5) taken[name].push(performance.now() - start);
    }
  }
  window.tree = Array.from({ length: inodes }, (_, i) => ({
    inode: i,
    parent: i % 100,
    name: `file-${i}.txt`,
    type: 'file',
    mode: 0o644,
    size: 1,
    links: 1,
    accessedMs: 1.7e12 + i,
    modifiedMs: 1.7e12 + i,
    changedMs: 1.7e12 + i,
  }));
  const clones = [];
  for (let i = 0; i < 5; i += 1) {
    const start = performance.now();
    structuredClone(window.tree);
    clones.push(performance.now() - start);
  }
  return { ...taken, cloned: clones.sort((a, b) => a - b)[2] };
}

/** Heap and buffers of a process worker in that sandbox, after it has looked at its files. */
async function viewBytes(tab, sessions, name) {
  await tab.evaluate(async (which) => {
    window.holder = await window.sandboxes[which].spawn('javascript', ['wait.mjs'], { stdin: 'null' });
  }, name);
  for (let round = 0; round < 100; round += 1) {
    for (const session of sessions) {
      const { result } = await session
        .send('Runtime.evaluate', { expression: 'globalThis.isViewHolder === true' })
        .catch(() => ({ result: {} }));
      if (result.value !== true) continue;
      const bytes = await heapOf(session);
      await tab.evaluate(async () => {
        window.holder.kill('SIGKILL');
        await window.holder.exited;
      });
      sessions.delete(session);
      return bytes;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the process that holds the view was not found');
}
