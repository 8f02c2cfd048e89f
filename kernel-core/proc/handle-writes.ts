// proc: what a process has written to each of its handles and what of that has been taken: the back-pressure.
// Must always hold: `taken` never exceeds `written`, and grows only.
import { Errno } from '../abi/errno.js';
import { pipeCapacityBytes } from '../abi/messages.js';
import { atomicBytes, type UntakenBudget } from '../file/untaken-budget.js';
import type { Caller } from '../file/wait-queue.js';
import { WaitQueue } from '../file/wait-queue.js';

interface Written {
  written: number;
  taken: number;
  /** What the process knows to be taken. */
  told: number;
  closed: boolean;
}

/** Less than this is not worth a message: the writer waits only when all of a pipe is full, and is told then. */
const tellBytes = pipeCapacityBytes / 2;

export class HandleWrites {
  readonly #handles = new Map<number, Written>();
  readonly #tell: (handle: number, taken: number) => void;
  readonly #budget: UntakenBudget;
  readonly #changed = new WaitQueue();
  /** Written and not taken, over all handles. */
  untaken = 0;

  /** `budget`: of everything that waits in the sandbox. */
  constructor(tell: (handle: number, taken: number) => void, budget: UntakenBudget) {
    this.#tell = tell;
    this.#budget = budget;
  }

  /** Notes bytes that are about to be written; the result is to be told when they are taken. */
  add(handle: number, bytes: number): (bytes: number) => void {
    const writes = this.#of(handle);
    writes.written += bytes;
    this.untaken += bytes;
    this.#budget.add(bytes);
    return (taken) => {
      writes.taken += taken;
      this.untaken -= taken;
      this.#budget.take(taken);
      if (writes.taken - writes.told >= tellBytes) this.#tellTaken(handle, writes);
      this.#changed.wake();
    };
  }

  /** Nobody reads what is written to it: whoever waits to write hears it. False: that was known. */
  close(handle: number): boolean {
    const writes = this.#of(handle);
    if (writes.closed) return false;
    writes.closed = true;
    this.#changed.wake();
    return true;
  }

  /**
   * Resolves with all that was taken, once a pipe that was full is half empty and the sandbox has room.
   * `waiting`: bytes in the pipe, whoever wrote them. Rejects with EPIPE, EINTR.
   */
  async drained(handle: number, waiting: () => number | undefined, caller: Caller): Promise<number> {
    const writes = this.#of(handle);
    const unwatch = this.#budget.changed.watch(() => this.#changed.wake());
    // Who has written no more than fits goes on: its reader may be one that waits for it.
    const isFull = writes.written - writes.taken >= pipeCapacityBytes;
    try {
      for (;;) {
        if (writes.closed) throw new Errno('EPIPE');
        const own = writes.written - writes.taken;
        const fits = this.#budget.hasRoom || (waiting() ?? own) <= atomicBytes;
        if ((!isFull || own <= pipeCapacityBytes / 2) && fits) break;
        await this.#changed.wait(caller);
      }
    } finally {
      unwatch();
    }
    return this.tell(handle);
  }

  /** All that was taken of what was written to it, which the process is told now. */
  tell(handle: number): number {
    const writes = this.#of(handle);
    writes.told = writes.taken;
    return writes.taken;
  }

  /** Whether a write of PIPE_BUF would find room, and so not wait; `waiting` as of `drained`. */
  hasRoom(handle: number, waiting: number | undefined): boolean {
    const own = this.untakenOf(handle);
    return own + atomicBytes < pipeCapacityBytes && (this.#budget.hasRoom || (waiting ?? own) < atomicBytes);
  }

  /** Written to that handle and not taken. */
  untakenOf(handle: number): number {
    const writes = this.#handles.get(handle);
    return writes === undefined ? 0 : writes.written - writes.taken;
  }

  /** Calls `changed` whenever `hasRoom` may have changed. */
  watch(changed: () => void): () => void {
    const unwatch = [this.#changed.watch(changed), this.#budget.changed.watch(changed)];
    return () => {
      for (const each of unwatch) each();
    };
  }

  /** Bytes were taken from a pipe this process writes to, be they its own or not. */
  moved(): void {
    if (!this.#budget.hasRoom) this.#changed.wake();
  }

  #of(handle: number): Written {
    let writes = this.#handles.get(handle);
    if (writes === undefined) {
      writes = { written: 0, taken: 0, told: 0, closed: false };
      this.#handles.set(handle, writes);
    }
    return writes;
  }

  #tellTaken(handle: number, writes: Written): void {
    writes.told = writes.taken;
    this.#tell(handle, writes.taken);
  }
}
