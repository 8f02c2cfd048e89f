// net: bytes of a connection as lines and counted pieces.
// Must always hold: at most one line's limit and one piece of the socket are in memory.
import type { Caller } from '../file/wait-queue.js';

/** Where the bytes come from; empty is the end. */
export interface ByteSource {
  read(max: number, caller: Caller): Uint8Array | Promise<Uint8Array>;
}

/** Bytes asked of the socket at once. */
const pieceMax = 64 << 10;
const newline = 0x0a;
const carriageReturn = 0x0d;

export class HttpReader {
  readonly #source: ByteSource;
  readonly #caller: Caller;
  #buffer: Uint8Array = new Uint8Array(0);
  #received = 0;

  constructor(source: ByteSource, caller: Caller) {
    this.#source = source;
    this.#caller = caller;
  }

  /** Bytes the server has sent so far. */
  get received(): number {
    return this.#received;
  }

  /** Bytes that came and that nobody has asked for. */
  get buffered(): Uint8Array {
    return this.#buffer;
  }

  /**
   * The next line in ISO 8859-1 without its end, which is CR LF or LF (RFC 9112, 2.2). 'end' when the
   * connection ends first, 'too-long' when `max` bytes are no line.
   */
  async line(max: number): Promise<{ readonly text: string } | 'end' | 'too-long'> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      if (this.#buffer.length === 0 && !(await this.#fill())) return 'end';
      const found = this.#buffer.indexOf(newline);
      const part = this.#buffer.subarray(0, found < 0 ? this.#buffer.length : found + 1);
      length += part.length;
      if (length > max) return 'too-long';
      this.#buffer = this.#buffer.subarray(part.length);
      parts.push(part);
      if (found >= 0) return { text: latin1(parts, length) };
    }
  }

  /** Up to `max` bytes as soon as there are any; empty at the end. */
  async some(max: number): Promise<Uint8Array> {
    if (this.#buffer.length === 0 && !(await this.#fill())) return this.#buffer;
    const piece = this.#buffer.subarray(0, max);
    this.#buffer = this.#buffer.subarray(piece.length);
    return piece;
  }

  async #fill(): Promise<boolean> {
    this.#buffer = await this.#source.read(pieceMax, this.#caller);
    this.#received += this.#buffer.length;
    return this.#buffer.length > 0;
  }
}

function latin1(parts: readonly Uint8Array[], length: number): string {
  let text = '';
  let left = length - 1;
  for (const part of parts) {
    // In steps: a function takes only so many arguments.
    for (let at = 0; at < part.length && left > 0; at += 4096) {
      const piece = part.subarray(at, Math.min(at + 4096, at + left));
      text += String.fromCharCode(...piece);
      left -= piece.length;
    }
  }
  return text.charCodeAt(text.length - 1) === carriageReturn ? text.slice(0, -1) : text;
}
