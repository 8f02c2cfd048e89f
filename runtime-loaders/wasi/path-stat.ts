// runtime-loaders/wasi: path_filestat_*, path_readlink.
import { bytesOfText } from '../../kernel-core/abi/byte-text.js';
import { Errno } from '../../kernel-core/abi/errno.js';
import { after } from './after.js';
import type { Calls } from './calls.js';
import { setTimes, writeFilestat } from './filestat.js';
import type { Layout } from './layout.js';
import { locateInode } from './paths.js';
import { rights } from './rights.js';
import { lookAt, specialPath, statSpecial, walkOr } from './special.js';
import type { WasiProcess } from './wasi-process.js';

const followSymlink = 1;

export function pathStatCalls(process: WasiProcess, layout: Layout): Calls {
  const { memory, descriptors, context } = process;
  return {
    path_filestat_get(fd: number, lookup: number, path: number, length: number, result: number) {
      const directory = descriptors.directory(fd, rights.pathFilestatGet);
      const follow = (lookup & followSymlink) !== 0;
      const text = memory.path(path, length);
      const special = specialPath(process, directory, text);
      const statThere = (place: string) => statSpecial(process, layout, place, follow, result);
      if (special !== undefined) return statThere(special);
      return walkOr((): void | Promise<void> => {
        writeFilestat(process, layout, locateInode(context.view, directory, text, follow), result);
      }, statThere);
    },

    path_filestat_set_times(
      fd: number,
      lookup: number,
      path: number,
      length: number,
      accessed: bigint,
      modified: bigint,
      flags: number,
    ) {
      const directory = descriptors.directory(fd, rights.pathFilestatSetTimes);
      const follow = (lookup & followSymlink) !== 0;
      const inode = locateInode(context.view, directory, memory.path(path, length), follow);
      setTimes(process, inode, accessed, modified, flags);
    },

    path_readlink(
      fd: number,
      path: number,
      length: number,
      buffer: number,
      bufferLength: number,
      result: number,
    ) {
      const directory = descriptors.directory(fd, rights.pathReadlink);
      const text = memory.path(path, length);
      const tell = (link: string | undefined): void => {
        if (link === undefined) throw new Errno('EINVAL');
        const target = bytesOfText(link).subarray(0, bufferLength >>> 0);
        memory.setBytes(buffer, target);
        memory.setU32(result, target.length);
      };
      const special = specialPath(process, directory, text);
      const tellThere = (place: string): void | Promise<void> =>
        after(lookAt(process, place), (file) => tell(file.type === 'symlink' ? file.target : undefined));
      if (special !== undefined) return tellThere(special);
      return walkOr<void | Promise<void>>(
        () => tell(locateInode(context.view, directory, text, false).target),
        tellThere,
      );
    },
  };
}
