// proc: the run time of one process against its limit. Waiting for input or for downloads does not count.
// Must always hold: it runs while nothing keeps it.

/** Why time does not count. */
type Cause = 'start' | 'input' | 'download' | 'stop' | 'end';

export class RunClock {
  readonly #expired: () => void;
  readonly #causes = new Set<Cause>(['start']);
  #downloads = 0;
  #leftMs: number;
  #startedAt: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Calls `expired` once when `limitMs` of running time have passed. Kept by 'start' until it is let go. */
  constructor(limitMs: number, expired: () => void) {
    this.#expired = expired;
    this.#leftMs = limitMs;
  }

  /** What is left, while something keeps it. */
  get leftMs(): number {
    return this.#leftMs;
  }

  /** Does not run until this cause is gone. */
  keep(cause: Cause): void {
    this.#causes.add(cause);
    if (this.#startedAt === undefined) return;
    clearTimeout(this.#timer);
    this.#leftMs = Math.max(0, this.#leftMs - (performance.now() - this.#startedAt));
    this.#startedAt = undefined;
  }

  /** The cause is gone. */
  letGo(cause: Cause): void {
    this.#causes.delete(cause);
    if (this.#causes.size > 0 || this.#startedAt !== undefined) return;
    this.#startedAt = performance.now();
    this.#timer = setTimeout(this.#expired, this.#leftMs);
  }

  /** The result of `work`, which is ours to bring: how long it takes is not the program's fault. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#downloads += 1;
    this.keep('download');
    try {
      return await work;
    } finally {
      this.#downloads -= 1;
      if (this.#downloads === 0) this.letGo('download');
    }
  }
}
