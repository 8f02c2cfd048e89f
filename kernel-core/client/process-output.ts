// client: all that a process prints: stdout and stderr apart, or as one stream in the order they were written.
import { OutputStream, type OutputPiece } from './output-stream.js';

export class ProcessOutput {
  readonly #stdout: OutputStream<Uint8Array>;
  readonly #stderr: OutputStream<Uint8Array>;
  readonly #taken: (fd: number, bytes: number) => void;
  /** In place of the two once somebody wants them in order. */
  #both: OutputStream<OutputPiece> | undefined;
  #pieces = 0;
  #ended = false;

  /** `taken`: the reader has so many bytes of it. */
  constructor(taken: (fd: number, bytes: number) => void) {
    this.#taken = taken;
    this.#stdout = this.#stream(({ bytes }) => bytes);
    this.#stderr = this.#stream(({ bytes }) => bytes);
  }

  get stdout(): ReadableStream<Uint8Array> {
    return this.#stdout.readable;
  }

  get stderr(): ReadableStream<Uint8Array> {
    return this.#stderr.readable;
  }

  /** In place of the two, from which nobody may have read yet. */
  inOrder(): ReadableStream<OutputPiece> {
    const both = (this.#both ??= this.#stream((piece) => piece));
    const before = [...this.#stdout.takeBack(), ...this.#stderr.takeBack()];
    for (const piece of before.sort((a, b) => a.order - b.order)) both.push(piece);
    if (this.#ended) both.end();
    return both.readable;
  }

  push(fd: number, bytes: Uint8Array): void {
    const piece: OutputPiece = { fd, bytes, order: this.#pieces++ };
    (this.#both ?? (fd === 1 ? this.#stdout : this.#stderr)).push(piece);
  }

  /** Each stream closes once everything has been read. */
  end(): void {
    this.#ended = true;
    for (const stream of [this.#stdout, this.#stderr, this.#both]) stream?.end();
  }

  #stream<Chunk>(form: (piece: OutputPiece) => Chunk): OutputStream<Chunk> {
    return new OutputStream(form, ({ fd, bytes }) => this.#taken(fd, bytes.length));
  }
}
