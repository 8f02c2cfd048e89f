// elements/output: one row of the screen, as runs of text that share a pen.
// Columns, not string indices, address a line; a wide character is never kept by half.
import { columnsOf, isPlain, widthOf } from './cell-width.js';
import { plainPens, samePen, type Pen, type Source } from './pen.js';

export interface Run {
  readonly text: string;
  readonly pen: Pen;
  readonly columns: number;
}

/** A tab is a run of its own: one character, as many columns as it was wide when it was written. */
const isTab = (run: Run): boolean => run.text === '\t';

const spaces = (columns: number, pen: Pen): Run => ({ text: ' '.repeat(columns), pen, columns });

/** The columns `from` … `to` of a run; halves of a wide character become spaces. */
function sliceRun(run: Run, from: number, to: number): Run[] {
  if (from <= 0 && to >= run.columns) return [run];
  if (isTab(run)) return [spaces(to - from, run.pen)];
  if (isPlain(run.text)) return [{ text: run.text.slice(from, to), pen: run.pen, columns: to - from }];
  let text = '';
  let column = 0;
  for (const character of run.text) {
    const end = column + widthOf(character);
    if (end > column ? column >= from && end <= to : column > from && column <= to) text += character;
    else if (column < to && end > from) text += ' '.repeat(Math.min(end, to) - Math.max(column, from));
    column = end;
  }
  return [{ text, pen: run.pen, columns: to - from }];
}

export class Line {
  /** Who ended or wrote this line while it was empty; see `source`. */
  owner: Source;
  /** Changed since the renderer last looked. */
  changed = true;
  #wrapped = false;
  #runs: Run[] = [];
  #columns = 0;
  #characters = 0;
  #hasStderr = false;

  constructor(owner: Source) {
    this.owner = owner;
  }

  /** The text goes on in the next row: it was too long for one. */
  get wrapped(): boolean {
    return this.#wrapped;
  }
  set wrapped(wrapped: boolean) {
    this.changed ||= wrapped !== this.#wrapped;
    this.#wrapped = wrapped;
  }
  get runs(): readonly Run[] {
    return this.#runs;
  }
  get columns(): number {
    return this.#columns;
  }
  /** Length of the text in UTF-16 units. */
  get characters(): number {
    return this.#characters;
  }
  get text(): string {
    return this.#runs.map((run) => run.text).join('');
  }
  /** `stderr` as soon as any of the text is from there: an error line is never shown as a plain one. */
  get source(): Source {
    const stderr = this.#runs.length === 0 ? this.owner === 'stderr' : this.#hasStderr;
    return stderr ? 'stderr' : 'stdout';
  }

  /** Puts text (no control characters but a single tab) at a column, over what is there. Pads with spaces. */
  write(column: number, text: string, pen: Pen, columns = columnsOf(text)): void {
    this.#padTo(column, pen);
    if (column === this.#columns) {
      this.#append({ text, pen, columns });
    } else {
      const after = this.#slice(column + columns, this.#columns);
      this.#replace([...this.#slice(0, column), { text, pen, columns }, ...after]);
    }
  }

  /** Adds characters without a width of their own (accents, joiners) to what stands before the column. */
  join(column: number, text: string, pen: Pen): void {
    this.#padTo(column, pen);
    if (column === this.#columns) this.#append({ text, pen, columns: 0 });
    else
      this.#replace([
        ...this.#slice(0, column),
        { text, pen, columns: 0 },
        ...this.#slice(column, this.#columns),
      ]);
  }

  /** Blanks columns; at the end of the line they are cut off. */
  erase(from: number, to: number, pen: Pen): void {
    if (from >= this.#columns || to <= from) return;
    const rest = this.#slice(to, this.#columns);
    const blank = rest.length > 0 ? [spaces(to - from, plainPens[pen.source])] : [];
    this.#replace([...this.#slice(0, from), ...blank, ...rest]);
  }

  /** Takes columns out; what follows moves left. */
  remove(from: number, count: number): void {
    if (from >= this.#columns) return;
    this.#replace([...this.#slice(0, from), ...this.#slice(from + count, this.#columns)]);
  }

  #padTo(column: number, pen: Pen): void {
    if (column > this.#columns) this.#append(spaces(column - this.#columns, plainPens[pen.source]));
  }

  #slice(from: number, to: number): Run[] {
    const runs: Run[] = [];
    let start = 0;
    for (const run of this.#runs) {
      const end = start + run.columns;
      // A joiner belongs to what stands before it; at the start of the line it belongs to nothing and stays.
      if (run.columns === 0 ? (start > from || from === 0) && start <= to : end > from && start < to) {
        runs.push(...sliceRun(run, Math.max(0, from - start), Math.min(run.columns, to - start)));
      }
      start = end;
    }
    return runs;
  }

  #append(run: Run): void {
    const last = this.#runs.at(-1);
    if (last !== undefined && samePen(last.pen, run.pen) && !isTab(last) && !isTab(run)) {
      const text = last.text + run.text;
      this.#runs[this.#runs.length - 1] = { text, pen: last.pen, columns: last.columns + run.columns };
    } else {
      this.#runs.push(run);
    }
    this.#columns += run.columns;
    this.#characters += run.text.length;
    this.#hasStderr ||= run.pen.source === 'stderr';
    this.changed = true;
  }

  #replace(runs: readonly Run[]): void {
    this.#runs = [];
    this.#columns = 0;
    this.#characters = 0;
    this.#hasStderr = false;
    this.changed = true;
    for (const run of runs) this.#append(run);
  }
}
