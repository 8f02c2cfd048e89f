// runtime-loaders/python: poll(2), the one call in which a program waits for time or for several things;
// time.sleep, select and asyncio come down to it (`python-side.ts`).
import { errno } from '../../kernel-core/abi/errno.js';
import type { ProcessContext } from '../runtime.js';
import { pollEvents, readWords, syscall } from '../../kernel-core/abi/syscalls.js';
import type { PyodideModule, WasmImport } from './emscripten.js';
import { errnoOf } from './foreign-error.js';
import type { HandleStreams } from './handle-streams.js';
import type { Interrupts } from './interrupts.js';
import type { StandardStreams } from './standard-streams.js';
import type { Answer, Suspension } from './suspension.js';

/** The longest a timer can be. */
const timerMsMax = 2 ** 31 - 1;
/** A program that polls without waiting lets others in this often. */
const politeMs = 10;
const pollfdBytes = 8;

/**
 * What a wait answers that ended so. `isEarly`: before its time, for something woke it that is not for whoever waits
 * (the answer of a read that a signal had ended already), and CPython, told EINTR, waits again for what is left.
 */
type Ended = (answer: number, isEarly?: boolean) => number;

export class Poll {
  readonly #context: ProcessContext;
  readonly #suspension: Suspension;
  readonly #streams: StandardStreams;
  readonly #handles: HandleStreams;
  readonly #interrupts: Interrupts;
  #wake: () => void = () => undefined;
  #pausing = false;
  /** Woken since the last wait that begins with `pause`. */
  #woken = false;
  #othersRanMs = 0;

  constructor(streams: StandardStreams, handles: HandleStreams, interrupts: Interrupts) {
    this.#context = handles.context;
    this.#suspension = handles.suspension;
    this.#streams = streams;
    this.#handles = handles;
    this.#interrupts = interrupts;
  }

  /** Ends a wait before its time; with EINTR where a signal has come, after whose handler CPython waits again. */
  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  /**
   * Whether the next wait is one whose caller looks for itself what has happened: it is over when a signal ends it,
   * and does not begin when something has woken it since the last one, which may be before it could begin.
   */
  pause(does: boolean): void {
    this.#pausing = does;
  }

  /** `__syscall_poll`: (pollfds, count, milliseconds; negative: for ever) → how many are ready. */
  call(module: PyodideModule, original: WasmImport): (...args: number[]) => Answer {
    return (pollfds = 0, count = 0, timeoutMs = 0) => {
      const pausing = this.#pausing;
      const woken = pausing && this.#woken;
      this.#pausing = false;
      if (pausing) this.#woken = false;
      const ready = original(pollfds, count, 0);
      const limitMs = ready !== 0 || woken ? 0 : timeoutMs < 0 ? timerMsMax : timeoutMs;
      this.#streams.output.flush();
      this.#context.view.flush();
      if (limitMs > 0 && this.#interrupts.pending) return this.#interruption(module, pausing);
      const asked = Array.from({ length: count }, (_none, index) => {
        const at = (pollfds + index * pollfdBytes) >>> 2;
        return [module.HEAPU32[at] ?? 0, (module.HEAPU32[at + 1] ?? 0) & 0xffff] as const;
      });
      const asksInput = asked.some(([fd]) => this.#streams.isInput(module, fd));
      // Of a terminal nothing is read before somebody wants it: it may be another that reads next.
      const terminal = asksInput ? this.#context.stdio.terminalOf(0) : undefined;
      const isInput = asksInput && terminal === undefined;
      const pairs = this.#handles.polled(module, asked);
      if (terminal !== undefined) pairs.push(terminal, pollEvents.read);
      const look = () => original(pollfds, count, 0);
      const ended: Ended = (answer, isEarly = false) => {
        if (pausing) this.#woken = false;
        const isCut = answer === -errno.EINTR || (answer === 0 && (isEarly || this.#interrupts.pending));
        return isCut ? this.#interruption(module, pausing) : answer;
      };
      if (pairs.length > 0) {
        const forever = timeoutMs < 0 && limitMs > 0;
        return this.#pollHandles(pairs, terminal, limitMs, forever, isInput && ready === 0, look, ended);
      }
      if (!this.#suspension.possible) {
        if (limitMs > 0) this.#context.signals.sleepInPlace(timeoutMs < 0 ? Infinity : limitMs);
        return ended(look());
      }
      if (limitMs === 0 && performance.now() - this.#othersRanMs < politeMs) return ready;
      const input = isInput ? this.#streams.input : undefined;
      const dueMs = performance.now() + limitMs;
      const done = () => {
        this.#othersRanMs = performance.now();
        return ended(look(), this.#othersRanMs < dueMs);
      };
      return this.#suspension.wait(
        this.#happens(limitMs, ready === 0 ? input?.becomesReady() : undefined),
        done,
        done,
      );
    };
  }

  /** Asks the kernel about its open files and waits with it; `look` finds out about everything asked for. */
  #pollHandles(
    pairs: readonly number[],
    terminal: number | undefined,
    limitMs: number,
    forever: boolean,
    withInput: boolean,
    look: () => number,
    ended: Ended,
  ): Answer {
    const { handles, syscalls } = this.#context;
    for (let index = 0; index < pairs.length; index += 2) handles.giveBack(pairs[index] as number);
    const args = [pairs, forever ? -1 : Math.ceil(limitMs)];
    const finish = (answer: Uint8Array): number => {
      const bits = readWords(answer);
      // The terminal is the last of them.
      const typed = terminal !== undefined && bits.at(-1) !== 0;
      return this.#streams.input.knowingReady(typed, () => this.#handles.knowing(pairs, bits, look));
    };
    const failed = (error: unknown): number => {
      const number = errnoOf(error);
      if (number === undefined) throw error;
      return -number;
    };
    if (!this.#suspension.possible) {
      try {
        const bits = syscalls.canWait ? (syscalls.callNow(syscall.poll, args) as Uint8Array) : undefined;
        return ended(bits === undefined ? look() : finish(bits));
      } catch (error) {
        return ended(failed(error));
      }
    }
    const dueMs = performance.now() + limitMs;
    let outcome: () => number = look;
    const told = syscalls.call(syscall.poll, args).then(
      (bits) => {
        outcome = () => finish(bits as Uint8Array);
      },
      (error: unknown) => {
        outcome = () => failed(error);
      },
    );
    const happened = withInput ? Promise.race([told, this.#streams.input.becomesReady()]) : told;
    const done = (): number => {
      this.#othersRanMs = performance.now();
      return ended(outcome(), this.#othersRanMs < dueMs);
    };
    return this.#suspension.wait(this.#happens(timerMsMax, happened), done, done);
  }

  /** Resolves after so long, when woken, or with the other promise. */
  #happens(ms: number, other: Promise<void> | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(ms, timerMsMax));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      void other?.then(this.#wake, this.#wake);
    });
  }

  /** What the call answers that a signal ended. */
  #interruption(module: PyodideModule, pausing: boolean): number {
    this.#interrupts.heed();
    if (pausing) return 0;
    // Emscripten's select(2), which ends up here, leaves that to us.
    module.HEAPU32[module.___errno_location() >>> 2] = errno.EINTR;
    return -errno.EINTR;
  }
}
