// fs: advisory locks on parts of files, as fcntl(2) has them: a process owns them, they are gone when it ends.
// Must always hold: no byte of a file is locked for writing by one process and locked at all by another.
import { Errno } from '../abi/errno.js';
import type { InodeNumber } from '../abi/journal.js';
import { WaitQueue, type Caller } from '../file/wait-queue.js';

export const lockTypes = { unlock: 0, read: 1, write: 2 } as const;

/** Bytes from `start` up to, not including, `end`. */
export interface LockRange {
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

interface Lock extends LockRange {
  readonly owner: number;
}

/** Locks of one process on all files. */
const locksMax = 4096;

export class Locks {
  readonly #files = new Map<InodeNumber, Lock[]>();
  readonly #changed = new WaitQueue();
  /** Who waits, and for whose locks. */
  readonly #waiting = new Map<number, readonly number[]>();

  /** The first lock of another that stands in the way; undefined: there is none. */
  blocking(owner: number, inode: InodeNumber, range: LockRange): Lock | undefined {
    return this.#blockers(owner, inode, range)[0];
  }

  /** Locks or unlocks, or throws EAGAIN; ENOLCK for too many. */
  set(owner: number, inode: InodeNumber, range: LockRange): void {
    if (this.blocking(owner, inode, range) !== undefined) throw new Errno('EAGAIN');
    this.#put(owner, inode, range);
  }

  /** `set`, once others have let go. Rejects with EINTR, EDEADLK when they wait for this owner in turn. */
  async wait(owner: number, inode: InodeNumber, range: LockRange, caller: Caller): Promise<void> {
    try {
      for (;;) {
        const blockers = this.#blockers(owner, inode, range).map((lock) => lock.owner);
        if (blockers.length === 0) return this.#put(owner, inode, range);
        if (this.#waitsFor(blockers, owner)) throw new Errno('EDEADLK');
        this.#waiting.set(owner, blockers);
        await this.#changed.wait(caller);
      }
    } finally {
      this.#waiting.delete(owner);
    }
  }

  /** The owner has ended, or (with an inode) closed a file or unlocked all of it. */
  release(owner: number, inode?: InodeNumber): void {
    const inodes = inode === undefined ? [...this.#files.keys()] : [inode];
    let released = false;
    for (const each of inodes) {
      const locks = this.#files.get(each) ?? [];
      const left = locks.filter((lock) => lock.owner !== owner);
      released ||= left.length < locks.length;
      this.#keep(each, left);
    }
    if (released) this.#changed.wake();
  }

  #blockers(owner: number, inode: InodeNumber, { type, start, end }: LockRange): Lock[] {
    if (type === lockTypes.unlock) return [];
    return (this.#files.get(inode) ?? []).filter(
      (lock) =>
        lock.owner !== owner &&
        lock.start < end &&
        start < lock.end &&
        (type === lockTypes.write || lock.type === lockTypes.write),
    );
  }

  #put(owner: number, inode: InodeNumber, { type, start, end }: LockRange): void {
    const kept: Lock[] = [];
    let count = 0;
    for (const lock of this.#files.get(inode) ?? []) {
      if (lock.owner !== owner || lock.end <= start || end <= lock.start) {
        kept.push(lock);
        continue;
      }
      // What the new range does not cover of an old one stays.
      if (lock.start < start) kept.push({ ...lock, end: start });
      if (end < lock.end) kept.push({ ...lock, start: end });
    }
    for (const locks of this.#files.values()) for (const lock of locks) if (lock.owner === owner) count += 1;
    if (type !== lockTypes.unlock) {
      if (count >= locksMax) throw new Errno('ENOLCK');
      kept.push({ owner, type, start, end });
    }
    this.#keep(inode, kept);
    this.#changed.wake();
  }

  #keep(inode: InodeNumber, locks: Lock[]): void {
    if (locks.length === 0) this.#files.delete(inode);
    else this.#files.set(inode, locks);
  }

  /** Whether one of them waits, over however many others, for `owner`. */
  #waitsFor(blockers: readonly number[], owner: number): boolean {
    const seen = new Set<number>();
    const open = [...blockers];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === owner) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(this.#waiting.get(next) ?? []));
    }
    return false;
  }
}
