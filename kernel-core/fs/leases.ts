// fs: what of a sandbox's limits is promised to whom. A process spends its lease without asking, so what is
// promised counts as used for everybody else; what it does not spend comes back when it ends.
// Must always hold: promised + used never exceeds a limit by a lease given here.
import { Errno } from '../abi/errno.js';
import type { InodeNumber, InodeRange, Lease } from '../abi/journal.js';

/** Of what is free, the part one process gets, and the least it gets while there is so much. */
const share = 1 / 4;
const bytesLeast = 1024 * 1024;
const inodesLeast = 1024;
/** Inode numbers are 32 bits. */
const numbersEnd = 2 ** 32;

export interface Capacity {
  /** Of the sandbox, at most. */
  readonly limits: { readonly inodes: number; readonly fileBytes: number };
  /** Now, in the tree. */
  readonly used: () => { readonly inodes: number; readonly bytes: number };
}

interface Account {
  bytes: number;
  inodes: number;
  /** Numbers it may create under; `next` is above all it has created under. */
  readonly ranges: { first: InodeNumber; next: InodeNumber; end: InodeNumber }[];
}

export class Leases {
  readonly #capacity: Capacity;
  readonly #accounts = new Map<number, Account>();
  readonly #returned: InodeRange[] = [];
  #next = 2;
  #bytes = 0;
  #inodes = 0;

  constructor(capacity: Capacity) {
    this.#capacity = capacity;
  }

  /** Bytes nobody uses and nobody was promised. */
  get freeBytes(): number {
    return Math.max(0, this.#capacity.limits.fileBytes - this.#capacity.used().bytes - this.#bytes);
  }

  get freeInodes(): number {
    return Math.max(0, this.#capacity.limits.inodes - this.#capacity.used().inodes - this.#inodes);
  }

  /** A number for an inode the kernel itself makes. */
  allotNumber(): InodeNumber {
    if (this.#next >= numbersEnd) throw new Errno('ENOSPC');
    this.#next += 1;
    return this.#next - 1;
  }

  /** Numbers up to `number` are taken. */
  reserveNumber(number: InodeNumber): void {
    this.#next = Math.max(this.#next, number + 1);
  }

  /** Brings a process's lease up to its share, and to `bytesAtLeast` if there are so many. */
  grant(author: number, bytesAtLeast = 0): Lease {
    const account = this.#account(author);
    const bytesFree = this.freeBytes + account.bytes;
    const bytesWanted = Math.max(bytesAtLeast, bytesLeast, Math.floor(bytesFree * share));
    const bytes = Math.max(0, Math.min(bytesFree, bytesWanted) - account.bytes);
    const inodesFree = this.freeInodes + account.inodes;
    const inodesWanted = Math.max(inodesLeast, Math.floor(inodesFree * share));
    const inodes = this.#numbers(Math.max(0, Math.min(inodesFree, inodesWanted) - account.inodes));
    const count = inodes.reduce((sum, range) => sum + range.count, 0);
    account.bytes += bytes;
    account.inodes += count;
    this.#bytes += bytes;
    this.#inodes += count;
    for (const range of inodes) {
      const end = range.first + range.count;
      account.ranges.push({ first: range.first, next: range.first, end });
    }
    return { bytes, inodes };
  }

  /** More, where less than half of the share is left; undefined where that is not so, or there is none. */
  topUp(author: number): Lease | undefined {
    const account = this.#accounts.get(author);
    if (account === undefined) return undefined;
    const bytesFree = this.freeBytes + account.bytes;
    const bytesShare = Math.min(bytesFree, Math.max(bytesLeast, bytesFree * share));
    const inodesFree = this.freeInodes + account.inodes;
    const inodesShare = Math.min(inodesFree, Math.max(inodesLeast, inodesFree * share));
    if (account.bytes * 2 >= bytesShare && account.inodes * 2 >= inodesShare) return undefined;
    const lease = this.grant(author);
    return lease.bytes === 0 && lease.inodes.length === 0 ? undefined : lease;
  }

  /** Whether a process may create under that number; if so it is taken. */
  take(author: number, number: InodeNumber): boolean {
    const range = this.#accounts
      .get(author)
      ?.ranges.find(({ first, end }) => number >= first && number < end);
    if (range === undefined) return false;
    range.next = Math.max(range.next, number + 1);
    return true;
  }

  owns(author: number, number: InodeNumber): boolean {
    const account = this.#accounts.get(author);
    return account?.ranges.some(({ first, end }) => number >= first && number < end) === true;
  }

  /** Throws ENOSPC where so much is more than the author's lease and what is free. No author: the kernel. */
  check(author: number | undefined, bytes: number, inodes: number): void {
    const account = author === undefined ? undefined : this.#accounts.get(author);
    if (bytes > this.freeBytes + (account?.bytes ?? 0)) throw new Errno('ENOSPC');
    if (inodes > this.freeInodes + (account?.inodes ?? 0)) throw new Errno('ENOSPC');
  }

  /** What was checked is used now. */
  spend(author: number | undefined, bytes: number, inodes: number): void {
    const account = author === undefined ? undefined : this.#accounts.get(author);
    if (account === undefined) return;
    const spentBytes = Math.max(0, Math.min(bytes, account.bytes));
    const spentInodes = Math.min(inodes, account.inodes);
    account.bytes -= spentBytes;
    account.inodes -= spentInodes;
    this.#bytes -= spentBytes;
    this.#inodes -= spentInodes;
  }

  /** Takes back what a process did not spend. */
  release(author: number): void {
    const account = this.#accounts.get(author);
    if (account === undefined) return;
    this.#accounts.delete(author);
    this.#bytes -= account.bytes;
    this.#inodes -= account.inodes;
    for (const { next, end } of account.ranges.reverse()) {
      if (end === this.#next) this.#next = next;
      else if (next < end) this.#returned.push({ first: next, count: end - next });
    }
  }

  #account(author: number): Account {
    let account = this.#accounts.get(author);
    if (account === undefined) this.#accounts.set(author, (account = { bytes: 0, inodes: 0, ranges: [] }));
    return account;
  }

  /** One range: of those that came back, or new. */
  #numbers(count: number): InodeRange[] {
    if (count === 0) return [];
    const index = this.#returned.findIndex((range) => range.count >= count);
    const found = this.#returned[index];
    if (found !== undefined) {
      if (found.count === count) this.#returned.splice(index, 1);
      else this.#returned[index] = { first: found.first + count, count: found.count - count };
      return [{ first: found.first, count }];
    }
    if (this.#next + count > numbersEnd) throw new Errno('ENOSPC');
    this.#next += count;
    return [{ first: this.#next - count, count }];
  }
}
