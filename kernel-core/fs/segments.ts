// fs: sealed file contents. A segment is one Blob holding the contents of many files; processes get it by
// reference. Reading is synchronous: the kernel is a worker.
import { Errno } from '../abi/errno.js';
import type { Extent } from '../abi/journal.js';
import type { SegmentImage } from '../abi/messages.js';

export class Segments {
  readonly #blobs = new Map<number, Blob>();
  readonly #reader = new FileReaderSync();
  #next = 1;

  /** Makes one segment of `parts`; returns where each of them lies. */
  seal(parts: readonly Uint8Array[]): Extent[] {
    const segment = this.#next;
    this.#next += 1;
    this.#blobs.set(segment, new Blob(parts as Uint8Array<ArrayBuffer>[]));
    let offset = 0;
    return parts.map(({ length }) => {
      const extent = { segment, offset, length };
      offset += length;
      return extent;
    });
  }

  read({ segment, offset, length }: Extent): Uint8Array {
    const blob = this.#blobs.get(segment);
    if (blob === undefined) throw new Errno('EIO');
    return new Uint8Array(this.#reader.readAsArrayBuffer(blob.slice(offset, offset + length)));
  }

  /** Forgets every segment that is not in use. */
  keepOnly(used: ReadonlySet<number>): void {
    for (const segment of this.#blobs.keys()) if (!used.has(segment)) this.#blobs.delete(segment);
  }

  images(): SegmentImage[] {
    return [...this.#blobs].map(([segment, blob]) => ({ segment, blob }));
  }
}
