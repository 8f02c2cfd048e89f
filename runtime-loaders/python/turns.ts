// runtime-loaders/python: a program that computes hears nothing of what others change, for their records wait in the
// queue of this worker (`suspending`). Before it looks at the tree it lets the queue be read, now and then (DESIGN §6).
import type { Answer, Suspension } from './suspension.js';

/** A call later than this after the last turn of the event loop lets it turn first. */
const turnAfterMs = 10;

export class Turns {
  readonly #suspension: Suspension;
  readonly #canWait: () => boolean;
  readonly #channel = new MessageChannel();
  #turnedMs = performance.now();

  /** `canWait`: whether the call that runs now may be suspended, and hears of others only then. */
  constructor(suspension: Suspension, canWait: () => boolean) {
    this.#suspension = suspension;
    this.#canWait = canWait;
  }

  /** Makes of a call one that lets the event loop turn first where it is time. */
  before<Args extends unknown[]>(call: (...args: Args) => Answer): (...args: Args) => Answer {
    return (...args) => {
      const now = performance.now();
      if (now - this.#turnedMs < turnAfterMs || !this.#canWait()) return call(...args);
      let later: Promise<number> | undefined;
      const begin = (): number => {
        const answer = call(...args);
        if (typeof answer === 'number') return answer;
        later = answer;
        return 0;
      };
      // Also where it turned out that the program cannot be suspended: then the call does not wait either.
      const begun = this.#suspension.wait(this.#turn(), begin, begin);
      return begun.then((answer) => later ?? answer);
    };
  }

  /** Resolves in a later task: what was posted to this worker until now has been received by then. */
  #turn(): Promise<void> {
    const { port1, port2 } = this.#channel;
    return new Promise((resolve) => {
      port1.onmessage = () => {
        this.#turnedMs = performance.now();
        resolve();
      };
      port2.postMessage(null);
    });
  }
}
