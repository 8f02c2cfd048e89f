// runtime-loaders/python: a change of the tree that is the kernel's to decide (O_EXCL, rename). Emscripten's own call
// checks its arguments and comes down to the file system, which leaves the record here in place of the change.
import type { JournalRecord } from '../../kernel-core/abi/journal.js';

export class Decision {
  /** Permission bits of a file that is to be made; of a rename it counts for nothing. */
  mode = 0;
  #takes = false;
  #record: JournalRecord | undefined;

  /** Whether the file system is to leave its change here. */
  get isAwaited(): boolean {
    return this.#takes;
  }

  leave(record: JournalRecord): void {
    this.#record = record;
  }

  /** Runs Emscripten's call; its answer, or what it would have changed. */
  of(call: () => number): number | JournalRecord {
    this.#takes = true;
    this.#record = undefined;
    try {
      const answer = call();
      return this.#record ?? answer;
    } finally {
      this.#takes = false;
      this.#record = undefined;
    }
  }
}
