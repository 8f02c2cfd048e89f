// runtime-loaders/view: bounded cache of sealed file contents, read from segment Blobs.
// A FileReaderSync call costs about 0.3 ms whatever its size (Chromium), so whole pages are read and kept.
import { Errno } from '../../kernel-core/abi/errno.js';
import type { Extent } from '../../kernel-core/abi/journal.js';
import type { SegmentImage } from '../../kernel-core/abi/messages.js';

const pageBytes = 256 * 1024;
const cacheBytes = 8 * 1024 * 1024;

export class PageCache {
  readonly #segments = new Map<number, Blob>();
  /** Insertion order is order of use: the first is dropped first. */
  readonly #pages = new Map<string, Uint8Array>();
  #reader: FileReaderSync | undefined;

  add(segments: readonly SegmentImage[]): void {
    for (const { segment, blob } of segments) {
      if (blob instanceof Blob) this.#segments.set(segment, blob);
    }
  }

  read(extent: Extent): Uint8Array {
    const blob = this.#segments.get(extent.segment);
    if (blob === undefined) throw new Errno('EIO');
    const end = extent.offset + extent.length;
    // What would push everything else out is read past the cache.
    if (extent.length > cacheBytes / 4) return this.#readBlob(blob.slice(extent.offset, end));
    const result = new Uint8Array(extent.length);
    for (let offset = extent.offset; offset < end;) {
      const index = Math.floor(offset / pageBytes);
      const page = this.#page(extent.segment, blob, index);
      const from = offset - index * pageBytes;
      const part = page.subarray(from, Math.min(page.length, from + end - offset));
      if (part.length === 0) throw new Errno('EIO');
      result.set(part, offset - extent.offset);
      offset += part.length;
    }
    return result;
  }

  #page(segment: number, blob: Blob, index: number): Uint8Array {
    const key = `${segment}:${index}`;
    let page = this.#pages.get(key);
    if (page === undefined) {
      page = this.#readBlob(blob.slice(index * pageBytes, (index + 1) * pageBytes));
      if (this.#pages.size >= cacheBytes / pageBytes) {
        const oldest = this.#pages.keys().next();
        if (!oldest.done) this.#pages.delete(oldest.value);
      }
    } else {
      this.#pages.delete(key);
    }
    this.#pages.set(key, page);
    return page;
  }

  #readBlob(blob: Blob): Uint8Array {
    this.#reader ??= new FileReaderSync();
    return new Uint8Array(this.#reader.readAsArrayBuffer(blob));
  }
}
