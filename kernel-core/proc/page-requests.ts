// proc: what the page asks of a program that answers one request after the other: the cells of a session. They go
// neither through its standard streams nor through its files.
// Must always hold: requests are handed out in the order they came; nothing is answered that was not asked.
import { Errno } from '../abi/errno.js';

/** Something to do, and how long it may run. */
export interface PageRequest {
  readonly bytes: Uint8Array;
  readonly timeoutMs: number | undefined;
}

export class PageRequests {
  readonly #answered: (bytes: Uint8Array) => void;
  readonly #waiting: PageRequest[] = [];
  #take: ((request: PageRequest) => void) | undefined;
  /** One has been handed out and not been answered. */
  #isOpen = false;

  /** `answered` is told the bytes of each answer. */
  constructor(answered: (bytes: Uint8Array) => void) {
    this.#answered = answered;
  }

  /** From the page. */
  add(request: PageRequest): void {
    this.#waiting.push(request);
    this.#handOut();
  }

  /** The program has done what it was asked and waits for more, as long as it takes. EBUSY: it waits already. */
  next(answer: Uint8Array): Promise<PageRequest> {
    if (this.#take !== undefined) throw new Errno('EBUSY');
    if (this.#isOpen) this.#answered(answer);
    this.#isOpen = false;
    return new Promise((resolve) => {
      this.#take = resolve;
      this.#handOut();
    });
  }

  #handOut(): void {
    const take = this.#take;
    const request = take === undefined ? undefined : this.#waiting.shift();
    if (take === undefined || request === undefined) return;
    this.#take = undefined;
    this.#isOpen = true;
    take(request);
  }
}
