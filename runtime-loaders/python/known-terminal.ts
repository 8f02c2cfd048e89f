// runtime-loaders/python: a terminal of a program that cannot ask: what was asked for it before.
// Must always hold: the attributes known are those the kernel will have when it has read what was posted to it.
import { readWords, syscall } from '../../kernel-core/abi/syscalls.js';
import { attributeTimes } from '../../kernel-core/abi/termios.js';
import type { Syscalls } from '../syscalls.js';

export class KnownTerminal {
  readonly handle: number;
  readonly #syscalls: Syscalls;
  #attributes: Uint8Array = new Uint8Array(0);
  #columns = 0;
  #rows = 0;

  constructor(handle: number, syscalls: Syscalls) {
    this.handle = handle;
    this.#syscalls = syscalls;
  }

  /** Asks for everything anew. */
  async ask(): Promise<void> {
    const [attributes, facts] = await Promise.all([
      this.#syscalls.call(syscall.terminalAttributes, [this.handle]),
      this.#syscalls.call(syscall.terminal, [this.handle]),
    ]);
    const [columns = 0, rows = 0] = readWords(facts as Uint8Array);
    this.#attributes = attributes as Uint8Array;
    this.#columns = columns;
    this.#rows = rows;
  }

  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: this.#columns, rows: this.#rows };
  }

  /** As struct termios. */
  get attributes(): Uint8Array {
    return this.#attributes;
  }

  /** They hold for what is printed from here on, and for all that is not read. */
  set attributes(bytes: Uint8Array) {
    this.#attributes = bytes;
    this.#syscalls.tell(syscall.setTerminalAttributes, [this.handle, bytes, attributeTimes.TCSANOW]);
  }
}
