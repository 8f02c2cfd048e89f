// proc: the terminal the page draws and types into, as fds 0, 1 and 2 of the process it started.
// Must always hold: an answer of the terminal is read by the job that asked, or by nobody. What asks need not be a
// program that waits for the answer, it can be a file that is shown; the shell would find the answer on its command line.
import { localFlags } from '../abi/termios.js';
import type { Caller } from '../file/wait-queue.js';
import { Tty, type TtyOptions } from '../tty/tty.js';
import { terminalCaller } from '../tty/job-control.js';
import type { ReadWaiters } from './read-waiters.js';

/** CSI 5 n, CSI 6 n, CSI c, CSI 0 c: what the page answers. */
const questions = /\x1b\[(?:[56]n|0?c)/g; // eslint-disable-line no-control-regex -- that is what questions are made of
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
    if (!bytes.includes(0x1b)) return;
    const group = terminalCaller(caller)?.group ?? 0;
    const asked = String.fromCharCode(...bytes.subarray(0, 65_536)).match(questions) ?? [];
    for (let each = 0; each < asked.length && this.#askers.length < questionsMax; each++)
      this.#askers.push(group);
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
}
