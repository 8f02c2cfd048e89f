// What a kernel costs that has nothing to do: heaps of its frames and workers, the process worker kept ready
// included, after a program has run and ended. Heaps are V8's own count after a collection, with the bytes
// their buffers hold; what the browser itself needs for a frame or worker is in no such count.
import { heapOf, withPage } from '../browser.mjs';
import { row } from '../table.mjs';

const mebibyte = 1024 * 1024;

export async function measureIdle({ browser, server, samples }) {
  const url = server.page('idle', '<!doctype html><meta charset="utf-8"><title>bench</title><body>idle');
  const kernel = [];
  const page = [];
  for (let sample = 0; sample < Math.min(samples, 3); sample += 1) {
    const [realms, own] = await withPage(browser, (tab) => heaps(tab, url));
    kernel.push(realms / mebibyte);
    page.push(own / mebibyte);
  }
  return [
    row({
      figure: 'idle kernel: heaps of frames and workers',
      unit: 'MB',
      samples: kernel,
      goal: 15,
      against: 'more in the page',
      other: page,
    }),
  ];
}

async function heaps(tab, url) {
  const main = await tab.createCDPSession();
  const sessions = new Set();
  const kinds = [];
  // Frames of other processes and workers, those of frames included.
  const follow = async (session) => {
    session.on('sessionattached', (child) => {
      sessions.add(child);
      void follow(child).catch(() => sessions.delete(child));
    });
    session.on('Target.attachedToTarget', ({ targetInfo }) => kinds.push(targetInfo.type));
    session.on('sessiondetached', (child) => sessions.delete(child));
    await session.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: true,
    });
  };
  await tab.goto(url, { waitUntil: 'networkidle0' });
  await follow(main);
  const before = await heapOf(main);
  await tab.evaluate(async () => {
    const { Kernel } = await import('/dist/kernel.js');
    const kernel = await Kernel.boot();
    const sandbox = await kernel.sandbox({ files: { 'main.js': 'console.log(1)' } });
    await sandbox.run('javascript', ['main.js']);
    await sandbox.dispose();
    // The worker kept ready is up by then.
    await new Promise((resolve) => setTimeout(resolve, 1500));
  });
  const sizes = await Promise.all([...sessions].map((session) => heapOf(session)));
  // The kernel's worker and the one kept ready, at least: else this measures nothing.
  if (kinds.filter((kind) => kind === 'worker').length < 2)
    throw new Error(`the kernel’s workers were not found, only: ${kinds.join(', ')}`);
  return [sizes.reduce((sum, bytes) => sum + bytes, 0), (await heapOf(main)) - before];
}
