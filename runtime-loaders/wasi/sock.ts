// runtime-loaders/wasi: sock_*, what preview 1 can do with a socket that it was given or that the extension made
// (`extension/sockets.ts`).
import { Errno } from '../../kernel-core/abi/errno.js';
import { shutdownHow } from '../../kernel-core/abi/socket.js';
import { syscall } from '../../kernel-core/abi/syscalls.js';
import { after } from './after.js';
import type { Calls } from './calls.js';
import { fdFlags, type Stream } from './descriptors.js';
import { gather, scatter } from './fd-read-write.js';
import { rights, socketRights } from './rights.js';
import { readStream, writeStream, type HandleSource } from './streams.js';
import type { WasiProcess } from './wasi-process.js';

/** `riflags`. */
const receiveFlags = { peek: 1, waitAll: 2 } as const;
/** `sdflags`: bit 0 reading, bit 1 writing. */
const shutdowns: Readonly<Record<number, number>> = {
  1: shutdownHow.SHUT_RD,
  2: shutdownHow.SHUT_WR,
  3: shutdownHow.SHUT_RDWR,
};

/** A descriptor of a socket, and what the kernel calls it. */
export interface SocketDescriptor {
  readonly descriptor: Stream;
  readonly source: HandleSource;
}

/** The socket of a descriptor with at least these rights. Throws EBADF, ENOTSOCK, ENOTCAPABLE. */
export function socketAt({ descriptors }: WasiProcess, fd: number, needed = 0): SocketDescriptor {
  const descriptor = descriptors.get(fd);
  if (descriptor.kind !== 'stream') throw new Errno('ENOTSOCK');
  const { source } = descriptor;
  if (source.type !== 'handle' || (source.file !== 'socket' && source.file !== 'datagram'))
    throw new Errno('ENOTSOCK');
  descriptors.get(fd, needed);
  return { descriptor, source };
}

/** A descriptor for a socket of the kernel's. */
export function addSocket(
  { descriptors }: WasiProcess,
  source: Omit<HandleSource, 'type'>,
  options: { readonly nonblock: boolean; readonly closeOnExec?: boolean },
): number {
  const fd = descriptors.add({
    kind: 'stream',
    source: { type: 'handle', ...source },
    isError: false,
    rights: socketRights,
    inheriting: 0,
    flags: options.nonblock ? fdFlags.nonblock : 0,
  });
  descriptors.setCloseOnExec(fd, options.closeOnExec === true);
  return fd;
}

export const isNonblocking = ({ descriptor }: SocketDescriptor): boolean =>
  (descriptor.flags & fdFlags.nonblock) !== 0;

export function socketCalls(process: WasiProcess): Calls {
  const { memory, context } = process;

  return {
    sock_accept(fd: number, flags: number, result: number) {
      const socket = socketAt(process, fd, rights.sockAccept);
      if ((flags & ~fdFlags.nonblock) !== 0) throw new Errno('EINVAL');
      memory.setU32(result, 0);
      return after(accept(process, socket), (handle) => {
        const accepted = addSocket(process, { handle, file: 'socket' }, { nonblock: flags !== 0 });
        memory.setU32(result, accepted);
      });
    },

    sock_recv(fd: number, iovs: number, count: number, flags: number, result: number, out: number) {
      const socket = socketAt(process, fd, rights.fdRead);
      if ((flags & ~(receiveFlags.peek | receiveFlags.waitAll)) !== 0) throw new Errno('EINVAL');
      const wanted = memory.buffers(iovs, count).reduce((sum, { length }) => sum + length, 0);
      memory.setU32(result, 0);
      memory.setU16(out, 0);
      if (wanted === 0) return undefined;
      const peek = (flags & receiveFlags.peek) !== 0;
      const all = (flags & receiveFlags.waitAll) !== 0 && !peek && socket.source.file === 'socket';
      return after(all ? readAll(socket, wanted, []) : readSome(socket, wanted, peek), (received) => {
        scatter(received, memory.buffers(iovs, count));
        memory.setU32(result, received.length);
      });
    },

    sock_send(fd: number, iovs: number, count: number, flags: number, result: number) {
      const socket = socketAt(process, fd, rights.fdWrite);
      if (flags !== 0) throw new Errno('EINVAL');
      const bytes = gather(memory.buffers(iovs, count));
      memory.setU32(result, 0);
      const written = writeStream(context, socket.source, bytes, isNonblocking(socket));
      return after(written, (length) => memory.setU32(result, length));
    },

    sock_shutdown(fd: number, how: number) {
      const { source } = socketAt(process, fd, rights.sockShutdown);
      const wanted = shutdowns[how];
      if (wanted === undefined) throw new Errno('EINVAL');
      return shutDown(process, source, wanted);
    },
  };

  function readSome(socket: SocketDescriptor, max: number, peek = false): Uint8Array | Promise<Uint8Array> {
    return readStream(context, socket.source, max, isNonblocking(socket), peek);
  }

  /** As much as is wanted, less where the stream ends before. */
  function readAll(
    socket: SocketDescriptor,
    wanted: number,
    before: readonly Uint8Array[],
  ): Uint8Array | Promise<Uint8Array> {
    return after(readSome(socket, wanted), (part) => {
      const parts = [...before, part];
      if (part.length === 0 || part.length === wanted) return gather(parts);
      return readAll(socket, wanted - part.length, parts);
    });
  }
}

/** Ends one or both directions. What is written afterwards is EPIPE from the first byte on. */
export function shutDown({ context }: WasiProcess, source: HandleSource, how: number): void | Promise<void> {
  return after(context.syscalls.invoke(syscall.shutdown, [source.handle, how]), () => {
    if (source.file === 'socket' && how !== shutdownHow.SHUT_RD) context.handles.hangup(source.handle);
  });
}

/** The kernel's name for the connection that has waited longest. */
export function accept({ context }: WasiProcess, socket: SocketDescriptor): number | Promise<number> {
  const answer = context.syscalls.invoke(syscall.accept, [
    socket.source.handle,
    isNonblocking(socket) ? 1 : 0,
  ]);
  return after(answer, (handle) => handle as number);
}
