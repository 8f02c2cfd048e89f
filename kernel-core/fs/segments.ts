// fs: sealed file contents. A segment holds the contents of many files, 1 MB or more, as one Blob that
// processes get by reference. The last one still grows: it is kept and posted as bytes until it is long
// enough. SharedArrayBuffers would be faster to read, but a process could change files in them behind the
// journal's back. Reading is synchronous: the kernel is a worker.
import { Errno } from '../abi/errno.js';
import type { Extent } from '../abi/journal.js';
import type { SegmentImage } from '../abi/messages.js';
import { isBlock } from '../abi/pack-blocks.js';
import { SegmentCache } from '../abi/page-cache.js';

const segmentBytes = 1024 * 1024;
const cacheBytes = 4 * 1024 * 1024;

interface Segment {
  readonly blob: Blob;
  readonly length: number;
}

export class Segments {
  readonly #sealed = new Map<number, Segment>();
  #reader: FileReaderSync | undefined;
  readonly #cache = new SegmentCache((blob, from, to) => {
    this.#reader ??= new FileReaderSync();
    return new Uint8Array(this.#reader.readAsArrayBuffer((blob as Blob).slice(from, to)));
  }, cacheBytes);
  #next = 2;
  /** The segment that still grows. */
  #tail = { segment: 1, bytes: new Uint8Array(64 * 1024), length: 0 };

  /** Puts `bytes` at the end of what is sealed; returns where. */
  add(bytes: Uint8Array): Extent {
    const { length } = bytes;
    if (length >= segmentBytes) {
      const segment = this.#next;
      this.#next += 1;
      this.#keep(segment, new Blob([bytes as Uint8Array<ArrayBuffer>]), length);
      return { segment, offset: 0, length };
    }
    const tail = this.#tail;
    if (tail.length + length > tail.bytes.length) {
      const grown = new Uint8Array(Math.max(tail.bytes.length * 2, tail.length + length));
      grown.set(tail.bytes.subarray(0, tail.length));
      tail.bytes = grown;
    }
    tail.bytes.set(bytes, tail.length);
    const extent = { segment: tail.segment, offset: tail.length, length };
    tail.length += length;
    if (tail.length >= segmentBytes) this.#closeTail();
    return extent;
  }

  /** Takes a block of a pack, under the number it has. */
  keepBlock(segment: number, bytes: Uint8Array): void {
    if (!this.#sealed.has(segment)) {
      this.#keep(segment, new Blob([bytes as Uint8Array<ArrayBuffer>]), bytes.length);
    }
  }

  /** The Blob of a block that is here. */
  blockOf(segment: number): Blob | undefined {
    return this.#sealed.get(segment)?.blob;
  }

  /** Of all blocks of packs that are here. */
  blockImages(): SegmentImage[] {
    return [...this.#sealed].flatMap(([segment, { blob }]) => (isBlock(segment) ? [{ segment, blob }] : []));
  }

  read(segment: number, offset: number, target: Uint8Array): void {
    const tail = this.#tail;
    if (segment !== tail.segment) return this.#cache.read(segment, offset, target);
    if (offset + target.length > tail.length) throw new Errno('EIO');
    target.set(tail.bytes.subarray(offset, offset + target.length));
  }

  /**
   * Forgets segments nothing lies in, and returns those that are mostly dead; a block of a pack stays where it is,
   * for views ask for it by its number. `used`: bytes in use, by segment.
   */
  collect(used: ReadonlyMap<number, number>): Set<number> {
    const sparse = new Set<number>();
    for (const [segment, { length }] of this.#sealed) {
      const live = used.get(segment) ?? 0;
      if (live === 0) {
        this.#sealed.delete(segment);
        this.#cache.delete(segment);
      } else if (live * 4 < length && !isBlock(segment)) {
        sparse.add(segment);
      }
    }
    const tail = this.#tail;
    // Never the same number again for other bytes: a process may hold the old ones.
    if (tail.length > 0 && !used.has(tail.segment)) this.#newTail();
    return sparse;
  }

  images(): SegmentImage[] {
    const images: SegmentImage[] = [...this.#sealed].map(([segment, { blob }]) => ({ segment, blob }));
    const { segment, bytes, length } = this.#tail;
    if (length > 0) images.push({ segment, blob: bytes.slice(0, length) });
    return images;
  }

  #closeTail(): void {
    const { segment, bytes, length } = this.#tail;
    this.#keep(segment, new Blob([bytes.subarray(0, length)]), length);
    this.#newTail();
  }

  #newTail(): void {
    this.#tail = { segment: this.#next, bytes: new Uint8Array(64 * 1024), length: 0 };
    this.#next += 1;
  }

  #keep(segment: number, blob: Blob, length: number): void {
    this.#sealed.set(segment, { blob, length });
    this.#cache.set(segment, blob);
  }
}
