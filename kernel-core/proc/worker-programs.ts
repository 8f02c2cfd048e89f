// proc: which compiled programs a worker has been sent, so that none is sent twice.
// Must always hold: what is known here the worker has, for both forget at the same message.
import type { ProgramImage } from '../abi/messages.js';

/** Programs a worker remembers: a script goes back and forth between a few. */
const programsMax = 8;

export class WorkerPrograms {
  /** The one used longest ago first. */
  readonly #ids = new Map<object, number>();
  #next = 1;

  /** A program as it goes into a start message. `isProvided`: it comes with a runtime. */
  image(module: object, isProvided: boolean): ProgramImage {
    return { ...this.#image(module), ...(isProvided ? { provided: true } : {}) };
  }

  #image(module: object): ProgramImage {
    const known = this.#ids.get(module);
    const id = known ?? this.#next++;
    this.#ids.delete(module);
    this.#ids.set(module, id);
    if (known !== undefined) return { id };
    const [oldest] = this.#ids;
    if (this.#ids.size <= programsMax || oldest === undefined) return { id, module };
    this.#ids.delete(oldest[0]);
    return { id, module, forget: oldest[1] };
  }
}
