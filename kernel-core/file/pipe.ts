// file: a pipe, one writer's bytes waiting for one reader. Must always hold: `length` is the sum of the
// chunks; a reader waits only while the pipe is empty and open.

export class Pipe {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  #ended = false;
  #waiting: { max: number; take: (bytes: Uint8Array) => void } | undefined;

  get length(): number {
    return this.#length;
  }

  /** Whether a read would be answered at once. */
  get ready(): boolean {
    return this.#length > 0 || this.#ended;
  }

  write(bytes: Uint8Array): void {
    if (this.#ended || bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    this.#serve();
  }

  /** No more bytes will come: reads return what is left, then end of file. */
  end(): void {
    this.#ended = true;
    this.#serve();
  }

  /** Calls `take` with up to `max` bytes as soon as there are any; empty is end of file. */
  read(max: number, take: (bytes: Uint8Array) => void): void {
    this.#waiting = { max, take };
    this.#serve();
  }

  /** Withdraws a waiting read. */
  cancel(): void {
    this.#waiting = undefined;
  }

  #serve(): void {
    const waiting = this.#waiting;
    if (waiting === undefined || !this.ready) return;
    this.#waiting = undefined;
    waiting.take(this.#take(waiting.max));
  }

  #take(max: number): Uint8Array {
    const first = this.#chunks[0];
    if (first === undefined) return new Uint8Array(0);
    const taken = first.subarray(0, max);
    if (taken.length === first.length) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(taken.length);
    this.#length -= taken.length;
    return taken;
  }
}
