// runtime-loaders/python: poll(2), the one call in which a program waits for time or for several things;
// time.sleep, select and asyncio come down to it (`python-side.ts`).
import type { ProcessContext } from '../runtime.js';
import { readWords, syscall } from '../../kernel-core/abi/syscalls.js';
import type { PyodideModule, WasmImport } from './emscripten.js';
import { errnoOf } from './foreign-error.js';
import type { HandleStreams } from './handle-streams.js';
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
  readonly #handles: HandleStreams;
  #cell: Int32Array | undefined;
  #wake: () => void = () => undefined;
  #othersRanMs = 0;

  constructor(streams: StandardStreams, handles: HandleStreams) {
    this.#context = handles.context;
    this.#suspension = handles.suspension;
    this.#streams = streams;
    this.#handles = handles;
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
      const asked = Array.from({ length: count }, (_none, index) => {
        const at = (pollfds + index * pollfdBytes) >>> 2;
        return [module.HEAPU32[at] ?? 0, (module.HEAPU32[at + 1] ?? 0) & 0xffff] as const;
      });
      const isInput = asked.some(([fd]) => this.#streams.isInput(module, fd));
      const pairs = this.#handles.polled(module, asked);
      if (pairs.length > 0) {
        const look = () => original(pollfds, count, 0);
        return this.#pollHandles(pairs, limitMs, timeoutMs < 0 && ready === 0, isInput && ready === 0, look);
      }
      if (!this.#suspension.possible) {
        if (limitMs > 0) this.#waitInPlace(timeoutMs < 0 ? Infinity : limitMs);
        return original(pollfds, count, 0);
      }
      if (limitMs === 0 && performance.now() - this.#othersRanMs < politeMs) return ready;
      const input = isInput ? this.#streams.input : undefined;
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

  /** Asks the kernel about its open files and waits with it; `look` finds out about everything asked for. */
  #pollHandles(
    pairs: readonly number[],
    limitMs: number,
    forever: boolean,
    withInput: boolean,
    look: () => number,
  ): Answer {
    const { handles, syscalls } = this.#context;
    for (let index = 0; index < pairs.length; index += 2) handles.giveBack(pairs[index] as number);
    const args = [pairs, forever ? -1 : Math.ceil(limitMs)];
    const finish = (bits: Uint8Array): number => this.#handles.knowing(pairs, readWords(bits), look);
    const failed = (error: unknown): number => {
      const number = errnoOf(error);
      if (number === undefined) throw error;
      return -number;
    };
    if (!this.#suspension.possible) {
      try {
        return syscalls.canWait ? finish(syscalls.callNow(syscall.poll, args) as Uint8Array) : look();
      } catch (error) {
        return failed(error);
      }
    }
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
      return outcome();
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

  /** A shared wasm memory can be made, and waited on inside one worker, without isolation too. */
  #waitInPlace(ms: number): void {
    this.#cell ??= new Int32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer);
    Atomics.wait(this.#cell, 0, 0, ms);
  }
}
