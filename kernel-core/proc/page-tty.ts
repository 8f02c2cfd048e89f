// proc: the terminal the page draws and types into, as fds 0, 1 and 2 of the process it started.
// Must always hold: an answer of the terminal is read by the job that asked, or by nobody. What asks need not be a
// program that waits for the answer, it can be a file that is shown; the shell would find the answer on its command line.
import { localFlags } from '../abi/termios.js';
import { readiness } from '../file/open-file.js';
import type { Caller } from '../file/wait-queue.js';
import { Tty, type TtyOptions } from '../tty/tty.js';
import { terminalCaller } from '../tty/job-control.js';
import type { ReadWaiters } from './read-waiters.js';

const escape = 0x1b;
/** After CSI, as bytes: 5 n, 6 n, c, 0 c, what the page answers. */
const questions = ['5n', '6n', 'c', '0c'].map((text) => Array.from(`[${text}`, (each) => each.charCodeAt(0)));
/** From one poll of a program to its next. */
const againMs = 50;
/** Questions without an answer yet, beyond which one is forgotten. */
const questionsMax = 64;

export class PageTty extends Tty {
  readonly #waiters: ReadWaiters;

  constructor(options: TtyOptions, waiters: ReadWaiters) {
    super(options);
    this.#waiters = waiters;
  }

  /** Who asked, group by group, in the order of the questions. */
  #askers: number[] = [];

  override write(bytes: Uint8Array, taken: (bytes: number) => void, caller?: Caller): void {
    super.write(bytes, taken, caller);
    const group = terminalCaller(caller)?.group ?? 0;
    for (let at = bytes.indexOf(escape); at >= 0; at = bytes.indexOf(escape, at + 1)) {
      if (this.#askers.length === questionsMax) return;
      if (questions.some((each) => each.every((byte, index) => bytes[at + 1 + index] === byte)))
        this.#askers.push(group);
    }
  }

  /** The page's answer to the oldest question: typed where its asker still has the terminal and reads single keys. */
  reply(bytes: Uint8Array): void {
    const asker = this.#askers.shift();
    const isLine = (this.attributes.local & localFlags.ICANON) !== 0;
    if (asker !== undefined && asker === this.jobs.foreground && !isLine) this.input(bytes);
  }

  override read(max: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    return this.#waiters.follow(super.read(max, caller), caller);
  }

  /** Who polls waits for the reader too; who does so with a time limit polls again in a moment. */
  override watch(changed: () => void, events = 0, caller?: Caller): () => void {
    const end = super.watch(changed, events);
    const group = terminalCaller(caller)?.group;
    if (caller === undefined || (events & readiness.read) === 0 || group !== this.jobs.foreground) return end;
    const over = this.#waiters.add(caller);
    return () => {
      end();
      if ((this.ready & readiness.read) !== 0) over();
      else setTimeout(over, againMs);
    };
  }
}
