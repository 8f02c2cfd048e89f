// elements/output: the terminal's model: rows of text and a cursor, no DOM.
// Rows are counted from the start of the output and never move. The last `screenRows` are the screen that
// `CSI H` and `CSI J` mean; the cursor reaches `reachableRows` back, what is above is fixed for good.
import { columnsOf, isPlain, joinersIn, lengthThatFits } from './cell-width.js';
import type { EscapeHandler } from './escape-parser.js';
import { Line } from './line.js';
import { plainPens, withRendition, type Pen, type Source } from './pen.js';

/** Height that programs assume when nothing tells them (`LINES` of a VT100). */
const screenRows = 24;
/** How far up a stack of progress bars may reach. */
const reachableRows = 100;
/** A longer row goes on in the next one, so that no row is expensive to draw again. */
const rowColumns = 2048;
/** How far right of the text a cursor position may be. */
const addressableColumns = 1000;
const tabColumns = 8;

export class Screen {
  /** Rows from `first` on. Rows below the text are made when something is written there. */
  #lines: Line[] = [];
  #first = 0;
  #row = 0;
  #column = 0;
  /** Top row of the screen, and the row above which nothing changes any more. */
  #top = 0;
  #floor = 0;
  #saved = { row: 0, column: 0 };
  #pens: Record<Source, Pen> = { ...plainPens };
  #source: Source = 'stdout';
  #characters = 0;
  #changedFrom = Infinity;

  /** The calls of a stream's escape parser end up here; `source` says whose they are. */
  readonly handler: EscapeHandler = {
    print: (text) => this.#print(text),
    control: (code) => this.#control(code),
    sequence: (final, parameters) => this.#sequence(final, parameters),
    escape: (final) => this.#escape(final),
  };

  set source(source: Source) {
    this.#source = source;
  }
  /** Characters in all rows that were not erased, line feeds included. */
  get characters(): number {
    return this.#characters;
  }
  /** The first row that changed since `takeChanges`, or Infinity. */
  get changedFrom(): number {
    return this.#changedFrom;
  }
  /** One past the last row. */
  get end(): number {
    return this.#first + this.#lines.length;
  }
  /** Rows above this one are fixed: the cursor cannot get there any more. */
  get floor(): number {
    return this.#floor;
  }
  get cursor(): { readonly row: number; readonly column: number } {
    return { row: this.#row, column: this.#column };
  }

  line(row: number): Line {
    const line = this.#lines[row - this.#first];
    if (line === undefined) throw new RangeError(`row ${row} is not in ${this.#first} … ${this.end - 1}`);
    return line;
  }

  /** Marks everything as drawn. */
  takeChanges(): void {
    this.#changedFrom = Infinity;
  }

  /** Forgets rows above `row`, which must be fixed and drawn for good. */
  dropBefore(row: number): void {
    this.#lines.splice(0, Math.max(0, Math.min(row, this.#floor) - this.#first));
    this.#first = Math.max(this.#first, Math.min(row, this.#floor));
  }

  /** Makes sure that the row of the cursor exists (an input field will stand there). */
  showCursorRow(): void {
    this.#lineAtCursor();
  }

  /** Undoes `showCursorRow` where nothing was written there. */
  hideCursorRow(): void {
    if (this.#row === this.end - 1 && this.#row >= this.#floor && this.line(this.#row).runs.length === 0) {
      this.#cut(this.#row);
    }
  }

  /** Ends the current line and fixes everything so far: what follows starts below, in plain pens. */
  seal(): void {
    this.#row = this.end;
    this.#column = 0;
    this.#floor = this.#top = this.#row;
    this.#saved = { row: this.#row, column: 0 };
    this.#pens = { ...plainPens };
  }

  get #pen(): Pen {
    return this.#pens[this.#source];
  }

  #lineAtCursor(): Line {
    while (this.end <= this.#row) {
      this.#touch(this.end);
      this.#lines.push(new Line(this.#source));
      this.#characters++;
    }
    this.#touch(this.#row);
    return this.line(this.#row);
  }

  #touch(row: number): void {
    if (row < this.#changedFrom) this.#changedFrom = row;
  }

  #edit(line: Line, change: (line: Line) => void): void {
    const before = line.characters;
    change(line);
    this.#characters += line.characters - before;
  }

  #print(text: string): void {
    let rest = text;
    while (rest !== '') {
      const pen = this.#pen;
      // Always by themselves, so that it does not matter whether they came in the chunk of their base.
      const joiners = joinersIn(rest);
      if (joiners > 0) {
        const column = this.#column;
        this.#edit(this.#lineAtCursor(), (line) => line.join(column, rest.slice(0, joiners), pen));
        rest = rest.slice(joiners);
        continue;
      }
      const room = rowColumns - this.#column;
      const length = isPlain(rest) ? Math.min(rest.length, room) : lengthThatFits(rest, room);
      if (length === 0) {
        this.#wrap();
        continue;
      }
      const piece = rest.slice(0, length);
      const columns = columnsOf(piece);
      const column = this.#column;
      this.#edit(this.#lineAtCursor(), (line) => line.write(column, piece, pen, columns));
      this.#column += columns;
      rest = rest.slice(length);
    }
  }

  #wrap(): void {
    this.#lineAtCursor().wrapped = true;
    this.#lineFeed();
  }

  #lineFeed(): void {
    const line = this.#lineAtCursor();
    if (line.runs.length === 0) line.owner = this.#source;
    this.#row++;
    this.#column = 0;
    this.#top = Math.max(this.#top, this.#row - screenRows + 1);
    this.#floor = Math.max(this.#floor, this.#row - reachableRows + 1);
  }

  #control(code: number): void {
    switch (code) {
      case 0x08:
        this.#column = Math.max(0, this.#column - 1);
        break;
      case 0x09:
        this.#tab();
        break;
      case 0x0d:
        this.#column = 0;
        break;
      default:
        this.#lineFeed(); // LF, VT, FF; a program's "\n" starts at the first column, as a tty would make it
    }
  }

  #tab(): void {
    const columns = tabColumns - (this.#column % tabColumns);
    const line = this.#lineAtCursor();
    // At the end of the text it is kept as a tab, so that it is copied as one.
    if (this.#column === line.columns && this.#column + columns <= rowColumns) {
      const column = this.#column;
      this.#edit(line, () => line.write(column, '\t', this.#pen, columns));
    }
    this.#column = Math.min(this.#column + columns, rowColumns);
  }

  #moveTo(row: number, column: number): void {
    this.#row = Math.max(this.#floor, Math.min(row, this.#top + screenRows - 1));
    this.#column = Math.max(0, Math.min(column, rowColumns));
  }

  #escape(final: string): void {
    if (final === '7') this.#saved = { row: this.#row, column: this.#column };
    else if (final === '8') this.#moveTo(this.#saved.row, this.#saved.column);
    else if (final === 'D' || final === 'E') this.#lineFeed();
    else if (final === 'M') this.#moveTo(this.#row - 1, this.#column);
    else if (final === 'c') this.#eraseAll(true);
  }

  #sequence(final: string, parameters: readonly (readonly number[])[]): void {
    const first = parameters[0]?.[0] ?? 0;
    const count = Math.max(1, first);
    const [row, column] = [this.#row, this.#column];
    switch (final) {
      case 'm':
        this.#pens[this.#source] = withRendition(this.#pen, parameters);
        break;
      case 'A':
        this.#moveTo(row - count, column);
        break;
      case 'B':
        this.#moveTo(row + count, column);
        break;
      case 'C':
        this.#moveTo(row, Math.max(column, Math.min(column + count, addressableColumns)));
        break;
      case 'D':
        this.#moveTo(row, column - count);
        break;
      case 'E':
        this.#moveTo(row + count, 0);
        break;
      case 'F':
        this.#moveTo(row - count, 0);
        break;
      case 'G':
      case '`':
        this.#moveTo(row, Math.min(count - 1, addressableColumns));
        break;
      case 'd':
        this.#moveTo(this.#top + count - 1, column);
        break;
      case 'H':
      case 'f':
        this.#moveTo(
          this.#top + count - 1,
          Math.min(Math.max(1, parameters[1]?.[0] ?? 0) - 1, addressableColumns),
        );
        break;
      case 'J':
        this.#eraseInScreen(first);
        break;
      case 'K':
        this.#eraseInLine(first);
        break;
      case 'X':
        this.#change((line) => line.erase(column, Math.min(column + count, line.columns), this.#pen));
        break;
      case 'P':
        this.#change((line) => line.remove(column, count));
        break;
      case 's':
        this.#saved = { row, column };
        break;
      case 'u':
        this.#moveTo(this.#saved.row, this.#saved.column);
        break;
    }
  }

  /** Changes the cursor's line, where there is one. */
  #change(change: (line: Line) => void): void {
    if (this.#row >= this.end) return;
    this.#edit(this.#lineAtCursor(), change);
  }

  #eraseInLine(mode: number): void {
    const column = this.#column;
    this.#change((line) => {
      const [from, to] = [mode === 0 ? column : 0, mode === 1 ? column + 1 : line.columns];
      line.erase(from, Math.min(to, line.columns), this.#pen);
      if (to >= line.columns) line.wrapped = false;
    });
  }

  #eraseInScreen(mode: number): void {
    if (mode === 0) {
      this.#eraseInLine(0);
      this.#cut(this.#row + 1);
    } else if (mode === 1) {
      this.#eraseInLine(1);
      for (let row = Math.max(this.#top, this.#floor); row < Math.min(this.#row, this.end); row++) {
        this.#touch(row);
        this.#edit(this.line(row), (line) => line.erase(0, line.columns, this.#pen));
      }
    } else if (mode === 2) {
      this.#cut(Math.max(this.#top, this.#floor));
    } else if (mode === 3) {
      this.#eraseAll(false);
    }
  }

  /** `CSI 3 J` and reset mean what scrolled away as well: all that is not fixed goes, the screen moves up. */
  #eraseAll(home: boolean): void {
    this.#cut(this.#floor);
    const row = home ? 0 : this.#row - this.#top;
    this.#top = this.#floor;
    this.#moveTo(this.#top + row, home ? 0 : this.#column);
    if (home) this.#pens[this.#source] = plainPens[this.#source];
  }

  /** Takes away rows from `row` on. */
  #cut(row: number): void {
    if (row >= this.end) return;
    for (let gone = row; gone < this.end; gone++) this.#characters -= this.line(gone).characters + 1;
    this.#lines.length = row - this.#first;
    this.#touch(row);
  }
}
