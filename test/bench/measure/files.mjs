// Files the page gives to a sandbox: until they are there, and how long the page is kept busy meanwhile.
import { withPage } from '../browser.mjs';
import { row } from '../table.mjs';

const count = 10_000;
const bytes = 200;

export async function measureFiles({ browser, server, samples }) {
  const url = server.page('files', '<!doctype html><meta charset="utf-8"><title>bench</title><body>files');
  const runs = await withPage(browser, async (tab) => {
    await tab.goto(url, { waitUntil: 'networkidle0' });
    return tab.evaluate(measure, count, bytes, samples);
  });
  const what = '10,000 files of 200 bytes';
  return [
    row({
      figure: '10,000 small files given by the page as `files`',
      unit: 'ms',
      samples: runs.map(({ given }) => given),
      goal: 600,
      against: 'structuredClone of the same object',
      other: runs.map(({ cloned }) => cloned),
    }),
    row({
      figure: `${what}: longest stall of the page`,
      unit: 'ms',
      samples: runs.map(({ stall }) => stall),
      goal: 50,
    }),
    row({
      figure: `${what}: snapshot`,
      unit: 'ms',
      samples: runs.map(({ snapshot }) => snapshot),
      against: 'gzip of the same bytes',
      other: runs.map(({ gzip }) => gzip),
    }),
    row({
      figure: `${what}: restore of it`,
      unit: 'ms',
      samples: runs.map(({ restore }) => restore),
      against: 'gunzip of the same bytes',
      other: runs.map(({ gunzip }) => gunzip),
    }),
  ];
}

/** In the page. */
async function measure(count, bytes, samples) {
  const { Kernel } = await import('/dist/kernel.js');
  const kernel = await Kernel.boot();
  const files = {};
  for (let index = 0; index < count; index += 1) {
    files[`project/${index % 100}/file-${index}.txt`] = `${index} `.repeat(bytes).slice(0, bytes);
  }
  const timed = async (work) => {
    const start = performance.now();
    const value = await work();
    return [performance.now() - start, value];
  };
  const stallOf = async (work) => {
    let last = performance.now();
    let stall = 0;
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      const now = performance.now();
      stall = Math.max(stall, now - last);
      last = now;
      setTimeout(() => channel.port2.postMessage(0));
    };
    channel.port2.postMessage(0);
    const value = await work();
    channel.port1.close();
    return [stall, value];
  };
  const through = async (blob, stream) => await new Response(blob.stream().pipeThrough(stream)).blob();
  const runs = [];
  for (let sample = 0; sample < samples + 1; sample += 1) {
    const [cloned] = await timed(() => structuredClone(files));
    const [stall, [given, sandbox]] = await stallOf(() => timed(() => kernel.sandbox({ files })));
    const [snapshot, archive] = await timed(() => sandbox.fs.snapshot('/home/user'));
    const [gunzip, plain] = await timed(() => through(archive, new window.DecompressionStream('gzip')));
    const [gzip] = await timed(() => through(plain, new window.CompressionStream('gzip')));
    const [restore] = await timed(() => sandbox.fs.restore(archive, '/home/user/copy'));
    await sandbox.dispose();
    // The first one warms up.
    if (sample > 0) runs.push({ cloned, stall, given, snapshot, gunzip, gzip, restore });
  }
  return runs;
}
