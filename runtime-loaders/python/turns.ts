// runtime-loaders/python: a program that computes hears nothing of what others change, for their records wait in the
// queue of this worker (`suspending`). Before it looks at the tree it lets the queue be read, now and then (DESIGN §6).
import type { Answer, Suspension } from './suspension.js';

/** A call later than this after the last turn of the event loop lets it turn first. */
const turnAfterMs = 10;

type Call = (...args: number[]) => Answer;

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

  /** Makes of a system call one that lets the event loop turn first where it is time. */
  before(call: Call): Call {
    return (a = 0, b = 0, c = 0, d = 0, e = 0, f = 0) =>
      performance.now() - this.#turnedMs < turnAfterMs || !this.#canWait()
        ? call(a, b, c, d, e, f)
        : this.#afterTurn(() => call(a, b, c, d, e, f));
  }

  #afterTurn(call: () => Answer): Promise<number> {
    let later: Promise<number> | undefined;
    const begin = (): number => {
      const answer = call();
      if (typeof answer === 'number') return answer;
      later = answer;
      return 0;
    };
    // Also where it turned out that the program cannot be suspended: then the call does not wait either.
    const begun = this.#suspension.wait(this.#turn(), begin, begin);
    return begun.then((answer) => later ?? answer);
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
