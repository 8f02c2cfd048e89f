// fs: directories that must be there.
import { byteLengthOf } from '../abi/byte-text.js';
import { Errno } from '../abi/errno.js';
import { depthMax, nameMax, type Inode } from '../abi/inode-table.js';
import { normalize, walk } from '../abi/path.js';
import type { Tree } from './tree.js';

/** How far a path exists, and the names that are missing then. */
export interface Reach {
  readonly directory: Inode;
  /** How many directories lie above it. */
  readonly depth: number;
  readonly missing: readonly string[];
}

/** Throws ENOTDIR where something else lies on the way, ENAMETOOLONG where the rest cannot be made. */
export function reach(tree: Tree, path: string): Reach {
  const { table } = tree;
  const names = normalize(path)
    .split('/')
    .filter((name) => name !== '');
  let directory: Inode = table.root;
  let found = 0;
  for (; found < names.length; found += 1) {
    const { inode } = walk(table, directory, names[found] as string, { follow: true });
    if (inode === undefined) {
      // A dangling link has the name.
      if (table.lookup(directory, names[found] as string) !== undefined) throw new Errno('EEXIST', path);
      break;
    }
    if (!inode.isDirectory) throw new Errno('ENOTDIR', path);
    directory = inode;
  }
  const missing = names.slice(found);
  const depth = depthOf(tree, directory);
  const isTooLong = depth + missing.length > depthMax || missing.some((name) => byteLengthOf(name) > nameMax);
  if (missing.length > 0 && isTooLong) throw new Errno('ENAMETOOLONG', path);
  return { directory, depth, missing };
}

/** Makes what is missing of a path (absolute), all of it or nothing; returns the directory. */
export function makeDirectories(tree: Tree, path: string, mode = 0o755): Inode {
  const { directory, missing } = reach(tree, path);
  if (missing.length > tree.freeInodes) throw new Errno('ENOSPC', path);
  let parent = directory;
  for (const name of missing) parent = makeDirectory(tree, parent, name, tree.allotInode(), { mode });
  return parent;
}

/** `mount`: it is where something is mounted. */
export function makeDirectory(
  tree: Tree,
  parent: Inode,
  name: string,
  inode: number,
  { mode = 0o755, mount = false } = {},
): Inode {
  const timeMs = Date.now();
  const record = {
    op: 'create',
    inode,
    parent: parent.number,
    name,
    type: 'directory',
    mode,
    timeMs,
  } as const;
  tree.commit(mount ? { ...record, mount } : record);
  return tree.table.get(inode);
}

/** How many directories lie above one. Throws ENOENT where it was removed. */
export function depthOf(tree: Tree, directory: Inode): number {
  let depth = 0;
  for (let each = directory; each !== tree.table.root; depth += 1) {
    if (each.parent === undefined) throw new Errno('ENOENT');
    each = tree.table.get(each.parent);
  }
  return depth;
}

/** The path without its last name. */
export function above(path: string): string {
  return normalize(`${normalize(path)}/..`);
}
