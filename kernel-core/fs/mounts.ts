// fs: mounts. A mount is a directory of the one tree that took the place of another; what it covers waits,
// with its inodes and under the same limits, in a directory nobody looks into. So views and the journal need
// not know of mounts, and a kernel that is lost brings them back.
// Must always hold: a mount's directory is of the tree, or it is no mount any more.
import { Errno } from '../abi/errno.js';
import type { Inode } from '../abi/inode-table.js';
import type { InodeNumber, JournalRecord } from '../abi/journal.js';
import { walk } from '../abi/path.js';
import type { MountState } from '../protocol/kernel-service.js';
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
   * Covers what `path` (absolute) names with a directory of these files. Throws ENOTDIR, ENOENT (its parent
   * is missing), EBUSY (the root), ENOSPC, and what a placement throws.
   */
  mount(path: string, loaded: LoadedTree): void {
    const { table } = this.#tree;
    const { parent, name, inode } = walk(table, table.root, path, { follow: true });
    if (inode === table.root) throw new Errno('EBUSY', path);
    if (inode !== undefined && !inode.isDirectory) throw new Errno('ENOTDIR', path);
    if (name === '.') throw new Errno('EINVAL', path);
    const number = this.#tree.allotInode();
    const root = { number, depth: this.#depthOf(parent) + 1 };
    const placement = new Placement(this.#tree, loaded, { cwd: '/', follow: false, root });
    if (placement.inodes + 2 > this.#tree.freeInodes) throw new Errno('ENOSPC', path);
    const timeMs = Date.now();
    if (inode !== undefined) {
      const waiting = this.#waiting(timeMs);
      this.#rename(parent.number, name, waiting, String(inode.number), timeMs);
    }
    const create = { op: 'create', inode: number, parent: parent.number, name } as const;
    this.#tree.commit({ ...create, type: 'directory', mode: 0o755, timeMs });
    placement.commit();
    const covered = inode === undefined ? {} : { covered: inode.number };
    this.#mounts.set(number, { root: number, ...covered });
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
    if (waiting === undefined) return;
    this.#rename(
      waiting.number,
      String(this.#waitingName(waiting, mount.covered)),
      parent.number,
      name,
      timeMs,
    );
    if (waiting.entryCount === 0) {
      this.#tree.commit({ op: 'unlink', parent: table.root.number, name: waitingName, timeMs });
    }
  }

  /** Throws EXDEV where a record would move or link something across a mount's border, EBUSY for its root. */
  check(record: JournalRecord): void {
    if (this.#mounts.size === 0 || (record.op !== 'rename' && record.op !== 'link')) return;
    const { table } = this.#tree;
    if (!table.has(record.parent)) return;
    const parent = table.get(record.parent);
    if (!parent.isDirectory) return;
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
  #waiting(timeMs: number): InodeNumber {
    const { table } = this.#tree;
    const found = table.lookup(table.root, waitingName);
    if (found?.isDirectory === true) return found.number;
    if (found !== undefined) throw new Errno('EEXIST', `/${waitingName}`);
    const inode = this.#tree.allotInode();
    const create = { op: 'create', inode, parent: table.root.number, name: waitingName } as const;
    this.#tree.commit({ ...create, type: 'directory', mode: 0o700, timeMs });
    return inode;
  }

  /** After a kernel was lost the number is another, the name is not. */
  #waitingName(waiting: Inode, number: InodeNumber): string {
    for (const [name, inode] of this.#tree.table.entries(waiting)) if (inode.number === number) return name;
    throw new Errno('ENOENT');
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

  #depthOf(directory: Inode): number {
    let depth = 0;
    for (let each = this.#above(directory); each !== undefined; each = this.#above(each)) depth += 1;
    return depth;
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
