// runtime-loaders/python: fd 0. Owns the bytes that have come and nobody has taken yet.
// The transport decides how a read waits: `shared` in place, `suspending` by suspending the program, `local`
// not at all: it refuses with a sentence that the Python side raises (`python-side.ts`).
import { errno } from '../../kernel-core/abi/errno.js';
import type { ProcessContext } from '../runtime.js';
import { CannotBlock } from '../stdio.js';
import type { PyodideModule } from './emscripten.js';
import { errnoOf, isCannotBlock } from './foreign-error.js';
import { lengthOf, scatter } from './io-vectors.js';
import type { Interrupts } from './interrupts.js';
import type { StandardOutput } from './standard-output.js';
import type { Answer, Suspension } from './suspension.js';

const empty = new Uint8Array(0);
/** How much `ready` reads ahead. */
const aheadBytes = 64 * 1024;

export class StandardInput {
  readonly #context: ProcessContext;
  readonly #suspension: Suspension;
  readonly #output: StandardOutput;
  readonly #interrupts: Interrupts;
  #left: Uint8Array = empty;
  /** A read ahead found the end; said once, as a terminal would. */
  #ended = false;
  /** All there is to read was given by `begin`. */
  #isGiven = false;
  #ahead: Promise<void> | undefined;
  #isKnownReady = false;
  #refusal: string | undefined;

  constructor(
    context: ProcessContext,
    suspension: Suspension,
    output: StandardOutput,
    interrupts: Interrupts,
  ) {
    this.#context = context;
    this.#interrupts = interrupts;
    this.#output = output;
    this.#suspension = suspension;
  }

  /** Why the last read could not wait; forgotten once asked. */
  takeRefusal(): string | undefined {
    const refusal = this.#refusal;
    this.#refusal = undefined;
    return refusal;
  }

  /** Input begins anew: with these bytes and no more, or with what is yet to come. */
  begin(given: Uint8Array | undefined): void {
    this.#left = given ?? empty;
    this.#ended = false;
    this.#isGiven = given !== undefined;
  }

  /** Whether a read would not wait. */
  get ready(): boolean {
    return (
      this.#isKnownReady ||
      this.#left.length > 0 ||
      this.#ended ||
      this.#isGiven ||
      this.#context.stdio.inputGiven
    );
  }

  /** Runs `look`, in which fd 0 is ready: the kernel has said so. */
  knowingReady<T>(isReady: boolean, look: () => T): T {
    this.#isKnownReady = isReady;
    try {
      return look();
    } finally {
      this.#isKnownReady = false;
    }
  }

  /** Resolves when `ready`; what comes, so many bytes at most, is kept for the next read. */
  becomesReady(max = aheadBytes): Promise<void> {
    this.#ahead ??= this.#context.stdio
      .readLater(0, max)
      .then((bytes) => {
        this.#left = bytes;
        this.#ended = bytes.length === 0;
      })
      // Also when a signal ended the wait: the next one reads anew.
      .finally(() => (this.#ahead = undefined));
    return this.#ahead;
  }

  /** `fd_read` of preview1: (fd, iovs, count, where to put the number of bytes read). */
  read(
    module: PyodideModule,
    isInput: (fd: number) => boolean,
    original: (...args: number[]) => Answer,
  ): (...args: number[]) => Answer {
    return (fd = 0, vectors = 0, count = 0, readPointer = 0) => {
      if (!isInput(fd)) return original(fd, vectors, count, readPointer);
      const take = (): number => {
        const taken = scatter(module, vectors, count, this.#left);
        this.#left = this.#left.subarray(taken);
        this.#ended = false;
        module.HEAPU32[readPointer >>> 2] = taken;
        return errno0;
      };
      const max = lengthOf(module, vectors, count);
      if (this.#left.length > 0 || this.#ended || this.#isGiven || max === 0) return take();
      try {
        this.#output.flush();
        if (this.#context.transport === 'suspending' && !this.#context.stdio.inputGiven) {
          if (!this.#suspension.possible) throw new CannotBlock();
          // No more than is wanted: who shares this input reads on behind it.
          const comes = this.#interrupts.untilSignal(this.becomesReady(max));
          return this.#suspension.wait(comes, take, (error) => this.#failed(error));
        }
        const bytes = this.#context.stdio.read(0, max);
        this.#left = bytes instanceof Uint8Array ? bytes : empty;
        return take();
      } catch (error) {
        return this.#failed(error);
      }
    };
  }

  #failed(error: unknown): number {
    if (isCannotBlock(error)) {
      this.#refusal = error.message;
      return errno.ENOTSUP;
    }
    const number = errnoOf(error);
    if (number === undefined) throw error;
    if (number === errno.EINTR) this.#interrupts.heed();
    return number;
  }
}

/** Success, in preview1. */
const errno0 = 0;
