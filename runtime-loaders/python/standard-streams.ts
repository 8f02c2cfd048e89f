// runtime-loaders/python: fds 0, 1 and 2 as devices, and the system calls on them that may wait.
// The transport decides how: `shared` waits in place, `suspending` suspends the program, `local` refuses
// with a sentence that the Python side raises (`python-side.ts`).
import { Errno } from '../../kernel-core/abi/errno.js';
import type { ProcessContext } from '../runtime.js';
import { CannotBlock } from '../stdio.js';
import type { FsStream, PyodideModule, StreamOperations, WasmImport } from './emscripten.js';
import type { Answer, Suspension } from './suspension.js';

const deviceMajor = 64;
/** Printed lines may be gathered into one message; this long, if the program computes on without a word. */
const lateMs = 20;

interface StandardStream extends FsStream {
  standard?: number;
}

export class StandardStreams {
  readonly #context: ProcessContext;
  readonly #suspension: Suspension;
  /** Read from fd 0 and not yet taken: a reader took less than had come. */
  #left: Uint8Array = new Uint8Array(0);
  #refusal: string | undefined;
  #backlog: Promise<void> | undefined;
  #writtenMs = 0;

  constructor(context: ProcessContext, suspension: Suspension) {
    this.#context = context;
    this.#suspension = suspension;
  }

  /** Opens fds 0, 1 and 2; stands in for Emscripten's own, which read and write byte by byte. */
  open(module: PyodideModule): void {
    const { FS } = module;
    for (const [fd, name] of ['stdin', 'stdout', 'stderr'].entries()) {
      const device = FS.makedev(deviceMajor, fd);
      FS.registerDevice(device, this.#operations(module, fd));
      FS.mkdev(`/dev/${name}`, 0o666, device);
      FS.open(`/dev/${name}`, fd === 0 ? 0 : 1);
    }
  }

  /** Why the last read of fd 0 could not wait; forgotten once asked. */
  takeRefusal(): string | undefined {
    const refusal = this.#refusal;
    this.#refusal = undefined;
    return refusal;
  }

  /** `fd_read` of preview1: (fd, iovs, count, where to put the number of bytes read). */
  read(module: PyodideModule, original: WasmImport): (...args: number[]) => Answer {
    return (fd = 0, vectors = 0, count = 0, readPointer = 0) => {
      const stream: StandardStream | null | undefined = module.FS.getStream(fd);
      if (stream?.standard !== 0) return original(fd, vectors, count, readPointer);
      const take = (bytes: Uint8Array): number => {
        const taken = scatter(module, vectors, count, bytes);
        this.#left = bytes.subarray(taken);
        module.HEAPU32[readPointer >>> 2] = taken;
        return 0;
      };
      const { stdio, transport } = this.#context;
      const max = lengthOf(module, vectors, count);
      if (this.#left.length > 0 || max === 0) return take(this.#left);
      try {
        const waits = transport === 'suspending' && !stdio.inputGiven;
        if (waits && !this.#suspension.possible) throw new CannotBlock();
        const bytes = stdio.read(0, max);
        if (bytes instanceof Uint8Array) return take(bytes);
        return this.#suspension.wait(bytes, take, (error) => this.#failed(error));
      } catch (error) {
        return this.#failed(error);
      }
    };
  }

  /** `fd_write` of preview1, which waits while the reader of our output lags too far behind. */
  write(original: WasmImport): (...args: number[]) => Answer {
    return (...args) => {
      const answer = original(...args);
      const backlog = this.#backlog;
      this.#backlog = undefined;
      if (backlog === undefined || answer !== 0 || !this.#suspension.possible) return answer;
      const done = () => 0;
      return this.#suspension.wait(backlog, done, done);
    };
  }

  #failed(error: unknown): number {
    if (error instanceof Errno) return error.errno;
    if (!(error instanceof CannotBlock)) throw error;
    this.#refusal = error.message;
    return new Errno('ENOTSUP').errno;
  }

  #operations(module: PyodideModule, fd: number): Partial<StreamOperations> {
    const { stdio } = this.#context;
    return {
      open: (stream) => {
        stream.seekable = false;
        (stream as StandardStream).standard = fd;
        if (stdio.isTerminal(fd)) stream.tty = { ops: { ioctl_tiocgwinsz: () => [24, 80] } };
      },
      // Reading goes through fd_read above; what comes here cannot wait.
      read: () => 0,
      write: (_stream, buffer, offset, length) => {
        try {
          const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
          this.#backlog = stdio.writeWaiting(fd, bytes) ?? this.#backlog;
        } catch (error) {
          if (error instanceof Errno) throw new module.FS.ErrnoError(error.errno);
          throw error;
        }
        this.#remindToFlush(module);
        return length;
      },
    };
  }

  /**
   * Has the evaluation loop look in until gathered lines have left. A worker that computes has no timers,
   * and its last lines would stay behind for as long.
   */
  #remindToFlush(module: PyodideModule): void {
    this.#writtenMs = performance.now();
    if (module.Py_EmscriptenSignalBuffer !== undefined) return;
    const { stdio } = this.#context;
    const flushWhenLate = () => {
      if (performance.now() - this.#writtenMs < lateMs) return 0;
      module.Py_EmscriptenSignalBuffer = undefined;
      module.HEAP8[module._Py_EMSCRIPTEN_SIGNAL_HANDLING] = 0;
      stdio.flush();
      return 0;
    };
    module.Py_EmscriptenSignalBuffer = {
      // Reading element 0 asks for the pending signal, writing it clears that.
      get 0() {
        return flushWhenLate();
      },
      set 0(_signal: number) {
        // There is none.
      },
    };
    module.HEAP8[module._Py_EMSCRIPTEN_SIGNAL_HANDLING] = 1;
  }
}

/** Preview1 vectors: pairs of pointer and length. */
function* vectorsOf(
  module: PyodideModule,
  vectors: number,
  count: number,
): Generator<readonly [number, number]> {
  for (let index = 0; index < count; index += 1) {
    const at = (vectors >>> 2) + index * 2;
    yield [module.HEAPU32[at] ?? 0, module.HEAPU32[at + 1] ?? 0];
  }
}

function lengthOf(module: PyodideModule, vectors: number, count: number): number {
  let sum = 0;
  for (const [, length] of vectorsOf(module, vectors, count)) sum += length;
  return sum;
}

/** Copies bytes into the vectors; returns how many fitted. */
function scatter(module: PyodideModule, vectors: number, count: number, bytes: Uint8Array): number {
  let taken = 0;
  for (const [pointer, length] of vectorsOf(module, vectors, count)) {
    const part = bytes.subarray(taken, taken + length);
    module.HEAPU8.set(part, pointer);
    taken += part.length;
  }
  return taken;
}
