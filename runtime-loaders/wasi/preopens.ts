// runtime-loaders/wasi: the directories a program starts with, from fd 3 on.
import { normalize } from '../../kernel-core/abi/path.js';
import { isErrno, errnoText } from '../../kernel-core/abi/errno.js';
import type { StartDescriptor } from '../../kernel-core/abi/messages.js';
import { access } from '../../kernel-core/abi/syscalls.js';
import {
  allRights,
  directoryRights,
  fileRights,
  inputRights,
  outputRights,
  rights,
  socketRights,
} from './rights.js';
import { fdFlags, firstPreopen, type AnyDescriptor, type OpenDirectory } from './descriptors.js';
import { FoundPaths } from './found-paths.js';
import { sourceOf } from './streams.js';
import type { WasiProcess } from './wasi-process.js';

/**
 * Fills the descriptor table. The default preopens are `.`, `/` and `.` again: Zig takes the first for its
 * working directory, Go joins its `PWD` to `/`, wasi-libc (C, C++, Rust, TinyGo …) takes the last (`paths.ts`).
 * Returns a sentence where a directory asked for does not exist.
 */
export function openInitialDescriptors(process: WasiProcess): string | undefined {
  const { descriptors, context } = process;
  for (const each of context.descriptors) descriptors.addAt(each.fd, initialDescriptor(process, each));
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
      const preopened: OpenDirectory = {
        kind: 'directory',
        inode,
        preopen,
        reach,
        found: new FoundPaths(),
        rights: directoryRights,
        inheriting: allRights,
        flags: 0,
      };
      descriptors.add(preopened, firstPreopen);
    } catch (error) {
      if (!isErrno(error)) throw error;
      return `The directory '${path}' cannot be given to the program: ${errnoText(error.errno)}.`;
    }
  }
  return undefined;
}

/** What a descriptor of the start message stands for. */
export function initialDescriptor({ context }: WasiProcess, each: StartDescriptor): AnyDescriptor {
  const readable = each.kind === 'handle' ? (each.access & access.read) !== 0 : each.fd === 0;
  const writable = each.kind === 'handle' ? (each.access & access.write) !== 0 : each.fd !== 0;
  if (each.kind === 'handle' && each.inode !== undefined) {
    const allowed =
      (readable ? allRights : ~rights.fdRead) &
      (writable ? allRights : ~(rights.fdWrite | rights.fdFilestatSetSize | rights.fdAllocate)) &
      fileRights;
    const inode = context.view.get(each.inode);
    return {
      kind: 'file',
      inode,
      position: 0,
      handle: each.handle,
      rights: allowed,
      inheriting: 0,
      flags: each.append === true ? fdFlags.append : 0,
    };
  }
  const isSocket = each.kind === 'handle' && (each.file === 'socket' || each.file === 'datagram');
  return {
    kind: 'stream',
    source: sourceOf(each),
    isError: each.fd === 2,
    rights: isSocket ? socketRights : (readable ? inputRights : 0) | (writable ? outputRights : 0),
    inheriting: 0,
    flags: 0,
  };
}
