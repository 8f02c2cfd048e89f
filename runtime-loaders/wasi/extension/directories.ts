// runtime-loaders/wasi/extension: working directory, umask, permission bits. See `include/wasm-elements.h`.
import { Errno } from '../../../kernel-core/abi/errno.js';
import type { Calls } from '../calls.js';
import { writeFilestat } from '../filestat.js';
import { preview1Layout } from '../layout.js';
import { SiblingPaths } from '../sibling-paths.js';
import { isSpecial, walkOr } from '../special.js';
import type { WasiProcess } from '../wasi-process.js';

const encoder = new TextEncoder();

export function directoryExtension(process: WasiProcess): Calls {
  const { memory, context } = process;
  const inodeAt = (pointer: number, length: number, follow: boolean) =>
    context.view.resolve(memory.path(pointer, length), {
      start: context.view.resolve(process.cwd),
      follow,
      leaves: true,
    });

  const places = new SiblingPaths(context.view);

  const inodeOf = (fd: number) => {
    const descriptor = process.descriptors.get(fd);
    if (descriptor.kind === 'stream') throw new Errno('EINVAL');
    return descriptor.inode;
  };

  return {
    change_directory(pointer: number, length: number) {
      process.changeDirectory(memory.path(pointer, length));
    },

    current_directory(buffer: number, length: number, result: number) {
      const path = encoder.encode(process.cwd);
      memory.setU32(result, path.length);
      if (path.length > length >>> 0) throw new Errno('ERANGE');
      memory.setBytes(buffer, path);
    },

    umask(mask: number, result: number) {
      memory.setU32(result, process.umask);
      process.umask = mask & 0o777;
    },

    mode(pointer: number, length: number, follow: number, result: number) {
      memory.setU32(result, inodeAt(pointer, length, follow !== 0).mode);
    },

    status(pointer: number, length: number, follow: number, result: number, mode: number) {
      const path = memory.path(pointer, length);
      const refuse = (): never => {
        throw new Errno('ENOTSUP', path);
      };
      if (isSpecial(path)) return refuse();
      const inode = walkOr(
        () =>
          path.startsWith('/') ? places.find(path, follow !== 0) : inodeAt(pointer, length, follow !== 0),
        refuse,
      );
      writeFilestat(process, preview1Layout, inode, result);
      memory.setU32(mode, inode.mode);
    },

    change_mode(pointer: number, length: number, mode: number) {
      context.view.setAttributes(inodeAt(pointer, length, true), { mode: mode & 0o7777 });
    },

    descriptor_mode(fd: number, result: number) {
      memory.setU32(result, inodeOf(fd).mode);
    },

    change_descriptor_mode(fd: number, mode: number) {
      context.view.setAttributes(inodeOf(fd), { mode: mode & 0o7777 });
    },
  };
}
