// proc: the one timer of a process that ends in SIGALRM, as setitimer(2) with ITIMER_REAL.

const longestMs = 2 ** 31 - 1;

export class Alarm {
  readonly #ring: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueMs = 0;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Rings after `ms`, then every `intervalMs` (0: once). 0 ends it. Returns the ms that were left. */
  set(ms: number, intervalMs: number): number {
    const left = this.#timer === undefined ? 0 : Math.max(1, Math.round(this.#dueMs - performance.now()));
    this.stop();
    if (ms > 0) this.#start(ms, intervalMs);
    return left;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #start(ms: number, intervalMs: number): void {
    const wait = Math.min(ms, longestMs);
    this.#dueMs = performance.now() + wait;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (intervalMs > 0) this.#start(intervalMs, intervalMs);
      this.#ring();
    }, wait);
  }
}
