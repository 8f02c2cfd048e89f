// file: how many bytes may lie in the pipes, sockets and terminals of one sandbox and wait for their readers.
// Who asks first is kept waiting while it is spent; every pipe takes PIPE_BUF all the same, so that nobody
// waits for a reader who waits for him. Must always hold: what was added is taken off exactly once.
import { WaitQueue } from './wait-queue.js';

/** PIPE_BUF: a pipe with less than this in it takes a write whatever else there is. */
export const atomicBytes = 4096;
/** A process need not ask while it has no more than this on its way; so many more may come of one write. */
const unaskedBytesMax = 1024 * 1024;
const oneWriteBytes = 256 * 1024;

export class UntakenBudget {
  /** Woken when there is room again. */
  readonly changed = new WaitQueue();
  readonly limitBytes: number;
  readonly #unaskedBytes: number;
  readonly #exceededBytes: number;
  readonly #written: (bytes: number) => void;
  #bytes = 0;

  /** `processes`: at a time. `written` is told of all that is added. */
  constructor(limitBytes: number, processes: number, written: (bytes: number) => void = () => undefined) {
    this.#written = written;
    this.limitBytes = limitBytes;
    this.#unaskedBytes = Math.min(unaskedBytesMax, Math.floor(limitBytes / processes));
    this.#exceededBytes = limitBytes + processes * (this.#unaskedBytes + oneWriteBytes);
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  get hasRoom(): boolean {
    return this.#bytes < this.limitBytes;
  }

  /** Bytes a process that starts now may have on its way before it asks. */
  get unaskedBytes(): number {
    return this.hasRoom ? this.#unaskedBytes : 0;
  }

  /** More than programs that ask can have brought about. */
  get isExceeded(): boolean {
    return this.#bytes > this.#exceededBytes;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    this.#written(bytes);
  }

  /** Sets so many bytes aside for memory that others fill. False: that would be too much of it. */
  hold(bytes: number): boolean {
    if (this.#bytes + bytes > this.limitBytes / 2) return false;
    this.#bytes += bytes;
    return true;
  }

  /** So many bytes went through what was set aside. */
  passed(bytes: number): void {
    this.#written(bytes);
  }

  take(bytes: number): void {
    const hadRoom = this.hasRoom;
    this.#bytes -= bytes;
    if (!hadRoom && this.hasRoom) this.changed.wake();
  }
}
