// tty: the line discipline: from what is typed to what programs read, and what of it shows on the screen
// (POSIX.1-2024, 11; where POSIX leaves a choice, as Linux's n_tty). It knows no time, no process and no page.
// Must always hold: a byte typed is in the line, in `input`, waits ahead of them, or was acted upon; there is a line,
// and something ahead, only in canonical mode.
//
//   receive ─▶ (ahead, until it is read) ─▶ literal next ─▶ ^S ^Q ─▶ ^C ^\ ^Z ─▶ CR/NL ─▶ editing ─▶ line ─ NL, ^D ─▶ input ─▶ read
//                    └──────────────────┴─ echo ─▶ OPOST ─▶ host.echo
import { signals } from '../abi/signals.js';
import {
  controlCharacters as at,
  inputFlags as I,
  localFlags as L,
  saneTermios,
  type Termios,
} from '../abi/termios.js';
import { EditedLine, type Erased } from './edited-line.js';
import { InputBuffer } from './input-buffer.js';
import { OutputProcessor } from './output-processor.js';

/** What a line discipline causes outside itself, in the order it happens. */
export interface DisciplineHost {
  /** Bytes for the screen, already processed for output. */
  echo(bytes: Uint8Array): void;
  /** To the foreground group. */
  signal(number: number): void;
  /** ^S and ^Q: output is held back, or goes on. */
  holdOutput(held: boolean): void;
  /** Output that has not left yet is void, as is the input, which the discipline drops itself. */
  flushOutput(): void;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const tab = 0x09;
/** With more ahead than a reader types, what was pasted in one piece is looked through at once: it is for one program. */
const aheadBytes = 16_384;
const backspaces = { blank: [0x08], shown: [0x08, 0x20, 0x08] } as const;

export class LineDiscipline {
  readonly input = new InputBuffer();
  readonly #output = new OutputProcessor();
  readonly #host: DisciplineHost;
  readonly #line = new EditedLine();
  #termios: Termios = saneTermios();
  /** Bytes that may mean something; the others are added as they are. */
  #special = specialOf(this.#termios);
  #literalNext = false;
  /** What was typed before canonical mode began, and behind it: it becomes lines, and shows, when it is read. */
  readonly #ahead = new InputBuffer();
  #echoed: number[] = [];

  constructor(host: DisciplineHost) {
    this.#host = host;
  }

  get termios(): Termios {
    return this.#termios;
  }

  /**
   * Changes the attributes. What was typed and not read stays as it was typed, whichever modes a shell goes through
   * between two programs: where canonical mode ends, lines and ends of file are bytes again; where it begins, bytes
   * wait to become lines when a program asks for one. Only then they show (the shell shows what it reads itself), but
   * what is a signal is one at once. POSIX leaves this open; Linux would give out bytes as they are, CRs included.
   */
  set termios(termios: Termios) {
    const was = this.#canonical;
    if (was && (termios.local & L.ICANON) === 0) this.#unline();
    this.#termios = { ...termios, characters: termios.characters.slice() };
    this.#special = specialOf(this.#termios);
    if (was === this.#canonical) return;
    this.#literalNext = false;
    if (was) return;
    const typed = this.input.takeBytes(this.input.length);
    if (typed.length > 0) this.#putAhead(typed);
  }

  /** Bytes that wait to be read. */
  get unread(): number {
    return this.input.length + this.#ahead.length;
  }

  /** Whether there is a line, or an end of file, in canonical mode. */
  get hasLine(): boolean {
    return this.input.waiting || this.#ahead.some((byte) => this.#isEnd(byte));
  }

  /** At most one line, empty at the end of file; undefined where there is none yet. */
  takeLine(max: number): Uint8Array | undefined {
    while (!this.input.waiting && this.#ahead.length > 0) this.show();
    return this.input.waiting ? this.input.takeLine(max) : undefined;
  }

  /** What a program writes, as it goes to the screen. */
  process(bytes: Uint8Array): Uint8Array {
    return this.#output.process(bytes, this.#termios);
  }

  /**
   * What the reader typed. In canonical mode, unless a program waits for it (`isAwaited`), it shows when one reads: a
   * shell that takes it after all shows what it takes, and the reader would see it twice.
   */
  receive(bytes: Uint8Array, isAwaited = true): void {
    if (this.#ahead.length > 0 || (this.#canonical && !isAwaited)) this.#putAhead(bytes);
    else this.#receiveAll(bytes);
  }

  /** A program begins to wait: what was typed of its line shows. */
  show(): void {
    const isPaste = this.#ahead.length > aheadBytes;
    if (!this.input.waiting && this.#ahead.length > 0)
      this.#receiveAll(this.#ahead.takeThrough((byte) => !isPaste && this.#isEnd(byte)));
  }

  #receiveAll(bytes: Uint8Array): void {
    const raw: number[] = [];
    for (const byte of bytes) {
      const plain = this.#has(I.ISTRIP) ? byte & 0x7f : byte;
      if (!this.#receive(plain, raw)) raw.length = 0;
    }
    this.#flushEcho();
    if (raw.length > 0) this.input.push(Uint8Array.from(raw));
  }

  /** Drops all input, the unfinished line included. */
  flushInput(): void {
    this.input.clear();
    this.#ahead.clear();
    this.#line.take();
    this.#literalNext = false;
  }

  get #canonical(): boolean {
    return (this.#termios.local & L.ICANON) !== 0;
  }

  #has(flag: number): boolean {
    return (this.#termios.input & flag) !== 0;
  }

  #local(flag: number): boolean {
    return (this.#termios.local & flag) !== 0;
  }

  #is(byte: number, place: number): boolean {
    return byte !== 0 && this.#termios.characters[place] === byte;
  }

  /** False when all input before was dropped. */
  #receive(byte: number, raw: number[]): boolean {
    if (this.#literalNext || this.#special[byte] === 0) {
      this.#literalNext = false;
      this.#add(byte, raw);
      return true;
    }
    if (this.#isFlow(byte)) {
      this.#flushEcho();
      this.#host.holdOutput(!this.#is(byte, at.VSTART));
      return true;
    }
    if (this.#local(L.ISIG)) {
      const signal = this.#signalOf(byte);
      if (signal !== undefined) return this.#signal(signal, byte);
    }
    if (this.#has(I.IXON) && this.#has(I.IXANY)) this.#host.holdOutput(false);
    if (byte === carriageReturn) {
      if (this.#has(I.IGNCR)) return true;
      if (this.#has(I.ICRNL)) byte = newline;
    } else if (byte === newline && this.#has(I.INLCR)) byte = carriageReturn;
    if (this.#canonical && (this.#edit(byte) || this.#finish(byte))) return true;
    this.#add(byte, raw);
    return true;
  }

  #isFlow(byte: number): boolean {
    return this.#has(I.IXON) && (this.#is(byte, at.VSTART) || this.#is(byte, at.VSTOP));
  }

  #signalOf(byte: number): number | undefined {
    if (this.#is(byte, at.VINTR)) return signals.SIGINT;
    if (this.#is(byte, at.VQUIT)) return signals.SIGQUIT;
    return this.#is(byte, at.VSUSP) ? signals.SIGTSTP : undefined;
  }

  #isEnd(byte: number): boolean {
    if (this.#special[byte] === 0) return false;
    const isReturn = byte === carriageReturn && this.#has(I.ICRNL) && !this.#has(I.IGNCR);
    return (
      isReturn || byte === newline || [at.VEOF, at.VEOL, at.VEOL2].some((place) => this.#is(byte, place))
    );
  }

  /** Not looked at until it is read, but for signals, ^S and ^Q: a program that reads nothing must hear those. */
  #putAhead(bytes: Uint8Array): void {
    let from = 0;
    for (const [index, byte] of bytes.entries()) {
      const signal = this.#local(L.ISIG) ? this.#signalOf(byte) : undefined;
      const isFlow = this.#isFlow(byte);
      if (signal === undefined && !isFlow) continue;
      this.#pushAhead(bytes.subarray(from, index));
      from = index + 1;
      if (signal !== undefined) this.#signal(signal, byte);
      else this.#host.holdOutput(!this.#is(byte, at.VSTART));
    }
    this.#pushAhead(bytes.subarray(from));
  }

  #pushAhead(bytes: Uint8Array): void {
    if (bytes.length > 0 && !this.#ahead.full) this.#ahead.push(bytes);
  }

  /** Lines, ends of file and what follows them, as the bytes they were typed as. */
  #unline(): void {
    const end = this.#termios.characters[at.VEOF] ?? 0;
    this.input.replaceEnds(end === 0 ? [] : [end]);
    const begun = this.#line.take();
    if (begun.length > 0) this.input.push(Uint8Array.from(begun));
    const ahead = this.#ahead.takeBytes(this.#ahead.length);
    if (ahead.length > 0) this.input.push(ahead);
  }

  #signal(signal: number, byte: number): boolean {
    const flush = !this.#local(L.NOFLSH);
    this.#flushEcho();
    if (flush) {
      this.flushInput();
      this.#host.flushOutput();
    }
    if (this.#has(I.IXON)) this.#host.holdOutput(false);
    if (this.#local(L.ECHO)) this.#echo(byte);
    this.#flushEcho();
    this.#host.signal(signal);
    return !flush;
  }

  /** Erase, kill, literal next, reprint: what changes the line and is no part of it. */
  #edit(byte: number): boolean {
    const extended = this.#local(L.IEXTEN);
    const look = { utf8: this.#has(I.IUTF8), caret: this.#local(L.ECHOCTL) };
    const echo = this.#local(L.ECHO);
    if (this.#is(byte, at.VERASE)) {
      const erased = this.#line.eraseCharacter(look);
      if (echo && erased.length > 0) this.#unless(L.ECHOE, byte, erased);
    } else if (this.#is(byte, at.VWERASE) && extended) {
      const erased = this.#line.eraseWord(look);
      if (echo && erased.length > 0) this.#unless(L.ECHOE, byte, erased);
    } else if (this.#is(byte, at.VKILL)) {
      const erased = this.#line.eraseAll(look);
      if (!echo || erased.length === 0) return true;
      const visual = this.#local(L.ECHOK) && this.#local(L.ECHOKE) && this.#local(L.ECHOE);
      if (visual) this.#rubOut(erased);
      else {
        this.#echo(byte);
        if (this.#local(L.ECHOK)) this.#echoed.push(newline);
      }
    } else if (this.#is(byte, at.VLNEXT) && extended) {
      this.#literalNext = true;
      if (echo && this.#local(L.ECHOCTL)) this.#echoed.push(0x5e, 0x08);
    } else if (this.#is(byte, at.VREPRINT) && extended && echo) {
      this.#echo(byte);
      this.#echoed.push(newline);
      this.#flushEcho();
      this.#line.startColumn = this.#output.column;
      for (const shown of this.#line.bytes()) this.#echo(shown);
    } else return false;
    return true;
  }

  #unless(flag: number, byte: number, erased: readonly Erased[]): void {
    if (this.#local(flag)) this.#rubOut(erased);
    else this.#echo(byte);
  }

  #rubOut(erased: readonly Erased[]): void {
    for (const { columns, blank } of erased) {
      for (let i = 0; i < columns; i += 1) this.#echoed.push(...backspaces[blank ? 'blank' : 'shown']);
    }
  }

  /** What ends a line: newline, end of file, and the two that programs may choose. */
  #finish(byte: number): boolean {
    if (this.#is(byte, at.VEOF)) {
      this.input.push(Uint8Array.from(this.#line.take()));
      return true;
    }
    const ends =
      byte === newline || this.#is(byte, at.VEOL) || (this.#is(byte, at.VEOL2) && this.#local(L.IEXTEN));
    if (!ends) return false;
    if (byte === newline) {
      if (this.#local(L.ECHO) || this.#local(L.ECHONL)) this.#echoed.push(newline);
    } else if (this.#local(L.ECHO)) this.#echo(byte);
    this.input.push(Uint8Array.from([...this.#line.take(), byte]));
    return true;
  }

  #add(byte: number, raw: number[]): void {
    if (this.#canonical && this.#line.length === 0) {
      this.#flushEcho();
      this.#line.startColumn = this.#output.column;
    }
    const kept = !this.input.full && (this.#canonical ? this.#line.push(byte) : raw.push(byte) > 0);
    if (!kept) {
      if (this.#has(I.IMAXBEL)) this.#echoed.push(0x07);
      return;
    }
    if (!this.#local(L.ECHO)) return;
    // In canonical mode a newline gets here only as a literal, which is shown as what it is.
    if (byte === newline && !this.#canonical) this.#echoed.push(newline);
    else this.#echo(byte);
  }

  #echo(byte: number): void {
    const control = (byte < 0x20 && byte !== tab) || byte === 0x7f;
    if (control && this.#local(L.ECHOCTL)) this.#echoed.push(0x5e, byte ^ 0x40);
    else this.#echoed.push(byte);
  }

  #flushEcho(): void {
    if (this.#echoed.length === 0) return;
    const bytes = Uint8Array.from(this.#echoed);
    this.#echoed = [];
    this.#host.echo(this.process(bytes));
  }
}

function specialOf({ input, characters }: Termios): Uint8Array {
  const special = new Uint8Array(256);
  // Any character starts output again with IXANY.
  if ((input & I.IXANY) !== 0) special.fill(1);
  for (const character of characters) special[character] = 1;
  special[newline] = 1;
  special[carriageReturn] = 1;
  return special;
}
