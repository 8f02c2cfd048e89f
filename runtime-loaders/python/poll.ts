// runtime-loaders/python: poll(2), the one call in which a program waits for time or for several things;
// time.sleep, select and asyncio come down to it (`python-side.ts`).
import { errno } from '../../kernel-core/abi/errno.js';
import type { ProcessContext } from '../runtime.js';
import type { PyodideModule, WasmImport } from './emscripten.js';
import type { Interrupts } from './interrupts.js';
import type { StandardStreams } from './standard-streams.js';
import type { Answer, Suspension } from './suspension.js';

/** The longest a timer can be. */
const timerMsMax = 2 ** 31 - 1;
/** A program that polls without waiting lets others in this often. */
const politeMs = 10;
const pollfdBytes = 8;

export class Poll {
  readonly #context: ProcessContext;
  readonly #suspension: Suspension;
  readonly #streams: StandardStreams;
  readonly #interrupts: Interrupts;
  #wake: () => void = () => undefined;
  /** A signal ended the last wait, which CPython begins again once its handler has run. */
  #interrupted = false;
  #woken = false;
  #pausing = false;
  #othersRanMs = 0;

  constructor(
    context: ProcessContext,
    suspension: Suspension,
    streams: StandardStreams,
    interrupts: Interrupts,
  ) {
    this.#context = context;
    this.#suspension = suspension;
    this.#streams = streams;
    this.#interrupts = interrupts;
  }

  /** Ends a wait before its time, also the one that goes on after this signal handler. */
  wake(): void {
    this.#woken = this.#interrupted;
    this.#wake();
  }

  /** A signal has come: a wait ends with EINTR. */
  interrupt(): void {
    this.#wake();
  }

  /** The next wait is for a signal: ended by one it is not begun again. */
  pause(): void {
    this.#pausing = true;
  }

  /** `__syscall_poll`: (pollfds, count, milliseconds; negative: for ever) → how many are ready. */
  call(module: PyodideModule, original: WasmImport): (...args: number[]) => Answer {
    return (pollfds = 0, count = 0, timeoutMs = 0) => {
      const ready = original(pollfds, count, 0);
      const limitMs = ready !== 0 || this.#takeWoken() ? 0 : timeoutMs < 0 ? timerMsMax : timeoutMs;
      this.#streams.output.flush();
      this.#context.view.flush();
      const done = () => {
        this.#othersRanMs = performance.now();
        const answer = original(pollfds, count, 0);
        return answer === 0 && this.#interrupts.pending ? this.#interruption(module) : answer;
      };
      if (limitMs > 0 && this.#interrupts.pending) return this.#interruption(module);
      if (!this.#suspension.possible) {
        if (limitMs > 0) this.#context.signals.sleepInPlace(timeoutMs < 0 ? Infinity : limitMs);
        return done();
      }
      if (limitMs === 0 && performance.now() - this.#othersRanMs < politeMs) return ready;
      const fds = Array.from({ length: count }, (_none, index) => {
        const at = (pollfds + index * pollfdBytes) >>> 2;
        return module.HEAPU32[at] ?? 0;
      });
      const input = fds.some((fd) => this.#streams.isInput(module, fd)) ? this.#streams.input : undefined;
      return this.#suspension.wait(
        this.#happens(limitMs, ready === 0 ? input?.becomesReady() : undefined),
        done,
        done,
      );
    };
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
  #interruption(module: PyodideModule): number {
    if (this.#pausing) {
      this.#pausing = false;
      return 0;
    }
    this.#interrupted = true;
    // Emscripten's select(2), which ends up here, leaves that to us.
    module.HEAPU32[module.___errno_location() >>> 2] = errno.EINTR;
    return -errno.EINTR;
  }

  #takeWoken(): boolean {
    const woken = this.#woken;
    this.#woken = this.#interrupted = false;
    return woken;
  }
}
