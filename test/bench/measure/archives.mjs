// A mounted archive of 50 MB: until its files are there, and how long the page is kept busy meanwhile.
import { withPage } from '../browser.mjs';
import { row } from '../table.mjs';

const totalBytes = 50 * 1024 * 1024;

export async function measureArchives({ browser, server, samples }) {
  const url = server.page(
    'archives',
    '<!doctype html><meta charset="utf-8"><title>bench</title><body>archives',
  );
  const rows = [];
  for (const kind of ['tar.gz', 'zip']) {
    const runs = await withPage(browser, async (tab) => {
      await tab.goto(url, { waitUntil: 'networkidle0' });
      return tab.evaluate(measure, kind, totalBytes, Math.min(samples, 5));
    });
    rows.push(
      row({
        figure: `mount of a 50 MB ${kind}`,
        unit: 'ms',
        samples: runs.map(({ mounted }) => mounted),
        against: 'DecompressionStream alone',
        other: runs.map(({ bare }) => bare),
      }),
      row({
        figure: `mount of a 50 MB ${kind}: longest stall of the page`,
        unit: 'ms',
        samples: runs.map(({ stall }) => stall),
        goal: 50,
        against: 'idle page',
        other: runs.map(({ idle }) => idle),
      }),
    );
  }
  return rows;
}

/** In the page. */
async function measure(kind, totalBytes, samples) {
  const { Kernel } = await import('/dist/kernel.js');
  const kernel = await Kernel.boot();
  const encoder = new TextEncoder();
  // As sources are: it compresses to about a third. Files of 1 KB to 1 MB.
  const contents = [];
  let seed = 1;
  const random = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
  for (let bytes = 0, size = 1024; bytes < totalBytes; size = size >= 1 << 20 ? 1024 : size * 4) {
    const content = Uint8Array.from({ length: size }, () => 97 + Math.floor(random() * 8));
    contents.push(content);
    bytes += size;
  }
  const streamed = (blob, format) =>
    new Response(blob.stream().pipeThrough(new window.CompressionStream(format))).blob();
  const tarOf = () => {
    const parts = contents.flatMap((content, index) => {
      const header = new Uint8Array(512);
      const put = (at, text) => header.set(encoder.encode(text), at);
      put(0, `d${index % 20}/file-${index}`);
      put(100, '0000644');
      put(124, content.length.toString(8).padStart(11, '0'));
      put(136, '00000000001');
      put(148, '        0');
      put(257, 'ustar\u000000');
      const sum = header.reduce((total, byte) => total + byte, 0);
      put(148, `${sum.toString(8).padStart(6, '0')}\0`);
      header[156] = 48;
      return [header, content, new Uint8Array((512 - (content.length % 512)) % 512)];
    });
    return streamed(new Blob([...parts, new Uint8Array(1024)]), 'gzip');
  };
  const table = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit += 1) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
    return n;
  });
  const crc = (bytes) => ~bytes.reduce((c, byte) => (c >>> 8) ^ table[(c ^ byte) & 255], -1) >>> 0;
  const zipOf = async () => {
    const parts = [];
    const central = [];
    let at = 0;
    for (const [index, content] of contents.entries()) {
      const name = encoder.encode(`d${index % 20}/file-${index}`);
      const packed = await streamed(new Blob([content]), 'deflate-raw');
      const local = new DataView(new ArrayBuffer(30));
      local.setUint32(0, 0x04034b50, true);
      local.setUint16(8, 8, true);
      local.setUint16(26, name.length, true);
      const entry = new DataView(new ArrayBuffer(46));
      entry.setUint32(0, 0x02014b50, true);
      entry.setUint16(10, 8, true);
      entry.setUint16(14, 33, true);
      entry.setUint32(16, crc(content), true);
      entry.setUint32(20, packed.size, true);
      entry.setUint32(24, content.length, true);
      entry.setUint16(28, name.length, true);
      entry.setUint32(42, at, true);
      central.push(entry, name);
      parts.push(local, name, packed);
      at += 30 + name.length + packed.size;
    }
    const directory = new Blob(central);
    const end = new DataView(new ArrayBuffer(22));
    end.setUint32(0, 0x06054b50, true);
    end.setUint16(10, contents.length, true);
    end.setUint32(12, directory.size, true);
    end.setUint32(16, at, true);
    return new Blob([...parts, directory, end]);
  };
  const archive = kind === 'zip' ? await zipOf() : await tarOf();
  const gzipped = await streamed(new Blob(contents), 'gzip');
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
  const timed = async (work) => {
    const begun = performance.now();
    await work();
    return performance.now() - begun;
  };
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const runs = [];
  for (let sample = 0; sample <= samples; sample += 1) {
    const sandbox = await kernel.sandbox();
    await pause(300);
    const idle = await longest(() => pause(1000));
    let mounted;
    const stall = await longest(async () => {
      mounted = await timed(() => sandbox.fs.mount('/lib', archive));
      // The page's copy of the tree follows.
      await sandbox.fs.sync();
      await pause(200);
    });
    const bare = await timed(() =>
      new Response(gzipped.stream().pipeThrough(new window.DecompressionStream('gzip'))).blob(),
    );
    // The first one loads code, which is not what is measured here.
    if (sample > 0) runs.push({ mounted, stall, idle, bare });
    await sandbox.dispose();
  }
  return runs;
}
