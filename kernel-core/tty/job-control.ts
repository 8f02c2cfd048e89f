// tty: whose terminal it is: the session it controls and the group in its foreground (POSIX.1-2024, 11.1.2–11.1.4).
// Must always hold: a group in the foreground is of the session whose terminal this is.
import { Errno } from '../abi/errno.js';
import { signals } from '../abi/signals.js';
import type { Caller } from '../file/wait-queue.js';

/** A process, as far as a terminal must know it. */
export interface TerminalCaller extends Caller {
  readonly group: number;
  readonly session: number;
  /** Its group is orphaned: nobody could continue it, so it is not stopped (POSIX 3.271). */
  readonly orphaned?: boolean;
  /** It ignores or blocks the signal. */
  isIgnoring(signal: number): boolean;
}

export interface JobControlOptions {
  /**
   * Raises a signal for every process of a group. `isKept`: one that stops is kept for processes that have not begun or
   * are stopped still, and stops them when they go on.
   */
  readonly signal: (group: number, number: number, isKept?: boolean) => void;
  /** The session a process group is of; undefined when there is no such group. */
  readonly sessionOf?: (group: number) => number | undefined;
}

/** The caller as a process; undefined for the kernel itself, which may do everything. */
export function terminalCaller(caller: Caller | undefined): TerminalCaller | undefined {
  return caller !== undefined && 'group' in caller && 'session' in caller && 'isIgnoring' in caller
    ? (caller as TerminalCaller)
    : undefined;
}

export class JobControl {
  readonly #options: JobControlOptions;
  #session = 0;
  #foreground = 0;
  /**
   * No ^Z was typed since the group came to the foreground. A shell gives a job the terminal before it lets it go on:
   * the first ^Z, however early, is for the job as it will be.
   */
  #isNew = false;
  /** What a key has ended the group in the foreground with since it last asked for input; 0: nothing. */
  #endedBy = 0;

  constructor(options: JobControlOptions) {
    this.#options = options;
  }

  /** 0 when it is no session's controlling terminal. */
  get session(): number {
    return this.#session;
  }

  /** 0 when there is none. */
  get foreground(): number {
    return this.#foreground;
  }

  /** Becomes the controlling terminal of a session (TIOCSCTTY), with its leader's group in the foreground. */
  control(session: number): void {
    this.#session = session;
    this.#foreground = session;
  }

  /** tcgetpgrp(3). ENOTTY when it is not the caller's controlling terminal. */
  foregroundFor(caller: Caller): number {
    this.#mustControl(caller);
    return this.#foreground;
  }

  /**
   * tcsetpgrp(3). ENOTTY when it is not the caller's controlling terminal, ESRCH when there is no such group,
   * EPERM when it is another session's; a caller in the background is treated as if it wrote. A ^C that came while a
   * shell was about to hand the terminal over is for the job, too.
   */
  setForeground(group: number, caller: Caller): void {
    this.admit(caller, signals.SIGTTOU);
    this.#mustControl(caller);
    if (!Number.isSafeInteger(group) || group <= 0) throw new Errno('EINVAL');
    if (this.#options.sessionOf !== undefined) {
      const session = this.#options.sessionOf(group);
      if (session === undefined) throw new Errno('ESRCH');
      if (session !== this.#session) throw new Errno('EPERM');
    }
    const isHandedOver = terminalCaller(caller)?.group === this.#foreground;
    if (group !== this.#foreground && !isHandedOver) this.#endedBy = 0;
    const isForJob = group !== this.#foreground && this.#endedBy !== 0;
    this.#foreground = group;
    this.#isNew = true;
    if (isForJob) this.#options.signal(group, this.#endedBy);
  }

  /**
   * A process of another group was put into this one. A shell starts the parts of a pipeline one after the other: a ^C
   * that came between them is for those that come after it, too.
   */
  joined(group: number, raise: (number: number) => void): void {
    if (group === this.#foreground && this.#endedBy !== 0) raise(this.#endedBy);
  }

  /** The group in the foreground asks for input: what a key ended before is over. */
  asks(): void {
    this.#endedBy = 0;
  }

  /**
   * Returns when the caller may use the terminal: it is in the foreground, or this is not its controlling
   * terminal. Else its group gets the signal, SIGTTIN or SIGTTOU, and EINTR is thrown; EIO where the signal
   * would stop nobody.
   */
  admit(caller: Caller | undefined, signal: number): void {
    const process = terminalCaller(caller);
    if (process === undefined || this.#session === 0 || process.session !== this.#session) return;
    if (this.#foreground === 0 || process.group === this.#foreground) return;
    if (process.isIgnoring(signal)) {
      // Who ignores SIGTTOU writes all the same; who ignores SIGTTIN cannot read.
      if (signal === signals.SIGTTOU) return;
      throw new Errno('EIO');
    }
    if (process.orphaned === true) throw new Errno('EIO');
    this.#options.signal(process.group, signal);
    throw new Errno('EINTR');
  }

  /** To the foreground group. */
  signal(number: number): void {
    if (this.#foreground === 0) return;
    const isKept = number === signals.SIGTSTP && this.#isNew;
    if (isKept) this.#isNew = false;
    if (number === signals.SIGINT || number === signals.SIGQUIT) this.#endedBy = number;
    this.#options.signal(this.#foreground, number, isKept);
  }

  /** The terminal is gone: the session leader's group is told, and continued so that it can hear it. */
  hangup(): void {
    if (this.#session === 0) return;
    this.#options.signal(this.#session, signals.SIGHUP);
    this.#options.signal(this.#session, signals.SIGCONT);
  }

  /** The session leader is gone: its foreground group is told, and the terminal is free for another session. */
  release(): void {
    const group = this.#foreground;
    this.#session = 0;
    this.#foreground = 0;
    if (group === 0) return;
    this.#options.signal(group, signals.SIGHUP);
    this.#options.signal(group, signals.SIGCONT);
  }

  #mustControl(caller: Caller): void {
    const process = terminalCaller(caller);
    if (process !== undefined && (this.#session === 0 || process.session !== this.#session)) {
      throw new Errno('ENOTTY');
    }
  }
}
