// runtime-loaders/view: what the program has open, and what of that the kernel has been told.
// The kernel keeps an inode that is held although its last name goes, and tells every holder what others write to it.
// Most files are closed again before anything is sent: of those it never hears.
// Must always hold: what is open and not in `#unannounced` is held, but for directories outside mounts.
import type { Inode, InodeTable } from '../../kernel-core/abi/inode-table.js';
import type { HoldRecord, InodeNumber } from '../../kernel-core/abi/journal.js';

export class OpenInodes {
  readonly #table: InodeTable;
  readonly #announce: (record: HoldRecord) => void;
  /** How often the program has an inode open. */
  readonly #opens = new Map<Inode, number>();
  /** Inodes the kernel keeps for this process, by handle, under the number it was told. */
  readonly #holds = new Map<Inode, number>();
  readonly #unannounced = new Set<Inode>();

  /** `announce` sends a record to the kernel, in order with the others. */
  constructor(table: InodeTable, announce: (record: HoldRecord) => void) {
    this.#table = table;
    this.#announce = announce;
  }

  countOf(handle: Inode): number {
    return this.#opens.get(handle) ?? 0;
  }

  has(inode: Inode): boolean {
    return this.#handlesOf(inode).length > 0;
  }

  open(inode: Inode): void {
    const opens = this.countOf(inode);
    this.#opens.set(inode, opens + 1);
    this.#table.open(inode);
    if (opens === 0 && !inode.isDirectory && !this.#holds.has(inode)) this.#unannounced.add(inode);
  }

  close(inode: Inode): void {
    const left = this.countOf(inode) - 1;
    if (left > 0) {
      this.#opens.set(inode, left);
    } else {
      this.#opens.delete(inode);
      this.#unannounced.delete(inode);
      this.#release(inode);
    }
    this.#table.close(inode);
  }

  /** Tells the kernel at once, where the program has it open. */
  hold(inode: Inode | undefined): void {
    if (inode === undefined) return;
    for (const handle of this.#handlesOf(inode)) {
      this.#unannounced.delete(handle);
      if (!this.#holds.has(handle)) this.#hold(handle);
    }
  }

  /** Tells the kernel of everything open. */
  announceAll(): void {
    if (this.#unannounced.size === 0) return;
    const opened = [...this.#unannounced];
    this.#unannounced.clear();
    for (const handle of opened) this.#hold(handle);
  }

  /** The process ends: nothing more is told. */
  stopTelling(): void {
    this.#unannounced.clear();
  }

  /** What the kernel holds for this process from its start. */
  inherit(numbers: readonly InodeNumber[]): void {
    for (const number of numbers) {
      if (this.#table.has(number)) this.#holds.set(this.#table.get(number), number);
    }
  }

  /** Every inode it keeps. */
  numbers(): InodeNumber[] {
    return [...this.#opens.keys(), ...this.#holds.keys()].map(({ number }) => number);
  }

  /** The table has been replaced: what is open is open in it. */
  reopen(): void {
    for (const [inode, count] of this.#opens) {
      for (let each = 0; each < count; each += 1) this.#table.open(inode);
    }
  }

  /** Another process begins, with nothing open. */
  clear(): void {
    for (const [inode, count] of this.#opens) {
      for (let each = 0; each < count; each += 1) this.#table.close(inode);
    }
    this.#opens.clear();
    this.#holds.clear();
    this.#unannounced.clear();
  }

  #hold(handle: Inode): void {
    this.#holds.set(handle, handle.number);
    this.#announce({ op: 'hold', inode: handle.number });
  }

  /** Nothing of this process has the handle open any more. */
  #release(handle: Inode): void {
    const held = this.#holds.get(handle);
    if (held === undefined) return;
    this.#holds.delete(handle);
    // The kernel holds an inode once, however many handles there are for it here.
    for (const other of this.#holds.keys()) if (other.slot === handle.slot && other.slot !== 0) return;
    this.#announce({ op: 'release', inode: held });
  }

  /** Handles of the inode by which the program opened it: more than one where it was made twice. */
  #handlesOf(inode: Inode): Inode[] {
    if (this.#opens.size === 0 || inode.slot === 0) return [];
    return [...this.#opens.keys()].filter((handle) => handle.slot === inode.slot);
  }
}
