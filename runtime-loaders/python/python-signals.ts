// runtime-loaders/python: what `python-signals-side.ts` calls.
import { signals } from '../../kernel-core/abi/signals.js';
import { dispositions, syscall } from '../../kernel-core/abi/syscalls.js';
import type { ProcessContext } from '../runtime.js';
import { errnoOf } from './foreign-error.js';
import type { Interrupts } from './interrupts.js';
import type { Poll } from './poll.js';

/** The kernel ends the process within moments of a signal that does. */
const endMs = 1_000;
/** Without a handler these end nobody. */
const harmless: readonly number[] = [
  0,
  signals.SIGCHLD,
  signals.SIGCONT,
  signals.SIGSTOP,
  signals.SIGTSTP,
  signals.SIGTTIN,
  signals.SIGTTOU,
  signals.SIGWINCH,
];

/** A kill whose answer may come later; `errno` 0: done. */
export interface PendingKill {
  settled: boolean;
  errno: number;
}

export interface SignalHost {
  readonly pid: number;
  readonly parent: number;
  /** Whether signals reach a program that runs. */
  readonly possible: boolean;
  /** How many signals CPython has been handed. */
  readonly handed: number;
  /** What the kernel does with a signal from now on, as a number of `dispositions`. */
  set(signal: number, disposition: number): void;
  /** Those that wait at the start. */
  readonly blocked: readonly number[];
  /** These wait from now on until they are released. */
  block(signals: readonly number[]): void;
  /** Those that have come and wait. */
  held(): readonly number[];
  /** One that the program sends itself, and blocks. */
  hold(signal: number): void;
  /** Whether one waited; it is nobody's now. */
  release(signal: number): boolean;
  /** kill(2), settled at once where the program cannot wait. Does not return where it ends itself. */
  kill(pid: number, signal: number, canWait: boolean): PendingKill;
  /** SIGALRM after so long, and then again and again; 0: never. */
  alarm(ms: number, intervalMs: number): void;
  /** Whether the next poll is over when a signal or anything else has woken it (`Poll.pause`). */
  pause(does: boolean): void;
}

export function signalHost(context: ProcessContext, interrupts: Interrupts, poll: Poll): SignalHost {
  const { pid, parent, syscalls, transport } = context;
  const awaitEnd = (target: number, signal: number): void => {
    if (target === pid && !harmless.includes(signal)) context.signals.sleepInPlace(endMs);
  };
  return {
    pid,
    parent,
    possible: interrupts.possible,
    get handed() {
      return interrupts.handed;
    },
    set(signal, disposition) {
      const names = Object.keys(dispositions) as (keyof typeof dispositions)[];
      const name = names.find((each) => dispositions[each] === disposition) ?? 'default';
      // Caught but never told, it would do nothing at all.
      context.signals.set(signal, name === 'catch' && !interrupts.possible ? 'default' : name);
    },
    blocked: context.blocked,
    block: (given) => interrupts.block(given),
    held: () => interrupts.held,
    hold: (signal) => interrupts.hold(signal),
    release: (signal) => interrupts.release(signal),
    kill(target, signal, canWait) {
      const args = [target, signal];
      if (transport === 'shared') {
        const number = errnoIn(() => syscalls.callNow(syscall.kill, args));
        if (number === 0) awaitEnd(target, signal);
        return { settled: true, errno: number };
      }
      if (!canWait) {
        syscalls.tell(syscall.kill, args);
        awaitEnd(target, signal);
        return { settled: true, errno: 0 };
      }
      const pending: PendingKill = { settled: false, errno: 0 };
      syscalls
        .call(syscall.kill, args)
        .catch((error: unknown) => {
          pending.errno = errnoOf(error) ?? 0;
        })
        .finally(() => {
          pending.settled = true;
          poll.wake();
        });
      return pending;
    },
    alarm: (ms, intervalMs) => syscalls.tell(syscall.alarm, [ms, intervalMs]),
    pause: (does) => poll.pause(does),
  };
}

function errnoIn(call: () => unknown): number {
  try {
    call();
    return 0;
  } catch (error) {
    const number = errnoOf(error);
    if (number === undefined) throw error;
    return number;
  }
}
