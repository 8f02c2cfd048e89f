// runtime-loaders/wasi: path_open, as open(2).
import { Errno } from '../../kernel-core/abi/errno.js';
import type { Inode } from '../../kernel-core/abi/inode-table.js';
import { syscall } from '../../kernel-core/abi/syscalls.js';
import { after } from './after.js';
import type { Calls } from './calls.js';
import { fdFlags, knownFdFlags, type OpenDirectory } from './descriptors.js';
import { locate } from './paths.js';
import { directoryRights, fileRights, rights, rightsFrom } from './rights.js';
import { openSpecial, specialPath, walkOr } from './special.js';
import type { WasiProcess } from './wasi-process.js';

const oflags = { create: 1, directory: 2, exclusive: 4, truncate: 8 } as const;
const knownOflags = Object.values(oflags).reduce((all, flag) => all | flag, 0);
const followSymlink = 1;
/** Preview 1 has no permission bits: as of creat(2), less the umask. */
const newFileMode = 0o666;

export function pathOpenCalls(process: WasiProcess): Calls {
  const { memory, descriptors, context } = process;
  return {
    path_open(
      fd: number,
      lookup: number,
      pathPointer: number,
      pathLength: number,
      flags: number,
      base: bigint,
      inheriting: bigint,
      fdflags: number,
      result: number,
    ) {
      const has = (flag: number) => (flags & flag) !== 0;
      const path = memory.path(pathPointer, pathLength);
      if ((flags & ~knownOflags) !== 0 || (fdflags & ~knownFdFlags) !== 0) throw new Errno('EINVAL', path);
      const directory = descriptors.directory(
        fd,
        rights.pathOpen |
          (has(oflags.create) ? rights.pathCreateFile : 0) |
          (has(oflags.truncate) ? rights.pathFilestatSetSize : 0),
      );
      const wanted = rightsFrom(base);
      const passedOn = rightsFrom(inheriting);
      if (((wanted | passedOn) & ~directory.inheriting) !== 0 || !maySync(directory, fdflags))
        throw new Errno('ENOTCAPABLE', path);
      if (has(oflags.create) && has(oflags.directory)) throw new Errno('EINVAL', path);
      // The result's address is checked before anything changes.
      memory.setU32(result, 0);

      const exclusive = has(oflags.create) && has(oflags.exclusive);
      const finish = ({ inode, made }: Found): void => {
        checkKind(inode, path, flags, wanted);
        // What is empty already has another time afterwards.
        if (has(oflags.truncate) && !made) context.view.truncate(inode, 0);
        const common = { inode, inheriting: passedOn, flags: fdflags };
        const opened = descriptors.add(
          inode.type === 'directory'
            ? { kind: 'directory', rights: wanted & directoryRights, reach: 'inside', ...common }
            : { kind: 'file', rights: wanted & fileRights, position: 0, ...common },
        );
        memory.setU32(result, opened);
      };
      const openFrom = (start: OpenDirectory, from: string): void | Promise<void> =>
        walkOr(() => {
          const found = openInode(process, start, from, {
            follow: (lookup & followSymlink) !== 0 && !exclusive,
            create: has(oflags.create),
            exclusive,
            read: (wanted & rights.fdRead) !== 0,
            write: (wanted & rights.fdWrite) !== 0 || has(oflags.truncate),
          });
          return found instanceof Promise ? found.then(finish) : finish(found);
        }, openThere);
      const openThere = (place: string): void | Promise<void> =>
        after(openSpecial(process, place, wanted), (opened) => {
          if ('fd' in opened) return memory.setU32(result, opened.fd);
          return openFrom({ ...directory, inode: context.view.root, reach: 'tree' }, opened.tree);
        });
      const special = specialPath(process, directory, path);
      return special === undefined ? openFrom(directory, path) : openThere(special);
    },
  };
}

interface Found {
  readonly inode: Inode;
  /** Just now. */
  readonly made: boolean;
}

/** A promise where the kernel decides who makes it: O_EXCL. */
function openInode(
  process: WasiProcess,
  directory: OpenDirectory,
  path: string,
  options: {
    readonly follow: boolean;
    readonly create: boolean;
    readonly exclusive: boolean;
    readonly read: boolean;
    readonly write: boolean;
  },
): Found | Promise<Found> {
  const { context, umask } = process;
  const { view } = context;
  const place = locate(view, directory, path, { follow: options.follow, creating: options.create });
  if (place.inode !== undefined) {
    if (options.exclusive) throw new Errno('EEXIST', path);
    if (options.create && place.inode.type === 'directory') throw new Errno('EISDIR', path);
    view.checkAccess(place.inode, options);
    return { inode: place.inode, made: false };
  }
  if (!options.create) throw new Errno('ENOENT', path);
  if (place.directoryOnly) throw new Errno('EISDIR', path);
  const mode = newFileMode & ~umask;
  if (!options.exclusive || context.transport === 'local')
    return { inode: view.create(place.parent, place.name, 'file', mode), made: true };
  const record = view.creation(place.parent, place.name, 'file', mode);
  view.taken();
  const decided = context.syscalls.invoke(syscall.commit, [record]);
  return after(decided, () => ({ inode: view.resolveNew(record.inode), made: true }));
}

/** What is opened through a directory may be written through only where it could be synchronised. */
function maySync({ inheriting }: OpenDirectory, fdflags: number): boolean {
  const may = (needed: number): boolean => (inheriting & needed) !== 0;
  if ((fdflags & (fdFlags.sync | fdFlags.rsync)) !== 0) return may(rights.fdSync);
  return (fdflags & fdFlags.dsync) === 0 || may(rights.fdDatasync | rights.fdSync);
}

function checkKind(inode: Inode, path: string, flags: number, wanted: number): void {
  switch (inode.type) {
    case 'symlink':
      throw new Errno('ELOOP', path);
    case 'socket':
      throw new Errno('ENXIO', path);
    case 'directory':
      if ((wanted & rights.fdWrite) !== 0 || (flags & oflags.truncate) !== 0) throw new Errno('EISDIR', path);
      return;
    case 'file':
      if ((flags & oflags.directory) !== 0) throw new Errno('ENOTDIR', path);
  }
}
