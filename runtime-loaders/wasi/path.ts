// runtime-loaders/wasi: the path_* calls that make, remove and move names.
import { Errno } from '../../kernel-core/abi/errno.js';
import type { Walk } from '../../kernel-core/abi/path.js';
import type { Calls } from './calls.js';
import { locate, locateName } from './paths.js';
import { rights } from './rights.js';
import type { WasiProcess } from './wasi-process.js';

const followSymlink = 1;
const newDirectoryMode = 0o777;
const linkMode = 0o777;

export function pathCalls(process: WasiProcess): Calls {
  const { memory, descriptors, context } = process;
  const { view } = context;

  return {
    path_create_directory(fd: number, pathPointer: number, length: number) {
      const directory = descriptors.directory(fd, rights.pathCreateDirectory);
      const place = locateName(view, directory, memory.path(pathPointer, length), true);
      if (place.inode !== undefined) throw new Errno('EEXIST');
      view.create(place.parent, place.name, 'directory', newDirectoryMode & ~process.umask);
    },

    path_remove_directory(fd: number, pathPointer: number, length: number) {
      const directory = descriptors.directory(fd, rights.pathRemoveDirectory);
      const path = memory.path(pathPointer, length);
      const place = named(locateName(view, directory, path, false), path);
      view.rmdir(place.parent, place.name);
    },

    path_unlink_file(fd: number, pathPointer: number, length: number) {
      const directory = descriptors.directory(fd, rights.pathUnlinkFile);
      const path = memory.path(pathPointer, length);
      const place = locateName(view, directory, path, false);
      if (place.inode?.type === 'directory') throw new Errno('EISDIR', path);
      view.unlink(place.parent, place.name);
    },

    path_rename(
      fromFd: number,
      fromPointer: number,
      fromLength: number,
      toFd: number,
      toPointer: number,
      toLength: number,
    ) {
      const fromDirectory = descriptors.directory(fromFd, rights.pathRenameSource);
      const toDirectory = descriptors.directory(toFd, rights.pathRenameTarget);
      const fromPath = memory.path(fromPointer, fromLength);
      const toPath = memory.path(toPointer, toLength);
      const from = named(locateName(view, fromDirectory, fromPath, false), fromPath);
      const to = named(locateName(view, toDirectory, toPath, true), toPath);
      if (from.inode === undefined) throw new Errno('ENOENT', fromPath);
      if (to.directoryOnly && from.inode.type !== 'directory') throw new Errno('ENOTDIR', toPath);
      return process.decide(
        () => view.renaming(from.parent, from.name, to.parent, to.name),
        () => view.rename(from.parent, from.name, to.parent, to.name),
      );
    },

    path_link(
      fromFd: number,
      lookup: number,
      fromPointer: number,
      fromLength: number,
      toFd: number,
      toPointer: number,
      toLength: number,
    ) {
      const fromDirectory = descriptors.directory(fromFd, rights.pathLinkSource);
      const toDirectory = descriptors.directory(toFd, rights.pathLinkTarget);
      const fromPath = memory.path(fromPointer, fromLength);
      const follow = (lookup & followSymlink) !== 0;
      const { inode } = locate(view, fromDirectory, fromPath, { follow });
      if (inode === undefined) throw new Errno('ENOENT', fromPath);
      const to = newName(locateName(view, toDirectory, memory.path(toPointer, toLength), true));
      if (inode.type === 'directory') throw new Errno('EPERM', fromPath);
      return process.decide(
        () => view.linking(inode, to.parent, to.name),
        () => view.link(inode, to.parent, to.name),
      );
    },

    path_symlink(
      targetPointer: number,
      targetLength: number,
      fd: number,
      pathPointer: number,
      length: number,
    ) {
      const target = memory.path(targetPointer, targetLength);
      const directory = descriptors.directory(fd, rights.pathSymlink);
      const place = newName(locateName(view, directory, memory.path(pathPointer, length), true));
      if (target === '') throw new Errno('ENOENT');
      // A link out of the directories given would be of no use through them.
      if (target.startsWith('/') && directory.reach === 'inside') throw new Errno('ENOTCAPABLE', target);
      view.create(place.parent, place.name, 'symlink', linkMode, target);
    },
  };
}

/** A place whose last name can be taken away: not `.`, `..` or the root. */
function named(place: Walk, path: string): Walk {
  if (place.name === '.') throw new Errno(path.endsWith('..') ? 'ENOTEMPTY' : 'EINVAL', path);
  return place;
}

/** A place for a new name that is no directory: a slash behind it is an error. */
function newName(place: Walk): Walk {
  if (place.inode !== undefined) throw new Errno('EEXIST');
  if (place.directoryOnly) throw new Errno('ENOENT');
  return place;
}
