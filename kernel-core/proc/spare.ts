// proc: the one spare: a worker with a slow runtime up, or coming up, for the next run of it. Made when a run is
// about to come and after each; given up when nothing has asked for it for a while, or when memory is short.
// Must always hold: there is one at most, and no program has ever run in it.
import type { SpareAssetMessage } from '../abi/messages.js';
import type { SpareWorker, WorkerPool } from './worker-pool.js';

/** An interpreter that waits holds tens of megabytes. */
const idleMs = 120_000;

/** What it is made of, as it comes. */
interface Parts {
  readonly loader: Promise<Blob>;
  readonly assets: readonly {
    readonly name: string;
    readonly content: Promise<Pick<SpareAssetMessage, 'module' | 'bytes'>>;
  }[];
}

export class Spare {
  readonly #pool: WorkerPool;
  #waiting: (SpareWorker & { readonly key: string }) | undefined;
  #making: string | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(pool: WorkerPool) {
    this.#pool = pool;
  }

  /** Sees to it that a spare of this runtime waits. Where its loader cannot be had there is none. */
  keep(key: string, parts: () => Parts): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.giveUp(), idleMs);
    if (this.#making === key || (this.#waiting?.key === key && this.#waiting.isReady())) return;
    this.giveUp();
    this.#idle = setTimeout(() => this.giveUp(), idleMs);
    this.#making = key;
    const { loader, assets } = parts();
    // Whoever gives up meanwhile waits for none of them.
    for (const { content } of assets) content.catch(() => undefined);
    loader.then(
      (source) => {
        if (this.#making !== key) return;
        this.#making = undefined;
        const worker = this.#pool.addSpare({ type: 'spare', key, loader: source });
        this.#waiting = { key, ...worker };
        for (const { name, content } of assets) {
          content.then(
            (each) => worker.give({ type: 'spareAsset', name, ...each }),
            () => worker.give({ type: 'spareAsset', name }),
          );
        }
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
