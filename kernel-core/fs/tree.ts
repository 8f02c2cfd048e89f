// fs: a sandbox's file tree and its journal (DESIGN §7). It owns the inode table, gives every record its
// sequence number, and tells everyone who follows: each process in one stream what others did and how far
// its own records are. Longer than other files: there is one way a record goes, and its steps are all here.
// Must always hold: the table changes only by `#apply`; whoever has applied everything
// up to a position has this tree as it was there.
import { byteLengthOf } from '../abi/byte-text.js';
import { blocksOf, isBlock } from '../abi/pack-blocks.js';
import { Errno } from '../abi/errno.js';
import { InodeTable, type Inode } from '../abi/inode-table.js';
import type { HoldRecord, InodeNumber, JournalRecord, Lease, TreeImage } from '../abi/journal.js';
import type { JournalUpdate, SegmentImage } from '../abi/messages.js';
import type { ViewImage } from '../abi/tree-image-codec.js';
import { endOf, isHold, isNameRecord, translated } from '../abi/records.js';
import { Author } from './author.js';
import { History } from './history.js';
import { Leases } from './leases.js';
import { Segments } from './segments.js';

/** `author` is who made the change: a pid, or undefined for the page and the kernel. */
export type Follower = (
  records: readonly JournalRecord[],
  sequence: number,
  author: number | undefined,
) => void;

/** Sees each record right before and after it is applied: names can be looked up as they are then. */
export interface Observer {
  before(record: JournalRecord): void;
  after(record: JournalRecord, sequence: number): void;
  /** It did not fit after all, or changed what has no name. */
  refused(): void;
}

export interface TreeLimits {
  readonly inodes: number;
  readonly fileBytes: number;
}

/** Contents of a pack that is written to become records of so much at most. */
const copiedBytes = 512 * 1024;

export class Tree {
  readonly #segments = new Segments();
  readonly table = new InodeTable((segment, offset, target) => this.#segments.read(segment, offset, target));
  readonly limits: TreeLimits;
  readonly #leases: Leases;
  readonly #history = new History();
  readonly #followers = new Set<Follower>();
  readonly #observers = new Set<Observer>();
  readonly #authors = new Map<number, Author>();
  #sequence = 0;
  /** Whether blocks of packs may be wanted that are not here. */
  #lacksBlocks = false;
  #image: { readonly tree: TreeImage; readonly segments: SegmentImage[] } | undefined;

  constructor(limits: TreeLimits) {
    this.limits = limits;
    // Hard links cost memory too: names are bounded as inodes are.
    const inodes = () => Math.max(this.table.size, this.table.names);
    this.#leases = new Leases({ limits, used: () => ({ inodes: inodes(), bytes: this.table.bytes }) });
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Whether there may be blocks of packs that are not here. */
  get mayLackBlocks(): boolean {
    return this.#lacksBlocks;
  }

  /** Blocks of packs these files lie in and that are not here; of all files where none are given. */
  missingBlocks(inodes?: Iterable<Inode>, position = 0, length = Infinity): number[] {
    if (!this.#lacksBlocks) return [];
    const missing = new Set<number>();
    for (const inode of inodes ?? this.table.values()) {
      for (const block of this.table.blocksOf(inode, position, length)) {
        if (this.#segments.blockOf(block) === undefined) missing.add(block);
      }
    }
    if (inodes === undefined && missing.size === 0) this.#lacksBlocks = false;
    return [...missing];
  }

  /** Takes a block that was fetched and checked. */
  keepBlock(block: number, bytes: Uint8Array): void {
    this.#segments.keepBlock(block, bytes);
    this.#image = undefined;
  }

  /** A part of a block that is here. */
  bytesOfBlock(block: number, from: number, lengthMax: number): Uint8Array {
    const size = this.#segments.blockOf(block)?.size ?? 0;
    const bytes = new Uint8Array(Math.max(0, Math.min(lengthMax, size - from)));
    this.#segments.read(block, from, bytes);
    return bytes;
  }

  /** Those of these blocks that are here, by reference; all that are here where none are named. */
  blockImages(blocks?: readonly number[]): SegmentImage[] {
    if (blocks === undefined) return this.#segments.blockImages();
    return blocks.flatMap((segment) => {
      const blob = this.#segments.blockOf(segment);
      return blob === undefined ? [] : [{ segment, blob }];
    });
  }

  /** Bytes nobody uses and no process was promised. */
  get freeBytes(): number {
    return this.#leases.freeBytes;
  }

  /** As many inodes as are neither there nor promised. */
  get freeInodes(): number {
    return this.#leases.freeInodes;
  }

  /**
   * What a new process may use without asking: counted as used until it is spent or released. One range of
   * inode numbers at most.
   */
  lease(author: number): Lease {
    return this.#leases.grant(author);
  }

  /**
   * A new lease for a process that has too little left, of at least `bytes` if there are so many. It takes
   * the place of the old one, so the process must get it, whatever it holds: whether that is enough is for
   * its view to say. What the process has sent before must have been committed.
   */
  moreLease(author: number, bytes: number): Lease {
    return this.#leases.renew(author, bytes);
  }

  /** Whether the process may create under that number. */
  owns(author: number, number: InodeNumber): boolean {
    return this.#leases.owns(author, number);
  }

  /** The process is gone: its leases return, what it alone held open goes. */
  release(author: number): void {
    this.releaseAll(author);
    this.#leases.release(author);
    this.#authors.delete(author);
  }

  /** Keeps an inode for a process that has it open, whatever becomes of its names. */
  hold(author: number, number: InodeNumber): void {
    const { holds, mayHold } = this.#author(author);
    if (holds.has(number) || !mayHold || !this.table.has(number)) return;
    holds.add(number);
    this.table.open(this.table.get(number));
  }

  releaseHold(author: number, number: InodeNumber): void {
    if (this.#author(author).holds.delete(number)) this.table.close(this.table.get(number));
  }

  releaseAll(author: number): void {
    for (const number of this.#authors.get(author)?.holds ?? []) this.table.close(this.table.get(number));
    this.#authors.get(author)?.holds.clear();
  }

  /** A number for an inode the kernel itself creates. */
  allotInode(): InodeNumber {
    return this.#leases.allotNumber();
  }

  /** Applies one change of the kernel's own or throws an Errno and changes nothing. */
  commit(record: JournalRecord): void {
    this.#leavePack(record);
    if (this.#apply(record, undefined, undefined)) this.#tell([record], undefined);
  }

  /**
   * Applies what a process did to its view, and acknowledges it. A record that no longer fits has lost
   * against another's: the process comes to the same verdict when it learns of that one.
   */
  commitFrom(pid: number, records: readonly (JournalRecord | HoldRecord)[]): void {
    const author = this.#author(pid);
    let applied: JournalRecord[] = [];
    for (const record of records) {
      author.processed += 1;
      if (isHold(record)) {
        const number = author.aliases.get(record.inode) ?? record.inode;
        if (record.op === 'hold') this.hold(pid, number);
        else this.releaseHold(pid, number);
        continue;
      }
      const change = translated(record, author.aliases);
      try {
        if (change.op === 'create' && !this.#leases.take(pid, change.inode)) throw new Errno('EINVAL');
        if (this.#writesToPack(change)) {
          if (applied.length > 0) this.#tell(applied, pid);
          applied = [];
          this.#leavePack(change);
        }
        if (this.#apply(change, pid, pid)) applied.push(change);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        if (change.op === 'create' && error.code === 'EEXIST') this.#adopt(author, change);
      }
    }
    if (applied.length > 0) this.#tell(applied, pid);
    this.#history.acknowledge(pid, author.processed, this.#sequence);
    const lease = this.#leases.topUp(pid);
    author.tell?.({
      records: [],
      sequence: this.#sequence,
      acknowledged: author.processed,
      ...(lease === undefined ? {} : { lease }),
    });
  }

  /**
   * One change a process waits for: applied now, or refused with an Errno thrown. Its own view is told too,
   * by an update that leaves before the answer can. What the process has sent before must have been
   * committed. Returns the inode concerned; that of a creation may be given as 0, and is chosen here then.
   */
  commitFor(pid: number, record: JournalRecord): InodeNumber {
    let change = translated(record, this.#author(pid).aliases);
    if (change.op === 'create') {
      if (change.inode === 0) change = { ...change, inode: this.allotInode() };
      else if (!this.#leases.take(pid, change.inode)) throw new Errno('EINVAL');
    }
    this.#leavePack(change);
    if (this.#apply(change, pid, undefined)) this.#tell([change], undefined);
    return 'inode' in change ? change.inode : 0;
  }

  /** The inode a process means by a number: one it chose for what another had made first stands for that. */
  settled(pid: number, number: InodeNumber): InodeNumber {
    return this.#author(pid).aliases.get(number) ?? number;
  }

  /** Writes at the end of a file, wherever that is by now; returns the position. Throws ENOSPC, ESTALE. */
  appendFor(pid: number, inode: InodeNumber, bytes: Uint8Array): number {
    const number = this.settled(pid, inode);
    const position = this.table.get(number).size;
    this.commitFor(pid, { op: 'write', inode: number, position, bytes, timeMs: Date.now() });
    return position;
  }

  /** Fills an empty tree from records numbered from 2 on. */
  restore(records: readonly JournalRecord[]): void {
    for (const record of records) {
      if (record.op === 'create') this.#leases.reserveNumber(record.inode);
      try {
        this.commit(record);
      } catch (error) {
        // Directories moved under others may lie deeper than any can be made: they are lost, not the rest.
        if (!(error instanceof Errno)) throw error;
      }
    }
  }

  /** Tells every record, whoever made it. */
  follow(follower: Follower): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Tells a process what others change and how far its own records are; ended by calling the result. */
  attach(pid: number, tell: (update: JournalUpdate) => void): () => void {
    const author = this.#author(pid);
    author.tell = tell;
    return () => {
      author.tell = undefined;
    };
  }

  observe(observer: Observer): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /**
   * What a view at position `sequence` has missed, encoded (`View.applyPulled`). `pid`: whose view; absent,
   * every record is somebody else's. Undefined: it is too old and needs an image.
   */
  recordsSince(sequence: number, pid?: number): Uint8Array | undefined {
    return this.#history.since(sequence, pid, this.#sequence);
  }

  /**
   * The tree as it is now, for a new process. Contents are sealed first and go by reference. While nothing
   * changes it is made once.
   */
  image(): { tree: TreeImage; segments: SegmentImage[] } {
    if (this.#image?.tree.sequence !== this.#sequence) {
      this.#seal();
      this.#image = { tree: this.table.image(this.#sequence), segments: this.#segments.images() };
    }
    return this.#image;
  }

  /**
   * The tree as it is now, without contents, for a process that has missed more than `recordsSince` knows
   * (`View.replace`). What it has sent before must have been committed.
   */
  imageFor(pid: number): ViewImage {
    const { processed, aliases } = this.#author(pid);
    return { tree: this.table.image(this.#sequence), processed, aliases: [...aliases] };
  }

  #author(pid: number): Author {
    let author = this.#authors.get(pid);
    if (author === undefined) this.#authors.set(pid, (author = new Author(pid)));
    return author;
  }

  /** Two made the same file or directory: who came later goes on with the one there is. */
  #adopt(author: Author, record: JournalRecord & { op: 'create' }): void {
    const existing = this.table.lookup(this.table.get(record.parent), record.name);
    if (existing?.type === record.type && record.type !== 'symlink') {
      author.aliases.set(record.inode, existing.number);
    }
  }

  /** Seals what was written since the last time, and moves what is left in segments that are mostly dead. */
  #seal(): void {
    for (const inode of this.table.unsealed()) this.#sealOne(inode);
    const sparse = this.#segments.collect(this.#sealedBytes());
    if (sparse.size === 0) return;
    for (const inode of this.table.values()) {
      const extent = this.table.extentOf(inode);
      if (extent !== undefined && sparse.has(extent.segment)) this.#sealOne(inode);
    }
    this.#segments.collect(this.#sealedBytes());
  }

  #sealOne(inode: Inode): void {
    this.table.seal(inode, this.#segments.add(this.table.stored(inode)));
  }

  #writesToPack(record: JournalRecord): boolean {
    if (record.op !== 'write' || !this.table.has(record.inode)) return false;
    return this.table.isInPack(this.table.get(record.inode));
  }

  /**
   * Copy on write. Before a file of a pack is written to, everybody is told its content: views and the page's
   * replica need not have the blocks. Throws EIO where a block is not here: whoever writes has it fetched first.
   */
  #leavePack(record: JournalRecord): void {
    if (record.op !== 'write' || !this.#writesToPack(record)) return;
    const { inode, timeMs } = record;
    const file = this.table.get(inode);
    const { size } = file;
    const bytes = this.table.stored(file);
    const records: JournalRecord[] = [{ op: 'truncate', inode, size: 0, timeMs }];
    for (let position = 0; position < bytes.length; position += copiedBytes) {
      const part = bytes.slice(position, position + copiedBytes);
      records.push({ op: 'write', inode, position, bytes: part, timeMs });
    }
    if (size > bytes.length) records.push({ op: 'truncate', inode, size, timeMs });
    for (const each of records) if (this.#apply(each, undefined, undefined)) this.#tell([each], undefined);
  }

  /** By segment: bytes of it that are part of a file. */
  #sealedBytes(): Map<number, number> {
    const used = new Map<number, number>();
    for (const extent of this.table.extents()) {
      const { segment, length } = extent;
      if (isBlock(segment)) for (const block of blocksOf(extent)) used.set(block, 1);
      else used.set(segment, (used.get(segment) ?? 0) + length);
    }
    return used;
  }

  /**
   * Returns whether anybody but `knower` can see it: what has no name is its holders' alone, and no record while
   * there is no other.
   */
  #apply(record: JournalRecord, author: number | undefined, knower: number | undefined): boolean {
    const growth = this.#growth(record);
    const newNames = record.op === 'create' || record.op === 'link' ? 1 : 0;
    if (growth > 0 || newNames > 0) this.#leases.check(author, growth, newNames);
    for (const observer of this.#observers) observer.before(record);
    try {
      this.table.apply(record);
    } catch (error) {
      for (const observer of this.#observers) observer.refused();
      throw error;
    }
    this.#leases.spend(author, growth, newNames);
    if (record.op === 'create' && record.extent !== undefined) this.#lacksBlocks = true;
    if (!isNameRecord(record) && !this.#isSeen(record.inode, knower)) {
      // The position stays, and yet it is another tree.
      this.#image = undefined;
      for (const observer of this.#observers) observer.refused();
      return false;
    }
    this.#sequence += 1;
    for (const observer of this.#observers) observer.after(record, this.#sequence);
    return true;
  }

  #isSeen(number: InodeNumber, knower: number | undefined): boolean {
    if (this.table.get(number).links > 0) return true;
    for (const { pid, holds } of this.#authors.values()) if (pid !== knower && holds.has(number)) return true;
    return false;
  }

  /** Bytes a record makes the tree grow by. */
  #growth(record: JournalRecord): number {
    if (record.op === 'create') return byteLengthOf(record.target ?? '') + (record.extent?.length ?? 0);
    const end = endOf(record);
    if (end === 0 || !('inode' in record) || !this.table.has(record.inode)) return end;
    return Math.max(0, end - this.table.get(record.inode).size);
  }

  /** `author` has it already, if it is a process. */
  #tell(records: readonly JournalRecord[], author: number | undefined): void {
    const first = this.#sequence - records.length + 1;
    for (const [index, record] of records.entries()) this.#history.add(record, first + index, author);
    for (const follower of this.#followers) follower(records, this.#sequence, author);
    const update: JournalUpdate = { records, sequence: this.#sequence };
    for (const each of this.#authors.values()) if (each.pid !== author) each.tell?.(update);
  }
}
