// runtime-loaders/python: fds 1 and 2. Gathers what a fast program prints into few messages.
// Must always hold: bytes leave in the order they were written, over both descriptors; they leave within
// moments, whether the program goes on printing, waits, or computes without a word.
import { errno } from '../../kernel-core/abi/errno.js';
import type { ProcessContext } from '../runtime.js';
import type { PyodideModule, WasmImport } from './emscripten.js';
import { errnoOf } from './foreign-error.js';
import type { Interrupts } from './interrupts.js';
import type { Answer, Suspension } from './suspension.js';

/** This many writes leave one by one; the rest of them, within the same window, are gathered. */
const promptWrites = 50;
/** Also how long gathered bytes may wait. */
const windowMs = 20;
const gatheredBytes = 32 * 1024;

export class StandardOutput {
  readonly #context: ProcessContext;
  readonly #suspension: Suspension;
  readonly #interrupts: Interrupts;
  readonly #gathered = new Uint8Array(gatheredBytes);
  #length = 0;
  #fd = 1;
  #windowStartMs = -Infinity;
  #writes = 0;
  #backlog: Promise<void> | undefined;
  /** A timer that will flush is running. */
  #timed = false;

  constructor(context: ProcessContext, suspension: Suspension, interrupts: Interrupts) {
    this.#context = context;
    this.#suspension = suspension;
    this.#interrupts = interrupts;
  }

  /** Takes all of the bytes, which may be reused. Throws Emscripten's error when nobody reads any more. */
  write(module: PyodideModule, fd: number, bytes: Uint8Array): void {
    try {
      if (fd !== this.#fd || this.#length + bytes.length > gatheredBytes) this.flush();
      this.#fd = fd;
      if (bytes.length > gatheredBytes) return this.#send(bytes);
      this.#gathered.set(bytes, this.#length);
      this.#length += bytes.length;
      const now = performance.now();
      if (now - this.#windowStartMs > windowMs) {
        this.#windowStartMs = now;
        this.#writes = 0;
      }
      this.#writes += 1;
      if (this.#writes <= promptWrites) this.flush();
      else this.#remindToFlush(module);
    } catch (error) {
      const number = errnoOf(error);
      throw number === undefined ? error : new module.FS.ErrnoError(number);
    }
  }

  flush(): void {
    const length = this.#length;
    this.#length = 0;
    if (length > 0) this.#send(this.#gathered.subarray(0, length));
    this.#context.stdio.flush();
  }

  /** `flush` outside a write: that nobody reads any more is for the next write to tell. */
  flushLate(): void {
    try {
      this.flush();
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
    }
  }

  /** `fd_write` of preview1, which waits while the reader of our output lags too far behind. */
  writeCall(original: WasmImport): (...args: number[]) => Answer {
    return (...args) => {
      const answer = original(...args);
      const backlog = this.#backlog;
      this.#backlog = undefined;
      if (backlog === undefined || answer !== 0 || !this.#suspension.possible) return answer;
      if (this.#interrupts.pending) this.#interrupts.cutShort();
      return this.#suspension.wait(
        backlog,
        () => 0,
        (error) => {
          const number = errnoOf(error);
          if (number === undefined) throw error;
          // The bytes have left, whatever ended the wait. But EPIPE, where SIGPIPE is ignored, the program is
          // told, or it would print for ever.
          return number === errno.EINTR ? 0 : number;
        },
      );
    };
  }

  #send(bytes: Uint8Array): void {
    try {
      const backlog = this.#context.stdio.writeWaiting(this.#fd, bytes);
      if (backlog === undefined) return;
      // Waited for by the next write, if there is one.
      backlog.catch(() => undefined);
      this.#backlog = backlog;
    } catch (error) {
      // A signal ended the wait; the bytes have left.
      if (errnoOf(error) !== errno.EINTR) throw error;
    }
  }

  /**
   * A timer for a program that waits; for one that computes, which has none, the evaluation loop looks in.
   */
  #remindToFlush(module: PyodideModule): void {
    if (!this.#timed) {
      this.#timed = true;
      setTimeout(() => {
        this.#timed = false;
        this.flushLate();
      }, windowMs);
    }
    this.#interrupts.whileComputing(module, windowMs, () => this.flushLate());
  }
}
