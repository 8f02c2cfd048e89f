// client/archive: the browser's own decompression, off the page's thread and bounded.
import { hostile } from './archive-tree.js';

/** The content as a stream; damaged input makes it fail. */
export function decompressed(source: Blob, format: CompressionFormat): ReadableStream<Uint8Array> {
  return source.stream().pipeThrough(new DecompressionStream(format));
}

/** All of it, `size` bytes. Rejects with EINVAL where it is damaged, or more or less. */
export async function inflated(
  source: Uint8Array,
  format: CompressionFormat,
  size: number,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const content = new Uint8Array(size);
  let filled = 0;
  const reader = decompressed(new Blob([source as Uint8Array<ArrayBuffer>]), format).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (filled + value.length > size) throw new RangeError('longer than it says');
      content.set(value, filled);
      filled += value.length;
    }
  } catch {
    filled = -1;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  if (filled !== size) throw hostile(`“${name}” in the archive is damaged.`);
  return content;
}
