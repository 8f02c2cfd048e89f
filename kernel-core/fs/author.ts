// fs: what a tree knows of one process that writes its journal.
import type { InodeNumber } from '../abi/journal.js';
import type { JournalUpdate } from '../abi/messages.js';

/** Inodes one process may hold; as its open files, and a margin for those that lag behind. */
const holdsMax = 4096;

export class Author {
  readonly pid: number;
  /** Records of its own that were processed, whether or not they changed anything. */
  processed = 0;
  /** Numbers it chose for inodes that another process had made first → the inode there is. */
  readonly aliases = new Map<InodeNumber, InodeNumber>();
  /** Inodes that stay while it has them open. */
  readonly holds = new Set<InodeNumber>();
  /** Tells it what happened; absent until it listens. */
  tell: ((update: JournalUpdate) => void) | undefined;

  constructor(pid: number) {
    this.pid = pid;
  }

  /** Whether it may hold one more. */
  get mayHold(): boolean {
    return this.holds.size < holdsMax;
  }
}
