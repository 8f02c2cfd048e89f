// client/archive: bytes of a stream, taken in the pieces a format is made of.
import { hostile } from './archive-tree.js';

export class ByteStream {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** As many bytes as are asked for, at once where they are here already; they are only lent. */
  take(length: number): Uint8Array | undefined {
    if (this.#bytes.length - this.#at < length) return undefined;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** As many bytes as are asked for, in an array of their own. Rejects with EINVAL where the stream ends before. */
  async read(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const target = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      if (this.#at === this.#bytes.length && !(await this.#fill()))
        throw hostile('The archive ends too early.');
      const part = this.#bytes.subarray(this.#at, this.#at + length - filled);
      target.set(part, filled);
      filled += part.length;
      this.#at += part.length;
    }
    return target;
  }

  /** Reads to the end, so that whatever made the stream can check it. More than `bytesMax` is EINVAL. */
  async drain(bytesMax: number): Promise<void> {
    let passed = this.#bytes.length - this.#at;
    while (await this.#fill()) {
      passed += this.#bytes.length;
      if (passed > bytesMax) throw hostile('The archive goes on after its end.');
    }
  }

  /** Lets go of the stream. */
  async cancel(): Promise<void> {
    await this.#reader.cancel().catch(() => undefined);
  }

  async #fill(): Promise<boolean> {
    const { done, value } = await this.#reader.read();
    if (done) return false;
    this.#bytes = value;
    this.#at = 0;
    return true;
  }
}
