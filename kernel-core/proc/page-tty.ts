// proc: the terminal the page draws and types into, as fds 0, 1 and 2 of the process it started.
import type { Caller } from '../file/wait-queue.js';
import { Tty, type TtyOptions } from '../tty/tty.js';
import type { ReadWaiters } from './read-waiters.js';

export class PageTty extends Tty {
  readonly #waiters: ReadWaiters;

  constructor(options: TtyOptions, waiters: ReadWaiters) {
    super(options);
    this.#waiters = waiters;
  }

  override read(max: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    return this.#waiters.follow(super.read(max, caller), caller);
  }
}
