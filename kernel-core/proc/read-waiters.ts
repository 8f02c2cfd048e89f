// proc: who waits for what the page types. Then the reader is asked for input.
import type { Caller } from '../file/wait-queue.js';

export class ReadWaiters {
  readonly #waiting: (caller: Caller | undefined) => void;
  readonly #waiters: Caller[] = [];

  /** `waiting` is told who waits (the latest), and undefined once nobody does. */
  constructor(waiting: (caller: Caller | undefined) => void) {
    this.#waiting = waiting;
  }

  /** Follows a read by `caller` until it is answered. */
  follow(read: Uint8Array | Promise<Uint8Array>, caller: Caller): Uint8Array | Promise<Uint8Array> {
    if (read instanceof Uint8Array) return read;
    return read.finally(this.add(caller));
  }

  /** `caller` waits until what is returned is called. */
  add(caller: Caller): () => void {
    this.#waiters.push(caller);
    this.#waiting(caller);
    return () => {
      this.#waiters.splice(this.#waiters.indexOf(caller), 1);
      this.#waiting(this.#waiters.at(-1));
    };
  }
}
