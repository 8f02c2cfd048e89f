// runtime-loaders/wasi/extension: sockets, with Linux's numbers and address layouts. See `include/wasm-elements.h`.
import { Errno } from '../../../kernel-core/abi/errno.js';
import {
  addressFamilies,
  messageFlags,
  optionLevels,
  shutdownHow,
  socketOptions,
  socketTypes,
} from '../../../kernel-core/abi/socket.js';
import { decodeSocketAddress, type SocketAddress } from '../../../kernel-core/abi/socket-address.js';
import { datagramHeaderBytes, readFlags, readWords, syscall } from '../../../kernel-core/abi/syscalls.js';
import { slotPayloadBytes } from '../../../kernel-core/abi/syscall-slot.js';
import { after } from '../after.js';
import type { Calls } from '../calls.js';
import { accept, addSocket, isNonblocking, shutDown, socketAt } from '../sock.js';
import { readStream, writeStream } from '../streams.js';
import type { WasiProcess } from '../wasi-process.js';

const { SOCK_NONBLOCK, SOCK_CLOEXEC, SOCK_DGRAM } = socketTypes;
const knownTypeFlags = SOCK_NONBLOCK | SOCK_CLOEXEC;
const { MSG_DONTWAIT, MSG_PEEK } = messageFlags;
/** Options whose value is a `struct timeval` (64-bit fields); the kernel has milliseconds. */
const timeouts: readonly number[] = [socketOptions.SO_RCVTIMEO, socketOptions.SO_SNDTIMEO];
const timevalBytes = 16;

export function socketExtension(process: WasiProcess): Calls {
  const { memory, context } = process;
  const { syscalls } = context;

  const flagsOf = (type: number) => ({
    nonblock: (type & SOCK_NONBLOCK) !== 0,
    closeOnExec: (type & SOCK_CLOEXEC) !== 0,
  });
  const fileOf = (type: number) =>
    (type & ~knownTypeFlags) === SOCK_DGRAM ? ('datagram' as const) : ('socket' as const);

  /** The address a program points at; a unix socket's name is a path from the working directory. */
  const addressAt = (pointer: number, length: number): SocketAddress => {
    const bytes = memory.bytes(pointer, length).slice();
    const address = decodeSocketAddress(bytes);
    if (address === undefined) throw new Errno(bytes.length < 2 ? 'EINVAL' : 'EAFNOSUPPORT');
    if (address.family !== 'unix' || address.path === '' || address.path.startsWith('\0')) return address;
    return { family: 'unix', path: process.absolute(address.path) };
  };
  /** As accept(2) gives addresses: what fits, and the length it has. */
  const putAddress = (bytes: Uint8Array, pointer: number, length: number): void => {
    if (length === 0) return;
    const room = memory.u32(length);
    memory.setBytes(pointer, bytes.subarray(0, room));
    memory.setU32(length, bytes.length);
  };
  const waits = (socket: ReturnType<typeof socketAt>, flags: number, known: number): boolean => {
    if ((flags & ~(MSG_DONTWAIT | known)) !== 0) throw new Errno('ENOTSUP');
    return (flags & MSG_DONTWAIT) === 0 && !isNonblocking(socket);
  };
  const isTimeout = (level: number, option: number): boolean =>
    level === optionLevels.SOL_SOCKET && timeouts.includes(option);

  return {
    socket(domain: number, type: number, protocol: number, result: number) {
      memory.setU32(result, 0);
      return after(syscalls.invoke(syscall.socket, [domain, type & ~knownTypeFlags, protocol]), (handle) => {
        const file = fileOf(type);
        const source = { handle: handle as number, file, unconnected: file === 'socket' };
        memory.setU32(result, addSocket(process, source, flagsOf(type)));
      });
    },

    socket_pair(domain: number, type: number, protocol: number, result: number) {
      memory.bytes(result, 8);
      const answer = syscalls.invoke(syscall.socketPair, [domain, type & ~knownTypeFlags, protocol]);
      return after(answer, (handles) => {
        for (const [index, handle] of readWords(handles as Uint8Array).entries()) {
          const fd = addSocket(process, { handle, file: fileOf(type) }, flagsOf(type));
          memory.setU32((result >>> 0) + index * 4, fd);
        }
      });
    },

    bind: (fd: number, address: number, length: number) =>
      after(
        syscalls.invoke(syscall.bind, [
          socketAt(process, fd).source.handle,
          addressAt(address, length),
          process.umask & 0o777,
        ]),
        ignored,
      ),

    listen: (fd: number, backlog: number) =>
      after(syscalls.invoke(syscall.listen, [socketAt(process, fd).source.handle, backlog]), ignored),

    accept(fd: number, flags: number, address: number, length: number, result: number) {
      if ((flags & ~knownTypeFlags) !== 0) throw new Errno('EINVAL');
      memory.setU32(result, 0);
      return after(accept(process, socketAt(process, fd)), (handle) => {
        const accepted = addSocket(process, { handle, file: 'socket' }, flagsOf(flags));
        memory.setU32(result, accepted);
        if (length === 0) return undefined;
        return after(syscalls.invoke(syscall.peerAddress, [handle]), (bytes) =>
          putAddress(bytes as Uint8Array, address, length),
        );
      });
    },

    connect(fd: number, address: number, length: number) {
      const { source } = socketAt(process, fd);
      const leave = memory.u16(address) === addressFamilies.AF_UNSPEC;
      const to = leave ? null : addressAt(address, length);
      return after(syscalls.invoke(syscall.connect, [source.handle, to]), () => {
        source.unconnected = false;
      });
    },

    shutdown(fd: number, how: number) {
      if (how < shutdownHow.SHUT_RD || how > shutdownHow.SHUT_RDWR) throw new Errno('EINVAL');
      return shutDown(process, socketAt(process, fd).source, how);
    },

    send_to(
      fd: number,
      buffer: number,
      size: number,
      flags: number,
      address: number,
      length: number,
      result: number,
    ) {
      const socket = socketAt(process, fd);
      const waiting = waits(socket, flags, 0);
      const bytes = memory.bytes(buffer, size);
      memory.setU32(result, 0);
      const sent = (length: number | Uint8Array): void => memory.setU32(result, length as number);
      if (socket.source.file === 'socket') {
        if (length !== 0) throw new Errno('EISCONN');
        return after(writeStream(context, socket.source, bytes, !waiting), sent);
      }
      const to = length === 0 ? null : addressAt(address, length);
      const args = [socket.source.handle, bytes.slice(), to, waiting ? 0 : 1];
      return after(syscalls.invoke(syscall.sendTo, args), sent);
    },

    receive_from(
      fd: number,
      buffer: number,
      size: number,
      flags: number,
      address: number,
      length: number,
      result: number,
    ) {
      const socket = socketAt(process, fd);
      const waiting = waits(socket, flags, MSG_PEEK);
      const peek = (flags & MSG_PEEK) !== 0;
      memory.bytes(buffer, size);
      memory.setU32(result, 0);
      if (socket.source.file === 'socket') {
        if (length !== 0) memory.setU32(length, 0);
        return after(readStream(context, socket.source, size >>> 0, !waiting, peek), (bytes) => {
          memory.setBytes(buffer, bytes);
          memory.setU32(result, bytes.length);
        });
      }
      const max = Math.min(size >>> 0, slotPayloadBytes / 2);
      const bits = (waiting ? 0 : readFlags.atOnce) | (peek ? readFlags.peek : 0);
      return after(syscalls.invoke(syscall.receiveFrom, [socket.source.handle, max, bits]), (answer) => {
        const bytes = answer as Uint8Array;
        const [, addressBytes = 0] = readWords(bytes.subarray(0, datagramHeaderBytes));
        const message = bytes.subarray(datagramHeaderBytes + addressBytes);
        putAddress(bytes.slice(datagramHeaderBytes, datagramHeaderBytes + addressBytes), address, length);
        memory.setBytes(buffer, message);
        memory.setU32(result, message.length);
      });
    },

    socket_option(fd: number, level: number, option: number, value: number, length: number) {
      const { handle } = socketAt(process, fd).source;
      const bytes = isTimeout(level, option) ? timevalBytes : 4;
      if (memory.u32(length) < bytes) throw new Errno('EINVAL');
      return after(syscalls.invoke(syscall.getOption, [handle, level, option]), (answer) => {
        memory.setU32(length, bytes);
        if (bytes === 4) return memory.setU32(value, answer as number);
        memory.setU64(value, BigInt(Math.floor((answer as number) / 1000)));
        return memory.setU64((value >>> 0) + 8, BigInt(((answer as number) % 1000) * 1000));
      });
    },

    set_socket_option(fd: number, level: number, option: number, value: number, length: number) {
      const { handle } = socketAt(process, fd).source;
      if (length < 4) throw new Errno('EINVAL');
      let number = memory.u32(value) | 0;
      // struct linger: whether, and how many seconds.
      if (level === optionLevels.SOL_SOCKET && option === socketOptions.SO_LINGER) {
        if (length < 8) throw new Errno('EINVAL');
        number = number === 0 ? -1 : memory.u32((value >>> 0) + 4) | 0;
      }
      if (isTimeout(level, option)) {
        if (length < timevalBytes) throw new Errno('EINVAL');
        number = millisecondsOf(memory.u64(value), memory.u64((value >>> 0) + 8));
      }
      return after(syscalls.invoke(syscall.setOption, [handle, level, option, number]), ignored);
    },

    local_address: (fd: number, address: number, length: number) =>
      after(syscalls.invoke(syscall.localAddress, [socketAt(process, fd).source.handle]), (bytes) =>
        putAddress(bytes as Uint8Array, address, length),
      ),

    peer_address: (fd: number, address: number, length: number) =>
      after(syscalls.invoke(syscall.peerAddress, [socketAt(process, fd).source.handle]), (bytes) =>
        putAddress(bytes as Uint8Array, address, length),
      ),
  };
}

/** Of a `struct timeval`; not 0 where it is not. Throws EDOM, as setsockopt(2). */
function millisecondsOf(seconds: bigint, microseconds: bigint): number {
  const [whole, part] = [BigInt.asIntN(64, seconds), BigInt.asIntN(64, microseconds)];
  if (whole < 0n || part < 0n || part >= 1_000_000n) throw new Errno('EDOM');
  const ms = Math.ceil(Number(whole) * 1000 + Number(part) / 1000);
  return Math.min(ms, 0x7fffffff);
}

const ignored = (): void => undefined;
