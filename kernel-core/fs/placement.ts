// fs: puts many files into a tree at once. First it is worked out what there will be, under which inode and
// at whose expense; then everything is committed without a pause.
// Must always hold: what is refused is refused before the first record.
import { byteLengthOf } from '../abi/byte-text.js';
import { Errno } from '../abi/errno.js';
import { depthMax, nameMax, type Inode } from '../abi/inode-table.js';
import type { Extent, InodeNumber, JournalRecord } from '../abi/journal.js';
import { blockExtent } from '../abi/pack-blocks.js';
import { normalize, walk } from '../abi/path.js';
import {
  noMode,
  packedKinds,
  type PackBlocks,
  type PackedKind,
  type PackedTree,
} from '../protocol/packed-tree.js';
import { depthOf } from './directories.js';
import type { Tree } from './tree.js';

/** A record of more would keep the page, which applies it too, busy for long. */
const recordBytes = 512 * 1024;

/** A packed tree whose contents are all here, or lie in a pack that is mounted (`packed.blocks`, no chunks). */
export interface LoadedTree {
  readonly packed: PackedTree;
  readonly chunks: readonly Uint8Array[];
}

/** Reads the contents that are Blobs. Throws ENOSPC where they can never fit, before it reads. */
export async function load(packed: PackedTree, tree: Tree): Promise<LoadedTree> {
  const bytes = packed.length.reduce((sum, length) => sum + length, 0);
  if (bytes > tree.limits.fileBytes) throw new Errno('ENOSPC');
  const chunks = await Promise.all(
    packed.chunks.map(async (chunk) =>
      chunk instanceof Uint8Array ? chunk : new Uint8Array(await chunk.arrayBuffer()),
    ),
  );
  return { packed, chunks };
}

export interface PlacementOptions {
  /** Relative paths begin here: an absolute path. */
  readonly cwd: string;
  /**
   * Follow symbolic links, as whoever opens files does. Otherwise as an archive is unpacked: what has the
   * name of a new file is replaced, and no path leads through a link.
   */
  readonly follow: boolean;
  /** Paths begin in this directory, which is not there yet, and cannot leave it. */
  readonly root?: { readonly number: InodeNumber; readonly depth: number };
  /** Paths begin in this directory and cannot leave it. */
  readonly within?: Inode;
}

interface Directory {
  readonly number: InodeNumber;
  /** Absent: it will be made. */
  readonly inode: Inode | undefined;
  readonly depth: number;
  readonly planned: Map<string, Planned>;
}

interface Planned {
  readonly parent: Directory;
  readonly name: string;
  kind: PackedKind;
  /** The entry it is of; -1: a directory on the way. */
  entry: number;
  readonly number: InodeNumber;
  /** What has the name now. */
  readonly existing: Inode | undefined;
  readonly directory?: Directory;
  /** Of a hard link: the inode it is of. */
  source?: InodeNumber;
  /** Another entry is a hard link of it. */
  linked?: boolean;
}

export class Placement {
  readonly #tree: Tree;
  readonly #loaded: LoadedTree;
  readonly #options: PlacementOptions;
  readonly #base: Directory;
  readonly #byPath = new Map<string, Directory>();
  readonly #byInode = new Map<InodeNumber, Directory>();
  readonly #planned: Planned[] = [];
  readonly #plannedAs = new Map<Directory, Planned>();

  /** Throws the Errno of what cannot be, with its path; nothing has happened then. */
  constructor(tree: Tree, loaded: LoadedTree, options: PlacementOptions) {
    this.#tree = tree;
    this.#loaded = loaded;
    this.#options = options;
    const { root, within } = options;
    this.#base =
      root === undefined
        ? this.#existingDirectory(within ?? tree.table.root)
        : { ...root, inode: undefined, planned: new Map() };
    this.#byPath.set('', this.#base);
    const paths = loaded.packed.paths.split('\0');
    for (let entry = 0; entry < loaded.packed.kind.length; entry += 1) {
      this.#plan(entry, paths[entry] as string);
    }
    this.#check();
  }

  /** Inodes it will make. */
  get inodes(): number {
    return this.#planned.filter((each) => this.#isNew(each)).length;
  }

  /** Call it in the same turn as the constructor. */
  commit(): void {
    const timeMs = Date.now();
    // Room is made before anything grows.
    for (const { existing, parent, name, kind } of this.#planned) {
      if (existing === undefined || kind === 'directory') continue;
      if (!this.#options.follow) this.#commit({ op: 'unlink', parent: parent.number, name, timeMs });
      else if (existing.size > 0) this.#commit({ op: 'truncate', inode: existing.number, size: 0, timeMs });
    }
    for (const each of this.#planned) this.#commitOne(each, timeMs);
    // Last, for every new name touches its directory.
    for (const each of this.#planned) {
      if (each.kind === 'directory') this.#setAttributes(each, timeMs, each.existing !== undefined);
    }
  }

  #commitOne(each: Planned, timeMs: number): void {
    const { kind, number, name, entry, source } = each;
    const parent = each.parent.number;
    const inPack = this.#loaded.packed.blocks !== undefined && this.#loaded.chunks.length === 0;
    if (kind === 'link') {
      this.#commit({ op: 'link', inode: source as InodeNumber, parent, name, timeMs });
      return;
    }
    if (this.#isNew(each)) {
      const target = kind === 'symlink' ? { target: this.#loaded.packed.targets.get(entry) ?? '' } : {};
      const mode = this.#modeOf(each);
      const extent = kind === 'file' && inPack ? { extent: this.#extentOf(entry) } : {};
      this.#commit({
        op: 'create',
        inode: number,
        parent,
        name,
        type: kind,
        mode,
        timeMs,
        ...target,
        ...extent,
      });
    }
    if (kind === 'directory') return;
    if (kind === 'file' && !inPack) {
      // The same file may have been written under another name of it.
      if (!this.#isNew(each)) this.#commit({ op: 'truncate', inode: number, size: 0, timeMs });
      const bytes = this.#contentOf(entry);
      for (let position = 0; position < bytes.length; position += recordBytes) {
        // A copy: posted to a process, a part of a chunk would bring all of it along.
        const part = bytes.slice(position, position + recordBytes);
        this.#commit({ op: 'write', inode: number, position, bytes: part, timeMs });
      }
    }
    this.#setAttributes(each, timeMs, !this.#isNew(each) && kind === 'file');
  }

  #setAttributes({ entry, number }: Planned, timeMs: number, withMode: boolean): void {
    if (entry < 0) return;
    const { modifiedMs: modified, mode: modes } = this.#loaded.packed;
    const modifiedMs = modified[entry] as number;
    const mode = modes[entry] as number;
    const change = {
      ...(withMode && mode !== noMode ? { mode } : {}),
      ...(Number.isNaN(modifiedMs) ? {} : { modifiedMs, accessedMs: modifiedMs }),
    };
    if (Object.keys(change).length > 0) this.#commit({ op: 'attributes', inode: number, timeMs, ...change });
  }

  #commit(record: JournalRecord): void {
    this.#tree.commit(record);
  }

  #modeOf({ entry, kind }: Planned): number {
    const mode = entry < 0 ? noMode : (this.#loaded.packed.mode[entry] as number);
    if (kind === 'symlink') return 0o777;
    if (mode !== noMode) return mode;
    return kind === 'directory' ? 0o755 : 0o644;
  }

  /** Only where everything is new, as below a mount. */
  #extentOf(entry: number): Extent {
    const { blocks, offset, length } = this.#loaded.packed;
    return blockExtent((blocks as PackBlocks).first, offset[entry] as number, length[entry] as number);
  }

  #contentOf(entry: number): Uint8Array {
    const { chunk, offset, length } = this.#loaded.packed;
    if (length[entry] === 0) return new Uint8Array(0);
    const start = offset[entry] as number;
    const bytes = this.#loaded.chunks[chunk[entry] as number] as Uint8Array;
    return bytes.subarray(start, start + (length[entry] as number));
  }

  /** Whether it is an inode or a name that is not there now. */
  #isNew({ existing, kind }: Planned): boolean {
    return existing === undefined || (kind !== 'directory' && !this.#options.follow);
  }

  #plan(entry: number, path: string): void {
    const { packed } = this.#loaded;
    const kind = packedKinds[packed.kind[entry] as number] as PackedKind;
    const inside = this.#options.root !== undefined || this.#options.within !== undefined;
    const clean = normalize(path, inside ? '/' : this.#options.cwd);
    const slash = clean.lastIndexOf('/');
    const name = clean.slice(slash + 1);
    if (name === '') {
      if (kind === 'directory') return;
      throw new Errno('EISDIR', path);
    }
    if (kind === 'directory') {
      const planned = this.#plannedAs.get(this.#directory(clean, path));
      if (planned !== undefined) planned.entry = entry;
      return;
    }
    const parent = this.#directory(clean.slice(0, slash), path);
    this.#planFile(entry, kind, parent, name, path);
  }

  #planFile(entry: number, kind: PackedKind, parent: Directory, name: string, path: string): void {
    const source = kind === 'link' ? this.#sourceOf(entry, path) : undefined;
    const planned = parent.planned.get(name);
    if (planned !== undefined) {
      if (planned.kind === 'directory') throw new Errno('EISDIR', path);
      if (kind === 'link' || planned.kind === 'link' || planned.linked === true) {
        throw new Errno('EEXIST', path);
      }
      planned.entry = entry;
      planned.kind = kind;
      return;
    }
    const existing = parent.inode === undefined ? undefined : this.#tree.table.lookup(parent.inode, name);
    if (existing?.type === 'directory') throw new Errno('EISDIR', path);
    if (existing?.type === 'symlink' && this.#options.follow) {
      const behind = walk(this.#tree.table, parent.inode as Inode, name, { follow: true });
      if (behind.inode?.type === 'directory' || behind.directoryOnly) throw new Errno('EISDIR', path);
      const there = this.#existingDirectory(behind.parent);
      const known = there.planned.get(behind.name);
      if (known !== undefined) known.entry = entry;
      else this.#add(there, behind.name, kind, entry, behind.inode, path);
      return;
    }
    const added = this.#add(parent, name, kind, entry, existing, path);
    if (source !== undefined) added.source = source;
  }

  /** The inode a hard link is of: an entry before it, or what is there. */
  #sourceOf(entry: number, path: string): InodeNumber {
    const target = normalize(this.#loaded.packed.targets.get(entry) ?? '/');
    const slash = target.lastIndexOf('/');
    const directory = this.#byPath.get(target.slice(0, slash));
    const planned = directory?.planned.get(target.slice(slash + 1));
    if (planned === undefined) throw new Errno('ENOENT', path);
    if (planned.kind === 'directory') throw new Errno('EPERM', path);
    planned.linked = true;
    return planned.source ?? planned.number;
  }

  /** The directory of that path below the base, planned where it is missing. */
  #directory(clean: string, path: string): Directory {
    const known = this.#byPath.get(clean);
    if (known !== undefined) return known;
    // Not by recursion: how deep a path is, whoever made the archive decides.
    let directory = this.#base;
    for (let end = clean.indexOf('/', 1); ; end = clean.indexOf('/', end + 1)) {
      const prefix = end === -1 ? clean : clean.slice(0, end);
      const cached = this.#byPath.get(prefix);
      directory = cached ?? this.#step(directory, prefix.slice(prefix.lastIndexOf('/') + 1), path);
      if (cached === undefined) this.#byPath.set(prefix, directory);
      if (end === -1) return directory;
    }
  }

  #step(parent: Directory, name: string, path: string): Directory {
    const planned = parent.planned.get(name);
    if (planned !== undefined) {
      if (planned.directory === undefined) throw new Errno('ENOTDIR', path);
      return planned.directory;
    }
    const existing = parent.inode === undefined ? undefined : this.#tree.table.lookup(parent.inode, name);
    if (existing?.type === 'symlink' && this.#options.follow) {
      const { inode } = walk(this.#tree.table, parent.inode as Inode, name, { follow: true });
      if (inode?.isDirectory !== true) throw new Errno('ENOTDIR', path);
      return this.#existingDirectory(inode);
    }
    if (existing !== undefined && !existing.isDirectory) throw new Errno('ENOTDIR', path);
    if (existing !== undefined) {
      const directory = this.#existingDirectory(existing);
      this.#add(parent, name, 'directory', -1, existing, path, directory);
      return directory;
    }
    if (parent.depth > depthMax) throw new Errno('ENAMETOOLONG', path);
    const number = this.#tree.allotInode();
    const made: Directory = { number, inode: undefined, depth: parent.depth + 1, planned: new Map() };
    this.#add(parent, name, 'directory', -1, undefined, path, made);
    return made;
  }

  /** Two paths can lead to one directory. */
  #existingDirectory(inode: Inode): Directory {
    let directory = this.#byInode.get(inode.number);
    if (directory === undefined) {
      const depth = depthOf(this.#tree, inode);
      directory = { number: inode.number, inode, depth, planned: new Map() };
      this.#byInode.set(inode.number, directory);
    }
    return directory;
  }

  #add(
    parent: Directory,
    name: string,
    kind: PackedKind,
    entry: number,
    existing: Inode | undefined,
    path: string,
    directory?: Directory,
  ): Planned {
    if (byteLengthOf(name) > nameMax) throw new Errno('ENAMETOOLONG', path);
    const inPlace = existing !== undefined && (kind === 'directory' || this.#options.follow);
    const number = directory?.number ?? (inPlace ? existing.number : this.#tree.allotInode());
    const planned: Planned = {
      parent,
      name,
      kind,
      entry,
      number,
      existing,
      ...(directory === undefined ? {} : { directory }),
    };
    parent.planned.set(name, planned);
    this.#planned.push(planned);
    if (directory !== undefined) this.#plannedAs.set(directory, planned);
    return planned;
  }

  /** Throws ENOSPC where there is no room for all of it. */
  #check(): void {
    const { table } = this.#tree;
    const { packed } = this.#loaded;
    let bytes = 0;
    let inodes = this.#options.root === undefined ? 0 : 1;
    const freed = new Set<Inode>();
    for (const each of this.#planned) {
      if (each.kind === 'file') bytes += packed.length[each.entry] as number;
      else if (each.kind === 'symlink') bytes += byteLengthOf(packed.targets.get(each.entry) ?? '');
      if (this.#isNew(each)) inodes += 1;
      const { existing } = each;
      if (existing === undefined || each.kind === 'directory' || freed.has(existing)) continue;
      const goes = !this.#options.follow && existing.links === 1 && !table.isOpen(existing);
      if (goes) inodes -= 1;
      if (!goes && !this.#options.follow) continue;
      freed.add(existing);
      bytes -= existing.size;
    }
    if (bytes > this.#tree.freeBytes || inodes > this.#tree.freeInodes) throw new Errno('ENOSPC');
  }
}
