// abi: the inode table, the state that journal records change (DESIGN §7). Imports errno and journal only.
// It stands in the abi because kernel and views must agree on it to the last detail: the same records
// applied in the same order give the same tree on both sides. Where sealed bytes come from is injected.
// Longer than other files because every record is checked where it is applied: an invariant has one home.
// Must always hold: a directory's entries name inodes that exist; `links` counts those names.
import { Errno } from './errno.js';
import {
  rootInode,
  type Extent,
  type InodeImage,
  type InodeNumber,
  type InodeType,
  type JournalRecord,
} from './journal.js';

/** Longest name of one directory entry, in UTF-16 units (POSIX NAME_MAX is 255 bytes). */
export const nameMax = 255;

/**
 * Deepest directory. Every question about ancestors is answered by climbing, so without a bound a process
 * could make each answer as slow as it likes, for the kernel and the page.
 */
export const depthMax = 512;

export interface Inode {
  readonly number: InodeNumber;
  readonly type: InodeType;
  /** Permission bits. */
  mode: number;
  /** Names in directories; 0 while a removed file is still open. */
  links: number;
  accessedMs: number;
  modifiedMs: number;
  changedMs: number;
  /** Bytes of content (file), of the target (symlink); 0 for a directory. */
  size: number;
  /** Of a symbolic link. */
  readonly target?: string;
  /** Of a directory. */
  readonly entries?: Map<string, InodeNumber>;
  /** Of a directory: the directory that names it; the root is its own parent. */
  parent?: InodeNumber;
  /** Of a file: the bytes, or where the sealed bytes are. */
  content?: Content;
  /** How often it is open here; an open inode outlives its last name. */
  opens: number;
}

/**
 * Unsealed bytes grow in place, sealed ones are read from their segment. What lies beyond either and before
 * the file's size reads as zeros, so that a file can be made long without memory being taken for it.
 * Unsealed bytes beyond the size are zeros.
 */
export type Content =
  { readonly state: 'unsealed'; bytes: Uint8Array } | { readonly state: 'sealed'; readonly extent: Extent };

/** Reads `length` bytes of a sealed segment. */
export type SegmentReader = (extent: Extent) => Uint8Array;

const empty = new Uint8Array(0);

export class InodeTable {
  readonly #inodes = new Map<InodeNumber, Inode>();
  readonly #readSegment: SegmentReader;
  /** Bytes of all files and symbolic links with a name or an open descriptor. */
  bytes = 0;
  /** Names in all directories. */
  names = 0;

  constructor(readSegment: SegmentReader) {
    this.#readSegment = readSegment;
    const now = 0;
    this.#inodes.set(rootInode, {
      number: rootInode,
      type: 'directory',
      mode: 0o755,
      links: 1,
      accessedMs: now,
      modifiedMs: now,
      changedMs: now,
      size: 0,
      entries: new Map(),
      parent: rootInode,
      opens: 0,
    });
  }

  /** How many inodes there are. */
  get size(): number {
    return this.#inodes.size;
  }

  get root(): Inode {
    return this.get(rootInode);
  }

  /** The inode of that number; throws ESTALE where there is none any more. */
  get(number: InodeNumber): Inode {
    const inode = this.#inodes.get(number);
    if (inode === undefined) throw new Errno('ESTALE');
    return inode;
  }

  has(number: InodeNumber): boolean {
    return this.#inodes.has(number);
  }

  values(): IterableIterator<Inode> {
    return this.#inodes.values();
  }

  /** Changes the tree as the record says, or throws an Errno and changes nothing. */
  apply(record: JournalRecord): void {
    switch (record.op) {
      case 'create':
        return this.#create(record);
      case 'write':
        return this.#write(record);
      case 'truncate':
        return this.#truncate(record);
      case 'link':
        return this.#link(record);
      case 'unlink':
        return this.#unlink(record);
      case 'rename':
        return this.#rename(record);
      case 'attributes':
        return this.#attributes(record);
    }
  }

  /** Puts inodes of an image into a table that holds nothing but the root. */
  load(images: readonly InodeImage[]): void {
    for (const image of images) {
      const size = image.size ?? image.content?.length ?? image.target?.length ?? 0;
      this.#inodes.set(image.inode, {
        number: image.inode,
        type: image.type,
        mode: image.mode,
        links: image.inode === rootInode ? 1 : 0,
        accessedMs: image.accessedMs,
        modifiedMs: image.modifiedMs,
        changedMs: image.changedMs,
        size,
        opens: 0,
        ...(image.content === undefined ? {} : { content: { state: 'sealed', extent: image.content } }),
        ...(image.target === undefined ? {} : { target: image.target }),
        ...(image.entries === undefined ? {} : { entries: new Map(image.entries) }),
        ...(image.inode === rootInode ? { parent: rootInode } : {}),
      });
      if (image.type !== 'directory') this.bytes += size;
      this.names += image.entries?.length ?? 0;
    }
    for (const image of images) {
      for (const [, number] of image.entries ?? []) {
        const child = this.get(number);
        child.links += 1;
        if (child.type === 'directory') child.parent = image.inode;
      }
    }
  }

  /** Copies bytes from `position` into `target`; returns how many there were. */
  read(inode: Inode, position: number, target: Uint8Array): number {
    if (inode.type === 'directory') throw new Errno('EISDIR');
    const length = Math.max(0, Math.min(target.length, inode.size - position));
    if (length === 0) return 0;
    const stored = Math.max(0, Math.min(length, storedLength(inode) - position));
    const { content } = inode;
    if (stored > 0 && content?.state === 'unsealed') {
      target.set(content.bytes.subarray(position, position + stored));
    } else if (stored > 0 && content?.state === 'sealed') {
      const { segment, offset } = content.extent;
      target.set(this.#readSegment({ segment, offset: offset + position, length: stored }));
    }
    target.fill(0, stored, length);
    return length;
  }

  /** The whole content of a file, not to be written to. */
  contents(inode: Inode): Uint8Array {
    if (inode.type === 'directory') throw new Errno('EISDIR');
    const stored = this.stored(inode);
    if (stored.length === inode.size) return stored;
    const bytes = allocate(inode.size);
    bytes.set(stored);
    return bytes;
  }

  /** The content up to where only zeros follow, not to be written to. */
  stored(inode: Inode): Uint8Array {
    const { content } = inode;
    if (content === undefined) return empty;
    if (content.state === 'unsealed') return content.bytes.subarray(0, storedLength(inode));
    return this.#readSegment(content.extent);
  }

  /** Replaces unsealed bytes by the place where they now lie sealed. */
  seal(inode: Inode, extent: Extent): void {
    inode.content = { state: 'sealed', extent };
  }

  /** Keeps an inode while it has no name. */
  open(inode: Inode): void {
    inode.opens += 1;
  }

  close(inode: Inode): void {
    inode.opens -= 1;
    this.#free(inode);
  }

  #directory(number: InodeNumber): Inode & { entries: Map<string, InodeNumber> } {
    const inode = this.get(number);
    if (inode.entries === undefined) throw new Errno('ENOTDIR');
    return inode as Inode & { entries: Map<string, InodeNumber> };
  }

  #file(number: InodeNumber): Inode {
    const inode = this.get(number);
    if (inode.type === 'directory') throw new Errno('EISDIR');
    if (inode.type !== 'file') throw new Errno('EINVAL');
    return inode;
  }

  #newName(directory: Inode & { entries: Map<string, InodeNumber> }, name: string): void {
    if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')) {
      throw new Errno('EINVAL');
    }
    if (name.length > nameMax) throw new Errno('ENAMETOOLONG');
    // A directory that was removed while open takes no new names.
    if (directory.links === 0) throw new Errno('ENOENT');
    if (directory.entries.has(name)) throw new Errno('EEXIST');
  }

  #create(record: JournalRecord & { op: 'create' }): void {
    const parent = this.#directory(record.parent);
    this.#newName(parent, record.name);
    if (this.#inodes.has(record.inode)) throw new Errno('EINVAL');
    if (record.type === 'directory') this.#checkDepth(parent);
    const target = record.type === 'symlink' ? (record.target ?? '') : undefined;
    this.#inodes.set(record.inode, {
      number: record.inode,
      type: record.type,
      mode: record.mode & 0o7777,
      links: 1,
      accessedMs: record.timeMs,
      modifiedMs: record.timeMs,
      changedMs: record.timeMs,
      size: target?.length ?? 0,
      opens: 0,
      ...(target === undefined ? {} : { target }),
      ...(record.type === 'directory' ? { entries: new Map(), parent: record.parent } : {}),
    });
    parent.entries.set(record.name, record.inode);
    this.names += 1;
    this.bytes += target?.length ?? 0;
    touch(parent, record.timeMs);
  }

  #write(record: JournalRecord & { op: 'write' }): void {
    const inode = this.#file(record.inode);
    // write(2): nothing is written, so nothing grows.
    if (record.bytes.length === 0) return;
    const end = record.position + record.bytes.length;
    const bytes = this.#unsealed(inode, end);
    bytes.set(record.bytes, record.position);
    if (end > inode.size) {
      this.bytes += end - inode.size;
      inode.size = end;
    }
    touch(inode, record.timeMs);
  }

  #truncate(record: JournalRecord & { op: 'truncate' }): void {
    const inode = this.#file(record.inode);
    if (record.size < inode.size) shrink(inode, record.size);
    this.bytes += record.size - inode.size;
    inode.size = record.size;
    touch(inode, record.timeMs);
  }

  #link(record: JournalRecord & { op: 'link' }): void {
    const inode = this.get(record.inode);
    if (inode.type === 'directory') throw new Errno('EPERM');
    const parent = this.#directory(record.parent);
    this.#newName(parent, record.name);
    parent.entries.set(record.name, inode.number);
    this.names += 1;
    inode.links += 1;
    inode.changedMs = record.timeMs;
    touch(parent, record.timeMs);
  }

  #unlink(record: JournalRecord & { op: 'unlink' }): void {
    const parent = this.#directory(record.parent);
    const number = parent.entries.get(record.name);
    if (number === undefined) throw new Errno('ENOENT');
    const inode = this.get(number);
    if (inode.entries !== undefined && inode.entries.size > 0) throw new Errno('ENOTEMPTY');
    parent.entries.delete(record.name);
    this.names -= 1;
    this.#dropName(inode, record.timeMs);
    touch(parent, record.timeMs);
  }

  #rename(record: JournalRecord & { op: 'rename' }): void {
    const from = this.#directory(record.parent);
    const to = this.#directory(record.toParent);
    const number = from.entries.get(record.name);
    if (number === undefined) throw new Errno('ENOENT');
    const inode = this.get(number);
    if (inode.type === 'directory') {
      this.#checkDepth(to);
      if (this.#isWithin(to, inode)) throw new Errno('EINVAL');
    }
    const replacedNumber = to.entries.get(record.toName);
    if (replacedNumber === number) return;
    if (replacedNumber === undefined) {
      this.#newName(to, record.toName);
    } else {
      const replaced = this.get(replacedNumber);
      if (replaced.type === 'directory' && inode.type !== 'directory') throw new Errno('EISDIR');
      if (replaced.type !== 'directory' && inode.type === 'directory') throw new Errno('ENOTDIR');
      if (replaced.entries !== undefined && replaced.entries.size > 0) throw new Errno('ENOTEMPTY');
      to.entries.delete(record.toName);
      this.names -= 1;
      this.#dropName(replaced, record.timeMs);
    }
    from.entries.delete(record.name);
    to.entries.set(record.toName, number);
    if (inode.type === 'directory') inode.parent = to.number;
    inode.changedMs = record.timeMs;
    touch(from, record.timeMs);
    touch(to, record.timeMs);
  }

  #attributes(record: JournalRecord & { op: 'attributes' }): void {
    const inode = this.get(record.inode);
    if (record.mode !== undefined) inode.mode = record.mode & 0o7777;
    if (record.accessedMs !== undefined) inode.accessedMs = record.accessedMs;
    if (record.modifiedMs !== undefined) inode.modifiedMs = record.modifiedMs;
    inode.changedMs = record.timeMs;
  }

  /** Whether a directory may be put into `parent`. */
  #checkDepth(parent: Inode): void {
    let current = parent;
    for (let depth = 0; current.number !== rootInode && current.parent !== undefined; depth += 1) {
      if (depth >= depthMax) throw new Errno('ENAMETOOLONG');
      current = this.get(current.parent);
    }
  }

  #isWithin(directory: Inode, ancestor: Inode): boolean {
    let current = directory;
    for (;;) {
      if (current.number === ancestor.number) return true;
      if (current.number === rootInode || current.parent === undefined) return false;
      current = this.get(current.parent);
    }
  }

  /** The file's bytes, unsealed, with room for `size` of them. */
  #unsealed(inode: Inode, size: number): Uint8Array {
    const content = inode.content;
    if (content?.state === 'unsealed') {
      if (content.bytes.length >= size) return content.bytes;
      const grown = allocate(Math.max(size, content.bytes.length * 2));
      grown.set(content.bytes.subarray(0, storedLength(inode)));
      content.bytes = grown;
      return grown;
    }
    const bytes = allocate(Math.max(size, content?.extent.length ?? 0));
    if (content !== undefined) bytes.set(this.#readSegment(content.extent));
    inode.content = { state: 'unsealed', bytes };
    return bytes;
  }

  #dropName(inode: Inode, timeMs: number): void {
    inode.links -= 1;
    inode.changedMs = timeMs;
    this.#free(inode);
  }

  #free(inode: Inode): void {
    if (inode.links > 0 || inode.opens > 0) return;
    if (this.#inodes.delete(inode.number) && inode.type !== 'directory') this.bytes -= inode.size;
  }
}

/** Bytes of a file that are not merely zeros up to its end. */
function storedLength(inode: Inode): number {
  const { content } = inode;
  if (content === undefined) return 0;
  return Math.min(inode.size, content.state === 'unsealed' ? content.bytes.length : content.extent.length);
}

/** Cuts the content; memory that is mostly unused by then is let go of, not cleared and kept. */
function shrink(inode: Inode, size: number): void {
  const { content } = inode;
  if (content === undefined) return;
  if (size === 0) {
    delete inode.content;
  } else if (content.state === 'sealed') {
    const { extent } = content;
    inode.content = { state: 'sealed', extent: { ...extent, length: Math.min(extent.length, size) } };
  } else if (content.bytes.length > size * 2) {
    content.bytes = content.bytes.slice(0, size);
  } else {
    content.bytes.fill(0, size);
  }
}

function allocate(size: number): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch {
    // The engine has no room for an array of that length.
    throw new Errno('ENOSPC');
  }
}

function touch(inode: Inode, timeMs: number): void {
  inode.modifiedMs = timeMs;
  inode.changedMs = timeMs;
}
