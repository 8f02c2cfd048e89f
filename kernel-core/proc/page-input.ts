// proc: standard input that the page types. Tells when somebody waits for it, for then the reader is asked.
import { Errno } from '../abi/errno.js';
import { access } from '../abi/syscalls.js';
import { ByteQueue } from '../file/byte-queue.js';
import { readiness, type OpenFile } from '../file/open-file.js';
import type { Caller } from '../file/wait-queue.js';
import type { ReadWaiters } from './read-waiters.js';

const notCounted = (): void => undefined;

export class PageInput implements OpenFile {
  readonly kind = 'pipe';
  readonly access = access.read;
  #queue = new ByteQueue();
  readonly #waiters: ReadWaiters;

  constructor(waiters: ReadWaiters) {
    this.#waiters = waiters;
  }

  /** Bytes from the page. */
  input(bytes: Uint8Array): void {
    this.#queue.push(bytes, notCounted);
  }

  end(): void {
    this.#queue.end();
  }

  /** Empty and open again, for another reader: what was typed before was for the one before, whose reads end here. */
  begin(): void {
    this.#queue.discard();
    this.#queue = new ByteQueue();
  }

  read(max: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    return this.#waiters.follow(this.#queue.read(max, caller), caller);
  }

  write(): never {
    throw new Errno('EBADF');
  }

  get ready(): number {
    const { length, ended } = this.#queue;
    return (length > 0 ? readiness.read : 0) | (ended ? readiness.hangup : 0);
  }

  watch(changed: () => void): () => void {
    return this.#queue.changed.watch(changed);
  }

  close(): void {
    this.#queue.discard();
  }
}
