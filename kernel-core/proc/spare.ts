// proc: the one spare: a worker with a slow runtime already up, for the next run of it. Made after a run, of
// the runtime that ran; given up when nothing has asked for it for a while, or when memory is short.
// Must always hold: there is one at most, and no program has ever run in it.
import type { SpareMessage } from '../abi/messages.js';
import type { WorkerPool } from './worker-pool.js';

/** An interpreter that waits holds tens of megabytes. */
const idleMs = 120_000;

export class Spare {
  readonly #pool: WorkerPool;
  #waiting: { readonly key: string; readonly isReady: () => boolean; readonly end: () => void } | undefined;
  #making: string | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(pool: WorkerPool) {
    this.#pool = pool;
  }

  /** Sees to it that a spare of this runtime waits. `message` gets what it needs; a failure means none. */
  keep(key: string, message: () => Promise<SpareMessage>): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.giveUp(), idleMs);
    if (this.#making === key || (this.#waiting?.key === key && this.#waiting.isReady())) return;
    this.giveUp();
    this.#idle = setTimeout(() => this.giveUp(), idleMs);
    this.#making = key;
    message().then(
      (made) => {
        if (this.#making !== key) return;
        this.#making = undefined;
        this.#waiting = { key, ...this.#pool.addSpare(made) };
      },
      () => {
        if (this.#making === key) this.#making = undefined;
      },
    );
  }

  /** Gives its memory back; the next run brings its runtime up itself. */
  giveUp(): void {
    clearTimeout(this.#idle);
    this.#making = undefined;
    this.#waiting?.end();
    this.#waiting = undefined;
  }
}
