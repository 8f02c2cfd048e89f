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

/**
 * A call that waits no longer than so many milliseconds, 0: for ever. Throws or rejects with EAGAIN when they are
 * over, as what SO_RCVTIMEO limits does.
 */
export function inTime<T>(
  ms: number,
  caller: Caller,
  call: (caller: Caller) => T | Promise<T>,
): T | Promise<T> {
  if (ms === 0) return call(caller);
  const giveUps = new Set<() => void>();
  let isLate = false;
  const hurried: Caller = {
    onInterrupt: (giveUp) => {
      const withdraw = caller.onInterrupt(giveUp);
      giveUps.add(giveUp);
      return () => {
        giveUps.delete(giveUp);
        withdraw();
      };
    },
  };
  const answer = call(hurried);
  if (!(answer instanceof Promise)) return answer;
  const timer = setTimeout(() => {
    isLate = true;
    for (const giveUp of [...giveUps]) giveUp();
  }, ms);
  return answer
    .catch((error: unknown) => {
      throw isLate && error instanceof Errno && error.code === 'EINTR' ? new Errno('EAGAIN') : error;
    })
    .finally(() => clearTimeout(timer));
}

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
