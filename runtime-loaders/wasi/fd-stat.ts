// runtime-loaders/wasi: fd_fdstat_get, fd_filestat_*.
import { after } from './after.js';
import type { Calls } from './calls.js';
import { position } from './fd-read-write.js';
import { fileType, setTimes, writeFilestat, writeStreamFilestat } from './filestat.js';
import { streamType } from './streams.js';
import type { Layout } from './layout.js';
import { rights } from './rights.js';
import type { WasiProcess } from './wasi-process.js';

const fdstatBytes = 24;

export function fdStatCalls(process: WasiProcess, layout: Layout): Calls {
  const { memory, descriptors, context } = process;
  return {
    fd_fdstat_get(fd: number, result: number) {
      const descriptor = descriptors.get(fd);
      const pointer = result >>> 0;
      memory.clear(pointer, fdstatBytes);
      const type =
        descriptor.kind === 'stream' ? streamType(descriptor.source) : fileType(descriptor.inode.type);
      memory.setU8(pointer, type);
      memory.setU16(pointer + 2, descriptor.flags);
      memory.setU64(pointer + 8, BigInt(descriptor.rights));
      memory.setU64(pointer + 16, BigInt(descriptor.inheriting));
    },

    fd_filestat_get(fd: number, result: number) {
      const descriptor = descriptors.get(fd, rights.fdFilestatGet);
      return after(process.seen(), () => {
        context.view.look();
        if (descriptor.kind === 'stream') writeStreamFilestat(process, layout, fd, descriptor.source, result);
        else writeFilestat(process, layout, descriptor.inode, result);
      });
    },

    fd_filestat_set_size(fd: number, size: bigint) {
      const { inode } = descriptors.file(fd, rights.fdFilestatSetSize);
      context.view.truncate(inode, position(size));
    },

    fd_filestat_set_times(fd: number, accessed: bigint, modified: bigint, flags: number) {
      const descriptor = descriptors.get(fd, rights.fdFilestatSetTimes);
      if (descriptor.kind !== 'stream') setTimes(process, descriptor.inode, accessed, modified, flags);
    },
  };
}
