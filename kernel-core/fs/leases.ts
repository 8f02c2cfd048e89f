// fs: what of a sandbox's limits is promised to whom. A process spends its lease without asking, so what is
// promised counts as used for everybody else; what it does not spend comes back when it ends.
// Must always hold: promised + used never exceeds a limit by a lease given here.
import { Errno } from '../abi/errno.js';
import type { InodeNumber, InodeRange, Lease } from '../abi/journal.js';

/** Of what is free, the part one process gets, and what it gets at least, if that is no more than half. */
const share = 1 / 4;
const bytesLeast = 1024 * 1024;
const inodesLeast = 1024;
/** Inode numbers are 32 bits. */
const numbersEnd = 2 ** 32;
/** Fewer numbers in a row are not worth remembering. */
const numbersKept = 1024;

export interface Capacity {
  /** Of the sandbox, at most. */
  readonly limits: { readonly inodes: number; readonly fileBytes: number };
  /** Now, in the tree. */
  readonly used: () => { readonly inodes: number; readonly bytes: number };
}

interface Account {
  epoch: number;
  bytes: number;
  inodes: number;
  /** Numbers it may create under; `next` is above all it has created under. */
  ranges: { first: InodeNumber; next: InodeNumber; end: InodeNumber }[];
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
    const bytesWanted = Math.max(bytesAtLeast, shareOf(bytesFree, bytesLeast));
    const bytes = Math.max(0, Math.min(bytesFree, bytesWanted) - account.bytes);
    const inodesFree = this.freeInodes + account.inodes;
    const inodes = this.#numbers(Math.max(0, shareOf(inodesFree, inodesLeast) - account.inodes));
    const count = inodes.reduce((sum, range) => sum + range.count, 0);
    account.bytes += bytes;
    account.inodes += count;
    this.#bytes += bytes;
    this.#inodes += count;
    account.ranges = account.ranges.filter(({ next, end }) => next < end);
    for (const range of inodes) {
      const end = range.first + range.count;
      account.ranges.push({ first: range.first, next: range.first, end });
    }
    return { epoch: account.epoch, bytes, inodes };
  }

  /**
   * A new lease in place of the old one, for a process that says it has too little left. What it thinks it
   * has spent and what was spent here differ where records of its lost against others'; this evens it out.
   */
  renew(author: number, bytesAtLeast: number): Lease {
    const account = this.#account(author);
    this.#takeBack(account);
    account.epoch += 1;
    return this.grant(author, bytesAtLeast);
  }

  /** More, where less than half of the share is left; undefined where that is not so, or there is none. */
  topUp(author: number): Lease | undefined {
    const account = this.#accounts.get(author);
    if (account === undefined) return undefined;
    const bytesFree = this.freeBytes + account.bytes;
    const bytesShare = shareOf(bytesFree, bytesLeast);
    const inodesFree = this.freeInodes + account.inodes;
    const inodesShare = shareOf(inodesFree, inodesLeast);
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
    this.#takeBack(account);
  }

  #takeBack(account: Account): void {
    this.#bytes -= account.bytes;
    this.#inodes -= account.inodes;
    account.bytes = account.inodes = 0;
    for (const { next, end } of account.ranges.reverse()) {
      if (end === this.#next) this.#next = next;
      else if (end - next >= numbersKept) this.#returned.push({ first: next, count: end - next });
    }
    account.ranges = [];
  }

  #account(author: number): Account {
    let account = this.#accounts.get(author);
    if (account === undefined)
      this.#accounts.set(author, (account = { epoch: 0, bytes: 0, inodes: 0, ranges: [] }));
    return account;
  }

  /** One range: of those that came back, perhaps a shorter one, or new. */
  #numbers(count: number): InodeRange[] {
    if (count === 0) return [];
    const enough = Math.min(count, numbersKept);
    const index = this.#returned.findIndex((range) => range.count >= enough);
    const found = this.#returned[index];
    if (found !== undefined) {
      const taken = Math.min(found.count, count);
      this.#returned.splice(index, 1);
      if (found.count - taken >= numbersKept) {
        this.#returned.push({ first: found.first + taken, count: found.count - taken });
      }
      return [{ first: found.first, count: taken }];
    }
    if (this.#next + count > numbersEnd) throw new Errno('ENOSPC');
    this.#next += count;
    return [{ first: this.#next - count, count }];
  }
}

function shareOf(free: number, least: number): number {
  return Math.max(Math.floor(free * share), Math.min(least, Math.ceil(free / 2)));
}
