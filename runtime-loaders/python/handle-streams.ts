// runtime-loaders/python: Emscripten streams over open files of the kernel (pipes, sockets, inherited files) and
// the system calls that read, write and seek them. All duplicates share one `stream.shared`, which names the handle.
// Must always hold: a handle is closed with its last stream, by whatever way Emscripten closes that.
import { errno } from '../../kernel-core/abi/errno.js';
import { signals } from '../../kernel-core/abi/signals.js';
import { access, pollEvents, readDoubles, syscall } from '../../kernel-core/abi/syscalls.js';
import type { ProcessContext } from '../runtime.js';
import { after } from '../wasi/after.js';
import { readStream, writeStream, type HandleSource } from '../wasi/streams.js';
import type { Attributes, FsStream, PyodideModule, StreamOperations } from './emscripten.js';
import { notSupported, pythonErrno } from './foreign-error.js';
import type { Interrupts } from './interrupts.js';
import { gather, lengthOf, scatter } from './io-vectors.js';
import type { KnownTerminal } from './known-terminal.js';
import type { Answer, Suspension } from './suspension.js';

export const openFlags = {
  accessMask: 3,
  writeOnly: 1,
  readWrite: 2,
  append: 0o2000,
  nonblock: 0o4000,
} as const;

const fileModes = {
  file: 0o100600,
  pipe: 0o010600,
  socket: 0o140777,
  datagram: 0o140777,
  tty: 0o020620,
  device: 0o020666,
  full: 0o020666,
} as const;

/** poll(2), and the kernel's bits. */
const pollBits: readonly (readonly [ours: number, kernels: number])[] = [
  [1, pollEvents.read],
  [4, pollEvents.write],
  [16, pollEvents.hangup],
  [8, pollEvents.error],
  [32, pollEvents.invalid],
];
/** What a given input has in place of a handle. */
const deviceNumber = 0;
const pollMask = { read: 1, write: 4 } as const;

export class HandleStreams {
  readonly context: ProcessContext;
  readonly suspension: Suspension;
  /** Sends what the program has printed: nothing does while it waits in place. */
  readonly beforeWait: () => void;
  /** The terminal of a program that cannot ask the kernel about any. */
  known: KnownTerminal | undefined;
  /** What the kernel has said about handles, while a poll reads it. */
  #ready: ReadonlyMap<number, number> = new Map();
  readonly #interrupts: Interrupts;
  #pipeIgnored = false;

  constructor(
    context: ProcessContext,
    suspension: Suspension,
    interrupts: Interrupts,
    beforeWait: () => void,
  ) {
    this.context = context;
    this.#interrupts = interrupts;
    this.beforeWait = beforeWait;
    this.suspension = suspension;
  }

  /** Takes over the module's table of streams, and what the process was started with beyond fd 2. */
  attach(module: PyodideModule): void {
    const { FS } = module;
    const closeStream = FS.closeStream.bind(FS);
    FS.closeStream = (fd) => {
      const { shared } = FS.streams[fd] ?? {};
      closeStream(fd);
      if (shared?.source === undefined || FS.streams.some((each) => each?.shared === shared)) return;
      this.context.handles.close(shared.source.handle);
    };
    const dupStream = FS.dupStream.bind(FS);
    FS.dupStream = (stream, fd) => {
      const copy = dupStream(stream, fd);
      copy.closeOnExec = false;
      return copy;
    };
    for (const each of this.context.descriptors) {
      if (each.fd < 3) continue;
      if (each.kind !== 'handle') {
        this.#openGiven(module, each.fd, each.kind === 'given' ? each.bytes : new Uint8Array(0));
        continue;
      }
      const reads = (each.access & access.read) !== 0;
      const writes = (each.access & access.write) !== 0;
      const flags = reads ? (writes ? openFlags.readWrite : 0) : openFlags.writeOnly;
      const append = each.append === true ? openFlags.append : 0;
      const source: HandleSource = { type: 'handle', handle: each.handle, file: each.file };
      this.open(module, source, flags | append, each.fd);
    }
  }

  /** Makes a stream; with the lowest free number where none is given. */
  open(module: PyodideModule, source: HandleSource, flags: number, fd?: number): FsStream {
    const { FS } = module;
    const node = new FS.FSNode(null, `${source.file}:[${source.handle}]`, fileModes[source.file], 0);
    const operations = this.#operations(module);
    let stream: FsStream;
    try {
      stream = FS.createStream({ node, flags, seekable: false, stream_ops: operations }, fd);
    } catch (error) {
      // There are too many.
      this.context.handles.close(source.handle);
      throw error;
    }
    stream.shared.source = source;
    if (source.file === 'tty') stream.tty = { ops: { ioctl_tiocgwinsz: () => [24, 80] } };
    return stream;
  }

  /** Input known in advance; what is written there goes nowhere. */
  #openGiven({ FS }: PyodideModule, fd: number, bytes: Uint8Array): void {
    let left = bytes;
    const node = new FS.FSNode(null, 'given', fileModes.device, 0);
    const read: StreamOperations['read'] = (_stream, buffer, offset, length) => {
      const part = left.subarray(0, length);
      left = left.subarray(part.length);
      buffer.set(part, offset);
      return part.length;
    };
    const getattr = () => attributes(deviceNumber, node.mode);
    const operations = {
      getattr,
      read,
      write: (...[, , , length]: Parameters<StreamOperations['write']>) => length,
    };
    FS.createStream({ node, flags: openFlags.readWrite, seekable: false, stream_ops: operations }, fd);
  }

  sourceOf(module: PyodideModule, fd: number): HandleSource | undefined {
    return module.FS.getStream(fd)?.shared.source;
  }

  /**
   * Errors of writing to a pipe that nobody reads are for the program, as CPython wants it. To be called when the
   * first pipe or socket is made: until then SIGPIPE ends a program whose output nobody reads.
   */
  ignoreBrokenPipes(): void {
    if (this.#pipeIgnored) return;
    this.#pipeIgnored = true;
    this.context.signals.set(signals.SIGPIPE, 'ignore');
  }

  /** Whether a call that needs the kernel's answer can be made now. */
  get canAsk(): boolean {
    const { transport } = this.context;
    return transport === 'shared' || (transport === 'suspending' && this.suspension.possible);
  }

  /** Runs a call that may wait; its error, or what `done` makes of its answer. Preview1 numbers errors from 1. */
  answer<T>(begin: () => T | Promise<T>, done: (value: T) => number): Answer {
    const failed = (error: unknown): number => {
      const number = pythonErrno(error);
      if (number === undefined) throw error;
      if (number === errno.EINTR) this.#interrupts.heed();
      return number;
    };
    try {
      if (!this.canAsk) return notSupported;
      this.beforeWait();
      const value = begin();
      if (!(value instanceof Promise)) return done(value);
      // CPython has not asked since it came.
      if (this.#interrupts.pending) this.#interrupts.cutShort();
      return this.suspension.wait(value, done, failed);
    } catch (error) {
      return failed(error);
    }
  }

  /** The same for `__syscall_*`, which answer with a negative number where there is an error. */
  answerNegative<T>(begin: () => T | Promise<T>, done: (value: T) => number): Answer {
    let result = 0;
    const finished = this.answer(begin, (value) => {
      result = done(value);
      return 0;
    });
    return after(finished, (number) => (number === 0 ? result : -number));
  }

  /** `fd_read` of preview1. */
  readCall(module: PyodideModule, original: (...args: number[]) => Answer): (...args: number[]) => Answer {
    return (fd = 0, vectors = 0, count = 0, result = 0) => {
      const stream = module.FS.getStream(fd);
      const source = stream?.shared.source;
      if (stream == null || source === undefined) return original(fd, vectors, count, result);
      if ((stream.flags & openFlags.accessMask) === openFlags.writeOnly) return errno.EBADF;
      const max = lengthOf(module, vectors, count);
      const put = (bytes: Uint8Array): number => {
        module.HEAPU32[result >>> 2] = scatter(module, vectors, count, bytes);
        return 0;
      };
      if (max === 0) return put(new Uint8Array(0));
      return this.answer(() => readStream(this.context, source, max, isNonblocking(stream)), put);
    };
  }

  /** `fd_write` of preview1. */
  writeCall(module: PyodideModule, original: (...args: number[]) => Answer): (...args: number[]) => Answer {
    return (fd = 0, vectors = 0, count = 0, result = 0) => {
      const stream = module.FS.getStream(fd);
      const source = stream?.shared.source;
      if (stream == null || source === undefined) return original(fd, vectors, count, result);
      if ((stream.flags & openFlags.accessMask) === 0) return errno.EBADF;
      const bytes = gather(module, vectors, count);
      if (source.file === 'file') this.context.view.expectChange();
      const put = (written: number): number => {
        module.HEAPU32[result >>> 2] = written;
        return 0;
      };
      return this.answer(() => writeStream(this.context, source, bytes, isNonblocking(stream)), put);
    };
  }

  /** `fd_seek` of preview1: (fd, offset as i64, whence, where to put the new offset as u64). */
  seekCall(
    module: PyodideModule,
    original: (...args: never[]) => Answer,
  ): (fd: number, offset: bigint, whence: number, result: number) => Answer {
    return (fd, offset, whence, result) => {
      const source = this.sourceOf(module, fd);
      if (source?.file !== 'file')
        return (original as (...args: unknown[]) => Answer)(fd, offset, whence, result);
      const ask = () => this.context.syscalls.invoke(syscall.seek, [source.handle, Number(offset), whence]);
      return this.answer(ask, (answer) => {
        const [position = 0] = readDoubles(answer as Uint8Array);
        module.HEAPU32[result >>> 2] = position % 2 ** 32;
        module.HEAPU32[(result >>> 2) + 1] = Math.floor(position / 2 ** 32);
        return 0;
      });
    };
  }

  /** What poll(2) has to ask the kernel for these: pairs of handle and events. */
  polled(module: PyodideModule, asked: readonly (readonly [fd: number, events: number])[]): number[] {
    return asked.flatMap(([fd, events]) => {
      const source = this.sourceOf(module, fd);
      if (source === undefined) return [];
      const bits =
        ((events & pollMask.read) === 0 ? 0 : pollEvents.read) |
        ((events & pollMask.write) === 0 ? 0 : pollEvents.write);
      return [source.handle, bits];
    });
  }

  /** Runs `look`, in which Emscripten's streams know what the kernel has said. */
  knowing(pairs: readonly number[], bits: readonly number[], look: () => number): number {
    const ready = new Map<number, number>();
    for (const [index, each] of bits.entries()) {
      const handle = pairs[index * 2] ?? 0;
      ready.set(handle, (ready.get(handle) ?? 0) | each);
    }
    this.#ready = ready;
    try {
      return look();
    } finally {
      this.#ready = new Map();
    }
  }

  #operations(module: PyodideModule): Partial<StreamOperations> {
    const waits = (): never => {
      // Taken at fd_read and fd_write, where they can wait; this is a call from JavaScript.
      const error: unknown = new module.FS.ErrnoError(errno.EAGAIN);
      throw error;
    };
    return {
      getattr: ({ node, shared }) => attributes(shared.source?.handle ?? 0, node.mode),
      read: waits,
      write: waits,
      poll: ({ shared }) => {
        const ready = this.#ready.get(shared.source?.handle ?? -1) ?? 0;
        return pollBits.reduce((all, [ours, kernels]) => all | ((ready & kernels) === 0 ? 0 : ours), 0);
      },
    };
  }
}

export const isNonblocking = (stream: FsStream): boolean => (stream.flags & openFlags.nonblock) !== 0;

/** What fstat(2) says of something that is no file of the tree. */
function attributes(number: number, mode: number): Attributes {
  const time = new Date();
  const numbers = { dev: 14, ino: number, nlink: 1, uid: 0, gid: 0, rdev: 0 };
  return { ...numbers, mode, size: 0, blksize: 4096, blocks: 0, atime: time, mtime: time, ctime: time };
}
