// file: calls that wait for something to change, and how they are given up.
// Must always hold: a wait that has settled is in no queue and at no caller.
import { Errno } from '../abi/errno.js';

/** Who makes a call: a process, or the kernel itself. */
export interface Caller {
  /** Calls `give up` when a signal interrupts the call or the caller ends; returns what withdraws that. */
  onInterrupt(giveUp: () => void): () => void;
}

/** For calls the kernel makes on its own behalf; nothing interrupts them. */
export const kernelCaller: Caller = { onInterrupt: () => () => undefined };

export class WaitQueue {
  #waiting = new Set<() => void>();
  readonly #watchers = new Set<() => void>();

  /** Resolves at the next `wake`; rejects with EINTR when the caller is interrupted first. */
  wait(caller: Caller): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        withdraw();
        resolve();
      };
      const withdraw = caller.onInterrupt(() => {
        this.#waiting.delete(wake);
        reject(new Errno('EINTR'));
      });
      this.#waiting.add(wake);
    });
  }

  /** Something has changed: everyone who waits looks again, in the order they came. */
  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
    for (const changed of [...this.#watchers]) changed();
  }

  /** Calls `changed` at every `wake` until the result is called. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }
}
