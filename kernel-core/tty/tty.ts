// tty: a terminal as an open file. Processes read and write it, the page types and draws.
// Must always hold: only the foreground group's processes read; a hung-up terminal never makes anybody wait.
//
//   page ─ input ─▶ LineDiscipline ─▶ read ─ process
//   page ◀─ ScreenOutlet ◀─ echo ┘ ◀─ write ─ process
import { Errno } from '../abi/errno.js';
import { signals } from '../abi/signals.js';
import { controlCharacters, localFlags, type Termios } from '../abi/termios.js';
import { readiness, type OpenFile } from '../file/open-file.js';
import { WaitQueue, type Caller } from '../file/wait-queue.js';
import { JobControl, type JobControlOptions } from './job-control.js';
import { LineDiscipline } from './line-discipline.js';
import { ScreenOutlet, type ScreenOutput } from './screen-outlet.js';

/** In characters. */
export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/** When new attributes hold (tcsetattr(3)): at once, or at once with unread input dropped. */
export type AttributesWhen = 'now' | 'flush';

export interface TtyOptions extends WindowSize, JobControlOptions {
  readonly output: ScreenOutput;
  /** Calls `act` after so many milliseconds, once; the result withdraws that. Only VTIME needs it. */
  readonly after?: (ms: number, act: () => void) => () => void;
}

const sizeMax = 0xffff;
/** Bytes that wait to be read, above which the page is asked to type no more. */
const inputRoom = 65_536;

export class Tty implements OpenFile {
  readonly kind = 'tty';
  /** Its session and foreground group. */
  readonly jobs: JobControl;
  readonly #changed = new WaitQueue();
  readonly #discipline: LineDiscipline;
  readonly #outlet: ScreenOutlet;
  readonly #after: (ms: number, act: () => void) => () => void;
  #windowSize: WindowSize;
  #hungUp = false;
  /** Programs that wait for a line, or for input to come. */
  #awaiting = 0;

  constructor(options: TtyOptions) {
    this.jobs = new JobControl(options);
    this.#outlet = new ScreenOutlet(options.output, this.#changed);
    this.#after = options.after ?? afterTimeout;
    this.#windowSize = clamped(options);
    this.#discipline = new LineDiscipline({
      echo: (bytes) => this.#outlet.send(bytes),
      signal: (number) => this.jobs.signal(number),
      holdOutput: (held) => {
        this.#outlet.stopped = held;
      },
      flushOutput: () => this.#outlet.discard(),
    });
  }

  /** What the reader typed or pasted. */
  input(bytes: Uint8Array): void {
    if (this.#hungUp) return;
    this.#discipline.receive(bytes, this.#awaiting > 0);
    this.#changed.wake();
  }

  /**
   * read(2) of a terminal: one line, or at least VMIN bytes, or what VTIME allows. A caller in the background
   * gets SIGTTIN and EINTR, EIO where that would stop nobody.
   */
  read(max: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    this.jobs.admit(caller, signals.SIGTTIN);
    this.jobs.asks();
    if (this.#hungUp || max <= 0) return new Uint8Array(0);
    const { termios } = this.#discipline;
    if ((termios.local & localFlags.ICANON) === 0) return this.#readBytes(max, caller);
    const line = this.#discipline.takeLine(max);
    if (line !== undefined) return this.#took(line);
    this.#awaiting += 1;
    return this.#changed
      .wait(caller)
      .finally(() => (this.#awaiting -= 1))
      .then(() => this.read(max, caller));
  }

  /**
   * The bytes go to the screen behind what is there. EIO after a hang-up; where TOSTOP is set, a caller in the
   * background gets SIGTTOU and EINTR.
   */
  write(bytes: Uint8Array, taken: (bytes: number) => void, caller?: Caller): void {
    if ((this.#discipline.termios.local & localFlags.TOSTOP) !== 0) this.jobs.admit(caller, signals.SIGTTOU);
    if (this.#hungUp) throw new Errno('EIO');
    this.#outlet.send(this.#discipline.process(bytes), bytes.length, taken);
  }

  get ready(): number {
    if (this.#hungUp) return readiness.read | readiness.hangup | readiness.error;
    return (this.#readable ? readiness.read : 0) | (this.#outlet.stopped ? 0 : readiness.write);
  }

  watch(changed: () => void, events = 0): () => void {
    const end = this.#changed.watch(changed);
    if ((events & readiness.read) === 0) return end;
    this.#awaiting += 1;
    this.#discipline.show();
    let isOver = false;
    return () => {
      if (!isOver) this.#awaiting -= 1;
      isOver = true;
      end();
    };
  }

  /** The page owns the terminal, so it outlives its handles. */
  close(): void {
    this.#outlet.stopped = false;
  }

  get attributes(): Termios {
    return this.#discipline.termios;
  }

  /**
   * tcsetattr(3), at once in every case: output took its shape when it was written, so none has to be drawn first. As
   * with a pseudoterminal of Linux no signal can make it fail, which many programs overlook.
   */
  setAttributes(termios: Termios, when: AttributesWhen, caller: Caller): void {
    this.jobs.admit(caller, signals.SIGTTOU);
    if (when === 'flush') this.#discipline.flushInput();
    // A shell that edits its line, where ^C is a key like others.
    if ((termios.local & localFlags.ISIG) === 0) this.jobs.asks();
    this.#discipline.termios = termios;
    this.#changed.wake();
  }

  /** tcdrain(3): resolves when the page has drawn everything. */
  drain(caller: Caller): void | Promise<void> {
    this.jobs.admit(caller, signals.SIGTTOU);
    if (!this.#drained) return this.#changed.wait(caller).then(() => this.drain(caller));
  }

  /** tcflush(3). */
  flush(what: 'input' | 'output' | 'both', caller: Caller): void {
    this.jobs.admit(caller, signals.SIGTTOU);
    if (what !== 'output') this.#discipline.flushInput();
    if (what !== 'input') this.#outlet.discard();
    this.#changed.wake();
  }

  /** tcflow(3) with TCOOFF and TCOON: holds output back, lets it go on. */
  hold(held: boolean, caller: Caller): void {
    this.jobs.admit(caller, signals.SIGTTOU);
    this.#outlet.stopped = held;
  }

  /** Bytes a read would find, FIONREAD. */
  get unread(): number {
    return this.#readable ? this.#discipline.unread : 0;
  }

  /** Calls `then`, once, when so little waits for the programs that more may be typed: what does not fit is lost. */
  whenRoom(then: () => void): void {
    const look = (): void => {
      if (this.#discipline.unread >= inputRoom && !this.#hungUp) return;
      end();
      then();
    };
    const end = this.#changed.watch(look);
    look();
  }

  get windowSize(): WindowSize {
    return this.#windowSize;
  }

  /** The foreground group hears of a change by SIGWINCH. */
  set windowSize(size: WindowSize) {
    const next = clamped(size);
    const { columns, rows } = this.#windowSize;
    if (next.columns === columns && next.rows === rows) return;
    this.#windowSize = next;
    this.jobs.signal(signals.SIGWINCH);
  }

  /** The page closed the terminal: reads end, writes fail with EIO, the session leader's group gets SIGHUP. */
  hangup(): void {
    if (this.#hungUp) return;
    this.#hungUp = true;
    this.#discipline.flushInput();
    this.#outlet.abandon();
    this.jobs.hangup();
    this.#changed.wake();
  }

  get #drained(): boolean {
    return this.#outlet.idle || this.#hungUp;
  }

  get #readable(): boolean {
    const { hasLine, input, termios } = this.#discipline;
    if ((termios.local & localFlags.ICANON) !== 0) return hasLine;
    return input.length >= (this.#time === 0 ? Math.max(1, this.#minimum) : 1);
  }

  get #minimum(): number {
    return this.#discipline.termios.characters[controlCharacters.VMIN] ?? 0;
  }

  /** In tenths of a second, as VTIME is. */
  get #time(): number {
    return this.#discipline.termios.characters[controlCharacters.VTIME] ?? 0;
  }

  /** POSIX 11.1.7, the four cases of VMIN and VTIME. */
  #readBytes(max: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    const { input } = this.#discipline;
    const least = Math.min(this.#minimum, max);
    const enough = input.length >= Math.max(least, 1);
    if (enough || (least === 0 && this.#time === 0)) return this.#took(input.takeBytes(max));
    if (this.#time === 0) return this.#changed.wait(caller).then(() => this.read(max, caller));
    return this.#readTimed(max, least, caller);
  }

  /** With VMIN the clock runs between bytes, from the first one on; without, from the call. */
  async #readTimed(max: number, least: number, caller: Caller): Promise<Uint8Array> {
    const { input } = this.#discipline;
    const ms = this.#time * 100;
    let expired = false;
    let withdraw: (() => void) | undefined;
    const start = (): void => {
      withdraw?.();
      withdraw = this.#after(ms, () => {
        expired = true;
        this.#changed.wake();
      });
    };
    if (least === 0 || input.length > 0) start();
    try {
      let seen = input.length;
      while (!expired && !this.#hungUp && input.length < Math.max(least, 1)) {
        await this.#changed.wait(caller);
        // Another program may have changed the mode, or the foreground, meanwhile.
        this.jobs.admit(caller, signals.SIGTTIN);
        if ((this.#discipline.termios.local & localFlags.ICANON) !== 0) return await this.read(max, caller);
        if (least > 0 && input.length !== seen && input.length > 0) start();
        seen = input.length;
      }
    } finally {
      withdraw?.();
    }
    return this.#took(input.takeBytes(max));
  }

  #took(bytes: Uint8Array): Uint8Array {
    // Others who read look again, as do those who watch: there may be nothing left.
    if (bytes.length > 0) this.#changed.wake();
    return bytes;
  }
}

function clamped({ columns, rows }: WindowSize): WindowSize {
  const within = (count: number): number => Math.min(sizeMax, Math.max(0, Math.trunc(count) || 0));
  return { columns: within(columns), rows: within(rows) };
}

function afterTimeout(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}
