// tty: what programs may read: lines in canonical mode, bytes otherwise.
// Must always hold: `length` is the sum of the pieces; an empty piece is an end of file, which only lines have.

/** Bytes that may wait for a program; what is typed beyond them is refused. */
const inputMax = 1 << 20;

export class InputBuffer {
  #pieces: Uint8Array[] = [];
  #length = 0;

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  /** Whether anything waits, an end of file included. */
  get waiting(): boolean {
    return this.#pieces.length > 0;
  }

  get full(): boolean {
    return this.#length >= inputMax || this.#pieces.length >= inputMax;
  }

  push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  /** At most one line; empty when that is an end of file. What does not fit stays for the next read. */
  takeLine(max: number): Uint8Array {
    const line = this.#pieces[0];
    if (line === undefined || max <= 0) return new Uint8Array(0);
    const taken = line.subarray(0, max);
    if (taken.length === line.length) this.#pieces.shift();
    else this.#pieces[0] = line.subarray(max);
    this.#length -= taken.length;
    return taken;
  }

  /** Up to `max` bytes of as many pieces as that needs. */
  takeBytes(max: number): Uint8Array {
    const result = new Uint8Array(Math.max(0, Math.min(max, this.#length)));
    for (let at = 0; at < result.length;) {
      const part = this.takeLine(result.length - at);
      result.set(part, at);
      at += part.length;
    }
    return result;
  }

  clear(): void {
    this.#pieces = [];
    this.#length = 0;
  }

  /** Lines become bytes: an end of file is what was typed for it. */
  replaceEnds(typed: readonly number[]): void {
    const pieces = this.#pieces.map((piece) => (piece.length > 0 ? piece : Uint8Array.from(typed)));
    this.clear();
    for (const piece of pieces) if (piece.length > 0) this.push(piece);
  }

  /** Whether there is a byte of a kind. */
  some(isOne: (byte: number) => boolean): boolean {
    return this.#pieces.some((piece) => piece.some(isOne));
  }

  /** Bytes of the first piece: up to the first of a kind, with it, or all. */
  takeThrough(isOne: (byte: number) => boolean): Uint8Array {
    const first = this.#pieces[0];
    const end = first?.findIndex(isOne) ?? -1;
    return this.takeLine(end < 0 ? (first?.length ?? 0) : end + 1);
  }
}
