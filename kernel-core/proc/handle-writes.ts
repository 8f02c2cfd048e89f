// proc: what a process has written to each of its handles and what of that has been taken: the back-pressure.
// Must always hold: `taken` never exceeds `written`, and grows only.
import { Errno } from '../abi/errno.js';
import { pipeCapacityBytes } from '../abi/messages.js';
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
  readonly #changed = new WaitQueue();
  /** Written and not taken, over all handles. */
  untaken = 0;

  constructor(tell: (handle: number, taken: number) => void) {
    this.#tell = tell;
  }

  /** Notes bytes that are about to be written; the result is to be told when they are taken. */
  add(handle: number, bytes: number): (bytes: number) => void {
    const writes = this.#of(handle);
    writes.written += bytes;
    this.untaken += bytes;
    return (taken) => {
      writes.taken += taken;
      this.untaken -= taken;
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

  /** Resolves with all that was taken, once no more than half a pipe waits. Rejects with EPIPE, EINTR. */
  async drained(handle: number, caller: Caller): Promise<number> {
    const writes = this.#of(handle);
    for (;;) {
      if (writes.closed) throw new Errno('EPIPE');
      if (writes.written - writes.taken <= pipeCapacityBytes / 2) break;
      await this.#changed.wait(caller);
    }
    writes.told = writes.taken;
    return writes.taken;
  }

  /** Whether a write would find room. */
  hasRoom(handle: number): boolean {
    const writes = this.#handles.get(handle);
    return writes === undefined || writes.written - writes.taken < pipeCapacityBytes;
  }

  watch(changed: () => void): () => void {
    return this.#changed.watch(changed);
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
