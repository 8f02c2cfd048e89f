// fs: mounts. A mount is a directory of the one tree that took the place of another; what it covers waits,
// with its inodes and under the same limits, in a directory nobody looks into. So views and the journal need
// not know of mounts, and a kernel that is lost brings them back.
// Must always hold: a mount's directory is of the tree, or it is no mount any more.
import { Errno } from '../abi/errno.js';
import type { Inode } from '../abi/inode-table.js';
import type { InodeNumber, JournalRecord } from '../abi/journal.js';
import { walk } from '../abi/path.js';
import type { MountState } from '../protocol/kernel-service.js';
import { above, makeDirectories, makeDirectory, reach } from './directories.js';
import { Placement, type LoadedTree } from './placement.js';
import { removeTree } from './remove-tree.js';
import type { Tree } from './tree.js';

/** Where covered directories wait, named by their number. */
const waitingName = '.covered';

export class Mounts {
  readonly #tree: Tree;
  readonly #mounts = new Map<InodeNumber, MountState>();

  constructor(tree: Tree, mounts: readonly MountState[] = []) {
    this.#tree = tree;
    for (const mount of mounts) this.#mounts.set(mount.root, mount);
  }

  /** Of mounts that are still there. */
  get states(): MountState[] {
    this.#forgetRemoved();
    return [...this.#mounts.values()];
  }

  /**
   * Covers what `path` (absolute) names with a directory of these files; it is made where it is missing.
   * Throws ENOTDIR, EBUSY (the root), ENOSPC, and what a placement throws.
   */
  mount(path: string, loaded: LoadedTree): void {
    const { table } = this.#tree;
    const { directory, depth, missing } = reach(this.#tree, path);
    if (directory === table.root && missing.length === 0) throw new Errno('EBUSY', path);
    const number = this.#tree.allotInode();
    const root = { number, depth: depth + missing.length };
    const placement = new Placement(this.#tree, loaded, { cwd: '/', follow: false, root });
    if (placement.inodes + missing.length + 2 > this.#tree.freeInodes) throw new Errno('ENOSPC', path);
    const mount = missing.length > 0 ? this.#mountNew(path, missing, number) : this.#cover(directory, number);
    placement.commit();
    this.#mounts.set(number, mount);
  }

  #mountNew(path: string, missing: readonly string[], number: InodeNumber): MountState {
    const parent = makeDirectories(this.#tree, above(path));
    makeDirectory(this.#tree, parent, missing.at(-1) as string, number, { mount: true });
    return { root: number };
  }

  #cover(directory: Inode, number: InodeNumber): MountState {
    const place = this.#tree.table.placeOf(directory);
    if (place === undefined) throw new Errno('ENOENT');
    const timeMs = Date.now();
    const waiting = this.#waiting();
    // After a kernel was lost numbers are others, names are not.
    let name = String(directory.number);
    while (this.#tree.table.lookup(this.#tree.table.get(waiting), name) !== undefined) name += '+';
    this.#rename(place.parent.number, place.name, waiting, name, timeMs);
    makeDirectory(this.#tree, place.parent, place.name, number, { mount: true });
    return { root: number, covered: directory.number };
  }

  /**
   * Removes a mount, with what was written into it, and uncovers what was there. Throws ENOENT, EINVAL (it
   * is no mount), EBUSY (another mount lies in it, or a process has something in it open).
   */
  unmount(path: string): void {
    const { table } = this.#tree;
    const { parent, name, inode } = walk(table, table.root, path, { follow: true });
    if (inode === undefined) throw new Errno('ENOENT', path);
    const mount = this.#mounts.get(inode.number);
    if (mount === undefined) throw new Errno('EINVAL', path);
    if (this.holdsMount(inode) || this.#isInUse(inode)) throw new Errno('EBUSY', path);
    this.#mounts.delete(mount.root);
    removeTree(this.#tree, parent, name, inode);
    if (mount.covered === undefined) return;
    const timeMs = Date.now();
    const waiting = table.lookup(table.root, waitingName);
    const found = waiting === undefined ? undefined : this.#nameOf(waiting, mount.covered);
    // A program may have removed it.
    if (waiting === undefined || found === undefined) return;
    this.#rename(waiting.number, found, parent.number, name, timeMs);
    if (waiting.entryCount === 0) {
      this.#tree.commit({ op: 'unlink', parent: table.root.number, name: waitingName, timeMs });
    }
  }

  /** Throws EXDEV where a record would move or link something across a mount's border, EBUSY for its root. */
  check(record: JournalRecord): void {
    const { op } = record;
    if (this.#mounts.size === 0 || (op !== 'rename' && op !== 'link' && op !== 'unlink')) return;
    const { table } = this.#tree;
    if (!table.has(record.parent)) return;
    const parent = table.get(record.parent);
    if (!parent.isDirectory) return;
    if (record.op === 'unlink') {
      if (table.lookup(parent, record.name)?.isMount === true) throw new Errno('EBUSY');
      return;
    }
    if (record.op === 'link') {
      const place = table.has(record.inode) ? table.placeOf(table.get(record.inode)) : undefined;
      if (place !== undefined && this.#mountOf(place.parent) !== this.#mountOf(parent))
        throw new Errno('EXDEV');
      return;
    }
    if (!table.has(record.toParent)) return;
    const toParent = table.get(record.toParent);
    if (!toParent.isDirectory) return;
    for (const each of [table.lookup(parent, record.name), table.lookup(toParent, record.toName)]) {
      if (each !== undefined && this.#mounts.has(each.number)) throw new Errno('EBUSY');
    }
    if (this.#mountOf(parent) !== this.#mountOf(toParent)) throw new Errno('EXDEV');
  }

  isMount(inode: Inode): boolean {
    return this.#mounts.has(inode.number);
  }

  /** Whether a mount lies somewhere below a directory. */
  holdsMount(directory: Inode): boolean {
    this.#forgetRemoved();
    return [...this.#mounts.keys()].some((root) => {
      for (let each = this.#above(this.#tree.table.get(root)); each !== undefined; each = this.#above(each)) {
        if (each === directory) return true;
      }
      return false;
    });
  }

  /** The directory the covered ones wait in; made where it is missing. */
  #waiting(): InodeNumber {
    const { table } = this.#tree;
    const found = table.lookup(table.root, waitingName);
    if (found?.isDirectory === true) return found.number;
    if (found !== undefined) throw new Errno('EEXIST', `/${waitingName}`);
    const inode = this.#tree.allotInode();
    makeDirectory(this.#tree, table.root, waitingName, inode, { mode: 0o700 });
    return inode;
  }

  #nameOf(directory: Inode, number: InodeNumber): string | undefined {
    for (const [name, inode] of this.#tree.table.entries(directory)) if (inode.number === number) return name;
    return undefined;
  }

  #rename(parent: InodeNumber, name: string, toParent: InodeNumber, toName: string, timeMs: number): void {
    this.#tree.commit({ op: 'rename', parent, name, toParent, toName, timeMs });
  }

  #mountOf(directory: Inode): InodeNumber | undefined {
    for (let each: Inode | undefined = directory; each !== undefined; each = this.#above(each)) {
      if (this.#mounts.has(each.number)) return each.number;
    }
    return undefined;
  }

  #above(directory: Inode): Inode | undefined {
    const { table } = this.#tree;
    return directory === table.root || directory.parent === undefined
      ? undefined
      : table.get(directory.parent);
  }

  #isInUse(root: Inode): boolean {
    const { table } = this.#tree;
    const found = [root];
    for (const each of found) {
      if (table.isOpen(each)) return true;
      if (each.isDirectory) for (const [, inode] of table.entries(each)) found.push(inode);
    }
    return false;
  }

  #forgetRemoved(): void {
    const { table } = this.#tree;
    for (const root of this.#mounts.keys()) {
      if (!table.has(root) || table.get(root).links === 0) this.#mounts.delete(root);
    }
  }
}
