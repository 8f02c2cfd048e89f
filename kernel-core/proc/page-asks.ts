// proc: what programs on one terminal, or on the streams of one process of the page, ask of the reader (`abi/ask.ts`).
// Must always hold: one question at a time, whatever programs do; one whose asker is gone or interrupted is taken back.
import { Errno } from '../abi/errno.js';
import type { Caller } from '../file/wait-queue.js';
import type { AskRefusal, FromProcess } from '../protocol/process-port.js';

const answerLengthMax = 64 * 1024;

export class PageAsks {
  readonly #tell: (message: FromProcess) => void;
  #number = 0;
  /** Of the question that is open. */
  #settle: ((text: string, refusal: AskRefusal | undefined) => void) | undefined;

  constructor(tell: (message: FromProcess) => void) {
    this.#tell = tell;
  }

  /** Resolves with bytes of the answer. Throws or rejects with EBUSY, EINTR, or why there is none. */
  ask(kind: number, text: string, caller: Caller): Promise<Uint8Array> {
    if (this.#settle !== undefined) throw new Errno('EBUSY');
    this.#number += 1;
    const number = this.#number;
    return new Promise((resolve, reject) => {
      const withdraw = caller.onInterrupt(() => {
        this.#settle = undefined;
        this.#tell({ type: 'unask', number });
        reject(new Errno('EINTR'));
      });
      this.#settle = (answer, refusal) => {
        this.#settle = undefined;
        withdraw();
        if (refusal === undefined) resolve(new TextEncoder().encode(answer.slice(0, answerLengthMax)));
        else reject(new Errno(refusal));
      };
      this.#tell({ type: 'ask', number, kind, text });
    });
  }

  /** From the page: the answer to a question, or why there is none. */
  answer(number: number, text: string, refusal: AskRefusal | undefined): void {
    if (number === this.#number) this.#settle?.(text, refusal);
  }
}
