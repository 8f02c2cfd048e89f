// abi: bounded cache of sealed file contents, for whoever reads them from segments: views and the kernel.
// A FileReaderSync call costs about 0.3 ms whatever its size (Chromium), so whole pages are read and kept:
// a thousand small files that share a segment cost a few calls. How a Blob is read is injected.
import { Errno } from './errno.js';
import { blockBytes, isBlock, NotFetched } from './pack-blocks.js';

const pageBytes = 256 * 1024;

/** Reads bytes `from` … `to` of a Blob, at once. */
export type BlobReader = (blob: unknown, from: number, to: number) => Uint8Array;

export class SegmentCache {
  readonly #readBlob: BlobReader;
  readonly #pagesMax: number;
  /** Blobs, or bytes that are in memory as they are. */
  readonly #segments = new Map<number, unknown>();
  /** Insertion order is order of use: the first is dropped first. */
  readonly #pages = new Map<number, Uint8Array>();
  #lastKey = -1;
  #lastPage: Uint8Array | undefined;

  /** `cacheBytes`: how much of the Blobs is kept in memory. */
  constructor(readBlob: BlobReader, cacheBytes: number) {
    this.#readBlob = readBlob;
    this.#pagesMax = Math.max(1, Math.floor(cacheBytes / pageBytes));
  }

  /** Adds a segment, or replaces it by a longer one that begins with the same bytes. */
  set(segment: number, content: unknown): void {
    this.delete(segment);
    this.#segments.set(segment, content);
  }

  /** Whether the segment is known, as this very object. */
  has(segment: number, content: unknown): boolean {
    return this.#segments.get(segment) === content;
  }

  /** Whether there is anything of that number. */
  knows(segment: number): boolean {
    return this.#segments.has(segment);
  }

  delete(segment: number): void {
    if (!this.#segments.delete(segment)) return;
    for (const key of this.#pages.keys()) if (Math.floor(key / keyScale) === segment) this.#pages.delete(key);
    this.#lastKey = -1;
    this.#lastPage = undefined;
  }

  /** Forgets every segment that is not in use. */
  keepOnly(used: ReadonlySet<number>): void {
    for (const segment of [...this.#segments.keys()]) if (!used.has(segment)) this.delete(segment);
  }

  /** Fills `target` with what lies from `offset` on; of a pack, in the blocks behind too. Throws EIO. */
  read(segment: number, offset: number, target: Uint8Array): void {
    if (!isBlock(segment)) return this.#readOne(segment, offset, target);
    for (let at = 0; at < target.length;) {
      const from = (offset + at) % blockBytes;
      const part = target.subarray(at, at + blockBytes - from);
      this.#readOne(segment + Math.floor((offset + at) / blockBytes), from, part);
      at += part.length;
    }
  }

  #readOne(segment: number, offset: number, target: Uint8Array): void {
    const content = this.#segments.get(segment);
    if (content === undefined) throw isBlock(segment) ? new NotFetched() : new Errno('EIO');
    const end = offset + target.length;
    if (content instanceof Uint8Array) {
      if (end > content.length) throw new Errno('EIO');
      target.set(content.subarray(offset, end));
      return;
    }
    // What would push everything else out is read past the cache.
    if (target.length > (this.#pagesMax * pageBytes) / 4) {
      const bytes = this.#readBlob(content, offset, end);
      if (bytes.length !== target.length) throw new Errno('EIO');
      target.set(bytes);
      return;
    }
    for (let at = offset; at < end;) {
      const index = Math.floor(at / pageBytes);
      const page = this.#page(segment, content, index);
      const from = at - index * pageBytes;
      const length = Math.min(page.length - from, end - at);
      if (length <= 0) throw new Errno('EIO');
      target.set(page.subarray(from, from + length), at - offset);
      at += length;
    }
  }

  #page(segment: number, blob: unknown, index: number): Uint8Array {
    const key = segment * keyScale + index;
    if (key === this.#lastKey && this.#lastPage !== undefined) return this.#lastPage;
    let page = this.#pages.get(key);
    if (page === undefined) {
      page = this.#readBlob(blob, index * pageBytes, (index + 1) * pageBytes);
      if (this.#pages.size >= this.#pagesMax) {
        const oldest = this.#pages.keys().next();
        if (!oldest.done) this.#pages.delete(oldest.value);
      }
    } else {
      this.#pages.delete(key);
    }
    this.#pages.set(key, page);
    this.#lastKey = key;
    this.#lastPage = page;
    return page;
  }
}

/** Pages a segment has at most: 256 GB. */
const keyScale = 2 ** 20;
