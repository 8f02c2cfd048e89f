// abi: the path walk, as path_resolution(7). Imports the inode table only.
import { Errno } from './errno.js';
import type { Inode, InodeTable } from './inode-table.js';

/** POSIX SYMLOOP_MAX is at least 8; Linux allows 40. */
const symlinksMax = 40;

/** Where the last name of a path would be, whether or not it exists. */
export interface Walk {
  readonly parent: Inode;
  /** The last name; '.' for the starting directory itself. */
  readonly name: string;
  readonly inode: Inode | undefined;
  /** The path ended in a slash: only a directory will do. */
  readonly directoryOnly: boolean;
}

/**
 * Walks a path from `start` (absolute paths: from the root).
 * `ceiling` is a directory the walk may not climb above (a preopen): ENOTCAPABLE.
 */
export function walk(
  table: InodeTable,
  start: Inode,
  path: string,
  options: { readonly follow: boolean; readonly ceiling?: Inode },
): Walk {
  if (path === '') throw new Errno('ENOENT');
  return step(table, start, path, options, { left: symlinksMax }, path);
}

function step(
  table: InodeTable,
  start: Inode,
  path: string,
  options: { readonly follow: boolean; readonly ceiling?: Inode },
  symlinks: { left: number },
  whole: string,
): Walk {
  const { ceiling } = options;
  let current = start;
  if (path.startsWith('/')) {
    if (ceiling !== undefined && ceiling !== table.root) throw new Errno('ENOTCAPABLE', whole);
    current = table.root;
  }
  const names = path.split('/').filter((name) => name !== '');
  const directoryOnly = path.endsWith('/') || names.at(-1) === '.' || names.at(-1) === '..';
  let result: Walk = { parent: current, name: '.', inode: current, directoryOnly };
  for (const [index, name] of names.entries()) {
    const last = index === names.length - 1;
    if (current.entries === undefined) throw new Errno('ENOTDIR', whole);
    if (name === '.') {
      result = { parent: current, name, inode: current, directoryOnly };
      continue;
    }
    if (name === '..') {
      if (ceiling !== undefined && current === ceiling && ceiling !== table.root) {
        throw new Errno('ENOTCAPABLE', whole);
      }
      // A directory that was removed while open has no parent any more.
      if (current.links === 0) throw new Errno('ENOENT', whole);
      current = table.get(current.parent ?? current.number);
      result = { parent: current, name: '.', inode: current, directoryOnly };
      continue;
    }
    const number = current.entries.get(name);
    if (number === undefined) {
      if (!last) throw new Errno('ENOENT', whole);
      return { parent: current, name, inode: undefined, directoryOnly };
    }
    let inode = table.get(number);
    if (inode.type === 'symlink' && (!last || options.follow || directoryOnly)) {
      symlinks.left -= 1;
      if (symlinks.left < 0) throw new Errno('ELOOP', whole);
      const path = inode.target ?? '';
      if (path === '') throw new Errno('ENOENT', whole);
      const target = step(table, current, path, { ...options, follow: true }, symlinks, whole);
      if (target.inode === undefined) {
        if (!last) throw new Errno('ENOENT', whole);
        // A dangling link: creating through it makes the file it points to.
        return { ...target, directoryOnly: directoryOnly || target.directoryOnly };
      }
      inode = target.inode;
      result = { ...target, directoryOnly };
    } else {
      result = { parent: current, name, inode, directoryOnly };
    }
    current = inode;
  }
  if (directoryOnly && result.inode !== undefined && result.inode.type !== 'directory') {
    throw new Errno('ENOTDIR', whole);
  }
  return result;
}

/** The absolute path of a directory. */
export function pathOf(table: InodeTable, directory: Inode): string {
  const names: string[] = [];
  let current = directory;
  while (current !== table.root) {
    const parent = table.get(current.parent ?? current.number);
    const entry = [...(parent.entries ?? [])].find(([, number]) => number === current.number);
    if (entry === undefined) throw new Errno('ENOENT');
    names.unshift(entry[0]);
    current = parent;
  }
  return `/${names.join('/')}`;
}

/** Makes a path absolute against `cwd` and removes `.`, `..` and doubled slashes, by text alone. */
export function normalize(path: string, cwd = '/'): string {
  const names: string[] = [];
  for (const name of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') names.pop();
    else names.push(name);
  }
  return `/${names.join('/')}`;
}
