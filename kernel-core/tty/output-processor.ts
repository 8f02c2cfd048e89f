// tty: what a program writes, as it goes to the screen (POSIX 11.2.3, output modes), and the cursor's column.
// Must always hold: `column` is where the cursor stands if nobody else moved it; sequences that a terminal
// interprets (CSI, OSC) do not move it.
import { outputFlags, type Termios } from '../abi/termios.js';
import { cellWidth } from './cell-width.js';
import { characterAt, isContinuation } from './utf8.js';

const { OPOST, OLCUC, ONLCR, OCRNL, ONOCR, ONLRET, XTABS } = outputFlags;
const tab = 0x09;
const newline = 0x0a;
const carriageReturn = 0x0d;

type Mode = 'text' | 'escape' | 'csi' | 'osc' | 'osc-escape';

export class OutputProcessor {
  /** The cursor's column, from 0, without regard to the window's width. */
  column = 0;
  #mode: Mode = 'text';
  /** The beginning of a character whose other bytes are still to come. */
  #partial: number[] = [];

  /** The bytes that go to the screen for `bytes`. */
  process(bytes: Uint8Array, termios: Termios): Uint8Array {
    const flags = termios.output;
    if ((flags & OPOST) === 0) return bytes;
    const common = (flags & ~(OPOST | ONLCR)) === 0;
    return common ? this.#processNewlines(bytes, (flags & ONLCR) !== 0) : this.#processAll(bytes, flags);
  }

  /** Almost every terminal: at most newlines change, so the column depends only on what follows the last one. */
  #processNewlines(bytes: Uint8Array, addReturn: boolean): Uint8Array {
    let newlines = 0;
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) newlines += 1;
    if (newlines === 0 || !addReturn) {
      this.#moveAll(bytes, 0);
      return bytes;
    }
    const result = new Uint8Array(bytes.length + newlines);
    let from = 0;
    let to = 0;
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) {
      result.set(bytes.subarray(from, at), to);
      to += at - from;
      result[to] = carriageReturn;
      result[to + 1] = newline;
      to += 2;
      from = at + 1;
    }
    result.set(bytes.subarray(from), to);
    this.#move(newline);
    this.column = 0;
    this.#moveAll(bytes, from);
    return result;
  }

  #processAll(bytes: Uint8Array, flags: number): Uint8Array {
    const result: number[] = [];
    for (const byte of bytes) {
      if (byte === newline) {
        if ((flags & ONLCR) !== 0) result.push(carriageReturn);
        result.push(newline);
        this.#move(newline);
        if ((flags & (ONLCR | ONLRET)) !== 0) this.column = 0;
      } else if (byte === carriageReturn) {
        if ((flags & ONOCR) !== 0 && this.column === 0) continue;
        const shown = (flags & OCRNL) !== 0 ? newline : carriageReturn;
        result.push(shown);
        this.#move(shown);
        if ((flags & ONLRET) !== 0) this.column = 0;
      } else if (byte === tab && (flags & XTABS) === XTABS) {
        const spaces = 8 - (this.column % 8);
        for (let i = 0; i < spaces; i += 1) result.push(0x20);
        this.column += spaces;
      } else {
        const lower = (flags & OLCUC) !== 0 && byte >= 0x61 && byte <= 0x7a;
        result.push(lower ? byte - 0x20 : byte);
        this.#move(byte);
      }
    }
    return Uint8Array.from(result);
  }

  #moveAll(bytes: Uint8Array, from: number): void {
    for (let at = from; at < bytes.length; at += 1) {
      const start = at;
      if (this.#mode === 'text') while (isPlain(bytes[at])) at += 1;
      if (at > start) {
        this.column += at - start;
        this.#partial = [];
      }
      const byte = bytes[at];
      if (byte !== undefined) this.#move(byte);
    }
  }

  #move(byte: number): void {
    if (byte === newline || byte === carriageReturn) {
      // Whatever was begun before will not go on after it.
      this.#mode = 'text';
      this.#partial = [];
      if (byte === carriageReturn) this.column = 0;
    } else if (this.#mode !== 'text') this.#mode = afterEscape(this.#mode, byte);
    else if (byte >= 0x80) this.#collect(byte);
    else {
      this.#partial = [];
      if (byte >= 0x20) this.column += byte === 0x7f ? 0 : 1;
      else if (byte === tab) this.column += 8 - (this.column % 8);
      else if (byte === 0x08) this.column = Math.max(0, this.column - 1);
      else if (byte === 0x1b) this.#mode = 'escape';
    }
  }

  #collect(byte: number): void {
    if (!isContinuation(byte)) this.#partial = [];
    this.#partial.push(byte);
    const { codePoint, length } = characterAt([...this.#partial, 0x80, 0x80, 0x80], 0, 4);
    if (length > this.#partial.length) return;
    this.#partial = [];
    this.column += cellWidth(codePoint);
  }
}

/** Printable ASCII, which is almost everything: one column a byte. */
function isPlain(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x20 && byte < 0x7f;
}

/** ECMA-48, 5.4 and 8.3.89: where in a control sequence a byte leads. */
function afterEscape(mode: Exclude<Mode, 'text'>, byte: number): Mode {
  switch (mode) {
    case 'escape':
      if (byte === 0x5b) return 'csi';
      if (byte === 0x5d) return 'osc';
      return byte >= 0x20 && byte <= 0x2f ? 'escape' : 'text';
    case 'csi':
      return byte >= 0x20 && byte <= 0x3f ? 'csi' : 'text';
    case 'osc':
      if (byte === 0x1b) return 'osc-escape';
      return byte === 0x07 ? 'text' : 'osc';
    case 'osc-escape':
      return byte === 0x5c ? 'text' : 'osc';
  }
}
