// fs: a sandbox's file tree and its journal (DESIGN §7). It owns the inode table, gives every record its
// sequence number, and tells everyone who follows. Must always hold: the table changes only by `commit`.
import { Errno } from '../abi/errno.js';
import { InodeTable } from '../abi/inode-table.js';
import type { JournalRecord, TreeImage } from '../abi/journal.js';
import type { SegmentImage } from '../abi/messages.js';
import { Segments } from './segments.js';

/** `author` is who made the change (a pid, or undefined for the page); it already has it. */
export type Follower = (
  records: readonly JournalRecord[],
  sequence: number,
  author: number | undefined,
) => void;

export interface TreeLimits {
  readonly inodes: number;
  readonly fileBytes: number;
}

/** Processes create inodes in ranges of their own, one range a process, far above the kernel's. */
const leaseSize = 2 ** 24;

export class Tree {
  readonly #segments = new Segments();
  readonly table = new InodeTable((segment, offset, target) => this.#segments.read(segment, offset, target));
  readonly limits: TreeLimits;
  readonly #followers = new Set<Follower>();
  #sequence = 0;
  #nextInode = 2;
  #nextLease = leaseSize;
  #image: { readonly tree: TreeImage; readonly segments: SegmentImage[] } | undefined;

  constructor(limits: TreeLimits) {
    this.limits = limits;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Inode numbers for one process. */
  lease(): { first: number; count: number } {
    const first = this.#nextLease;
    this.#nextLease += leaseSize;
    return { first, count: leaseSize };
  }

  /** A number for an inode the kernel itself creates. */
  allotInode(): number {
    const inode = this.#nextInode;
    this.#nextInode += 1;
    return inode;
  }

  get freeBytes(): number {
    return Math.max(0, this.limits.fileBytes - this.table.bytes);
  }

  /** Applies one change of the kernel's own or throws an Errno and changes nothing. */
  commit(record: JournalRecord): void {
    this.#apply(record);
    this.#tell([record], undefined);
  }

  /** Applies what a process did to its view. A record that no longer fits has lost against another's. */
  commitFrom(author: number, records: readonly JournalRecord[]): void {
    const applied: JournalRecord[] = [];
    for (const record of records) {
      try {
        this.#apply(record);
        applied.push(record);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
      }
    }
    if (applied.length > 0) this.#tell(applied, author);
  }

  /** Fills an empty tree from records numbered from 2 on. */
  restore(records: readonly JournalRecord[]): void {
    for (const record of records) {
      if (record.op === 'create') this.#nextInode = Math.max(this.#nextInode, record.inode + 1);
      try {
        this.commit(record);
      } catch (error) {
        // Directories moved under others may lie deeper than any can be made: they are lost, not the rest.
        if (!(error instanceof Errno)) throw error;
      }
    }
  }

  follow(follower: Follower): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
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

  /** Seals what was written since the last time, and moves what is left in segments that are mostly dead. */
  #seal(): void {
    for (const inode of this.table.unsealed()) {
      this.table.seal(inode, this.#segments.add(this.table.stored(inode)));
    }
    const sparse = this.#segments.collect(this.#sealedBytes());
    if (sparse.size === 0) return;
    for (const inode of this.table.values()) {
      const extent = this.table.extentOf(inode);
      if (extent !== undefined && sparse.has(extent.segment)) {
        this.table.seal(inode, this.#segments.add(this.table.stored(inode)));
      }
    }
    this.#segments.collect(this.#sealedBytes());
  }

  /** By segment: bytes of it that are part of a file. */
  #sealedBytes(): Map<number, number> {
    const used = new Map<number, number>();
    for (const { segment, length } of this.table.extents()) {
      used.set(segment, (used.get(segment) ?? 0) + length);
    }
    return used;
  }

  #apply(record: JournalRecord): void {
    const { inodes } = this.limits;
    const addsName = record.op === 'create' || record.op === 'link';
    // Hard links cost memory too: names are bounded as inodes are.
    if (addsName && (this.table.size >= inodes || this.table.names >= inodes)) throw new Errno('ENOSPC');
    const end = endOf(record);
    if (end > 0 && 'inode' in record) {
      const size = this.table.has(record.inode) ? this.table.get(record.inode).size : 0;
      if (end - size > this.freeBytes) throw new Errno('ENOSPC');
    }
    this.table.apply(record);
    this.#sequence += 1;
  }

  #tell(records: readonly JournalRecord[], author: number | undefined): void {
    for (const follower of this.#followers) follower(records, this.#sequence, author);
  }
}

/** Up to where a record makes its inode reach, in bytes. */
function endOf(record: JournalRecord): number {
  switch (record.op) {
    case 'write':
      return record.position + record.bytes.length;
    case 'truncate':
      return record.size;
    case 'create':
      return record.target?.length ?? 0;
    default:
      return 0;
  }
}
