// runtime-loaders/wasi: fd_read, fd_write, fd_pread, fd_pwrite.
import { Errno, isErrno } from '../../kernel-core/abi/errno.js';
import type { Inode } from '../../kernel-core/abi/inode-table.js';
import { readDoubles, syscall } from '../../kernel-core/abi/syscalls.js';
import { leaseOf } from '../view/shared-view.js';
import { arrived } from './blocks.js';
import { after } from './after.js';
import type { Calls } from './calls.js';
import { fdFlags, type AnyDescriptor, type OpenFile } from './descriptors.js';
import { rights } from './rights.js';
import { readStream, takeStream, writeStream } from './streams.js';
import type { WasiProcess } from './wasi-process.js';

export function fdReadWriteCalls(process: WasiProcess): Calls {
  const { memory, descriptors, context } = process;

  /** A descriptor that may be read or written; POSIX says EBADF where it was not opened for that. */
  const opened = (fd: number, needed: number): Exclude<AnyDescriptor, { kind: 'directory' }> => {
    const descriptor = descriptors.get(fd);
    // No directory can be opened for writing.
    if (descriptor.kind === 'directory') throw new Errno(needed === rights.fdRead ? 'EISDIR' : 'EBADF');
    if ((descriptor.rights & needed) === 0) throw new Errno('EBADF');
    return descriptor;
  };
  /** A file that may also be read or written anywhere. */
  const openedFile = (fd: number, needed: number): OpenFile => {
    const descriptor = opened(fd, needed);
    if (descriptor.kind === 'stream') throw new Errno('ESPIPE');
    descriptors.get(fd, rights.fdSeek);
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
  const readAt = (file: OpenFile, buffers: readonly Uint8Array[], result: number): void => {
    const length = readFile(file.inode, file.position, buffers);
    file.position += length;
    memory.setU32(result, length);
  };
  /** Writes once there is room for it: a lease that is too small is made larger first, where that can be waited for. */
  const writeFile = (inode: Inode, position: number, bytes: Uint8Array): void | Promise<void> => {
    if (bytes.length === 0) return undefined;
    // A file of a pack is copied when it is written to.
    const copied = arrived(context, inode, 0, inode.size);
    if (copied === undefined) return writeHere(inode, position, bytes);
    const own = bytes.slice();
    return copied.then(() => writeHere(inode, position, own));
  };
  const writeHere = (inode: Inode, position: number, bytes: Uint8Array): void | Promise<void> => {
    const growth = Math.max(0, position + bytes.length - inode.size);
    if (context.transport !== 'suspending' || !context.view.needsLease(growth)) {
      return context.view.write(inode, position, bytes);
    }
    const granted = context.syscalls.call(syscall.lease, [growth]);
    return granted.then((answer) => {
      context.view.addLease(leaseOf(answer as Uint8Array));
      context.view.write(inode, position, bytes);
    });
  };
  /** Appends where the file ends by then, which the kernel decides. The result is the position behind. */
  const appendFile = (inode: Inode, bytes: Uint8Array): number | Promise<number> => {
    if (context.transport === 'local') {
      context.view.write(inode, inode.size, bytes);
      return inode.size;
    }
    const behind = (answer: number | Uint8Array): number =>
      (readDoubles(answer as Uint8Array)[0] ?? 0) + bytes.length;
    // Another has taken its last name, and the kernel keeps it no longer: what is here is this process's own.
    const alone = (error: unknown): number => {
      if (!isErrno(error) || error.code !== 'ESTALE') throw error;
      context.view.write(inode, inode.size, bytes);
      return inode.size;
    };
    try {
      const answer = context.syscalls.invoke(syscall.append, [inode.number, bytes.slice()]);
      return answer instanceof Promise ? answer.then(behind, alone) : behind(answer);
    } catch (error) {
      return alone(error);
    }
  };

  /** Puts what was read where the program wants it: looked up again, for its memory may have grown meanwhile. */
  const deliver = (
    bytes: Uint8Array | Promise<Uint8Array>,
    iovs: number,
    count: number,
    result: number,
  ): void | Promise<void> => {
    const put = (read: Uint8Array) => {
      scatter(read, memory.buffers(iovs, count));
      memory.setU32(result, read.length);
    };
    return bytes instanceof Uint8Array ? put(bytes) : bytes.then(put);
  };

  return {
    fd_read(fd: number, iovs: number, count: number, result: number) {
      const descriptor = opened(fd, rights.fdRead);
      const buffers = memory.buffers(iovs, count);
      const wanted = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
      if (descriptor.kind === 'stream') {
        if (wanted === 0) return memory.setU32(result, 0);
        const atOnce = (descriptor.flags & fdFlags.nonblock) !== 0;
        const taken = takeStream(context, descriptor.source, buffers, atOnce);
        if (taken > 0) return memory.setU32(result, taken);
        return deliver(readStream(context, descriptor.source, wanted, atOnce), iovs, count, result);
      }
      if (descriptor.handle !== undefined)
        return deliver(context.handles.read(descriptor.handle, wanted), iovs, count, result);
      const { inode } = descriptor;
      const read = (): void => readAt(descriptor, memory.buffers(iovs, count), result);
      const fetch = (): void | Promise<void> => {
        const fetched = arrived(context, inode, descriptor.position, wanted);
        return fetched === undefined ? read() : fetched.then(read);
      };
      return context.view.isBehind ? after(process.seen(), fetch) : fetch();
    },

    fd_pread(fd: number, iovs: number, count: number, offset: bigint, result: number) {
      const { inode } = openedFile(fd, rights.fdRead);
      const at = position(offset);
      const wanted = memory.buffers(iovs, count).reduce((sum, buffer) => sum + buffer.length, 0);
      const read = (): void => memory.setU32(result, readFile(inode, at, memory.buffers(iovs, count)));
      const fetch = (): void | Promise<void> => {
        const fetched = arrived(context, inode, at, wanted);
        return fetched === undefined ? read() : fetched.then(read);
      };
      return context.view.isBehind ? after(process.seen(), fetch) : fetch();
    },

    fd_write(fd: number, iovs: number, count: number, result: number) {
      const descriptor = opened(fd, rights.fdWrite);
      const buffers = memory.buffers(iovs, count);
      if (descriptor.kind === 'stream') {
        const bytes = gather(buffers);
        if (descriptor.isError) process.noteError(bytes);
        memory.setU32(result, 0);
        const atOnce = (descriptor.flags & fdFlags.nonblock) !== 0;
        const written = writeStream(context, descriptor.source, bytes, atOnce);
        return after(written, (length) => memory.setU32(result, length));
      }
      if (descriptor.handle !== undefined) {
        const bytes = gather(buffers);
        memory.setU32(result, bytes.length);
        context.view.expectChange();
        return context.handles.writeWaiting(descriptor.handle, bytes);
      }
      const bytes = gather(buffers);
      memory.setU32(result, bytes.length);
      if (bytes.length === 0) return undefined;
      if ((descriptor.flags & fdFlags.append) !== 0) {
        const moved = (behind: number): void => {
          descriptor.position = behind;
        };
        const appended = appendFile(descriptor.inode, bytes);
        return appended instanceof Promise ? appended.then(moved) : moved(appended);
      }
      const { position: at } = descriptor;
      const moved = (): void => {
        descriptor.position = at + bytes.length;
      };
      const written = writeFile(descriptor.inode, at, bytes);
      return written instanceof Promise ? written.then(moved) : moved();
    },

    fd_pwrite(fd: number, iovs: number, count: number, offset: bigint, result: number) {
      const descriptor = openedFile(fd, rights.fdWrite);
      const { inode } = descriptor;
      const at = position(offset);
      const bytes = gather(memory.buffers(iovs, count));
      memory.setU32(result, bytes.length);
      // As on Linux, a file opened for appending appends whatever the offset says.
      if ((descriptor.flags & fdFlags.append) === 0 || bytes.length === 0) return writeFile(inode, at, bytes);
      return after(appendFile(inode, bytes), () => undefined);
    },
  };
}

/** A file position as a number; EINVAL for what no file can have. */
export function position(offset: bigint): number {
  if (offset < 0n || offset > BigInt(Number.MAX_SAFE_INTEGER)) throw new Errno('EINVAL');
  return Number(offset);
}

export function gather(buffers: readonly Uint8Array[]): Uint8Array {
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

export function scatter(bytes: Uint8Array, buffers: readonly Uint8Array[]): void {
  let offset = 0;
  for (const buffer of buffers) {
    const part = bytes.subarray(offset, offset + buffer.length);
    buffer.set(part);
    offset += part.length;
  }
}
