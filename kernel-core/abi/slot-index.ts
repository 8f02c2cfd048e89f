// abi: a hash index over slots of columns: open addressing, linear probing. It holds slot numbers only; who
// owns the columns hashes and compares. Slot 0 means none.

export class SlotIndex {
  /** Read by the owner's lookup loop: from `hash & mask` on, up to the first 0. */
  cells = new Uint32Array(16);
  mask = 15;
  #count = 0;
  readonly #hashOf: (slot: number) => number;

  constructor(hashOf: (slot: number) => number) {
    this.#hashOf = hashOf;
  }

  insert(slot: number): void {
    if ((this.#count + 1) * 3 > this.cells.length * 2) this.reserve(this.#count * 2 + 2);
    this.#place(slot);
    this.#count += 1;
  }

  /** Makes room for so many. */
  reserve(count: number): void {
    let length = 16;
    while (count * 3 > length * 2) length *= 2;
    if (length <= this.cells.length) return;
    const before = this.cells;
    this.cells = new Uint32Array(length);
    this.mask = length - 1;
    for (const slot of before) if (slot !== 0) this.#place(slot);
  }

  remove(slot: number): void {
    const { cells, mask } = this;
    let hole = this.#hashOf(slot) & mask;
    while (cells[hole] !== slot) {
      if (cells[hole] === 0) return;
      hole = (hole + 1) & mask;
    }
    this.#count -= 1;
    // What was pushed further by the one that goes moves up, so that no search stops early.
    for (let at = (hole + 1) & mask; ; at = (at + 1) & mask) {
      const other = cells[at] ?? 0;
      if (other === 0) break;
      const home = this.#hashOf(other) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      cells[hole] = other;
      hole = at;
    }
    cells[hole] = 0;
  }

  #place(slot: number): void {
    let at = this.#hashOf(slot) & this.mask;
    while (this.cells[at] !== 0) at = (at + 1) & this.mask;
    this.cells[at] = slot;
  }
}

/** What hashes are mixed with: a process must not be able to choose names that all fall on one cell. */
export function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 32) | 0;
}
