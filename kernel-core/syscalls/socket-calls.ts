// syscalls: sockets of the sandbox's own network (`net/loopback.ts`). Bytes of a stream socket are read, written,
// polled and closed as those of any handle; here is what only sockets have.
import { Errno } from '../abi/errno.js';
import { normalize } from '../abi/path.js';
import { addressFamilies, optionLevels, shutdownHow, socketOptions, socketTypes } from '../abi/socket.js';
import { encodeSocketAddress, type SocketAddress, type SocketFamily } from '../abi/socket-address.js';
import { datagramHeaderBytes, readFlags, syscall, words } from '../abi/syscalls.js';
import { readiness, type OpenFile } from '../file/open-file.js';
import { inTime } from '../file/wait-queue.js';
import { DatagramSocket, type Datagram } from '../net/datagram-socket.js';
import type { Loopback } from '../net/loopback.js';
import { StreamSocket } from '../net/sockets.js';
import type { Tree } from '../fs/tree.js';
import type { Process } from '../proc/process.js';
import { count, integer, record, text } from './check.js';
import { bindName, findName } from './socket-names.js';
import type { SyscallTable } from './table.js';

export interface SocketHost {
  readonly tree: Tree;
  readonly loopback: Loopback;
}

type Socket = StreamSocket | DatagramSocket;

/** More than any message has. */
const messageMax = 65_536;
const hostLengthMax = 64;

export const socketCalls = ({ loopback, tree }: SocketHost): SyscallTable => ({
  [syscall.socket]: (process, [domain, type, protocol]) => {
    const family = familyOf(domain);
    const isStream = typeOf(type) === 'stream';
    mustBeProtocol(family, isStream, protocol);
    return process.handles.add(isStream ? loopback.socket(family) : loopback.datagramSocket(family));
  },

  [syscall.socketPair]: (process, [domain, type, protocol]) => {
    if (familyOf(domain) !== 'unix') throw new Errno('ENOTSUP');
    const isStream = typeOf(type) === 'stream';
    mustBeProtocol('unix', isStream, protocol);
    const [one, other] = isStream ? loopback.socketPair() : loopback.datagramPair();
    return addBoth(process, one, other);
  },

  [syscall.bind]: (process, [handle, address, umask]) => {
    const socket = socketOf(process, handle);
    bindName(tree, checkAddress(address), count(umask ?? 0), (named) => socket.bind(named));
    return 0;
  },

  [syscall.listen]: (process, [handle, backlog]) => {
    streamOf(process, handle).listen(integer(backlog));
    return 0;
  },

  [syscall.accept]: async (process, [handle, atOnce]) => {
    const socket = streamOf(process, handle);
    if (atOnce === 1 && socket.listener?.length === 0) throw new Errno('EAGAIN');
    const accepted = await inTime(socket.receiveTimeoutMs, process, (caller) => socket.accept(caller));
    // It may have been ended in the very moment the connection came.
    if (process.state === 'zombie' || process.state === 'draining') {
      accepted.reset();
      throw new Errno('EINTR');
    }
    return process.handles.add(accepted);
  },

  [syscall.connect]: (process, [handle, address]) => {
    const socket = socketOf(process, handle);
    if (address !== null) socket.connect(findName(tree, checkAddress(address)));
    else if (socket instanceof DatagramSocket) socket.connect(undefined);
    else throw new Errno('EAFNOSUPPORT');
    return 0;
  },

  [syscall.shutdown]: (process, [handle, how]) => {
    const socket = streamOf(process, handle);
    switch (how) {
      case shutdownHow.SHUT_RD:
        socket.shutdown('read');
        break;
      case shutdownHow.SHUT_WR:
        socket.shutdown('write');
        break;
      case shutdownHow.SHUT_RDWR:
        socket.shutdown('both');
        break;
      default:
        throw new Errno('EINVAL');
    }
    return 0;
  },

  [syscall.sendTo]: (process, [handle, bytes, address, atOnce]) => {
    const socket = datagramOf(process, handle);
    if (!(bytes instanceof Uint8Array && bytes.buffer instanceof ArrayBuffer)) throw new Errno('EFAULT');
    if (bytes.length > messageMax) throw new Errno('EMSGSIZE');
    const to = address === null ? undefined : findName(tree, checkAddress(address));
    return send(process, socket, bytes.slice(), to, atOnce === 1);
  },

  [syscall.receiveFrom]: (process, [handle, max, flags]) => {
    const socket = datagramOf(process, handle);
    const bits = count(flags ?? 0);
    if ((bits & readFlags.atOnce) !== 0 && (socket.ready & readiness.read) === 0) throw new Errno('EAGAIN');
    const most = Math.min(messageMax, count(max));
    const peeking = (bits & readFlags.peek) !== 0;
    const received = inTime(socket.receiveTimeoutMs, process, (caller) =>
      socket.receive(most, caller, peeking),
    );
    return received instanceof Promise ? received.then(encodeDatagram) : encodeDatagram(received);
  },

  [syscall.getOption]: (process, [handle, level, option]) =>
    socketOf(process, handle).getOption(integer(level), integer(option)),

  [syscall.setOption]: (process, [handle, level, option, value]) => {
    const socket = socketOf(process, handle);
    if (level !== optionLevels.SOL_SOCKET || option !== socketOptions.SO_LINGER) {
      socket.setOption(integer(level), integer(option), integer(value));
    } else if (socket instanceof StreamSocket) {
      socket.setLinger(integer(value) < 0 ? undefined : integer(value));
    }
    return 0;
  },

  [syscall.localAddress]: (process, [handle]) => encoded(socketOf(process, handle).localAddress),
  [syscall.peerAddress]: (process, [handle]) => encoded(socketOf(process, handle).peerAddress),
});

/** Waits while a unix socket's receiver is full; UDP loses messages instead. */
async function send(
  process: Process,
  socket: DatagramSocket,
  bytes: Uint8Array,
  to: SocketAddress | undefined,
  atOnce: boolean,
): Promise<number> {
  const { untaken } = process;
  // UDP may lose a message, and does so when the sandbox has no room for it.
  if (!untaken.hasRoom && socket.family !== 'unix') return bytes.length;
  while (!socket.hasRoom(to) || !(untaken.hasRoom || socket.isEmptyAt(to))) {
    if (atOnce) throw new Errno('EAGAIN');
    await inTime(socket.sendTimeoutMs, process, (caller) => socket.waitForRoom(to, caller, untaken.changed));
  }
  untaken.add(bytes.length);
  try {
    socket.send(bytes, to, (taken) => untaken.take(taken));
  } catch (error) {
    untaken.take(bytes.length);
    throw error;
  }
  return bytes.length;
}

function socketOf(process: Process, handle: unknown): Socket {
  const file: OpenFile = process.handles.get(count(handle));
  if (file instanceof StreamSocket || file instanceof DatagramSocket) return file;
  throw new Errno('ENOTSOCK');
}

function streamOf(process: Process, handle: unknown): StreamSocket {
  const socket = socketOf(process, handle);
  if (socket instanceof StreamSocket) return socket;
  throw new Errno('ENOTSUP');
}

function datagramOf(process: Process, handle: unknown): DatagramSocket {
  const socket = socketOf(process, handle);
  if (socket instanceof DatagramSocket) return socket;
  throw new Errno('EPROTOTYPE');
}

/** Two handles or none. */
function addBoth(process: Process, one: Socket, other: Socket): Uint8Array {
  let first: number;
  try {
    first = process.handles.add(one);
  } catch (error) {
    other.close();
    throw error;
  }
  try {
    return words(first, process.handles.add(other));
  } catch (error) {
    process.handles.close(first);
    throw error;
  }
}

function familyOf(domain: unknown): SocketFamily {
  switch (domain) {
    case addressFamilies.AF_UNIX:
      return 'unix';
    case addressFamilies.AF_INET:
      return 'inet';
    case addressFamilies.AF_INET6:
      return 'inet6';
    default:
      throw new Errno('EAFNOSUPPORT');
  }
}

function typeOf(type: unknown): 'stream' | 'datagram' {
  if (type === socketTypes.SOCK_STREAM) return 'stream';
  if (type === socketTypes.SOCK_DGRAM) return 'datagram';
  throw new Errno('EPROTONOSUPPORT');
}

/** 0 is the one there is; else it must be TCP or UDP where those are meant. */
function mustBeProtocol(family: SocketFamily, isStream: boolean, protocol: unknown): void {
  const own = isStream ? optionLevels.IPPROTO_TCP : udp;
  if (protocol !== 0 && (family === 'unix' || protocol !== own)) throw new Errno('EPROTONOSUPPORT');
}

const udp = 17;

/** A `SocketAddress`, built anew; unix names are absolute paths without `..`, or abstract. */
function checkAddress(value: unknown): SocketAddress {
  const { family, host, port, path } = record(value);
  switch (family) {
    case 'inet':
    case 'inet6':
      return { family, host: text(host, hostLengthMax), port: count(port) };
    case 'unix': {
      const name = text(path);
      if (name === '' || name.startsWith('\0')) return { family, path: name };
      if (!name.startsWith('/')) throw new Errno('EINVAL');
      return { family, path: normalize(name) };
    }
    default:
      throw new Errno('EAFNOSUPPORT');
  }
}

/** As `struct sockaddr_*`; a path that does not fit into one is left out. */
function encoded(address: SocketAddress): Uint8Array {
  return (
    encodeSocketAddress(address) ?? encodeSocketAddress({ family: 'unix', path: '' }) ?? new Uint8Array(0)
  );
}

function encodeDatagram({ bytes, from, truncated }: Datagram): Uint8Array {
  const address = encoded(from);
  const answer = new Uint8Array(datagramHeaderBytes + address.length + bytes.length);
  answer.set(words(truncated ? 1 : 0, address.length));
  answer.set(address, datagramHeaderBytes);
  answer.set(bytes, datagramHeaderBytes + address.length);
  return answer;
}
