// tty: bytes on their way to the page, with who waits for them.
// Must always hold: what was given is held here, on its way, or reported taken, exactly once.
import type { WaitQueue } from '../file/wait-queue.js';

/** Sends bytes to the page; `taken` is called with a number of bytes whenever the page has drawn so many. */
export type ScreenOutput = (bytes: Uint8Array, taken: (bytes: number) => void) => void;

interface Held {
  readonly bytes: Uint8Array;
  readonly taken: (bytes: number) => void;
}

const nobody = (): void => undefined;

export class ScreenOutlet {
  readonly #output: ScreenOutput;
  readonly #changed: WaitQueue;
  #stopped = false;
  #held: Held[] = [];
  /** What the page has been sent and not taken: each reports the rest of it taken. */
  readonly #sent = new Set<() => void>();

  /** `changed` is woken when output stops, goes on, or is all taken. */
  constructor(output: ScreenOutput, changed: WaitQueue) {
    this.#output = output;
    this.#changed = changed;
  }

  /** Whether output is held back (^S, tcflow). */
  get stopped(): boolean {
    return this.#stopped;
  }

  set stopped(stopped: boolean) {
    if (stopped === this.#stopped) return;
    this.#stopped = stopped;
    if (!stopped) {
      const held = this.#held;
      this.#held = [];
      for (const { bytes, taken } of held) this.#send(bytes, taken);
    }
    this.#changed.wake();
  }

  /** Whether the page has taken everything. */
  get idle(): boolean {
    return this.#sent.size === 0 && this.#held.length === 0;
  }

  /** `written` is how many of the writer's bytes `bytes` stands for; that many are reported taken. */
  send(bytes: Uint8Array, written = 0, taken: (bytes: number) => void = nobody): void {
    const report = written === 0 ? nobody : inProportion(bytes.length, written, taken);
    if (bytes.length === 0) {
      if (written > 0) taken(written);
      return;
    }
    if (this.#stopped) this.#held.push({ bytes, taken: report });
    else this.#send(bytes, report);
  }

  /** Drops what is held back. What the page has been sent cannot be called back. */
  discard(): void {
    const held = this.#held;
    this.#held = [];
    for (const { bytes, taken } of held) taken(bytes.length);
    if (held.length > 0) this.#changed.wake();
  }

  /** The page is gone: nobody need wait for it. */
  abandon(): void {
    this.discard();
    for (const finish of [...this.#sent]) finish();
  }

  #send(bytes: Uint8Array, taken: (bytes: number) => void): void {
    let left = bytes.length;
    const take = (count: number): void => {
      const some = Math.min(Math.max(0, count), left);
      if (some === 0) return;
      left -= some;
      if (left === 0) this.#sent.delete(finish);
      taken(some);
      if (this.#sent.size === 0) this.#changed.wake();
    };
    const finish = (): void => take(left);
    this.#sent.add(finish);
    this.#output(bytes, take);
  }
}

/** Reports bytes of one length as if they were `written`: newlines on the screen take two where a program wrote one. */
function inProportion(
  length: number,
  written: number,
  taken: (bytes: number) => void,
): (bytes: number) => void {
  let shown = 0;
  let reported = 0;
  return (bytes) => {
    shown += bytes;
    const due = shown >= length ? written : Math.floor((shown * written) / length);
    if (due > reported) {
      const more = due - reported;
      reported = due;
      taken(more);
    }
  };
}
