// A mounted pack of 20,000 files and 50 MB: until its names are there, what was fetched for it, and until the
// first file is read.
import { withPage } from '../browser.mjs';
import { row } from '../table.mjs';

const files = 20_000;
const totalBytes = 50 * 1024 * 1024;

export async function measurePacks({ browser, server, samples }) {
  const url = server.page('packs', '<!doctype html><meta charset="utf-8"><title>bench</title><body>packs');
  const runs = await withPage(browser, async (tab) => {
    await tab.goto(url, { waitUntil: 'networkidle0' });
    return tab.evaluate(measure, files, totalBytes, Math.min(samples, 5));
  });
  const of = (name) => runs.map((run) => run[name]);
  const whole = { against: 'the whole pack', other: of('packBytes') };
  return [
    row({ figure: 'mount of a pack: 20,000 files, 50 MB', unit: 'ms', samples: of('mounted') }),
    row({ figure: 'mount of that pack: fetched', unit: 'KB', samples: of('mountBytes'), ...whole }),
    row({ figure: 'first file of that pack', unit: 'ms', samples: of('read') }),
    row({ figure: 'first file of that pack: fetched', unit: 'KB', samples: of('readBytes'), ...whole }),
  ];
}

/** In the page. */
async function measure(files, totalBytes, samples) {
  const { Kernel } = await import('/dist/kernel.js');
  const kernel = await Kernel.boot();
  const encoder = new TextEncoder();
  const blockBytes = 1024 * 1024;
  const each = Math.floor(totalBytes / files);
  const gzip = async (bytes) =>
    new Uint8Array(
      await new Response(
        new Blob([bytes]).stream().pipeThrough(new window.CompressionStream('gzip')),
      ).arrayBuffer(),
    );
  const hash = async (bytes) => new Uint8Array(await window.crypto.subtle.digest('SHA-256', bytes));
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  let seed = 1;
  const random = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
  const makePack = async () => {
    const content = Uint8Array.from({ length: files * each }, () => 97 + Math.floor(random() * 8));
    const blocks = [];
    const stored = [];
    for (let at = 0; at < content.length; at += blockBytes) {
      const plain = content.subarray(at, at + blockBytes);
      const packed = await gzip(plain);
      stored.push(packed);
      blocks.push([packed.length, plain.length, hex(await hash(packed))]);
    }
    const entries = Array.from({ length: files }, (_, index) => {
      const path = `d${index % 200}/file-${index}`;
      return ['f', path, 0o644, 1_767_225_600_000, index * each, each];
    });
    const index = await gzip(encoder.encode(JSON.stringify({ bytes: content.length, blocks, entries })));
    const header = new Uint8Array(48);
    header.set(encoder.encode('wasmpack'));
    new DataView(header.buffer).setUint32(8, 1, true);
    new DataView(header.buffer).setUint32(12, index.length, true);
    header.set(await hash(index), 16);
    return new Blob([header, index, ...stored]);
  };
  let pack;
  let sent = 0;
  const original = window.fetch;
  window.fetch = (input, init) => {
    if (!String(input).endsWith('/bench.pack')) return original(input, init);
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(new window.Headers(init.headers).get('Range'));
    const part = pack.slice(Number(from), Number(to) + 1);
    sent += part.size;
    const range = `bytes ${from}-${Number(from) + part.size - 1}/${pack.size}`;
    return Promise.resolve(new Response(part, { status: 206, headers: { 'Content-Range': range } }));
  };
  const timed = async (work) => {
    sent = 0;
    const begun = performance.now();
    await work();
    return performance.now() - begun;
  };
  const runs = [];
  for (let sample = 0; sample <= samples; sample += 1) {
    // Another one each time, for blocks are kept in the browser's cache.
    pack = await makePack();
    const sandbox = await kernel.sandbox();
    const mounted = await timed(() => sandbox.fs.mount('/lib', new URL('/bench.pack', window.location.href)));
    const mountBytes = sent / 1024;
    const read = await timed(() => sandbox.fs.readFile('/lib/d7/file-10007'));
    const readBytes = sent / 1024;
    // The first one loads code, which is not what is measured here.
    if (sample > 0) runs.push({ mounted, mountBytes, read, readBytes, packBytes: pack.size / 1024 });
    await sandbox.dispose();
  }
  window.fetch = original;
  return runs;
}
