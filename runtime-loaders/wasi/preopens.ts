// runtime-loaders/wasi: the directories a program starts with, from fd 3 on.
import { normalize } from '../../kernel-core/abi/path.js';
import { isErrno, errnoText } from '../../kernel-core/abi/errno.js';
import { allRights, directoryRights, inputRights, outputRights } from './rights.js';
import type { OpenDirectory } from './descriptors.js';
import type { WasiProcess } from './wasi-process.js';

/**
 * Fills the descriptor table. The default preopens are `.`, `/` and `.` again: Zig takes the first for its
 * working directory, Go joins its `PWD` to `/`, wasi-libc (C, C++, Rust, TinyGo …) takes the last (`paths.ts`).
 * Returns a sentence where a directory asked for does not exist.
 */
export function openInitialDescriptors(process: WasiProcess): string | undefined {
  const { descriptors, context } = process;
  descriptors.add({ kind: 'stream', stream: 0, rights: inputRights, inheriting: 0, flags: 0 });
  descriptors.add({ kind: 'stream', stream: 1, rights: outputRights, inheriting: 0, flags: 0 });
  descriptors.add({ kind: 'stream', stream: 2, rights: outputRights, inheriting: 0, flags: 0 });
  const given: readonly (readonly [string, string, OpenDirectory['reach']])[] =
    context.preopens === undefined
      ? [
          ['.', context.cwd, 'cwd'],
          ['/', '/', 'tree'],
          ['.', context.cwd, 'cwd'],
        ]
      : Object.entries(context.preopens).map(([guest, path]) => [guest, path, 'inside']);
  for (const [preopen, path, reach] of given) {
    try {
      const inode = context.view.resolve(normalize(path, context.cwd));
      if (inode.type !== 'directory') return `The directory '${path}' given to the program is no directory.`;
      descriptors.add({
        kind: 'directory',
        inode,
        preopen,
        reach,
        rights: directoryRights,
        inheriting: allRights,
        flags: 0,
      });
    } catch (error) {
      if (!isErrno(error)) throw error;
      return `The directory '${path}' cannot be given to the program: ${errnoText(error.errno)}.`;
    }
  }
  return undefined;
}
