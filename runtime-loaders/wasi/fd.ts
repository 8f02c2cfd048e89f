// runtime-loaders/wasi: the fd_* calls that neither read, write nor stat: seeking, closing, preopens, flags.
import { bytesOfText } from '../../kernel-core/abi/byte-text.js';
import { Errno } from '../../kernel-core/abi/errno.js';
import { syscall } from '../../kernel-core/abi/syscalls.js';
import { after } from './after.js';
import type { Call, Calls } from './calls.js';
import { firstPreopen, knownFdFlags, type AnyDescriptor } from './descriptors.js';
import { position } from './fd-read-write.js';
import type { Layout } from './layout.js';
import { rights, rightsFrom } from './rights.js';
import type { WasiProcess } from './wasi-process.js';

/** `advice` values: normal, sequential, random, willneed, dontneed, noreuse. */
const adviceMax = 5;

export function fdCalls(process: WasiProcess, layout: Layout): Calls {
  const { memory, descriptors, context } = process;

  const preopenName = (fd: number): Uint8Array => {
    const descriptor = descriptors.get(fd);
    if (descriptor.kind !== 'directory' || descriptor.preopen === undefined) throw new Errno('EBADF');
    return bytesOfText(descriptor.preopen);
  };

  const hasPreopenBehind = (fd: number): boolean =>
    [...descriptors.entries()].some(([number, descriptor]) => number > fd && isPreopen(descriptor));

  const sync =
    (needed: number): Call =>
    (fd: number) => {
      descriptors.get(fd, needed);
      context.view.flush();
    };

  /** The offset of a file shared with other processes is the kernel's. */
  const seekShared = (
    handle: number,
    offset: bigint,
    whence: number,
    result: number,
  ): void | Promise<void> => {
    const { set, current, end } = layout.seek;
    const base = [set, current, end].indexOf(whence);
    if (base < 0) throw new Errno('EINVAL');
    const tell = (answer: number | Uint8Array): void => {
      const [at = 0] = new Float64Array((answer as Uint8Array).slice().buffer);
      memory.setU64(result, BigInt(at));
    };
    context.handles.flush();
    const answer = context.syscalls.invoke(syscall.seek, [handle, Number(offset), base]);
    return answer instanceof Promise ? answer.then(tell) : tell(answer);
  };

  return {
    fd_close: (fd: number) => descriptors.close(fd),
    fd_renumber: (from: number, to: number) => descriptors.renumber(from, to),
    fd_sync: sync(rights.fdSync),
    fd_datasync: sync(rights.fdDatasync),

    fd_prestat_get(fd: number, result: number) {
      const descriptor = descriptors.get(fd);
      // A child may have inherited something between its preopens: wasi-libc passes over what is no directory.
      if (fd >= firstPreopen && !isPreopen(descriptor) && hasPreopenBehind(fd))
        return memory.setU32(result, noDirectory);
      const name = preopenName(fd);
      memory.setU32(result, 0);
      memory.setU32((result >>> 0) + 4, name.length);
    },
    fd_prestat_dir_name(fd: number, pointer: number, length: number) {
      const name = preopenName(fd);
      if (name.length > length >>> 0) throw new Errno('ENAMETOOLONG');
      memory.setBytes(pointer, name);
    },

    fd_seek(fd: number, offset: bigint, whence: number, result: number) {
      const file = descriptors.file(fd);
      const moves = offset !== 0n || whence !== layout.seek.current;
      descriptors.get(fd, moves ? rights.fdSeek : tellRight(file));
      if (file.handle !== undefined) return seekShared(file.handle, offset, whence, result);
      const seek = (): void => {
        if (whence === layout.seek.end) context.view.look();
        file.position = position(BigInt(seekBase(whence, layout, file)) + offset);
        memory.setU64(result, BigInt(file.position));
      };
      return whence === layout.seek.end ? after(process.seen(), seek) : seek();
    },
    fd_tell(fd: number, result: number) {
      const file = descriptors.file(fd);
      const { handle, position: here } = file;
      descriptors.get(fd, tellRight(file));
      if (handle !== undefined) return seekShared(handle, 0n, layout.seek.current, result);
      memory.setU64(result, BigInt(here));
      return undefined;
    },

    fd_advise(fd: number, _offset: bigint, _length: bigint, advice: number) {
      if (advice < 0 || advice > adviceMax) throw new Errno('EINVAL');
      const descriptor = descriptors.get(fd);
      if (descriptor.kind === 'stream') throw new Errno('ESPIPE');
      descriptors.get(fd, rights.fdAdvise);
    },
    fd_allocate(fd: number, offset: bigint, length: bigint) {
      const { inode } = descriptors.file(fd, rights.fdAllocate);
      if (length === 0n) throw new Errno('EINVAL');
      const end = position(BigInt.asUintN(64, offset) + BigInt.asUintN(64, length));
      context.view.look();
      if (end > inode.size) context.view.truncate(inode, end);
    },

    fd_fdstat_set_flags(fd: number, flags: number) {
      if ((flags & ~knownFdFlags) !== 0) throw new Errno('EINVAL');
      descriptors.get(fd, rights.fdFdstatSetFlags).flags = flags;
    },
    fd_fdstat_set_rights(fd: number, base: bigint, inheriting: bigint) {
      const descriptor = descriptors.get(fd);
      const [newBase, newInheriting] = [rightsFrom(base), rightsFrom(inheriting)];
      // Rights can only be given up.
      if ((newBase & ~descriptor.rights) !== 0 || (newInheriting & ~descriptor.inheriting) !== 0) {
        throw new Errno('ENOTCAPABLE');
      }
      descriptor.rights = newBase;
      descriptor.inheriting = newInheriting;
    },
  };
}

/** To ask where one is the right to seek will do as well. */
const tellRight = (file: AnyDescriptor): number =>
  (file.rights & rights.fdSeek) === 0 ? rights.fdTell : rights.fdSeek;

/** A `preopentype` that is none. */
const noDirectory = 255;

const isPreopen = (descriptor: AnyDescriptor): boolean =>
  descriptor.kind === 'directory' && descriptor.preopen !== undefined;

function seekBase(whence: number, { seek }: Layout, file: AnyDescriptor & { kind: 'file' }): number {
  switch (whence) {
    case seek.set:
      return 0;
    case seek.current:
      return file.position;
    case seek.end:
      return file.inode.size;
    default:
      throw new Errno('EINVAL');
  }
}
