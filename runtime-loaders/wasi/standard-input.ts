// runtime-loaders/wasi: fd 0 of a program, with the look-ahead that poll_oneoff needs.
// Must always hold: at most one read is under way, and its bytes reach the next read in order.
import type { Stdio } from '../stdio.js';

const empty = new Uint8Array(0);
const aheadBytes = 64 * 1024;

export class StandardInput {
  readonly #stdio: Stdio;
  #ahead: Uint8Array = empty;
  /** End of file was seen ahead and not yet told to the program. On a terminal more may follow. */
  #ended = false;
  #reading: Promise<void> | undefined;

  constructor(stdio: Stdio) {
    this.#stdio = stdio;
  }

  /** Whether a read would answer without waiting. */
  get ready(): boolean {
    return this.#ahead.length > 0 || this.#ended || this.#stdio.inputGiven;
  }

  /** Bytes known to be there. */
  get aheadBytes(): number {
    return this.#ahead.length;
  }

  /** Whether the next read will find the end of file. */
  get atEnd(): boolean {
    return this.#ended && this.#ahead.length === 0;
  }

  /** Up to `max` bytes, none at the end. Waits as `Stdio.read` does. */
  read(max: number): Uint8Array | Promise<Uint8Array> {
    if (this.#ahead.length > 0 || this.#ended) return this.#take(max);
    if (this.#reading !== undefined) return this.#reading.then(() => this.#take(max));
    return this.#stdio.read(0, max);
  }

  /** Resolves once `ready`. A promise on every transport; what arrives is kept for the next read. */
  lookAhead(): Promise<void> {
    if (this.#ahead.length > 0 || this.#ended) return Promise.resolve();
    this.#reading ??= this.#stdio.readLater(0, aheadBytes).then(
      (bytes) => this.#keep(bytes),
      (error: unknown) => {
        this.#reading = undefined;
        throw error;
      },
    );
    return this.#reading;
  }

  /** As `lookAhead`, in place: for transports whose `read` waits in place or not at all. */
  lookAheadInPlace(): void {
    if (this.#ahead.length > 0 || this.#ended) return;
    const bytes = this.#stdio.read(0, aheadBytes);
    if (bytes instanceof Uint8Array) this.#keep(bytes);
  }

  #keep(bytes: Uint8Array): void {
    this.#reading = undefined;
    this.#ahead = bytes;
    this.#ended = bytes.length === 0;
  }

  #take(max: number): Uint8Array {
    if (this.#ahead.length === 0) {
      this.#ended = false;
      return empty;
    }
    const bytes = this.#ahead.subarray(0, max);
    this.#ahead = this.#ahead.subarray(bytes.length);
    return bytes;
  }
}
