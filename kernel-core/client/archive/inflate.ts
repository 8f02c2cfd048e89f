// client/archive: the browser's own decompression, off the page's thread and bounded.
import { hostile } from './archive-tree.js';
import { turn } from './turn.js';

/** The content as a stream; damaged input makes it fail. */
export function decompressed(source: Blob, format: CompressionFormat): ReadableStream<Uint8Array> {
  return inPieces(source).pipeThrough(new DecompressionStream(format));
}

const readBytes = 512 * 1024;
/** What is given becomes up to a thousand times as much in one go, on the page's thread: less, where that takes long. */
const pieceBytesMax = 8 * 1024;
const pieceBytesMin = 1024;
const slowMs = 8;

/** The bytes in small pieces, with a turn for the page's other tasks after each. */
function inPieces(source: Blob): ReadableStream<Uint8Array<ArrayBuffer>> {
  let near = new Uint8Array(0);
  let at = 0;
  let end = 0;
  let pieceBytes = pieceBytesMin;
  let begunMs = performance.now();
  return new ReadableStream(
    {
      async pull(controller) {
        if (at === near.length) {
          if (end >= source.size) return controller.close();
          near = new Uint8Array(await source.slice(end, end + readBytes).arrayBuffer());
          end += near.length;
          at = 0;
        }
        const isSlow = performance.now() - begunMs > slowMs;
        pieceBytes = isSlow
          ? Math.max(pieceBytesMin, pieceBytes / 4)
          : Math.min(pieceBytesMax, pieceBytes * 2);
        await turn();
        const piece = near.slice(at, at + pieceBytes);
        at += piece.length;
        begunMs = performance.now();
        controller.enqueue(piece);
      },
    },
    { highWaterMark: 0 },
  );
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
