// abi: the storage under the inode table: inodes and directory entries as columns (typed arrays that grow),
// names in one block of bytes. No object exists for an inode or a name nobody asked for, so 20,000 of them
// are posted and loaded as a handful of arrays. Longer than other files: the arrays only make sense together.
//
//   inode slot   number kind links size times   a      b      c       entry
//   file                                        segment offset length  ┐
//   directory                                   first  last   count    ├─ one entry that names it, or 0
//   symlink                                                            ┘
//   entry slot   directory inode next previous name (→ length byte, then bytes, in `names`)
//
// Slot 0 is nobody: removed handles point there. Free slots are chained through `a` and `entryNext`.
// Must always hold: an entry is in its directory's chain and in the index, or free.
import { byteLengthOf, encodeInto, textOfBytes } from './byte-text.js';
import { Errno } from './errno.js';
import type { TreeImage } from './journal.js';
import { randomSeed, SlotIndex } from './slot-index.js';

/** Longest name of one directory entry, in bytes (POSIX NAME_MAX). */
export const nameMax = 255;

/** Bits of `kind` above the permission bits. */
export const kinds = { none: 0, file: 1, directory: 2, symlink: 3, socket: 4 } as const;
export const kindShift = 12;
/** Of the bits above: what it is, and whether a directory is a mount's. */
export const kindMask = 7;
export const mountBit = 8;

/** In `a` of a file: its bytes are unsealed, in a buffer of their own. */
export const unsealedMark = 0xffffffff;
/** In `a` of a file: its bytes are not here, and whoever has them is asked by the inode. */
export const absentMark = 0xfffffffe;

/** A time that is no whole number of milliseconds away from the modification time. */
const oddTime = -0x80000000;

const scratch = new Uint8Array(nameMax * 3 + 3);

export class InodeColumns {
  number = new Uint32Array(16);
  kind = new Uint16Array(16);
  links = new Uint32Array(16);
  size = new Float64Array(16);
  modified = new Float64Array(16);
  /** Milliseconds from `modified`, or `oddTime`. */
  accessed = new Int32Array(16);
  changed = new Int32Array(16);
  a = new Uint32Array(16);
  b = new Uint32Array(16);
  c = new Uint32Array(16);
  entry = new Uint32Array(16);
  entryDirectory = new Uint32Array(16);
  entryInode = new Uint32Array(16);
  entryNext = new Uint32Array(16);
  entryPrevious = new Uint32Array(16);
  entryName = new Uint32Array(16);
  names = new Uint8Array(256);
  targets = new Map<number, string>();
  /** Counts what may lead a path elsewhere: names that come and go, permission to search. */
  generation = 0;
  /** Of those, what may lead the path of a directory elsewhere. */
  directoryGeneration = 0;
  #oddTimes = new Map<number, readonly [accessed: number, changed: number]>();
  /** Slots ever used, free ones included. */
  #inodeEnd = 1;
  #entryEnd = 1;
  #nameEnd = 0;
  #nameGarbage = 0;
  #freeInode = 0;
  #freeEntry = 0;
  /** Inodes there are, and those of them that are mounts. */
  inodes = 0;
  mounts = 0;
  entries = 0;
  readonly #seed = randomSeed();
  #byNumber = this.#numberIndex();
  #byName: SlotIndex | undefined;
  #indexed = true;

  get inodeEnd(): number {
    return this.#inodeEnd;
  }

  /** The slot of an inode number, or 0. */
  slotOf(number: number): number {
    if (!this.#indexed) this.#indexNumbers();
    const { cells, mask } = this.#byNumber;
    for (let at = this.#hashNumber(number) & mask; ; at = (at + 1) & mask) {
      const slot = cells[at] as number;
      if (slot === 0 || this.number[slot] === number) return slot;
    }
  }

  addInode(number: number, kind: number, mode: number, timeMs: number): number {
    if (!this.#indexed) this.#indexNumbers();
    let slot = this.#freeInode;
    if (slot === 0) {
      slot = this.#inodeEnd;
      if (slot >= this.number.length) this.#growInodes();
      this.#inodeEnd += 1;
    } else {
      this.#freeInode = this.a[slot] as number;
    }
    this.number[slot] = number;
    this.kind[slot] = (kind << kindShift) | (mode & 0o7777);
    this.links[slot] = 0;
    this.size[slot] = 0;
    this.modified[slot] = timeMs;
    this.accessed[slot] = this.changed[slot] = 0;
    this.a[slot] = this.b[slot] = this.c[slot] = this.entry[slot] = 0;
    this.inodes += 1;
    if ((kind & mountBit) !== 0) this.mounts += 1;
    this.#byNumber.insert(slot);
    return slot;
  }

  freeInode(slot: number): void {
    if (!this.#indexed) this.#indexNumbers();
    this.#byNumber.remove(slot);
    if (this.#oddTimes.size > 0) this.#oddTimes.delete(slot);
    if (this.targets.size > 0) this.targets.delete(slot);
    if ((this.kind[slot] as number) >> kindShift >= mountBit) this.mounts -= 1;
    this.number[slot] = this.kind[slot] = 0;
    this.a[slot] = this.#freeInode;
    this.#freeInode = slot;
    this.inodes -= 1;
  }

  accessedMs(slot: number): number {
    const delta = this.accessed[slot] as number;
    if (delta === oddTime) return this.#oddTimes.get(slot)?.[0] ?? 0;
    return (this.modified[slot] as number) + delta;
  }

  changedMs(slot: number): number {
    const delta = this.changed[slot] as number;
    if (delta === oddTime) return this.#oddTimes.get(slot)?.[1] ?? 0;
    return (this.modified[slot] as number) + delta;
  }

  setTimes(slot: number, accessedMs: number, modifiedMs: number, changedMs: number): void {
    this.modified[slot] = modifiedMs;
    const accessed = delta(modifiedMs, accessedMs);
    const changed = delta(modifiedMs, changedMs);
    this.accessed[slot] = accessed;
    this.changed[slot] = changed;
    if (accessed === oddTime || changed === oddTime) this.#oddTimes.set(slot, [accessedMs, changedMs]);
    else if (this.#oddTimes.size > 0) this.#oddTimes.delete(slot);
  }

  /** Modified and changed now. */
  touch(slot: number, timeMs: number): void {
    if (this.modified[slot] === timeMs && this.changed[slot] === 0) return;
    this.setTimes(slot, this.accessedMs(slot), timeMs, timeMs);
  }

  /** The entry of that name, or 0. Names that are too long have none. */
  find(directory: number, name: string): number {
    const index = this.#byName ?? this.#indexNames();
    let hash = this.#seed ^ Math.imul(directory, 0x9e3779b1);
    let { length } = name;
    if (length > nameMax) return 0;
    let ascii = true;
    for (let at = 0; at < length; at += 1) {
      const unit = name.charCodeAt(at);
      if (unit >= 0x80) {
        ascii = false;
        break;
      }
      hash = Math.imul(hash ^ unit, 0x5bd1e995);
      hash ^= hash >>> 13;
    }
    if (!ascii) {
      length = encodeInto(name, scratch);
      if (length > nameMax) return 0;
      hash = this.#hashBytes(directory, scratch, 0, length);
    }
    const { cells, mask } = index;
    const { entryDirectory, entryName, names } = this;
    search: for (let cell = hash & mask; ; cell = (cell + 1) & mask) {
      const entry = cells[cell] as number;
      if (entry === 0) return 0;
      if (entryDirectory[entry] !== directory) continue;
      const offset = entryName[entry] as number;
      if (names[offset] !== length) continue;
      if (ascii) {
        for (let at = 0; at < length; at += 1) {
          if (names[offset + 1 + at] !== name.charCodeAt(at)) continue search;
        }
      } else {
        for (let at = 0; at < length; at += 1) {
          if (names[offset + 1 + at] !== scratch[at]) continue search;
        }
      }
      return entry;
    }
  }

  nameOf(entry: number): string {
    const offset = this.entryName[entry] as number;
    return textOfBytes(this.names, offset + 1, offset + 1 + (this.names[offset] as number));
  }

  /** Puts a name at the end of a directory, which has none of that name. */
  attach(directory: number, name: string, inode: number): void {
    this.#count(inode);
    const index = this.#byName ?? this.#indexNames();
    if (byteLengthOf(name) > nameMax) throw new Errno('ENAMETOOLONG');
    let entry = this.#freeEntry;
    if (entry === 0) {
      entry = this.#entryEnd;
      if (entry >= this.entryName.length) this.#growEntries();
      this.#entryEnd += 1;
    } else {
      this.#freeEntry = this.entryNext[entry] as number;
    }
    this.entryName[entry] = this.#addName(name);
    this.entryDirectory[entry] = directory;
    this.entryInode[entry] = inode;
    const last = this.b[directory] as number;
    this.entryPrevious[entry] = last;
    this.entryNext[entry] = 0;
    if (last === 0) this.a[directory] = entry;
    else this.entryNext[last] = entry;
    this.b[directory] = entry;
    this.c[directory] = (this.c[directory] as number) + 1;
    this.entry[inode] = entry;
    this.links[inode] = (this.links[inode] as number) + 1;
    this.entries += 1;
    index.insert(entry);
  }

  /** Takes a name out of its directory. */
  detach(entry: number): void {
    const index = this.#byName ?? this.#indexNames();
    index.remove(entry);
    const directory = this.entryDirectory[entry] as number;
    const inode = this.entryInode[entry] as number;
    this.#count(inode);
    const next = this.entryNext[entry] as number;
    const previous = this.entryPrevious[entry] as number;
    if (previous === 0) this.a[directory] = next;
    else this.entryNext[previous] = next;
    if (next === 0) this.b[directory] = previous;
    else this.entryPrevious[next] = previous;
    this.c[directory] = (this.c[directory] as number) - 1;
    if (this.entry[inode] === entry) this.entry[inode] = 0;
    this.links[inode] = (this.links[inode] as number) - 1;
    this.#nameGarbage += (this.names[this.entryName[entry] as number] as number) + 1;
    this.entryDirectory[entry] = this.entryInode[entry] = 0;
    this.entryNext[entry] = this.#freeEntry;
    this.#freeEntry = entry;
    this.entries -= 1;
    if (this.#nameGarbage > 65_536 && this.#nameGarbage * 2 > this.#nameEnd) this.#compactNames();
  }

  /** An entry that names the inode, or 0. A search only where another of its hard links was removed. */
  entryNaming(inode: number): number {
    let entry = this.entry[inode] as number;
    if (entry !== 0 || this.links[inode] === 0) return entry;
    entry = this.entryInode.indexOf(inode);
    if (entry > 0) this.entry[inode] = entry;
    return Math.max(0, entry);
  }

  /** The columns as they are now, to be posted. `orphans`: inodes nobody may find there. */
  image(sequence: number, bytes: number, orphans: readonly number[]): TreeImage {
    const inodes = this.#inodeEnd;
    const entries = this.#entryEnd;
    return {
      sequence,
      number: this.number.slice(0, inodes),
      kind: this.kind.slice(0, inodes),
      links: this.links.slice(0, inodes),
      size: this.size.slice(0, inodes),
      modified: this.modified.slice(0, inodes),
      accessed: this.accessed.slice(0, inodes),
      changed: this.changed.slice(0, inodes),
      a: this.a.slice(0, inodes),
      b: this.b.slice(0, inodes),
      c: this.c.slice(0, inodes),
      entry: this.entry.slice(0, inodes),
      entryDirectory: this.entryDirectory.slice(0, entries),
      entryInode: this.entryInode.slice(0, entries),
      entryNext: this.entryNext.slice(0, entries),
      entryPrevious: this.entryPrevious.slice(0, entries),
      entryName: this.entryName.slice(0, entries),
      names: this.names.slice(0, this.#nameEnd),
      targets: new Map(this.targets),
      oddTimes: new Map(this.#oddTimes),
      counts: [this.inodes, this.entries, this.#freeInode, this.#freeEntry, this.#nameGarbage],
      bytes,
      orphans,
    };
  }

  /** Takes over the arrays of an image; what was here is gone. */
  load(image: TreeImage): void {
    this.countAll();
    this.number = image.number;
    this.kind = image.kind;
    this.links = image.links;
    this.size = image.size;
    this.modified = image.modified;
    this.accessed = image.accessed;
    this.changed = image.changed;
    this.a = image.a;
    this.b = image.b;
    this.c = image.c;
    this.entry = image.entry;
    this.entryDirectory = image.entryDirectory;
    this.entryInode = image.entryInode;
    this.entryNext = image.entryNext;
    this.entryPrevious = image.entryPrevious;
    this.entryName = image.entryName;
    this.names = image.names;
    this.targets = image.targets;
    this.#oddTimes = image.oddTimes;
    this.#inodeEnd = image.number.length;
    this.mounts = image.kind.reduce((count, kind) => count + (kind >> kindShift >= mountBit ? 1 : 0), 0);
    this.#entryEnd = image.entryName.length;
    this.#nameEnd = image.names.length;
    [this.inodes, this.entries, this.#freeInode, this.#freeEntry, this.#nameGarbage] = image.counts;
    this.#byNumber = this.#numberIndex();
    this.#byName = undefined;
    this.#indexed = false;
  }

  /** Any path may lead elsewhere. */
  countAll(): void {
    this.generation += 1;
    this.directoryGeneration += 1;
  }

  /** A name of the inode comes or goes, or who may search it. */
  #count(inode: number): void {
    this.generation += 1;
    const kind = ((this.kind[inode] as number) >> kindShift) & kindMask;
    if (kind === kinds.directory || kind === kinds.symlink) this.directoryGeneration += 1;
  }

  #numberIndex(): SlotIndex {
    return new SlotIndex((slot) => this.#hashNumber(this.number[slot] as number));
  }

  #addName(name: string): number {
    const offset = this.#nameEnd;
    if (offset + 1 + name.length * 3 > this.names.length) {
      const grown = new Uint8Array(Math.max(this.names.length * 2, offset + 1024));
      grown.set(this.names.subarray(0, offset));
      this.names = grown;
    }
    const length = encodeInto(name, this.names, offset + 1);
    this.names[offset] = length;
    this.#nameEnd = offset + 1 + length;
    return offset;
  }

  #compactNames(): void {
    const compacted = new Uint8Array(Math.max(256, (this.#nameEnd - this.#nameGarbage) * 2));
    let end = 0;
    for (let entry = 1; entry < this.#entryEnd; entry += 1) {
      if (this.entryInode[entry] === 0) continue;
      const offset = this.entryName[entry] as number;
      const length = (this.names[offset] as number) + 1;
      compacted.set(this.names.subarray(offset, offset + length), end);
      this.entryName[entry] = end;
      end += length;
    }
    this.names = compacted;
    this.#nameEnd = end;
    this.#nameGarbage = 0;
  }

  #growInodes(): void {
    for (const column of inodeColumns) {
      const grown = new (this[column].constructor as new (length: number) => never)(this[column].length * 2);
      (grown as Uint32Array).set(this[column]);
      this[column] = grown;
    }
  }

  #growEntries(): void {
    for (const column of entryColumns) {
      const grown = new Uint32Array(this[column].length * 2);
      grown.set(this[column]);
      this[column] = grown;
    }
  }

  #indexNumbers(): void {
    this.#indexed = true;
    this.#byNumber.reserve(this.inodes);
    for (let slot = 1; slot < this.#inodeEnd; slot += 1) {
      if (this.kind[slot] !== 0) this.#byNumber.insert(slot);
    }
  }

  #indexNames(): SlotIndex {
    const index = new SlotIndex((entry) => {
      const offset = this.entryName[entry] as number;
      const directory = this.entryDirectory[entry] as number;
      return this.#hashBytes(directory, this.names, offset + 1, this.names[offset] as number);
    });
    index.reserve(this.entries);
    for (let entry = 1; entry < this.#entryEnd; entry += 1) {
      if (this.entryInode[entry] !== 0) index.insert(entry);
    }
    this.#byName = index;
    return index;
  }

  #hashNumber(number: number): number {
    const hash = Math.imul(number ^ this.#seed, 0x9e3779b1);
    return hash ^ (hash >>> 15);
  }

  #hashBytes(directory: number, bytes: Uint8Array, start: number, length: number): number {
    let hash = this.#seed ^ Math.imul(directory, 0x9e3779b1);
    for (let at = start; at < start + length; at += 1) {
      hash = Math.imul(hash ^ (bytes[at] as number), 0x5bd1e995);
      hash ^= hash >>> 13;
    }
    return hash;
  }
}

const inodeColumns = [
  'number',
  'kind',
  'links',
  'size',
  'modified',
  'accessed',
  'changed',
  'a',
  'b',
  'c',
  'entry',
] as const;

const entryColumns = ['entryDirectory', 'entryInode', 'entryNext', 'entryPrevious', 'entryName'] as const;

/** From `fromMs` to `toMs`, where that is exact. */
function delta(fromMs: number, toMs: number): number {
  const difference = toMs - fromMs;
  return (difference | 0) === difference && difference !== oddTime && fromMs + difference === toMs
    ? difference
    : oddTime;
}
