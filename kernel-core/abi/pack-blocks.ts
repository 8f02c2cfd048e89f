// abi: blocks of packs, segments whose bytes may not be here yet. A pack that is mounted lies in segments
// of its own, one after the other: block n of it is segment `first + n`.
// Must always hold: every block but the last of its pack holds `blockBytes`, so that where a byte lies can be
// said without the blocks before it.
import { Errno } from './errno.js';
import type { Extent } from './journal.js';

/** Of content, uncompressed. */
export const blockBytes = 1024 * 1024;

/** Segments from this number on are blocks of packs. The page gives the numbers (`client/pack-store.ts`). */
export const firstBlock = 0x8000_0000;
/** Above is a mark of the inode table's. */
export const lastBlock = 0xffff_0000;

export function isBlock(segment: number): boolean {
  return segment >= firstBlock && segment <= lastBlock;
}

/** The bytes lie in a block that nobody has fetched. Who can wait fetches it and reads again; others get EIO. */
export class NotFetched extends Errno {
  constructor() {
    super('EIO');
  }
}

/** Where content of a pack lies. */
export function blockExtent(first: number, offset: number, length: number): Extent {
  return { segment: first + Math.floor(offset / blockBytes), offset: offset % blockBytes, length };
}

/** The blocks that an extent of a pack lies in. */
export function blocksOf({ segment, offset, length }: Extent): number[] {
  const count = length === 0 ? 0 : Math.ceil((offset + length) / blockBytes);
  return Array.from({ length: count }, (_, index) => segment + index);
}
