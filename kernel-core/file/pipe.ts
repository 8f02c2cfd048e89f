// file: a pipe, two open files with one queue between them, or memory that their processes share (`pipe-lease.ts`).
// Must always hold: the last writer's close ends the queue; the last reader's close throws it away.
import { Errno } from '../abi/errno.js';
import { pipeCapacityBytes } from '../abi/messages.js';
import { access } from '../abi/syscalls.js';
import { ByteQueue } from './byte-queue.js';
import { isHeldOnce } from './handle-table.js';
import { readiness, type OpenFile } from './open-file.js';
import { PipeLease, type LeaseTerms } from './pipe-lease.js';
import type { Caller } from './wait-queue.js';

class PipeReader implements OpenFile {
  readonly kind = 'pipe';
  readonly access = access.read;
  readonly #queue: ByteQueue;
  readonly #lease: PipeLease;
  readonly #closed: () => void;
  /** Bytes that were read ahead last, and may come back. */
  #lent = 0;

  constructor(queue: ByteQueue, lease: PipeLease, closed: () => void) {
    this.#queue = queue;
    this.#lease = lease;
    this.#closed = closed;
  }

  read(max: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    const shared = this.#lease.take(max);
    if (shared !== undefined ? shared.length > 0 || max === 0 : this.#isSettled || max === 0)
      return shared ?? this.#queue.take(max);
    return this.#queue.changed.wait(caller).then(() => this.read(max, caller));
  }

  write(): never {
    throw new Errno('EBADF');
  }

  async readAhead(max: number, most: number, caller: Caller): Promise<readonly Uint8Array[]> {
    for (;;) {
      const shared = this.#lease.take(max);
      if (shared !== undefined && shared.length > 0) {
        this.#lent = 0;
        return [shared];
      }
      if (shared === undefined && this.#isSettled) break;
      await this.#queue.changed.wait(caller);
    }
    const pieces = this.#queue.takePieces(Math.max(max, most));
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.#lent = Math.max(0, length - max);
    return pieces;
  }

  putBack(bytes: Uint8Array, taken: (bytes: number) => void): void {
    // No more than there was, or a pipe would be a place to put any number of bytes.
    if (bytes.length > this.#lent) throw new Errno('EINVAL');
    this.#lent = 0;
    this.#lease.end();
    this.#queue.putBack(bytes, taken);
  }

  get ready(): number {
    const { length, ended } = this.#queue;
    return (length + this.#lease.length > 0 ? readiness.read : 0) | (ended ? readiness.hangup : 0);
  }

  watch(changed: () => void): () => void {
    const unwatch = this.#queue.changed.watch(changed);
    const unpoll = this.#lease.poll();
    return () => {
      unwatch();
      unpoll();
    };
  }

  get sharedMemory(): SharedArrayBuffer {
    return this.#lease.memory;
  }

  offer(): void {
    this.#lease.offer();
  }

  reclaim(): void {
    this.#lease.withdraw();
  }

  moved(): void {
    this.#lease.moved();
  }

  close(): void {
    this.#closed();
    this.#lease.end();
    this.#queue.discard();
  }

  /** Whether the queue can answer at once. */
  get #isSettled(): boolean {
    return this.#queue.length > 0 || this.#queue.ended;
  }
}

class PipeWriter implements OpenFile {
  readonly kind = 'pipe';
  readonly access = access.write;
  readonly #queue: ByteQueue;
  readonly #lease: PipeLease;
  /** Whether one handle reads. */
  readonly #hasOneReader: () => boolean;
  #unread = false;

  constructor(queue: ByteQueue, lease: PipeLease, hasOneReader: () => boolean) {
    this.#queue = queue;
    this.#lease = lease;
    this.#hasOneReader = hasOneReader;
  }

  read(): never {
    throw new Errno('EBADF');
  }

  write(bytes: Uint8Array, taken: (bytes: number) => void): void {
    if (this.#unread) throw new Errno('EPIPE');
    this.#lease.end();
    this.#queue.push(bytes, taken);
  }

  get ready(): number {
    if (this.#unread) return readiness.write | readiness.error;
    return this.waiting < pipeCapacityBytes ? readiness.write : 0;
  }

  get waiting(): number {
    return this.#queue.length + this.#lease.length;
  }

  watch(changed: () => void): () => void {
    this.#lease.end();
    return this.#queue.changed.watch(changed);
  }

  get sharedMemory(): SharedArrayBuffer {
    return this.#lease.memory;
  }

  lend(terms: LeaseTerms): boolean {
    return !this.#unread && isHeldOnce(this) && this.#hasOneReader() && this.#lease.begin(terms);
  }

  async roomInShared(caller: Caller): Promise<boolean> {
    while (this.#lease.mustWaitForRoom()) await this.#queue.changed.wait(caller);
    return this.#lease.isOn;
  }

  reclaim(): void {
    this.#lease.withdraw();
  }

  moved(): void {
    this.#lease.moved();
  }

  close(): void {
    this.#lease.end();
    this.#queue.end();
  }

  /** Nobody reads any more. */
  readerClosed(): void {
    this.#unread = true;
  }
}

/** `memory`: for its bytes, of the process that makes it. */
export function makePipe(memory?: SharedArrayBuffer): {
  readonly reader: OpenFile;
  readonly writer: OpenFile;
} {
  const queue = new ByteQueue();
  const lease = new PipeLease(queue);
  if (memory !== undefined) lease.use(memory);
  const writer = new PipeWriter(queue, lease, () => isHeldOnce(reader));
  const reader = new PipeReader(queue, lease, () => writer.readerClosed());
  return { reader, writer };
}
