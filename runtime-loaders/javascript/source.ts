// javascript loader: one source file as the program's author wrote it, as it is run, and the way back.
// Edits never add or remove a line, so that lines need no mapping; columns do.
import { append, arrayJoin, stringIndexOf, stringSlice } from './intrinsics.js';

/** Replaces `start…end` of a text by `text`, which has as many line breaks as what it replaces. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** 1-based line and column. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A part of the author's text. */
export interface Place {
  readonly source: Source;
  readonly position: Position;
  /** Characters to mark. */
  readonly length?: number;
}

/** Maps a position of compiled text (TypeScript, JSX) to one of the author's text. */
export type PositionMap = (position: Position) => Position;

export class Source {
  /** Path or URL, as people know it. */
  readonly path: string;
  /** What the author wrote. */
  readonly text: string;
  /** The same as JavaScript; equal to `text` unless it was compiled. */
  readonly code: string;
  readonly #fromCode: PositionMap | undefined;
  #edits: readonly Edit[] = [];

  constructor(path: string, text: string, compiled?: { readonly code: string; readonly map: PositionMap }) {
    this.path = path;
    this.text = text;
    this.code = compiled?.code ?? text;
    this.#fromCode = compiled?.map;
  }

  /** The code with edits applied. They are sorted by `start` and do not overlap. */
  edited(edits: readonly Edit[]): string {
    this.#edits = edits;
    const parts: string[] = [];
    let from = 0;
    for (let index = 0; index < edits.length; index += 1) {
      const edit = edits[index] as Edit;
      append(parts, stringSlice(this.code, from, edit.start));
      append(parts, edit.text);
      from = edit.end;
    }
    append(parts, stringSlice(this.code, from));
    return arrayJoin(parts, '');
  }

  /** Where in the author's text a position of the running (edited) text is; undefined in what only we wrote. */
  original(position: Position): Position | undefined {
    const before = this.#beforeEdits(position);
    return before && this.fromCode(before);
  }

  /** Where in the author's text an offset into `code` is. */
  positionOf(offset: number): Position {
    return this.fromCode(positionIn(this.code, offset));
  }

  /** Where in the author's text a position of `code` is. */
  fromCode(position: Position): Position {
    return this.#fromCode?.(position) ?? position;
  }

  /** A line of the author's text, 1-based. */
  line(number: number): string | undefined {
    let start = 0;
    for (let line = 1; line < number; line += 1) {
      start = stringIndexOf(this.text, '\n', start) + 1;
      if (start === 0) return undefined;
    }
    const end = stringIndexOf(this.text, '\n', start);
    const line = stringSlice(this.text, start, end === -1 ? this.text.length : end);
    return line[line.length - 1] === '\r' ? stringSlice(line, 0, -1) : line;
  }

  #beforeEdits({ line, column }: Position): Position | undefined {
    let shift = 0;
    for (let index = 0; index < this.#edits.length; index += 1) {
      const edit = this.#edits[index] as Edit;
      if (stringIndexOf(edit.text, '\n') !== -1) continue;
      const at = positionIn(this.code, edit.start);
      if (at.line > line) break;
      if (at.line < line) continue;
      const start = at.column + shift;
      if (start + edit.text.length > column) {
        if (start <= column && edit.start === edit.end) return undefined;
        // Inside what was put in: the place it stands for.
        return start >= column ? { line, column: column - shift } : { line, column: at.column };
      }
      shift += edit.text.length - (edit.end - edit.start);
    }
    return { line, column: column - shift };
  }
}

/** The 1-based position of an offset. */
export function positionIn(text: string, offset: number): Position {
  let line = 1;
  let start = 0;
  for (;;) {
    const end = stringIndexOf(text, '\n', start);
    if (end === -1 || end >= offset) return { line, column: offset - start + 1 };
    line += 1;
    start = end + 1;
  }
}

/** Nothing but the line breaks of a text. */
export function lineBreaksOf(text: string): string {
  let breaks = '';
  for (let index = stringIndexOf(text, '\n'); index !== -1; index = stringIndexOf(text, '\n', index + 1)) {
    breaks += '\n';
  }
  return breaks;
}
