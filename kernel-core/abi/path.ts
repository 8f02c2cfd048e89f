// abi: the path walk, as path_resolution(7). Imports the inode table only.
import { Errno, isErrno } from './errno.js';
import { byteLengthOf } from './byte-text.js';
import { nameMax, type Inode, type InodeTable } from './inode-table.js';

/** POSIX SYMLOOP_MAX is at least 8; Linux allows 40. */
const symlinksMax = 40;
/** Permission to look a name up in a directory, of the owner. */
const searchBit = 0o100;

/** Where the last name of a path would be, whether or not it exists. */
export interface Walk {
  readonly parent: Inode;
  /** The last name; '.' for the starting directory itself. */
  readonly name: string;
  readonly inode: Inode | undefined;
  /** The path ended in a slash: only a directory will do. */
  readonly directoryOnly: boolean;
}

export interface WalkOptions {
  /** Whether a symbolic link at the end is followed. */
  readonly follow: boolean;
  /** A directory the walk may not climb above (a preopen): ENOTCAPABLE. */
  readonly ceiling?: Inode;
  /** Whether a directory without permission to search stops the walk: EACCES. */
  readonly permissions?: boolean;
  /** Whether a walk into /dev or /proc, whose files are in no tree, ends with `OutOfTree`. */
  readonly leaves?: boolean;
}

/** A path leads on under /dev or /proc. Who does not know what to do there finds nothing. */
export class OutOfTree extends Errno {
  /** Absolute, without links on the way there. */
  readonly place: string;

  constructor(place: string) {
    super('ENOENT', place);
    this.place = place;
  }
}

/** As `isErrno`, for the same reason not `instanceof`. */
export function leadsOutOfTree(error: unknown): error is OutOfTree {
  return isErrno(error) && 'place' in error;
}

/** Whether an absolute, normalized path is /dev, /proc or beneath. */
export const isOutOfTree = (path: string): boolean => /^\/(?:dev|proc)(?:\/|$)/.test(path);

/** Walks a path from `start` (absolute paths: from the root). */
export function walk(table: InodeTable, start: Inode, path: string, options: WalkOptions): Walk {
  if (path === '') throw new Errno('ENOENT');
  return step(table, start, path, options, { left: symlinksMax, rest: '' }, path);
}

/** Links that may still be followed, and what follows behind the one whose target is walked. */
interface Links {
  left: number;
  rest: string;
}

function step(
  table: InodeTable,
  start: Inode,
  path: string,
  options: WalkOptions,
  symlinks: Links,
  whole: string,
): Walk {
  const { ceiling } = options;
  const { root } = table;
  let current = start;
  if (path.charCodeAt(0) === slash) {
    if (ceiling !== undefined && ceiling !== root) throw new Errno('ENOTCAPABLE', whole);
    current = root;
  }
  const directoryOnly = endsAsDirectory(path);
  let parent = current;
  let lastName = '.';
  for (let at = skipSlashes(path, 0); at < path.length;) {
    const found = path.indexOf('/', at);
    const end = found === -1 ? path.length : found;
    const name = path.slice(at, end);
    at = skipSlashes(path, end);
    const last = at >= path.length;
    if (!current.isDirectory) throw new Errno('ENOTDIR', whole);
    if (options.permissions === true && (current.mode & searchBit) === 0) throw new Errno('EACCES', whole);
    if (name === '.' || name === '..') {
      if (name === '..') current = above(table, current, ceiling, whole);
      parent = current;
      lastName = '.';
      continue;
    }
    let inode = table.lookup(current, name);
    if (inode === undefined) {
      if (name.length * 3 > nameMax && byteLengthOf(name) > nameMax) throw new Errno('ENAMETOOLONG', whole);
      if (!last) throw new Errno('ENOENT', whole);
      return { parent: current, name, inode, directoryOnly };
    }
    parent = current;
    lastName = name;
    const { target } = inode;
    if (target !== undefined && (!last || options.follow || directoryOnly)) {
      symlinks.left -= 1;
      if (symlinks.left < 0) throw new Errno('ELOOP', whole);
      if (target === '') throw new Errno('ENOENT', whole);
      const { rest } = symlinks;
      symlinks.rest = `${path.slice(at)}/${rest}`;
      const behind = step(table, current, target, { ...options, follow: true }, symlinks, whole);
      symlinks.rest = rest;
      if (behind.inode === undefined) {
        if (!last) throw new Errno('ENOENT', whole);
        // A dangling link: creating through it makes the file it points to.
        return { ...behind, directoryOnly: directoryOnly || behind.directoryOnly };
      }
      ({ inode, parent, name: lastName } = { ...behind, inode: behind.inode });
    }
    current = inode;
    if (options.leaves === true && parent === root && (lastName === 'dev' || lastName === 'proc')) {
      const beyond = normalize(`./${path.slice(at)}/${symlinks.rest}`, `/${lastName}`);
      if (isOutOfTree(beyond)) throw new OutOfTree(beyond);
    }
  }
  if (directoryOnly && !current.isDirectory) throw new Errno('ENOTDIR', whole);
  return { parent, name: lastName, inode: current, directoryOnly };
}

const slash = 47;
const dot = 46;

function skipSlashes(path: string, from: number): number {
  let at = from;
  while (path.charCodeAt(at) === slash) at += 1;
  return at;
}

/** Whether a path ends in a slash, `.` or `..`. */
function endsAsDirectory(path: string): boolean {
  let at = path.length - 1;
  if (path.charCodeAt(at) === slash) return true;
  for (let dots = 0; dots < 2 && path.charCodeAt(at) === dot; dots += 1) {
    at -= 1;
    if (at < 0 || path.charCodeAt(at) === slash) return true;
  }
  return false;
}

function above(table: InodeTable, directory: Inode, ceiling: Inode | undefined, whole: string): Inode {
  if (ceiling !== undefined && directory === ceiling && ceiling !== table.root) {
    throw new Errno('ENOTCAPABLE', whole);
  }
  // A directory that was removed while open has no parent any more.
  if (directory.links === 0 || directory.parent === undefined) throw new Errno('ENOENT', whole);
  return table.get(directory.parent);
}

/** The absolute path of a directory. Throws ENOENT where it was removed. */
export function pathOf(table: InodeTable, directory: Inode): string {
  const names: string[] = [];
  for (let current = directory; current !== table.root;) {
    const place = table.placeOf(current);
    if (place === undefined) throw new Errno('ENOENT');
    names.push(place.name);
    current = place.parent;
  }
  return `/${names.reverse().join('/')}`;
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
