// runtime-loaders/wasi: from a directory descriptor and a path to a place in the tree.
//
// wasi-libc knows no working directory: it strips the slash of `/tmp/x` and hands out `tmp/x` relative to the
// preopen whose name is the longest prefix, and both `/` and `.` are the empty prefix to it (preopens.c of
// wasi-libc). So the default preopen `.` answers for both: a path is looked up from the working directory and,
// where that finds nothing, from the root. What is created goes to the working directory if its parent is there.
import { Errno, isErrno } from '../../kernel-core/abi/errno.js';
import type { Inode } from '../../kernel-core/abi/inode-table.js';
import { leadsOutOfTree, type Walk } from '../../kernel-core/abi/path.js';
import type { View } from '../view/view.js';
import type { OpenDirectory } from './descriptors.js';

export interface LocateOptions {
  /** Whether a symbolic link at the end is followed. */
  readonly follow: boolean;
  /** Whether the last name is about to be made. */
  readonly creating?: boolean;
}

/** Walks a path as the descriptor allows. Throws ENOENT, ENOTDIR, ELOOP, ENOTCAPABLE; `OutOfTree`, which is an ENOENT. */
export function locate(view: View, directory: OpenDirectory, path: string, options: LocateOptions): Walk {
  // What is about to be made goes to the working directory, whatever there is of that name in the root.
  if (!options.follow || options.creating === true) return walkFrom(view, directory, path, options);
  const known = directory.found?.find(view, directory.inode, path);
  if (known !== undefined) return known;
  const place = walkFrom(view, directory, path, options);
  if (place.inode !== undefined) directory.found?.keep(path, place);
  return place;
}

function walkFrom(view: View, directory: OpenDirectory, path: string, options: LocateOptions): Walk {
  const { follow, creating = false } = options;
  const { inode: start, reach } = directory;
  if (reach === 'inside') {
    if (path.startsWith('/')) throw new Errno('ENOTCAPABLE', path);
    return view.walk(path, { start, follow, ceiling: start });
  }
  // A missing first name is the common case of an absolute path, and an exception is dear.
  if (reach === 'cwd' && !beginsHere(view, start, path)) {
    const fromRoot = attemptWalk(view, view.root, path, follow);
    // Where the folder is there and the file is not, it is not here either: no exception is made to say so.
    if (!isErrno(fromRoot)) return fromRoot;
    return found(attemptWalk(view, start, path, follow));
  }
  const here = attemptWalk(view, start, path, follow);
  if (reach === 'tree' || (!isErrno(here) && (here.inode !== undefined || creating))) return found(here);
  // What cannot be made here, a link that leads nowhere, is made nowhere else: its parent is there.
  if (creating && !path.includes('/')) return found(here);
  const fromRoot = attemptWalk(view, view.root, path, follow);
  if (!isErrno(fromRoot) && (fromRoot.inode !== undefined || creating)) return fromRoot;
  return found(here);
}

/** Whether the first of several names is in the directory. */
function beginsHere(view: View, directory: Inode, path: string): boolean {
  const slash = path.indexOf('/');
  if (slash <= 0 || !directory.isDirectory) return true;
  const first = path.slice(0, slash);
  return first === '.' || first === '..' || view.lookup(directory, first) !== undefined;
}

/** The inode at a path. Throws ENOENT where there is none. */
export function locateInode(view: View, directory: OpenDirectory, path: string, follow: boolean): Inode {
  const { inode } = locate(view, directory, path, { follow });
  if (inode === undefined) throw new Errno('ENOENT', path);
  return inode;
}

/**
 * A name to be made, removed or moved, without following a link behind it: `link/` means the link to unlink
 * and rename, not what it points to. `directoryOnly`: the path ended in a slash.
 */
export function locateName(view: View, directory: OpenDirectory, path: string, creating: boolean): Walk {
  const bare = path.replace(/\/+$/, '');
  // Only slashes: the root itself, which has no name.
  if (bare === '' && path !== '') return locate(view, directory, '/', { follow: false });
  const place = locate(view, directory, bare, { follow: false, creating });
  const directoryOnly = bare !== path;
  if (directoryOnly && place.inode !== undefined && place.inode.type !== 'directory') {
    throw new Errno('ENOTDIR', path);
  }
  return { ...place, directoryOnly };
}

function attemptWalk(view: View, start: Inode, path: string, follow: boolean): Walk | Errno {
  try {
    return view.walk(path, { start, follow, leaves: true });
  } catch (error) {
    if (leadsOutOfTree(error)) throw error;
    if (isErrno(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return error;
    throw error;
  }
}

function found(walk: Walk | Errno): Walk {
  if (isErrno(walk)) throw walk;
  return walk;
}
