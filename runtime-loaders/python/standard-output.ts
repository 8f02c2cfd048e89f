// runtime-loaders/python: fds 1 and 2. Must always hold: what was printed leaves within moments, whether the
// program goes on printing, waits, or computes without a word.
import type { ProcessContext } from '../runtime.js';
import type { PyodideModule, WasmImport } from './emscripten.js';
import { errnoOf } from './foreign-error.js';
import type { Answer, Suspension } from './suspension.js';

/** Printed lines may be gathered into one message; for this long, if the program computes on. */
const lateMs = 20;

export class StandardOutput {
  readonly #context: ProcessContext;
  readonly #suspension: Suspension;
  #backlog: Promise<void> | undefined;
  #writtenMs = 0;

  constructor(context: ProcessContext, suspension: Suspension) {
    this.#context = context;
    this.#suspension = suspension;
  }

  /** Takes all of the bytes, which may be reused. Throws Emscripten's error when nobody reads any more. */
  write(module: PyodideModule, fd: number, bytes: Uint8Array): void {
    try {
      this.#backlog = this.#context.stdio.writeWaiting(fd, bytes) ?? this.#backlog;
    } catch (error) {
      const number = errnoOf(error);
      throw number === undefined ? error : new module.FS.ErrnoError(number);
    }
    this.#remindToFlush(module);
  }

  /** `fd_write` of preview1, which waits while the reader of our output lags too far behind. */
  writeCall(original: WasmImport): (...args: number[]) => Answer {
    return (...args) => {
      const answer = original(...args);
      const backlog = this.#backlog;
      this.#backlog = undefined;
      if (backlog === undefined || answer !== 0 || !this.#suspension.possible) return answer;
      const done = () => 0;
      return this.#suspension.wait(backlog, done, done);
    };
  }

  /**
   * Has the evaluation loop look in until gathered lines have left: a worker that computes has no timers.
   * Costs nothing once they have.
   */
  #remindToFlush(module: PyodideModule): void {
    this.#writtenMs = performance.now();
    if (module.Py_EmscriptenSignalBuffer !== undefined) return;
    const flushWhenLate = () => {
      if (performance.now() - this.#writtenMs < lateMs) return;
      module.Py_EmscriptenSignalBuffer = undefined;
      module.HEAP8[module._Py_EMSCRIPTEN_SIGNAL_HANDLING] = 0;
      this.#context.stdio.flush();
    };
    module.Py_EmscriptenSignalBuffer = {
      // Reading element 0 asks for the pending signal, writing clears it.
      get 0() {
        flushWhenLate();
        return 0;
      },
      set 0(_signal: number) {
        // There is none.
      },
    };
    module.HEAP8[module._Py_EMSCRIPTEN_SIGNAL_HANDLING] = 1;
  }
}
