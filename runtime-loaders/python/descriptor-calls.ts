// runtime-loaders/python: the system calls about descriptors themselves: pipe, dup, fcntl, ioctl. Emscripten's own
// know no close-on-exec and cannot make a descriptor block again.
import { errno } from '../../kernel-core/abi/errno.js';
import { pipeCapacityBytes } from '../../kernel-core/abi/messages.js';
import { readWords, syscall } from '../../kernel-core/abi/syscalls.js';
import type { PyodideModule, WasmImport, FsStream } from './emscripten.js';
import { openFlags, type HandleStreams } from './handle-streams.js';
import type { Answer } from './suspension.js';
import { terminalCalls } from './terminal-calls.js';
import type { TreeCalls } from './tree-calls.js';

const commands = {
  F_GETFD: 1,
  F_SETFD: 2,
  F_SETFL: 4,
  F_DUPFD: 0,
  F_DUPFD_CLOEXEC: 1030,
  F_SETPIPE_SZ: 1031,
  F_GETPIPE_SZ: 1032,
} as const;
const FD_CLOEXEC = 1;
const O_CLOEXEC = 0o2000000;
const requests = { FIONCLEX: 0x5450, FIOCLEX: 0x5451, FIONBIO: 0x5421 } as const;
/** What F_SETFL changes. */
const statusFlags = openFlags.append | openFlags.nonblock;

type DescriptorCalls = Record<
  '__syscall_pipe' | '__syscall_dup3' | '__syscall_fcntl64' | '__syscall_ioctl',
  (...args: number[]) => Answer
>;

export const closesOnExec = ({ closeOnExec, flags }: FsStream): boolean =>
  closeOnExec ?? (flags & O_CLOEXEC) !== 0;

export function descriptorCalls(
  module: PyodideModule,
  streams: HandleStreams,
  lock: TreeCalls['lock'],
  original: Record<keyof DescriptorCalls, WasmImport>,
): DescriptorCalls {
  const { FS } = module;
  const word = (pointer: number): number => (module.HEAPU32[pointer >>> 2] ?? 0) | 0;
  const terminal = terminalCalls(module, streams);
  const setStatus = (stream: FsStream, flags: number): void => {
    stream.flags = (stream.flags & ~statusFlags) | (flags & statusFlags);
  };

  return {
    /** (where to put the two numbers) */
    __syscall_pipe: (result = 0) => {
      // In a call that cannot wait: Emscripten's own, which never leaves this process.
      if (!streams.canAsk) return original.__syscall_pipe(result);
      streams.ignoreBrokenPipes();
      return streams.answerNegative(
        () => streams.context.syscalls.invoke(syscall.pipe, []),
        (answer) => {
          // A third word says whether there is memory for it, which only WASI programs use.
          const ends = readWords(answer as Uint8Array).slice(0, 2);
          for (const [index, handle] of ends.entries()) {
            const source = { type: 'handle', handle, file: 'pipe' } as const;
            const stream = streams.open(module, source, index === 0 ? 0 : openFlags.writeOnly);
            // What CPython makes is no child's (PEP 446); it asks for that where it can.
            stream.closeOnExec = true;
            module.HEAPU32[(result >>> 2) + index] = stream.fd;
          }
          return 0;
        },
      );
    },

    __syscall_dup3: (fd = 0, to = 0, flags = 0) => {
      const answer = original.__syscall_dup3(fd, to, flags);
      const stream = answer < 0 ? undefined : FS.getStream(answer);
      if (stream != null) stream.closeOnExec = (flags & O_CLOEXEC) !== 0;
      return answer;
    },

    /** (fd, command, pointer to its argument) */
    __syscall_fcntl64: (fd = 0, command = 0, varargs = 0) => {
      const stream = FS.getStream(fd);
      if (stream == null) return original.__syscall_fcntl64(fd, command, varargs);
      switch (command) {
        case commands.F_GETFD:
          return closesOnExec(stream) ? FD_CLOEXEC : 0;
        case commands.F_SETFD:
          stream.closeOnExec = (word(varargs) & FD_CLOEXEC) !== 0;
          return 0;
        case commands.F_SETFL:
          setStatus(stream, word(varargs));
          return 0;
        case commands.F_SETPIPE_SZ:
        case commands.F_GETPIPE_SZ: {
          // All pipes hold the same; who wants less gets more, as Linux has it.
          const isPipe = stream.shared.source?.file === 'pipe';
          const wanted = command === commands.F_SETPIPE_SZ ? word(varargs) : 0;
          if (!isPipe) return -errno.EBADF;
          return wanted > pipeCapacityBytes ? -errno.EPERM : pipeCapacityBytes;
        }
        case commands.F_DUPFD_CLOEXEC: {
          const copy = original.__syscall_fcntl64(fd, commands.F_DUPFD, varargs);
          const made = copy < 0 ? undefined : FS.getStream(copy);
          if (made != null) made.closeOnExec = true;
          return copy;
        }
        default:
          return lock(fd, command, varargs) ?? original.__syscall_fcntl64(fd, command, varargs);
      }
    },

    /** (fd, request, pointer to its argument) */
    __syscall_ioctl: (fd = 0, request = 0, varargs = 0) => {
      const answered = terminal(fd, request, word(varargs));
      if (answered !== undefined) return answered;
      const stream = FS.getStream(fd);
      if (stream == null) return original.__syscall_ioctl(fd, request, varargs);
      switch (request) {
        case requests.FIOCLEX:
        case requests.FIONCLEX:
          stream.closeOnExec = request === requests.FIOCLEX;
          return 0;
        case requests.FIONBIO: {
          const on = word(word(varargs)) !== 0;
          setStatus(stream, on ? stream.flags | openFlags.nonblock : stream.flags & ~openFlags.nonblock);
          return 0;
        }
        default:
          return original.__syscall_ioctl(fd, request, varargs);
      }
    },
  };
}
