// tty: the line a reader is typing, before a program may read it (POSIX 11.1.6, canonical mode).
// Must always hold: at most `lineMax - 1` bytes, so that its delimiter still fits.
import { cellWidth } from './cell-width.js';
import { characterAt, isContinuation } from './utf8.js';

/** MAX_CANON with the delimiter, in bytes. */
export const lineMax = 4096;

/** How a line is shown, which is what erasing it must undo. */
export interface LineLook {
  readonly utf8: boolean;
  /** Control characters are shown as ^X. */
  readonly caret: boolean;
}

/** What disappears from the screen when characters are erased, the last one first. */
export interface Erased {
  readonly columns: number;
  /** It was blank already, so going back is enough. */
  readonly blank: boolean;
}

const letterOrDigit = /^[\p{L}\p{N}_]$/u;

export class EditedLine {
  #bytes: number[] = [];
  /** The cursor's column where the line began; tabs are as wide as that makes them. */
  startColumn = 0;

  get length(): number {
    return this.#bytes.length;
  }

  /** False when the line is full. */
  push(byte: number): boolean {
    if (this.#bytes.length >= lineMax - 1) return false;
    this.#bytes.push(byte);
    return true;
  }

  /** The line's bytes; a new line begins. */
  take(): number[] {
    const bytes = this.#bytes;
    this.#bytes = [];
    return bytes;
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** Removes the last character that is visible, with what joins it. */
  eraseCharacter(look: LineLook): Erased[] {
    const erased: Erased[] = [];
    while (this.#bytes.length > 0) {
      const last = this.#eraseLast(look);
      erased.push(last);
      if (last.columns > 0 || !look.utf8) break;
    }
    return erased;
  }

  /** Removes the last run of letters and digits and whatever follows it. */
  eraseWord(look: LineLook): Erased[] {
    const erased: Erased[] = [];
    let inWord = false;
    while (this.#bytes.length > 0) {
      const { codePoint } = this.#last(look);
      const joins = codePoint > 0x7f && cellWidth(codePoint) === 0;
      if (letterOrDigit.test(String.fromCodePoint(codePoint))) inWord = true;
      else if (inWord && !joins) break;
      erased.push(this.#eraseLast(look));
    }
    return erased;
  }

  eraseAll(look: LineLook): Erased[] {
    const columns = this.#columnsOfAll(look);
    this.#bytes = [];
    return columns.reverse();
  }

  #last(look: LineLook): { codePoint: number; start: number } {
    const end = this.#bytes.length;
    let start = end - 1;
    if (!look.utf8) return { codePoint: this.#bytes[start] ?? 0, start };
    while (start > 0 && end - start < 4 && isContinuation(this.#bytes[start] ?? 0)) start -= 1;
    const { codePoint, length } = characterAt(this.#bytes, start, end);
    // Bytes that are no character go one by one.
    return start + length === end ? { codePoint, start } : { codePoint: 0xfffd, start: end - 1 };
  }

  #eraseLast(look: LineLook): Erased {
    const { codePoint, start } = this.#last(look);
    const isTab = codePoint === 0x09;
    let columns = columnsOf(codePoint, look);
    if (isTab) {
      const before = this.#columnsOfAll(look, start).reduce((sum, part) => sum + part.columns, 0);
      columns = 8 - ((this.startColumn + before) % 8);
    }
    this.#bytes.length = start;
    return { columns, blank: isTab };
  }

  #columnsOfAll(look: LineLook, end = this.#bytes.length): Erased[] {
    const result: Erased[] = [];
    let column = this.startColumn;
    for (let at = 0; at < end;) {
      const { codePoint, length } = look.utf8
        ? characterAt(this.#bytes, at, end)
        : { codePoint: this.#bytes[at] ?? 0, length: 1 };
      const isTab = codePoint === 0x09;
      const columns = isTab ? 8 - (column % 8) : columnsOf(codePoint, look);
      result.push({ columns, blank: isTab });
      column += columns;
      at += length;
    }
    return result;
  }
}

function columnsOf(codePoint: number, look: LineLook): number {
  if (codePoint < 0x20 || codePoint === 0x7f) return look.caret ? 2 : 0;
  return look.utf8 ? cellWidth(codePoint) : 1;
}
