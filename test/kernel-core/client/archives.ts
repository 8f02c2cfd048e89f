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
