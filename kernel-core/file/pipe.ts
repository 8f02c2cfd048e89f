// file: a pipe, two open files with one queue between them.
// Must always hold: the last writer's close ends the queue; the last reader's close throws it away.
import { Errno } from '../abi/errno.js';
import { pipeCapacityBytes } from '../abi/messages.js';
import { access } from '../abi/syscalls.js';
import { ByteQueue } from './byte-queue.js';
import { readiness, type OpenFile } from './open-file.js';
import type { Caller } from './wait-queue.js';

class PipeReader implements OpenFile {
  readonly kind = 'pipe';
  readonly access = access.read;
  readonly #queue: ByteQueue;
  readonly #closed: () => void;
  /** Bytes that were read ahead last, and may come back. */
  #lent = 0;

  constructor(queue: ByteQueue, closed: () => void) {
    this.#queue = queue;
    this.#closed = closed;
  }

  read(max: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    return this.#queue.read(max, caller);
  }

  write(): never {
    throw new Errno('EBADF');
  }

  async readAhead(max: number, most: number, caller: Caller): Promise<readonly Uint8Array[]> {
    const pieces = await this.#queue.readPieces(Math.max(max, most), caller);
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.#lent = Math.max(0, length - max);
    return pieces;
  }

  putBack(bytes: Uint8Array, taken: (bytes: number) => void): void {
    // No more than there was, or a pipe would be a place to put any number of bytes.
    if (bytes.length > this.#lent) throw new Errno('EINVAL');
    this.#lent = 0;
    this.#queue.putBack(bytes, taken);
  }

  get ready(): number {
    const { length, ended } = this.#queue;
    return (length > 0 ? readiness.read : 0) | (ended ? readiness.hangup : 0);
  }

  watch(changed: () => void): () => void {
    return this.#queue.changed.watch(changed);
  }

  close(): void {
    this.#closed();
    this.#queue.discard();
  }
}

class PipeWriter implements OpenFile {
  readonly kind = 'pipe';
  readonly access = access.write;
  readonly #queue: ByteQueue;
  #unread = false;

  constructor(queue: ByteQueue) {
    this.#queue = queue;
  }

  read(): never {
    throw new Errno('EBADF');
  }

  write(bytes: Uint8Array, taken: (bytes: number) => void): void {
    if (this.#unread) throw new Errno('EPIPE');
    this.#queue.push(bytes, taken);
  }

  get ready(): number {
    if (this.#unread) return readiness.write | readiness.error;
    return this.#queue.length < pipeCapacityBytes ? readiness.write : 0;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  watch(changed: () => void): () => void {
    return this.#queue.changed.watch(changed);
  }

  close(): void {
    this.#queue.end();
  }

  /** Nobody reads any more. */
  readerClosed(): void {
    this.#unread = true;
  }
}

export function makePipe(): { readonly reader: OpenFile; readonly writer: OpenFile } {
  const queue = new ByteQueue();
  const writer = new PipeWriter(queue);
  const reader = new PipeReader(queue, () => writer.readerClosed());
  return { reader, writer };
}
