// runtime-loaders/view: the segments a process was given, read through a bounded cache.
import { isFirefox } from '../../kernel-core/abi/engine.js';
import type { SegmentImage } from '../../kernel-core/abi/messages.js';
import { SegmentCache } from '../../kernel-core/abi/page-cache.js';

const cacheBytes = 8 * 1024 * 1024;
/** Of a MB each. */
const blocksKept = 8;
/**
 * Firefox (153) sends Blobs of this size and more in pieces, and never answers who asks for a part from their middle
 * before all of them are there. Whoever reads one whole waits until they are.
 */
const slowBytes = 1024 * 1024;

export class PageCache {
  #reader: FileReaderSync | undefined;
  readonly #cache = new SegmentCache((blob, from, to) => this.#read(blob as Blob, from, to), cacheBytes);
  /** Blobs that any part can be read of. */
  readonly #arrived = new WeakSet<Blob>();
  readonly #known = new Set<number>();
  /** Blocks of packs that are kept as bytes, the oldest first. */
  readonly #bytes: number[] = [];

  /** Takes the segments of an image in place of those before; pages of those that are in both stay. */
  replace(segments: readonly SegmentImage[]): void {
    this.#cache.keepOnly(new Set(segments.map(({ segment }) => segment)));
    for (const segment of this.#known) {
      if (!segments.some((each) => each.segment === segment)) this.#known.delete(segment);
    }
    this.add(segments);
  }

  add(segments: readonly SegmentImage[]): void {
    for (const { segment, blob } of segments) {
      // A Blob never changes; bytes are the segment that still grows.
      if (blob instanceof Blob && this.#known.has(segment)) continue;
      if (blob instanceof Blob) this.#known.add(segment);
      if (blob instanceof Blob || blob instanceof Uint8Array) this.#cache.set(segment, blob);
    }
  }

  /** Whether all of a segment can be read. */
  hasSegment(segment: number): boolean {
    return this.#known.has(segment);
  }

  /** Whether a block of a pack is here. */
  has(block: number): boolean {
    return this.#cache.knows(block);
  }

  /** Keeps a block as bytes, until `trim`. */
  keepBytes(block: number, bytes: Uint8Array): void {
    this.#cache.set(block, bytes);
    this.#bytes.push(block);
  }

  /** Of the blocks that are kept as bytes, forgets all but the last few. */
  trim(): void {
    while (this.#bytes.length > blocksKept) this.#cache.delete(this.#bytes.shift() as number);
  }

  /** Fills `target` with what lies in the segment from `offset` on. */
  read(segment: number, offset: number, target: Uint8Array): void {
    this.#cache.read(segment, offset, target);
  }

  #read(blob: Blob, from: number, to: number): Uint8Array {
    this.#reader ??= new FileReaderSync();
    if (isFirefox && from > 0 && blob.size >= slowBytes && !this.#arrived.has(blob)) {
      const all = new Uint8Array(this.#reader.readAsArrayBuffer(blob));
      this.#arrived.add(blob);
      return all.slice(from, to);
    }
    return new Uint8Array(this.#reader.readAsArrayBuffer(blob.slice(from, to)));
  }
}
