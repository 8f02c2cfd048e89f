// runtime-loaders/python: Emscripten's socket calls over the kernel's network, in place of its WebSockets. Numbers
// and address layouts are Linux's on both sides. setsockopt, which this build of CPython cannot make, and what
// else has no import comes from `python-socket-side.ts`.
import { Errno } from '../../kernel-core/abi/errno.js';
import { normalize } from '../../kernel-core/abi/path.js';
import { addressFamilies, messageFlags, shutdownHow, socketTypes } from '../../kernel-core/abi/socket.js';
import { decodeSocketAddress, type SocketAddress } from '../../kernel-core/abi/socket-address.js';
import { datagramHeaderBytes, readFlags, readWords, syscall } from '../../kernel-core/abi/syscalls.js';
import { slotPayloadBytes } from '../../kernel-core/abi/syscall-slot.js';
import type { Syscalls } from '../syscalls.js';
import { after } from '../wasi/after.js';
import { readStream, writeStream, type HandleSource } from '../wasi/streams.js';
import type { FsStream, PyodideModule, WasmImport } from './emscripten.js';
import type { Umask } from './file-system.js';
import { isNonblocking, openFlags, type HandleStreams } from './handle-streams.js';
import { gather, lengthOf, scatter } from './io-vectors.js';
import type { Pending, Processes } from './processes.js';
import type { Answer } from './suspension.js';

const { SOCK_NONBLOCK, SOCK_CLOEXEC, SOCK_DGRAM } = socketTypes;
const knownTypeFlags = SOCK_NONBLOCK | SOCK_CLOEXEC;
const { MSG_DONTWAIT, MSG_PEEK, MSG_WAITALL } = messageFlags;
/** `struct msghdr`, in words. */
const message = { name: 0, nameLength: 1, vectors: 2, vectorCount: 3, controlLength: 5, flags: 6 } as const;
/** EAI_NONAME */
const noSuchName = -2;

/** All take six numbers, what they do not need being anything. */
export const socketCallNames = [
  '__syscall_socket',
  '__syscall_bind',
  '__syscall_listen',
  '__syscall_accept4',
  '__syscall_connect',
  '__syscall_getsockname',
  '__syscall_getpeername',
  '__syscall_getsockopt',
  '__syscall_sendto',
  '__syscall_recvfrom',
  '__syscall_sendmsg',
  '__syscall_recvmsg',
] as const;

type Call = (...args: number[]) => Answer;

interface SocketCalls extends Record<(typeof socketCallNames)[number], Call> {
  /** (fd, how, where to put shutdown's answer) → whether there is one. */
  readonly _try_shutdown: Call;
  /** (name, service, hints, where to put the list) → 0 or an EAI_ number. */
  readonly getaddrinfo: WasmImport;
}

/** What the Python side calls. */
export class SocketOptions {
  readonly #module: PyodideModule;
  readonly #processes: Processes;
  readonly #syscalls: Syscalls;

  constructor(module: PyodideModule, processes: Processes, syscalls: Syscalls) {
    this.#module = module;
    this.#processes = processes;
    this.#syscalls = syscalls;
  }

  /** setsockopt(2), with the kernel's numbers (`syscall.setOption`). */
  setOption(fd: number, level: number, option: number, value: number): Pending {
    return this.#processes.pend(() => {
      const { handle } = socketAt(this.#module, fd).source;
      return this.#syscalls.invoke(syscall.setOption, [handle, level, option, value]);
    });
  }
}

interface Socket {
  readonly stream: FsStream;
  readonly source: HandleSource;
}

/** The socket of a descriptor. Throws EBADF, ENOTSOCK. */
function socketAt(module: PyodideModule, fd: number): Socket {
  const stream = module.FS.getStream(fd);
  if (stream == null) throw new Errno('EBADF');
  const { source } = stream.shared;
  if (source?.file !== 'socket' && source?.file !== 'datagram') throw new Errno('ENOTSOCK');
  return { stream, source };
}

export function socketCalls(
  module: PyodideModule,
  streams: HandleStreams,
  umask: Umask,
  resolve: WasmImport,
): SocketCalls {
  const { context } = streams;
  const { syscalls } = context;
  const word = (pointer: number): number => module.HEAPU32[pointer >>> 2] ?? 0;
  const setWord = (pointer: number, value: number): void => {
    module.HEAPU32[pointer >>> 2] = value;
  };
  const socket = (fd: number): Socket => socketAt(module, fd);

  /** A unix socket's name is a path from the working directory. */
  const addressAt = (pointer: number, length: number): SocketAddress => {
    const bytes = module.HEAPU8.slice(pointer >>> 0, (pointer >>> 0) + length);
    const address = decodeSocketAddress(bytes);
    if (address === undefined) throw new Errno(bytes.length < 2 ? 'EINVAL' : 'EAFNOSUPPORT');
    if (address.family !== 'unix' || address.path === '' || address.path.startsWith('\0')) return address;
    return { family: 'unix', path: normalize(address.path, module.FS.cwd()) };
  };
  /** As accept(2) gives addresses: what fits, and the length it has. */
  const putAddress = (bytes: Uint8Array, pointer: number, length: number): number => {
    if (pointer === 0 || length === 0) return 0;
    module.HEAPU8.set(bytes.subarray(0, word(length)), pointer >>> 0);
    setWord(length, bytes.length);
    return 0;
  };
  const add = (handle: number, type: number, unconnected: boolean): number => {
    const file = (type & ~knownTypeFlags) === SOCK_DGRAM ? 'datagram' : 'socket';
    const source: HandleSource = {
      type: 'handle',
      handle,
      file,
      unconnected: unconnected && file === 'socket',
    };
    const flags = (type & SOCK_NONBLOCK) === 0 ? 0 : openFlags.nonblock;
    const stream = streams.open(module, source, openFlags.readWrite | flags);
    stream.closeOnExec = (type & SOCK_CLOEXEC) !== 0;
    return stream.fd;
  };
  const zero = (): number => 0;
  const call =
    <T>(begin: (...args: number[]) => T | Promise<T>, done: (value: T, ...args: number[]) => number): Call =>
    (...args) =>
      streams.answerNegative(
        () => begin(...args),
        (value) => done(value, ...args),
      );

  const send = (fd: number, bytes: Uint8Array, flags: number, to: SocketAddress | null) => {
    const { stream, source } = socket(fd);
    const atOnce = isNonblocking(stream) || (flags & MSG_DONTWAIT) !== 0;
    if (source.file === 'socket') {
      if (to !== null) throw new Errno('EISCONN');
      return writeStream(context, source, bytes, atOnce);
    }
    const sent = syscalls.invoke(syscall.sendTo, [source.handle, bytes.slice(), to, atOnce ? 1 : 0]);
    return after(sent, (length) => length as number);
  };

  interface Received {
    readonly bytes: Uint8Array;
    readonly from: Uint8Array;
  }
  const nowhere = new Uint8Array(0);
  const receive = (fd: number, max: number, flags: number): Received | Promise<Received> => {
    const { stream, source } = socket(fd);
    const atOnce = isNonblocking(stream) || (flags & MSG_DONTWAIT) !== 0;
    const peek = (flags & MSG_PEEK) !== 0;
    if (source.file === 'socket') {
      const all = (flags & MSG_WAITALL) !== 0 && !peek && !atOnce;
      return after(readSome(source, max, atOnce, peek, all, []), (bytes) => ({ bytes, from: nowhere }));
    }
    const bits = (atOnce ? readFlags.atOnce : 0) | (peek ? readFlags.peek : 0);
    const args = [source.handle, Math.min(max, slotPayloadBytes / 2), bits];
    return after(syscalls.invoke(syscall.receiveFrom, args), (answer) => {
      const all = answer as Uint8Array;
      const [, addressBytes = 0] = readWords(all.subarray(0, datagramHeaderBytes));
      const behind = datagramHeaderBytes + addressBytes;
      return { bytes: all.subarray(behind), from: all.slice(datagramHeaderBytes, behind) };
    });
  };
  const readSome = (
    source: HandleSource,
    max: number,
    atOnce: boolean,
    peek: boolean,
    all: boolean,
    before: readonly Uint8Array[],
  ): Uint8Array | Promise<Uint8Array> =>
    after(readStream(context, source, max, atOnce, peek), (part) => {
      if (before.length === 0 && (!all || part.length === max || part.length === 0)) return part;
      const parts = [...before, part];
      if (part.length === 0 || part.length === max) return joined(parts);
      return readSome(source, max - part.length, atOnce, peek, all, parts);
    });

  return {
    __syscall_socket: call(
      (domain = 0, type = 0, protocol = 0) => {
        streams.ignoreBrokenPipes();
        return syscalls.invoke(syscall.socket, [domain, type & ~knownTypeFlags, protocol]);
      },
      (handle, _domain, type = 0) => add(handle as number, type, true),
    ),

    __syscall_bind: call(
      (fd = 0, address = 0, length = 0) =>
        syscalls.invoke(syscall.bind, [socket(fd).source.handle, addressAt(address, length), umask.value]),
      zero,
    ),

    __syscall_listen: call(
      (fd = 0, backlog = 0) => syscalls.invoke(syscall.listen, [socket(fd).source.handle, backlog]),
      zero,
    ),

    __syscall_accept4: call(
      (fd = 0, address = 0) => {
        const { stream, source } = socket(fd);
        const accepted = syscalls.invoke(syscall.accept, [source.handle, isNonblocking(stream) ? 1 : 0]);
        return after(accepted, (handle) => {
          const peer = address === 0 ? nowhere : syscalls.invoke(syscall.peerAddress, [handle]);
          return after(peer, (bytes) => ({ handle: handle as number, peer: bytes as Uint8Array }));
        });
      },
      ({ handle, peer }, _fd, address = 0, length = 0, flags = 0) => {
        putAddress(peer, address, length);
        return add(handle, flags, false);
      },
    ),

    __syscall_connect: call((fd = 0, address = 0, length = 0) => {
      const { source } = socket(fd);
      const family = (module.HEAPU8[address >>> 0] ?? 0) | ((module.HEAPU8[(address >>> 0) + 1] ?? 0) << 8);
      const to = family === addressFamilies.AF_UNSPEC ? null : addressAt(address, length);
      return after(syscalls.invoke(syscall.connect, [source.handle, to]), () => {
        source.unconnected = false;
      });
    }, zero),

    __syscall_getsockname: call(
      (fd = 0) => syscalls.invoke(syscall.localAddress, [socket(fd).source.handle]),
      (bytes, _fd, address = 0, length = 0) => putAddress(bytes as Uint8Array, address, length),
    ),

    __syscall_getpeername: call(
      (fd = 0) => syscalls.invoke(syscall.peerAddress, [socket(fd).source.handle]),
      (bytes, _fd, address = 0, length = 0) => putAddress(bytes as Uint8Array, address, length),
    ),

    __syscall_getsockopt: call(
      (fd = 0, level = 0, option = 0) =>
        syscalls.invoke(syscall.getOption, [socket(fd).source.handle, level, option]),
      (value, _fd, _level, _option, at = 0, length = 0) => {
        setWord(at, value as number);
        setWord(length, 4);
        return 0;
      },
    ),

    __syscall_sendto: call(
      (fd = 0, from = 0, size = 0, flags = 0, address = 0, length = 0) => {
        const bytes = module.HEAPU8.slice(from >>> 0, (from >>> 0) + (size >>> 0));
        return send(fd, bytes, flags, address === 0 ? null : addressAt(address, length));
      },
      (sent) => sent,
    ),

    __syscall_recvfrom: call(
      (fd = 0, _to, size = 0, flags = 0) => receive(fd, size >>> 0, flags),
      ({ bytes, from }, _fd, to = 0, _size, _flags, address = 0, length = 0) => {
        module.HEAPU8.set(bytes, to >>> 0);
        putAddress(from, address, length);
        return bytes.length;
      },
    ),

    /** (fd, message, flags) */
    __syscall_sendmsg: call(
      (fd = 0, at = 0, flags = 0) => {
        const field = (index: number): number => word((at >>> 0) + index * 4);
        if (field(message.controlLength) !== 0) throw new Errno('EINVAL');
        const bytes = gather(module, field(message.vectors), field(message.vectorCount));
        const name = field(message.name);
        return send(fd, bytes, flags, name === 0 ? null : addressAt(name, field(message.nameLength)));
      },
      (sent) => sent,
    ),

    __syscall_recvmsg: call(
      (fd = 0, at = 0, flags = 0) => {
        const field = (index: number): number => word((at >>> 0) + index * 4);
        return receive(fd, lengthOf(module, field(message.vectors), field(message.vectorCount)), flags);
      },
      ({ bytes, from }, _fd, at = 0) => {
        const field = (index: number): number => word((at >>> 0) + index * 4);
        putAddress(from, field(message.name), (at >>> 0) + message.nameLength * 4);
        setWord((at >>> 0) + message.controlLength * 4, 0);
        setWord((at >>> 0) + message.flags * 4, 0);
        return scatter(module, field(message.vectors), field(message.vectorCount), bytes);
      },
    ),

    _try_shutdown: (fd = 0, how = 0, result = 0) => {
      const { source } = module.FS.getStream(fd)?.shared ?? {};
      if (source === undefined) return 0;
      const answer = streams.answerNegative(
        () =>
          after(syscalls.invoke(syscall.shutdown, [socket(fd).source.handle, how]), () => {
            // What is written afterwards is EPIPE from the first byte on.
            if (source.file === 'socket' && how !== shutdownHow.SHUT_RD)
              context.handles.hangup(source.handle);
          }),
        zero,
      );
      return after(answer, (number) => {
        setWord(result, number);
        return 1;
      });
    },

    /** The only name there is: nobody here answers questions about others. */
    getaddrinfo: (name = 0, service = 0, hints = 0, result = 0) => {
      if (name === 0) return resolve(name, service, hints, result);
      const text = textAt(module, name);
      if (/^[\d.]+$|:/.test(text)) return resolve(name, service, hints, result);
      if (text !== 'localhost') return noSuchName;
      const wantsV6 = hints !== 0 && word((hints >>> 0) + 4) === addressFamilies.AF_INET6;
      const bytes = new TextEncoder().encode(wantsV6 ? '::1\0' : '127.0.0.1\0');
      const numeric = module._malloc(bytes.length);
      module.HEAPU8.set(bytes, numeric);
      try {
        return resolve(numeric, service, hints, result);
      } finally {
        module._free(numeric);
      }
    },
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function textAt(module: PyodideModule, pointer: number): string {
  const end = module.HEAPU8.indexOf(0, pointer);
  return new TextDecoder().decode(module.HEAPU8.slice(pointer, end));
}
