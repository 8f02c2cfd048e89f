// proc: the run time of one process against its limit. Waiting for input does not count.

export class RunClock {
  readonly #expired: () => void;
  #leftMs: number;
  #startedAt: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Calls `expired` once when `limitMs` of running time have passed. */
  constructor(limitMs: number, expired: () => void) {
    this.#leftMs = limitMs;
    this.#expired = expired;
  }

  run(): void {
    if (this.#startedAt !== undefined) return;
    this.#startedAt = performance.now();
    this.#timer = setTimeout(this.#expired, this.#leftMs);
  }

  pause(): void {
    if (this.#startedAt === undefined) return;
    clearTimeout(this.#timer);
    this.#leftMs = Math.max(0, this.#leftMs - (performance.now() - this.#startedAt));
    this.#startedAt = undefined;
  }
}
