// client: a process's stdout or stderr as a stream. Credit goes back to the program when a chunk is taken
// by the reader, not when it arrives: that is the back-pressure. What has come in since the last read is
// handed over as one chunk, as a program that writes line by line would else cost its reader a turn a line.

/** Chunks are joined up to this size, in bytes. */
const joinedBytes = 64 * 1024;

export class OutputStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly #taken: (bytes: number) => void;
  readonly #chunks: Uint8Array[] = [];
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #wanted: (() => void) | undefined;
  #ended = false;
  #cancelled = false;

  constructor(taken: (bytes: number) => void) {
    this.#taken = taken;
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pull(),
        cancel: () => {
          this.#cancelled = true;
          for (const chunk of this.#chunks.splice(0)) this.#taken(chunk.length);
        },
      },
      { highWaterMark: 0 },
    );
  }

  push(chunk: Uint8Array): void {
    if (this.#cancelled) {
      this.#taken(chunk.length);
      return;
    }
    this.#chunks.push(chunk);
    this.#serve();
  }

  /** Closes once everything has been read. */
  end(): void {
    this.#ended = true;
    this.#serve();
    if (this.#chunks.length === 0) this.#close();
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
    const chunk = this.#takeJoined();
    if (chunk !== undefined) {
      this.#wanted = undefined;
      this.#controller.enqueue(chunk);
      this.#taken(chunk.length);
      wanted();
    }
    if (this.#ended && this.#chunks.length === 0) this.#close();
  }

  #takeJoined(): Uint8Array | undefined {
    let [count, bytes] = [0, 0];
    for (const { length } of this.#chunks) {
      if (count > 0 && bytes + length > joinedBytes) break;
      count++;
      bytes += length;
    }
    const taken = this.#chunks.splice(0, count);
    if (taken.length <= 1) return taken[0];
    const joined = new Uint8Array(bytes);
    let at = 0;
    for (const chunk of taken) {
      joined.set(chunk, at);
      at += chunk.length;
    }
    return joined;
  }

  #close(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#controller.close();
    this.#wanted?.();
    this.#wanted = undefined;
  }
}
