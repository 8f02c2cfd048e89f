// abi: the inode table, the state that journal records change (DESIGN §7). Columns lie in `inode-columns.ts`.
// It stands in the abi because kernel and views must agree on it to the last detail: the same records
// applied in the same order give the same tree on both sides. Where sealed bytes come from is injected.
// Longer than other files because every record is checked where it is applied: an invariant has one home.
// Must always hold: a directory's entries name inodes that exist; `links` counts those names.
import { byteLengthOf } from './byte-text.js';
import { Errno } from './errno.js';
import {
  absentMark,
  InodeColumns,
  kindMask,
  kinds,
  kindShift,
  mountBit,
  nameMax,
  unsealedMark,
} from './inode-columns.js';
import { Inode, rootSlot } from './inode.js';
import { blockExtent, blocksOf, isBlock } from './pack-blocks.js';
import {
  rootInode,
  type Extent,
  type InodeNumber,
  type JournalRecord,
  type SegmentReader,
  type TreeImage,
} from './journal.js';

export { Inode } from './inode.js';
export { nameMax } from './inode-columns.js';

/**
 * Deepest directory. Every question about ancestors is answered by climbing, so without a bound a process
 * could make each answer as slow as it likes, for the kernel and the page.
 */
export const depthMax = 512;

/**
 * A change of names that can be taken back, as long as nothing but later such changes came after it.
 * Until `release` the inodes it concerns stay, so that it can also be made again.
 */
export interface Undoable {
  undo(): void;
  release(): void;
}

const empty = new Uint8Array(0);
const smallBytes = 256;
const spareBytes = 4096;

export class InodeTable {
  readonly #columns = new InodeColumns();
  readonly #readSegment: SegmentReader;
  readonly #handles: (Inode | undefined)[] = [];
  /** Unsealed bytes of files, by slot. They grow in place; beyond the file's size they are zeros. */
  readonly #unsealed = new Map<number, Uint8Array>();
  /** How often an inode is open here, by slot; an open inode outlives its last name. */
  readonly #opens = new Map<number, number>();
  /** Where the next small ones lie: engines take as long to make an array of 100 bytes as to make a dozen parts of one. */
  #spare: Uint8Array = empty;
  /** Slots whose creation was taken back and may be made again. */
  readonly #limbo = new Set<number>();
  /** Handles that stand for another inode than they were made for. */
  readonly #redirected = new Set<Inode>();
  /** Bytes of all files and symbolic links with a name or an open descriptor. */
  bytes = 0;

  constructor(readSegment: SegmentReader) {
    this.#readSegment = readSegment;
    this.#columns.addInode(rootInode, kinds.directory, 0o755, 0);
    this.#columns.links[rootSlot] = 1;
  }

  /** How many inodes there are. */
  get size(): number {
    return this.#columns.inodes;
  }

  /** Names in all directories. */
  get names(): number {
    return this.#columns.entries;
  }

  get root(): Inode {
    return this.#handle(rootSlot);
  }

  /** While this stays the same, a path leads to the inode it led to before. */
  get generation(): number {
    return this.#columns.generation;
  }

  /** The same for paths of directories, which files that come and go do not change. */
  get directoryGeneration(): number {
    return this.#columns.directoryGeneration;
  }

  /** The inode of that number; throws ESTALE where there is none any more. */
  get(number: InodeNumber): Inode {
    return this.#handle(this.#slot(number));
  }

  has(number: InodeNumber): boolean {
    return this.#columns.slotOf(number) !== 0;
  }

  *values(): IterableIterator<Inode> {
    for (let slot = 1; slot < this.#columns.inodeEnd; slot += 1) {
      if (this.#columns.kind[slot] !== 0) yield this.#handle(slot);
    }
  }

  /** What a directory names so. Throws ENOTDIR. */
  lookup(directory: Inode, name: string): Inode | undefined {
    if (!directory.isDirectory) throw new Errno('ENOTDIR');
    const entry = this.#columns.find(directory.slot, name);
    return entry === 0 ? undefined : this.#handle(this.#columns.entryInode[entry] as number);
  }

  /** Names and inodes of a directory in order of creation. The directory must not change meanwhile. */
  *entries(directory: Inode): IterableIterator<readonly [name: string, inode: Inode]> {
    const columns = this.#columns;
    if (!directory.isDirectory) throw new Errno('ENOTDIR');
    for (let entry = columns.a[directory.slot] as number; entry !== 0;) {
      const next = columns.entryNext[entry] as number;
      yield [columns.nameOf(entry), this.#handle(columns.entryInode[entry] as number)];
      entry = next;
    }
  }

  /** The directory of the mount that a directory lies in; the root where it lies in none. */
  mountOf(directory: Inode): Inode {
    if (this.#columns.mounts === 0) return this.root;
    for (let each: Inode | undefined = directory; each !== undefined; each = this.parentOf(each)) {
      if (each.isMount) return each;
    }
    return this.root;
  }

  /** A directory by which the inode can be found; undefined for the root and where it has no name. */
  parentOf(inode: Inode): Inode | undefined {
    const entry = this.#columns.entryNaming(inode.slot);
    return entry === 0 ? undefined : this.#handle(this.#columns.entryDirectory[entry] as number);
  }

  /** A directory and a name in it by which the inode can be found; undefined where it has none. */
  placeOf(inode: Inode): { readonly parent: Inode; readonly name: string } | undefined {
    const entry = this.#columns.entryNaming(inode.slot);
    if (entry === 0) return undefined;
    const parent = this.#handle(this.#columns.entryDirectory[entry] as number);
    return { parent, name: this.#columns.nameOf(entry) };
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

  /** As `apply`, for a record that changes names. A creation that was undone goes on with its inode. */
  applyUndoably(record: JournalRecord): Undoable {
    const columns = this.#columns;
    const [fromName, fromDirectory] = [nameIn(record), directoryOf(record)];
    const toName = record.op === 'rename' ? record.toName : fromName;
    const toDirectory = record.op === 'rename' ? record.toParent : fromDirectory;
    const from = columns.slotOf(fromDirectory);
    const to = columns.slotOf(toDirectory);
    const named = (directory: number, name: string): number =>
      directory === 0 ? 0 : (columns.entryInode[columns.find(directory, name)] as number);
    const before = named(from, fromName);
    const replaced = record.op === 'rename' ? named(to, toName) : 0;
    const pinned = [before, replaced, from, to].filter((slot) => slot !== 0);
    for (const slot of pinned) this.#pin(slot);
    const release = (): void => {
      for (const slot of pinned) this.#unpin(slot);
    };
    try {
      this.apply(record);
    } catch (error) {
      release();
      throw error;
    }
    const after = named(to, toName);
    if (record.op === 'create' || record.op === 'link') {
      pinned.push(after);
      this.#pin(after);
    }
    const undo = (): void => {
      if (record.op === 'rename' && before === replaced) return;
      if (record.op !== 'unlink') columns.detach(columns.find(to, toName));
      if (record.op === 'create') this.#limbo.add(after);
      if (record.op === 'unlink' || record.op === 'rename') columns.attach(from, fromName, before);
      if (replaced !== 0) columns.attach(to, toName, replaced);
    };
    return { undo, release };
  }

  /** The table as it is, for `load`, where all contents are sealed, or for `replace`. */
  image(sequence: number): TreeImage {
    const orphans = [...this.#opens.keys()].filter((slot) => this.#columns.links[slot] === 0);
    return this.#columns.image(sequence, this.bytes, orphans);
  }

  /**
   * Takes over an image, arrays and all; what was here is gone. Of the inodes without a name those in `kept` stay:
   * somebody has them open here.
   */
  load(image: TreeImage, kept: readonly InodeNumber[] = []): void {
    this.#columns.load(image);
    this.#handles.length = 0;
    this.#limbo.clear();
    this.#redirected.clear();
    this.#unsealed.clear();
    this.#opens.clear();
    this.bytes = image.bytes;
    for (const slot of image.orphans) {
      if (!kept.includes(this.#columns.number[slot] as number)) this.#free(slot);
    }
  }

  /**
   * As `load`, for who goes on: handles stand for the inodes they stood for, if there are such. `settled`: the number
   * by which an inode is known now. What was open must be opened again. Contents stay where they lie in a segment that
   * `isHere`; others are absent until they are given (`fill`).
   */
  replace(
    image: TreeImage,
    options: {
      readonly kept: readonly InodeNumber[];
      settled(number: InodeNumber): InodeNumber;
      isHere(segment: number): boolean;
    },
  ): void {
    const handles = new Set([...this.#handles, ...this.#redirected]);
    this.load(image, options.kept);
    const columns = this.#columns;
    for (const handle of handles) {
      if (handle === undefined) continue;
      handle.number = options.settled(handle.number);
      handle.slot = columns.slotOf(handle.number);
      if (handle.slot === 0) continue;
      if (this.#handles[handle.slot] === undefined) this.#handles[handle.slot] = handle;
      else this.#redirected.add(handle);
    }
    for (let slot = 1; slot < columns.inodeEnd; slot += 1) {
      const segment = columns.a[slot] as number;
      if (this.#type(slot) !== kinds.file || segment === 0 || isBlock(segment)) continue;
      if (segment === unsealedMark || !options.isHere(segment)) columns.a[slot] = absentMark;
    }
  }

  /** Whether the bytes of a file have to be asked for. */
  isAbsent(inode: Inode): boolean {
    return this.#columns.a[inode.slot] === absentMark && inode.type === 'file';
  }

  /** Makes the bytes of a file absent. */
  forget(inode: Inode): void {
    if (inode.type !== 'file' || inode.size === 0) return;
    this.#unsealed.delete(inode.slot);
    this.#columns.a[inode.slot] = absentMark;
  }

  /** Gives an absent file its bytes, as they are or will be. They are the table's from then on. */
  fill(inode: Inode, bytes: Uint8Array): void {
    if (!this.isAbsent(inode)) return;
    this.#unsealed.set(inode.slot, bytes.length > inode.size ? bytes.slice(0, inode.size) : bytes);
    this.#columns.a[inode.slot] = unsealedMark;
  }

  /** Copies bytes from `position` into `target`; returns how many there were. Throws EIO where they are absent. */
  read(inode: Inode, position: number, target: Uint8Array): number {
    if (inode.isDirectory) throw new Errno('EISDIR');
    const { slot, size } = inode;
    const length = Math.max(0, Math.min(target.length, size - position));
    if (length === 0) return 0;
    const stored = Math.max(0, Math.min(length, this.#storedLength(slot) - position));
    if (stored > 0) {
      const unsealed = this.#unsealed.get(slot);
      if (unsealed === undefined) {
        const part = stored === target.length ? target : target.subarray(0, stored);
        this.#readSegment(
          this.#columns.a[slot] as number,
          (this.#columns.b[slot] as number) + position,
          part,
        );
      } else {
        target.set(unsealed.subarray(position, position + stored));
      }
    }
    if (stored < length) target.fill(0, stored, length);
    return length;
  }

  /** The whole content of a file, not to be written to. */
  contents(inode: Inode): Uint8Array {
    if (inode.isDirectory) throw new Errno('EISDIR');
    const stored = this.stored(inode);
    if (stored.length === inode.size) return stored;
    const bytes = allocate(inode.size);
    bytes.set(stored);
    return bytes;
  }

  /** The content up to where only zeros follow, not to be written to. */
  stored(inode: Inode): Uint8Array {
    const length = this.#storedLength(inode.slot);
    const unsealed = this.#unsealed.get(inode.slot);
    if (unsealed !== undefined) return unsealed.subarray(0, length);
    if (length === 0) return empty;
    const bytes = allocate(length);
    this.#readSegment(this.#columns.a[inode.slot] as number, this.#columns.b[inode.slot] as number, bytes);
    return bytes;
  }

  /** Where the sealed bytes of a file are. */
  extentOf(inode: Inode): Extent | undefined {
    const { a, b, c } = this.#columns;
    const segment = a[inode.slot] as number;
    if (inode.type !== 'file' || segment === 0 || segment >= absentMark) return undefined;
    return { segment, offset: b[inode.slot] as number, length: c[inode.slot] as number };
  }

  isInPack(inode: Inode): boolean {
    return isBlock(this.#columns.a[inode.slot] as number);
  }

  /** The blocks of a pack that this part of a file lies in; none of a file whose bytes lie elsewhere. */
  blocksOf(inode: Inode, position = 0, length = Infinity): number[] {
    const extent = this.extentOf(inode);
    if (extent === undefined || !this.isInPack(inode)) return [];
    const end = Math.min(this.#storedLength(inode.slot), position + length);
    if (end <= position) return [];
    return blocksOf(blockExtent(extent.segment, extent.offset + position, end - position));
  }

  /** Where all sealed bytes are. */
  *extents(): IterableIterator<Extent> {
    const { a, b, c, kind, inodeEnd } = this.#columns;
    for (let slot = 1; slot < inodeEnd; slot += 1) {
      if ((kind[slot] as number) >> kindShift !== kinds.file) continue;
      const segment = a[slot] as number;
      if (segment === 0 || segment >= absentMark) continue;
      yield { segment, offset: b[slot] as number, length: c[slot] as number };
    }
  }

  /** Replaces the bytes of a file by the place where they now lie sealed. */
  seal(inode: Inode, { segment, offset, length }: Extent): void {
    this.#unsealed.delete(inode.slot);
    this.#columns.a[inode.slot] = length === 0 ? 0 : segment;
    this.#columns.b[inode.slot] = offset;
    this.#columns.c[inode.slot] = length;
  }

  /** Files with bytes that are not sealed. */
  unsealed(): Inode[] {
    return [...this.#unsealed.keys()].map((slot) => this.#handle(slot));
  }

  /** Keeps an inode while it has no name. */
  open(inode: Inode): void {
    if (inode.slot !== 0) this.#pin(inode.slot);
  }

  close(inode: Inode): void {
    if (inode.slot !== 0) this.#unpin(inode.slot);
  }

  isOpen(inode: Inode): boolean {
    return this.#opens.has(inode.slot);
  }

  /**
   * Lets a handle stand for the inode of that number from now on, together with the `opens` that were made
   * through it.
   */
  redirect(handle: Inode, number: InodeNumber, opens: number): void {
    const from = handle.slot;
    const to = this.#slot(number);
    if (from === to) return;
    this.#columns.countAll();
    handle.slot = to;
    this.#redirected.add(handle);
    for (let count = 0; count < opens; count += 1) {
      this.#pin(to);
      if (from !== 0) this.#unpin(from);
    }
  }

  #slot(number: InodeNumber): number {
    const slot = this.#columns.slotOf(number);
    if (slot === 0) throw new Errno('ESTALE');
    return slot;
  }

  #handle(slot: number): Inode {
    return (this.#handles[slot] ??= new Inode(this.#columns, this.#columns.number[slot] as number, slot));
  }

  #directory(number: InodeNumber): number {
    const slot = this.#slot(number);
    if (this.#type(slot) !== kinds.directory) throw new Errno('ENOTDIR');
    return slot;
  }

  #file(number: InodeNumber): number {
    const slot = this.#slot(number);
    const type = this.#type(slot);
    if (type === kinds.directory) throw new Errno('EISDIR');
    if (type !== kinds.file) throw new Errno('EINVAL');
    return slot;
  }

  #type(slot: number): number {
    return ((this.#columns.kind[slot] as number) >> kindShift) & kindMask;
  }

  #newName(directory: number, name: string): void {
    if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')) {
      throw new Errno('EINVAL');
    }
    if (name.length > nameMax || byteLengthOf(name) > nameMax) throw new Errno('ENAMETOOLONG');
    // A directory that was removed while open takes no new names.
    if (this.#columns.links[directory] === 0) throw new Errno('ENOENT');
    if (this.#columns.find(directory, name) !== 0) throw new Errno('EEXIST');
  }

  #create(record: JournalRecord & { op: 'create' }): void {
    const columns = this.#columns;
    const parent = this.#directory(record.parent);
    this.#newName(parent, record.name);
    const { inode } = record;
    const known = columns.slotOf(inode);
    if (known !== 0 && !this.#limbo.has(known)) throw new Errno('EINVAL');
    // Inode numbers are columns of 32 bits.
    if (inode < 1 || inode > 0xffffffff) throw new Errno('EINVAL');
    if (record.type === 'directory') this.#checkDepth(parent);
    if (known !== 0) {
      this.#limbo.delete(known);
      columns.attach(parent, record.name, known);
    } else {
      const mount = record.type === 'directory' && record.mount === true ? mountBit : 0;
      const slot = columns.addInode(inode, kinds[record.type] | mount, record.mode, record.timeMs);
      if (record.type === 'symlink') {
        const target = record.target ?? '';
        columns.targets.set(slot, target);
        columns.size[slot] = byteLengthOf(target);
        this.bytes += columns.size[slot];
      } else if (record.type === 'file' && record.extent !== undefined && record.extent.length > 0) {
        const { segment, offset, length } = record.extent;
        columns.a[slot] = segment;
        columns.b[slot] = offset;
        columns.c[slot] = columns.size[slot] = length;
        this.bytes += length;
      }
      columns.attach(parent, record.name, slot);
    }
    columns.touch(parent, record.timeMs);
  }

  #write(record: JournalRecord & { op: 'write' }): void {
    const slot = this.#file(record.inode);
    // write(2): nothing is written, so nothing grows.
    if (record.bytes.length === 0) return;
    const end = record.position + record.bytes.length;
    // Of bytes that are absent these are known where the others are.
    if (this.#columns.a[slot] !== absentMark) this.#room(slot, end).set(record.bytes, record.position);
    const size = this.#columns.size[slot] as number;
    if (end > size) {
      this.bytes += end - size;
      this.#columns.size[slot] = end;
    }
    this.#columns.touch(slot, record.timeMs);
  }

  #truncate(record: JournalRecord & { op: 'truncate' }): void {
    const slot = this.#file(record.inode);
    const size = this.#columns.size[slot] as number;
    if (record.size < size) this.#shrink(slot, record.size);
    this.bytes += record.size - size;
    this.#columns.size[slot] = record.size;
    this.#columns.touch(slot, record.timeMs);
  }

  #link(record: JournalRecord & { op: 'link' }): void {
    const columns = this.#columns;
    const slot = this.#slot(record.inode);
    if (this.#type(slot) === kinds.directory) throw new Errno('EPERM');
    const parent = this.#directory(record.parent);
    this.#newName(parent, record.name);
    // Whether an inode without a name is still there differs from table to table: linkat(2) says no.
    if (columns.links[slot] === 0) throw new Errno('ENOENT');
    columns.attach(parent, record.name, slot);
    this.#changed(slot, record.timeMs);
    columns.touch(parent, record.timeMs);
  }

  #unlink(record: JournalRecord & { op: 'unlink' }): void {
    const columns = this.#columns;
    const parent = this.#directory(record.parent);
    const entry = columns.find(parent, record.name);
    if (entry === 0) throw new Errno('ENOENT');
    const slot = columns.entryInode[entry] as number;
    if (this.#type(slot) === kinds.directory && columns.c[slot] !== 0) throw new Errno('ENOTEMPTY');
    this.#dropName(entry, record.timeMs);
    columns.touch(parent, record.timeMs);
  }

  #rename(record: JournalRecord & { op: 'rename' }): void {
    const columns = this.#columns;
    const from = this.#directory(record.parent);
    const to = this.#directory(record.toParent);
    const entry = columns.find(from, record.name);
    if (entry === 0) throw new Errno('ENOENT');
    const slot = columns.entryInode[entry] as number;
    const isDirectory = this.#type(slot) === kinds.directory;
    if (isDirectory) {
      this.#checkDepth(to);
      if (this.#isWithin(to, slot)) throw new Errno('EINVAL');
    }
    const replacedEntry = columns.find(to, record.toName);
    if (replacedEntry === 0) {
      this.#newName(to, record.toName);
    } else {
      const replaced = columns.entryInode[replacedEntry] as number;
      if (replaced === slot) return;
      const replacesDirectory = this.#type(replaced) === kinds.directory;
      // Over a directory it is in itself: Linux says that it is not empty.
      if (replacesDirectory && !isDirectory) {
        throw new Errno(this.#isWithin(from, replaced) ? 'ENOTEMPTY' : 'EISDIR');
      }
      if (!replacesDirectory && isDirectory) throw new Errno('ENOTDIR');
      if (replacesDirectory && columns.c[replaced] !== 0) throw new Errno('ENOTEMPTY');
      this.#dropName(replacedEntry, record.timeMs);
    }
    columns.detach(entry);
    columns.attach(to, record.toName, slot);
    this.#changed(slot, record.timeMs);
    columns.touch(from, record.timeMs);
    columns.touch(to, record.timeMs);
  }

  #attributes(record: JournalRecord & { op: 'attributes' }): void {
    const columns = this.#columns;
    const slot = this.#slot(record.inode);
    if (record.mode !== undefined) {
      const kind = (columns.kind[slot] as number) & ~0o7777;
      columns.kind[slot] = kind | (record.mode & 0o7777);
      columns.countAll();
    }
    const { accessedMs = columns.accessedMs(slot), modifiedMs = columns.modified[slot] ?? 0 } = record;
    columns.setTimes(slot, accessedMs, modifiedMs, record.timeMs);
  }

  /** Whether a directory may be put into `parent`. */
  #checkDepth(parent: number): void {
    let current = parent;
    for (let depth = 0; current !== rootSlot && current !== 0; depth += 1) {
      if (depth >= depthMax) throw new Errno('ENAMETOOLONG');
      current = this.#parentSlot(current);
    }
  }

  #isWithin(directory: number, ancestor: number): boolean {
    for (let current = directory; current !== 0; current = this.#parentSlot(current)) {
      if (current === ancestor) return true;
      if (current === rootSlot) return false;
    }
    return false;
  }

  #parentSlot(directory: number): number {
    return this.#columns.entryDirectory[this.#columns.entry[directory] as number] as number;
  }

  #changed(slot: number, timeMs: number): void {
    const columns = this.#columns;
    columns.setTimes(slot, columns.accessedMs(slot), columns.modified[slot] as number, timeMs);
  }

  /** Bytes of a file that are not merely zeros up to its end. */
  #storedLength(slot: number): number {
    const { a, c, size } = this.#columns;
    if (this.#type(slot) !== kinds.file || a[slot] === 0) return 0;
    if (a[slot] === absentMark) return size[slot] as number;
    const length = a[slot] === unsealedMark ? (this.#unsealed.get(slot)?.length ?? 0) : (c[slot] as number);
    return Math.min(size[slot] as number, length);
  }

  /** The file's bytes, unsealed, with room for `size` of them. */
  #room(slot: number, size: number): Uint8Array {
    const unsealed = this.#unsealed.get(slot);
    if (unsealed !== undefined && unsealed.length >= size) return unsealed;
    const length = this.#storedLength(slot);
    const bytes = this.#zeros(
      unsealed === undefined ? Math.max(size, length) : Math.max(size, unsealed.length * 2),
    );
    if (unsealed !== undefined) {
      bytes.set(unsealed.subarray(0, length));
    } else if (length > 0) {
      const { a, b } = this.#columns;
      this.#readSegment(a[slot] as number, b[slot] as number, bytes.subarray(0, length));
    }
    this.#unsealed.set(slot, bytes);
    this.#columns.a[slot] = unsealedMark;
    return bytes;
  }

  /** So many zeros. A block of small ones stays as long as one of them does, which is no more than a page a file. */
  #zeros(length: number): Uint8Array {
    if (length > smallBytes) return allocate(length);
    if (this.#spare.length < length) this.#spare = allocate(spareBytes);
    const bytes = this.#spare.subarray(0, length);
    this.#spare = this.#spare.subarray(length);
    return bytes;
  }

  /** Cuts the content; memory that is mostly unused by then is let go of, not cleared and kept. */
  #shrink(slot: number, size: number): void {
    const columns = this.#columns;
    const unsealed = this.#unsealed.get(slot);
    if (size === 0) {
      this.#unsealed.delete(slot);
      columns.a[slot] = columns.b[slot] = columns.c[slot] = 0;
    } else if (unsealed === undefined) {
      columns.c[slot] = Math.min(columns.c[slot] as number, size);
    } else if (unsealed.length > size * 2) {
      this.#unsealed.set(slot, unsealed.slice(0, size));
    } else {
      unsealed.fill(0, size);
    }
  }

  #dropName(entry: number, timeMs: number): void {
    const slot = this.#columns.entryInode[entry] as number;
    this.#columns.detach(entry);
    this.#changed(slot, timeMs);
    this.#free(slot);
  }

  #pin(slot: number): void {
    this.#opens.set(slot, (this.#opens.get(slot) ?? 0) + 1);
  }

  #unpin(slot: number): void {
    const left = (this.#opens.get(slot) ?? 0) - 1;
    if (left > 0) {
      this.#opens.set(slot, left);
    } else {
      this.#opens.delete(slot);
      this.#free(slot);
    }
  }

  /** An inode without name and without anybody who has it open is gone. */
  #free(slot: number): void {
    const columns = this.#columns;
    const type = this.#type(slot);
    if (type === kinds.none || columns.links[slot] !== 0 || this.#opens.has(slot)) return;
    if (type !== kinds.directory) this.bytes -= columns.size[slot] as number;
    this.#unsealed.delete(slot);
    this.#limbo.delete(slot);
    const handle = this.#handles[slot];
    if (handle?.slot === slot) handle.slot = 0;
    this.#handles[slot] = undefined;
    for (const each of this.#redirected) {
      if (each.slot !== slot) continue;
      each.slot = 0;
      this.#redirected.delete(each);
    }
    columns.freeInode(slot);
  }
}

function nameIn(record: JournalRecord): string {
  return 'name' in record ? record.name : '';
}

function directoryOf(record: JournalRecord): InodeNumber {
  return 'parent' in record ? record.parent : 0;
}

function allocate(size: number): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch {
    // The engine has no room for an array of that length.
    throw new Errno('ENOSPC');
  }
}
