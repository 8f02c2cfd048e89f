// runtime-loaders/wasi: fd_read, fd_write, fd_pread, fd_pwrite.
import { Errno } from '../../kernel-core/abi/errno.js';
import type { Inode } from '../../kernel-core/abi/inode-table.js';
import type { Stdio } from '../stdio.js';
import type { Calls } from './calls.js';
import { fdFlags, type AnyDescriptor, type OpenFile } from './descriptors.js';
import { rights } from './rights.js';
import type { WasiProcess } from './wasi-process.js';

const outputChunkBytes = 256 * 1024;

export function fdReadWriteCalls(process: WasiProcess): Calls {
  const { memory, descriptors, context, input } = process;

  /** A descriptor that may be read or written; POSIX says EBADF where it was not opened for that. */
  const opened = (fd: number, needed: number): Exclude<AnyDescriptor, { kind: 'directory' }> => {
    const descriptor = descriptors.get(fd);
    if (descriptor.kind === 'directory') throw new Errno('EISDIR');
    if ((descriptor.rights & needed) === 0) throw new Errno('EBADF');
    return descriptor;
  };
  const openedFile = (fd: number, needed: number): OpenFile => {
    const descriptor = opened(fd, needed);
    if (descriptor.kind === 'stream') throw new Errno('ESPIPE');
    return descriptor;
  };

  const readFile = (inode: Inode, position: number, buffers: readonly Uint8Array[]): number => {
    let total = 0;
    for (const buffer of buffers) {
      const length = context.view.read(inode, position + total, buffer);
      total += length;
      if (length < buffer.length) break;
    }
    return total;
  };
  const writeFile = (inode: Inode, position: number, buffers: readonly Uint8Array[]): number => {
    const bytes = gather(buffers);
    if (bytes.length > 0) context.view.write(inode, position, bytes);
    return bytes.length;
  };

  const readInput = (iovs: number, count: number, result: number): void | Promise<void> => {
    const wanted = memory.buffers(iovs, count).reduce((sum, buffer) => sum + buffer.length, 0);
    if (wanted === 0) return memory.setU32(result, 0);
    const arrived = (bytes: Uint8Array) => {
      // Looked up again: the memory may have grown or moved while the program was suspended.
      scatter(bytes, memory.buffers(iovs, count));
      memory.setU32(result, bytes.length);
    };
    const bytes = input.read(wanted);
    return bytes instanceof Uint8Array ? arrived(bytes) : bytes.then(arrived);
  };

  return {
    fd_read(fd: number, iovs: number, count: number, result: number) {
      const descriptor = opened(fd, rights.fdRead);
      if (descriptor.kind === 'stream') {
        if ((descriptor.flags & fdFlags.nonblock) !== 0) refuseToWait(process);
        return readInput(iovs, count, result);
      }
      const length = readFile(descriptor.inode, descriptor.position, memory.buffers(iovs, count));
      descriptor.position += length;
      memory.setU32(result, length);
      return undefined;
    },

    fd_pread(fd: number, iovs: number, count: number, offset: bigint, result: number) {
      const { inode } = openedFile(fd, rights.fdRead);
      memory.setU32(result, readFile(inode, position(offset), memory.buffers(iovs, count)));
    },

    fd_write(fd: number, iovs: number, count: number, result: number) {
      const descriptor = opened(fd, rights.fdWrite);
      const buffers = memory.buffers(iovs, count);
      if (descriptor.kind === 'stream') {
        const bytes = gather(buffers);
        if (descriptor.stream === 2) process.noteError(bytes);
        memory.setU32(result, bytes.length);
        return writeOutput(context.stdio, descriptor.stream, bytes);
      }
      const { inode } = descriptor;
      const at = (descriptor.flags & fdFlags.append) === 0 ? descriptor.position : inode.size;
      const length = writeFile(inode, at, buffers);
      descriptor.position = at + length;
      memory.setU32(result, length);
      return undefined;
    },

    fd_pwrite(fd: number, iovs: number, count: number, offset: bigint, result: number) {
      const descriptor = openedFile(fd, rights.fdWrite);
      const { inode } = descriptor;
      // As on Linux, a file opened for appending appends whatever the offset says.
      const at = (descriptor.flags & fdFlags.append) === 0 ? position(offset) : inode.size;
      memory.setU32(result, writeFile(inode, at, memory.buffers(iovs, count)));
    },
  };
}

/** Writes all of it, waiting in between where the reader lags, so that no message is larger than a pipe holds. */
function writeOutput(stdio: Stdio, fd: number, bytes: Uint8Array): undefined | Promise<void> {
  for (let offset = 0; offset < bytes.length; offset += outputChunkBytes) {
    const waiting = stdio.writeWaiting(fd, bytes.subarray(offset, offset + outputChunkBytes));
    const rest = bytes.subarray(offset + outputChunkBytes);
    // A view of the program's memory stays valid: the program is suspended meanwhile.
    if (waiting !== undefined) return waiting.then(() => writeOutput(stdio, fd, rest));
  }
  return undefined;
}

/** Non-blocking reads answer EAGAIN where input would have to be waited for, and look for it meanwhile. */
function refuseToWait({ input, jspi }: WasiProcess): void {
  if (input.ready || jspi === undefined) return;
  input.lookAhead().catch(() => {
    // The next read that waits meets the same failure and reports it.
  });
  throw new Errno('EAGAIN');
}

/** A file position as a number; EINVAL for what no file can have. */
export function position(offset: bigint): number {
  if (offset < 0n || offset > BigInt(Number.MAX_SAFE_INTEGER)) throw new Errno('EINVAL');
  return Number(offset);
}

function gather(buffers: readonly Uint8Array[]): Uint8Array {
  const [first] = buffers;
  if (first !== undefined && buffers.length === 1) return first;
  const bytes = new Uint8Array(buffers.reduce((sum, buffer) => sum + buffer.length, 0));
  let offset = 0;
  for (const buffer of buffers) {
    bytes.set(buffer, offset);
    offset += buffer.length;
  }
  return bytes;
}

function scatter(bytes: Uint8Array, buffers: readonly Uint8Array[]): void {
  let offset = 0;
  for (const buffer of buffers) {
    const part = bytes.subarray(offset, offset + buffer.length);
    buffer.set(part);
    offset += part.length;
  }
}
