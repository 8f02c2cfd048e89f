// file: bytes on their way from writers to a reader, in order. The body of pipes, sockets and terminals.
// Must always hold: `length` is the sum of the chunks; every byte is reported taken exactly once.
import type { Caller } from './wait-queue.js';
import { WaitQueue } from './wait-queue.js';

interface Chunk {
  bytes: Uint8Array;
  readonly taken: (bytes: number) => void;
}

const empty = new Uint8Array(0);

export class ByteQueue {
  /** Woken when bytes come, when they are taken, and at the end. */
  readonly changed = new WaitQueue();
  #chunks: Chunk[] = [];
  #length = 0;
  #ended = false;

  /** Bytes that wait for the reader. */
  get length(): number {
    return this.#length;
  }

  /** Whether no more bytes will come. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Appends bytes, never torn apart by another writer's; `taken` is called as the reader takes them. */
  push(bytes: Uint8Array, taken: (bytes: number) => void): void {
    if (bytes.length === 0) return;
    if (this.#ended) {
      taken(bytes.length);
      return;
    }
    this.#chunks.push({ bytes, taken });
    this.#length += bytes.length;
    this.changed.wake();
  }

  /** Puts bytes back that were taken, before all others; `taken` as of `push`. */
  putBack(bytes: Uint8Array, taken: (bytes: number) => void): void {
    if (bytes.length === 0) return;
    this.#chunks.unshift({ bytes, taken });
    this.#length += bytes.length;
    this.changed.wake();
  }

  /** No more bytes will come: reads return what is left, then end of file. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.changed.wake();
  }

  /** Nobody will read any more: what is there is gone, and whoever sent it hears that it was taken. */
  discard(): void {
    this.take(this.#length);
    this.end();
  }

  /** Takes up to `max` bytes, of as many chunks as that needs; none where there are none. */
  take(max: number): Uint8Array {
    const first = this.#chunks[0];
    if (first === undefined || max <= 0) return empty;
    if (first.bytes.length >= max || this.#chunks.length === 1) {
      const taken = this.#takeOf(first, max);
      this.changed.wake();
      return taken;
    }
    const result = new Uint8Array(Math.min(max, this.#length));
    for (let at = 0; at < result.length;) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) break;
      const part = this.#takeOf(chunk, result.length - at);
      result.set(part, at);
      at += part.length;
    }
    this.changed.wake();
    return result;
  }

  /** `take` of up to `max` bytes as they were written, uncopied. */
  takePieces(max: number): readonly Uint8Array[] {
    const pieces: Uint8Array[] = [];
    for (let left = max; left > 0;) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) break;
      const part = this.#takeOf(chunk, left);
      pieces.push(part);
      left -= part.length;
    }
    this.changed.wake();
    return pieces;
  }

  /** A copy of the first bytes, up to `max`, which stay. */
  peek(max: number): Uint8Array {
    const result = new Uint8Array(Math.min(max, this.#length));
    let at = 0;
    for (const { bytes } of this.#chunks) {
      if (at >= result.length) break;
      const part = bytes.subarray(0, result.length - at);
      result.set(part, at);
      at += part.length;
    }
    return result;
  }

  /** `take` as soon as there is anything; empty only at the end. Rejects with EINTR when interrupted. */
  read(max: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    if (this.#length > 0 || this.#ended || max === 0) return this.take(max);
    return this.changed.wait(caller).then(() => this.read(max, caller));
  }

  #takeOf(chunk: Chunk, max: number): Uint8Array {
    const taken = chunk.bytes.subarray(0, max);
    if (taken.length === chunk.bytes.length) this.#chunks.shift();
    else chunk.bytes = chunk.bytes.subarray(taken.length);
    this.#length -= taken.length;
    chunk.taken(taken.length);
    return taken;
  }
}
