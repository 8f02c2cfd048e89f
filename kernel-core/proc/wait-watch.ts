// proc: whether a process that waits for input really does nothing else. A read that a loop never looks at
// would otherwise stop the clock of the loop. Asked over the process port, an event loop that turns answers
// at once; a process that waits in place (`shared`) is not asked, for it cannot compute.

/** Between an answer and the next question. */
const pauseMs = 1000;
/** Longer than any event loop with nothing to do takes. */
const graceMs = 150;

export class WaitWatch {
  readonly #ask: () => void;
  readonly #idle: (isIdle: boolean) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `ask` sends a question; `idle` is told whenever it turns out that the process is idle or is not. */
  constructor(ask: () => void, idle: (isIdle: boolean) => void) {
    this.#ask = ask;
    this.#idle = idle;
  }

  start(): void {
    this.stop();
    this.#timer = setTimeout(() => this.#idle(false), graceMs);
    this.#ask();
  }

  /** The process has answered. */
  answered(): void {
    if (this.#timer === undefined) return;
    this.#idle(true);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.start(), pauseMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
