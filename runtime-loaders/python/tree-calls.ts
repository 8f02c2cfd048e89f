// runtime-loaders/python: calls on files of the tree whose outcome the kernel decides, where it can be waited for:
// O_EXCL, rename, appending, locks. Elsewhere Emscripten's own, on this process's view (DESIGN §7).
import { Errno, errno } from '../../kernel-core/abi/errno.js';
import type { Inode } from '../../kernel-core/abi/inode.js';
import type { JournalRecord } from '../../kernel-core/abi/journal.js';
import { readDoubles, syscall } from '../../kernel-core/abi/syscalls.js';
import { lockTypes, type FileLocks, type LockRange } from '../file-locks.js';
import { leaseOf } from '../view/shared-view.js';
import type { FsStream, PyodideModule, WasmImport } from './emscripten.js';
import type { ViewFileSystem } from './file-system.js';
import { errnoOf, pythonErrno } from './foreign-error.js';
import { openFlags, type HandleStreams } from './handle-streams.js';
import { gather, lengthOf } from './io-vectors.js';
import type { Answer } from './suspension.js';

const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_TRUNC = 0o1000;

const openAttemptsMax = 10;

/** Emscripten's C library has the numbers of the calls with 64-bit offsets. */
const lockCommands = { F_GETLK: 12, F_SETLK: 13, F_SETLKW: 14 } as const;
/** Of `struct flock`: F_RDLCK, F_WRLCK, F_UNLCK → the kernel's. */
const kinds = [lockTypes.read, lockTypes.write, lockTypes.unlock];
/** Offsets in it. */
const flock = { type: 0, whence: 2, start: 8, length: 16, pid: 24, bytes: 32 } as const;

const terminalPath = '/dev/tty';

/** Whether this is the path, without making a string of each that is opened. */
function isTerminalPath(memory: Uint8Array, pointer: number): boolean {
  for (let index = 0; index < terminalPath.length; index++)
    if (memory[pointer + index] !== terminalPath.charCodeAt(index)) return false;
  return memory[pointer + terminalPath.length] === 0;
}

type Call = (...args: number[]) => Answer;

export interface TreeCalls {
  readonly __syscall_openat: Call;
  readonly __syscall_renameat: Call;
  /** `fd_write` of preview1, to files that are appended to or for which there is no room yet; else the call given. */
  write(original: Call): Call;
  /** A command of fcntl(2) about locks; undefined: it is another one. */
  lock(fd: number, command: number, varargs: number): Answer | undefined;
}

export function treeCalls(
  module: PyodideModule,
  tree: ViewFileSystem,
  locks: FileLocks,
  streams: HandleStreams,
  original: { readonly __syscall_openat: WasmImport; readonly __syscall_renameat: WasmImport },
): TreeCalls {
  const { decision } = tree;
  const { context } = streams;
  const { view, syscalls } = context;
  const word = (pointer: number): number => module.HEAPU32[pointer >>> 2] ?? 0;
  const commit = (record: JournalRecord, done: () => number): Answer =>
    streams.answerNegative(() => syscalls.invoke(syscall.commit, [record]), done);

  /** The terminal this process belongs to, if any (ENXIO). */
  const openTerminal = (flags: number): Answer =>
    streams.answerNegative(
      () => syscalls.invoke(syscall.openSpecial, [terminalPath]),
      (handle) => streams.open(module, { type: 'handle', handle: handle as number, file: 'tty' }, flags).fd,
    );

  return {
    /** (directory, path, flags, pointer to the mode) */
    __syscall_openat: (directory = 0, path = 0, flags = 0, varargs = 0) => {
      if (isTerminalPath(module.HEAPU8, path) && streams.canAsk) return openTerminal(flags);
      const exclusive = O_CREAT | O_EXCL;
      if ((flags & exclusive) !== exclusive || !streams.canAsk) {
        // Emscripten looks, then makes: another process may have made it in between, which is no error without O_EXCL.
        for (let attempt = 1; ; attempt += 1) {
          const opened = original.__syscall_openat(directory, path, flags, varargs);
          const isTaken = opened === -errno.EEXIST && (flags & exclusive) === O_CREAT;
          if (!isTaken || attempt === openAttemptsMax) return opened;
        }
      }
      decision.mode = varargs === 0 ? 0 : word(varargs);
      const wanted = decision.of(() => original.__syscall_openat(directory, path, flags, varargs));
      if (typeof wanted === 'number') return wanted;
      if (wanted.op !== 'create') throw new Error(`open() would ${wanted.op}`);
      view.taken();
      return commit(wanted, () => {
        tree.made = view.resolveNew(wanted.inode);
        return original.__syscall_openat(directory, path, flags & ~(exclusive | O_TRUNC), 0);
      });
    },

    /** (directory, path, new directory, new path) */
    __syscall_renameat: (...args) => {
      if (!streams.canAsk) return original.__syscall_renameat(...args);
      const wanted = decision.of(() => original.__syscall_renameat(...args));
      return typeof wanted === 'number' ? wanted : commit(wanted, () => 0);
    },

    write: (other) => {
      /** The bytes go where the file ends by then. */
      const appendTo = (stream: FsStream, inode: Inode, bytes: Uint8Array, result: number): Answer => {
        const ended = (position: number): number => {
          stream.position = position + bytes.length;
          module.HEAPU32[result >>> 2] = bytes.length;
          return 0;
        };
        // Another has taken its last name, and the kernel keeps it no longer: what is here is this process's own.
        const alone = (error: unknown): number => {
          if (errnoOf(error) !== new Errno('ESTALE').errno) throw error;
          const position = inode.size;
          view.write(inode, position, bytes);
          return position;
        };
        const append = (): number | Promise<number> => {
          const first = (answer: number | Uint8Array): number => readDoubles(answer as Uint8Array)[0] ?? 0;
          try {
            const answer = syscalls.invoke(syscall.append, [inode.number, bytes.slice()]);
            return answer instanceof Promise ? answer.then(first).catch(alone) : first(answer);
          } catch (error) {
            return alone(error);
          }
        };
        return streams.answer(append, ended);
      };
      return (fd = 0, vectors = 0, count = 0, result = 0) => {
        const stream = module.FS.getStream(fd);
        const inode = stream == null ? undefined : tree.inodeOf(stream.node);
        if (stream == null || inode === undefined || (stream.flags & openFlags.accessMask) === 0)
          return other(fd, vectors, count, result);
        const length = lengthOf(module, vectors, count);
        if (length > 0 && (stream.flags & openFlags.append) !== 0 && streams.canAsk)
          return appendTo(stream, inode, gather(module, vectors, count), result);
        const growth = length === 0 ? 0 : Math.max(0, stream.position + length - inode.size);
        // On `shared` the view asks for itself.
        if (context.transport !== 'suspending' || !view.needsLease(growth) || !streams.canAsk)
          return other(fd, vectors, count, result);
        return streams.answer(
          () => syscalls.invoke(syscall.lease, [growth]),
          (lease) => {
            view.addLease(leaseOf(lease as Uint8Array));
            return other(fd, vectors, count, result) as number;
          },
        );
      };
    },

    lock: (fd, command, varargs) => {
      const { F_GETLK, F_SETLK, F_SETLKW } = lockCommands;
      if (command !== F_GETLK && command !== F_SETLK && command !== F_SETLKW) return undefined;
      const stream = module.FS.getStream(fd);
      const inode = stream == null ? undefined : tree.inodeOf(stream.node);
      if (stream == null || inode === undefined) return -new Errno(stream == null ? 'EBADF' : 'EINVAL').errno;
      const pointer = word(varargs);
      const given = new DataView(module.HEAPU8.buffer, pointer, flock.bytes);
      const kind = kinds[given.getInt16(flock.type, true)];
      const range = rangeOf(given, stream.position, inode.size);
      if (kind === undefined || range === undefined) return -new Errno('EINVAL').errno;
      const type = sharesMemory(stream) && kind === lockTypes.read ? lockTypes.write : kind;
      try {
        // Where it cannot wait: alone, or refused.
        if (!streams.canAsk && context.transport !== 'local') throw new Errno('ENOLCK');
        if (command !== F_GETLK) {
          const set = locks.set(inode, type, range, command === F_SETLKW);
          return set === undefined
            ? 0
            : streams.answerNegative(
                () => set,
                () => 0,
              );
        }
        const tell = ([held = 0, start = 0, length = 0, owner = 0]: number[]): number => {
          const answer = new DataView(module.HEAPU8.buffer, pointer, flock.bytes);
          answer.setInt16(flock.type, kinds.indexOf(held as 0 | 1 | 2), true);
          if (held === lockTypes.unlock) return 0;
          // SQLite would ask for ten seconds.
          if (sharesMemory(stream)) return -new Errno('ENOLCK').errno;
          answer.setInt16(flock.whence, 0, true);
          answer.setBigInt64(flock.start, BigInt(start), true);
          answer.setBigInt64(flock.length, BigInt(length), true);
          answer.setInt32(flock.pid, owner, true);
          return 0;
        };
        const found = locks.test(inode, type, range);
        return found instanceof Promise ? streams.answerNegative(() => found, tell) : tell(found);
      } catch (error) {
        const number = pythonErrno(error);
        if (number === undefined) throw error;
        return -number;
      }
    },
  };
}

/** What a `struct flock` names; undefined: it begins before the file. */
function rangeOf(given: DataView, position: number, size: number): LockRange | undefined {
  const base = [0, position, size][given.getInt16(flock.whence, true)];
  if (base === undefined) return undefined;
  const length = Number(given.getBigInt64(flock.length, true));
  const start = base + Number(given.getBigInt64(flock.start, true));
  const first = length < 0 ? start + length : start;
  return first < 0 ? undefined : { start: first, length: Math.abs(length) };
}

/**
 * SQLite's write-ahead log keeps its index in a file that all its processes map. Maps are not shared between processes
 * here, so a lock on that file is for one process alone: the next one finds the database locked.
 */
function sharesMemory({ node }: FsStream): boolean {
  return node.name.endsWith('-shm');
}
