// Archives for tests, written field by field, so that they can lie.
export interface TarEntry {
  readonly name: string;
  readonly type?: string;
  readonly content?: string;
  readonly link?: string;
  /** Instead of the content's. */
  readonly size?: number;
  readonly mode?: number;
}

const encoder = new TextEncoder();

/** A tar file with its two empty blocks at the end. */
export function tar(entries: readonly TarEntry[]): Blob {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const { name, type = '0', content = '', link = '', size, mode = 0o644 } of entries) {
    const body = encoder.encode(content);
    const header = new Uint8Array(512);
    const put = (at: number, text: string): void => header.set(encoder.encode(text), at);
    put(0, name);
    put(100, mode.toString(8).padStart(7, '0'));
    put(124, (size ?? body.length).toString(8).padStart(11, '0'));
    put(136, '00000000001');
    put(148, '        ');
    put(156, type);
    put(157, link);
    put(257, 'ustar\u000000');
    const sum = header.reduce((total, byte) => total + byte, 0);
    put(148, `${sum.toString(8).padStart(6, '0')}\0`);
    parts.push(header, body, new Uint8Array((512 - (body.length % 512)) % 512));
  }
  return new Blob([...parts, new Uint8Array(1024)]);
}

export async function gzip(blob: Blob): Promise<Blob> {
  return new Response(blob.stream().pipeThrough(new CompressionStream('gzip'))).blob();
}

/** A pack (docs/reference/pack.md) of files, with blocks of `blockBytes`, every second one compressed. */
export async function pack(
  files: Readonly<Record<string, Uint8Array>>,
  blockBytes: number,
): Promise<Uint8Array> {
  const content = new Uint8Array(
    await new Blob(Object.values(files) as Uint8Array<ArrayBuffer>[]).arrayBuffer(),
  );
  const blocks: (readonly [number, number, string])[] = [];
  const stored: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < content.length; at += blockBytes) {
    const plain = content.slice(at, at + blockBytes);
    const packed = new Uint8Array(await (await gzip(new Blob([plain]))).arrayBuffer());
    const bytes = blocks.length % 2 === 1 && packed.length !== plain.length ? packed : plain;
    stored.push(bytes);
    blocks.push([bytes.length, plain.length, await sha256(bytes)]);
  }
  let offset = 0;
  const entries = Object.entries(files).map(([path, { length }]) => {
    offset += length;
    return ['f', path, 0o640, 1_767_225_600_000, offset - length, length];
  });
  const json = JSON.stringify({ bytes: content.length, blocks, entries });
  const index = new Uint8Array(await (await gzip(new Blob([json]))).arrayBuffer());
  const header = new Uint8Array(48);
  header.set(encoder.encode('wasmpack'));
  new DataView(header.buffer).setUint32(8, 1, true);
  new DataView(header.buffer).setUint32(12, index.length, true);
  header.set((await sha256(index)).match(/../g)?.map((byte) => parseInt(byte, 16)) ?? [], 16);
  return new Uint8Array(await new Blob([header, index, ...stored]).arrayBuffer());
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
