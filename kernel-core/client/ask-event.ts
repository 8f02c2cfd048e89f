// client: a program asks something of the reader.
import { askKinds, type AskKind } from '../abi/ask.js';
import type { AskRefusal } from '../protocol/process-port.js';

/**
 * `ask` of a `Process`: a program on its terminal or streams wants the reader to see an address (`open`), to save a file
 * (`download`) or to choose files (`upload`). Each needs the reader's own click: who handles the event calls
 * `preventDefault()`, shows what is asked, and answers; the program waits. Where nobody does, the program hears at once that
 * there is no page to ask. There is one question at a time for each process that the page started.
 */
export class AskEvent extends Event {
  readonly action: 'open' | 'download' | 'upload';
  /** The address (any text: check it); of `download` the path of a file, of `upload` that of a directory. */
  readonly what: string;
  /** Aborted when the question is answered, and when the program ends or is interrupted: there is nothing to show any more. */
  readonly signal: AbortSignal;
  readonly #answer: (text: string, refusal?: AskRefusal) => void;

  constructor(
    kind: AskKind,
    what: string,
    signal: AbortSignal,
    answer: (text: string, refusal?: AskRefusal) => void,
  ) {
    super('ask', { cancelable: true });
    this.action = kind === askKinds.open ? 'open' : kind === askKinds.download ? 'download' : 'upload';
    this.what = what;
    this.signal = signal;
    this.#answer = answer;
  }

  /** It is done; `names`: of the files that are in the directory now. */
  answer(names: readonly string[] = []): void {
    this.#answer(names.map((name) => `${name}\n`).join(''));
  }

  /** It is not: the reader did not want to, or (`failed`) it could not be done. */
  refuse(failed = false): void {
    this.#answer('', failed ? 'EIO' : 'ECANCELED');
  }
}
