// runtime-loaders/python: poll(2), the one call in which a program waits for time or for several things;
// time.sleep, select and asyncio come down to it (`python-side.ts`).
import type { ProcessContext } from '../runtime.js';
import type { PyodideModule, WasmImport } from './emscripten.js';
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
  #cell: Int32Array | undefined;
  #wake: () => void = () => undefined;
  #othersRanMs = 0;

  constructor(context: ProcessContext, suspension: Suspension, streams: StandardStreams) {
    this.#context = context;
    this.#suspension = suspension;
    this.#streams = streams;
  }

  /** Ends a wait before its time. */
  wake(): void {
    this.#wake();
  }

  /** `__syscall_poll`: (pollfds, count, milliseconds; negative: for ever) → how many are ready. */
  call(module: PyodideModule, original: WasmImport): (...args: number[]) => Answer {
    return (pollfds = 0, count = 0, timeoutMs = 0) => {
      const ready = original(pollfds, count, 0);
      const limitMs = ready !== 0 ? 0 : timeoutMs < 0 ? timerMsMax : timeoutMs;
      this.#streams.output.flush();
      this.#context.view.flush();
      if (!this.#suspension.possible) {
        if (limitMs > 0) this.#waitInPlace(timeoutMs < 0 ? Infinity : limitMs);
        return original(pollfds, count, 0);
      }
      if (limitMs === 0 && performance.now() - this.#othersRanMs < politeMs) return ready;
      const fds = Array.from({ length: count }, (_none, index) => {
        const at = (pollfds + index * pollfdBytes) >>> 2;
        return module.HEAPU32[at] ?? 0;
      });
      const input = fds.some((fd) => this.#streams.isInput(module, fd)) ? this.#streams.input : undefined;
      const done = () => {
        this.#othersRanMs = performance.now();
        return original(pollfds, count, 0);
      };
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

  /** A shared wasm memory can be made, and waited on inside one worker, without isolation too. */
  #waitInPlace(ms: number): void {
    this.#cell ??= new Int32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer);
    Atomics.wait(this.#cell, 0, 0, ms);
  }
}
