// client: what a process prints as a stream: stdout, stderr, or both in the order they were written. Credit goes
// back to the program when a chunk is taken by the reader, not when it arrives: that is the back-pressure. What has
// come in since the last read is handed over as one chunk, as a program that writes line by line would else cost
// its reader a turn a line.

/** Bytes of one descriptor. */
export interface OutputPiece {
  readonly fd: number;
  readonly bytes: Uint8Array;
  /** Its place among all pieces of the process. */
  readonly order: number;
}

/** Chunks are joined up to this size, in bytes. */
const joinedBytes = 64 * 1024;

export class OutputStream<Chunk> {
  readonly readable: ReadableStream<Chunk>;
  readonly #form: (piece: OutputPiece) => Chunk;
  readonly #taken: (piece: OutputPiece) => void;
  #pieces: OutputPiece[] = [];
  #controller!: ReadableStreamDefaultController<Chunk>;
  #wanted: (() => void) | undefined;
  #ended = false;
  #cancelled = false;

  /** `form`: what its reader is given; `taken`: the reader has it. */
  constructor(form: (piece: OutputPiece) => Chunk, taken: (piece: OutputPiece) => void) {
    this.#form = form;
    this.#taken = taken;
    this.readable = new ReadableStream<Chunk>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pull(),
        cancel: () => {
          this.#cancelled = true;
          for (const piece of this.#pieces.splice(0)) this.#taken(piece);
        },
      },
      { highWaterMark: 0 },
    );
  }

  push(piece: OutputPiece): void {
    if (this.#cancelled) {
      this.#taken(piece);
      return;
    }
    this.#pieces.push(piece);
    this.#serve();
  }

  /** Closes once everything has been read. */
  end(): void {
    this.#ended = true;
    this.#serve();
    if (this.#pieces.length === 0) this.#close();
  }

  /** Takes back what nobody has read. */
  takeBack(): OutputPiece[] {
    return this.#pieces.splice(0);
  }

  #pull(): Promise<void> | undefined {
    const served = new Promise<void>((resolve) => {
      this.#wanted = resolve;
    });
    this.#serve();
    return served;
  }

  #serve(): void {
    const wanted = this.#wanted;
    if (wanted === undefined) return;
    const piece = this.#takeJoined();
    if (piece !== undefined) {
      this.#wanted = undefined;
      this.#controller.enqueue(this.#form(piece));
      this.#taken(piece);
      wanted();
    }
    if (this.#ended && this.#pieces.length === 0) this.#close();
  }

  /** Pieces of one descriptor that follow each other. */
  #takeJoined(): OutputPiece | undefined {
    const [first] = this.#pieces;
    if (first === undefined) return undefined;
    const { fd, order } = first;
    let [count, length] = [0, 0];
    for (const piece of this.#pieces) {
      if (piece.fd !== fd || (count > 0 && length + piece.bytes.length > joinedBytes)) break;
      count++;
      length += piece.bytes.length;
    }
    const taken = this.#pieces.splice(0, count);
    if (taken.length === 1) return first;
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const piece of taken) {
      bytes.set(piece.bytes, at);
      at += piece.bytes.length;
    }
    return { fd, bytes, order };
  }

  #close(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#controller.close();
    this.#wanted?.();
    this.#wanted = undefined;
  }
}
