// runtime-loaders/wasi: files of packs, whose content comes when it is read.
import type { Inode } from '../../kernel-core/abi/inode-table.js';
import type { SegmentImage } from '../../kernel-core/abi/messages.js';
import { syscall } from '../../kernel-core/abi/syscalls.js';
import type { ProcessContext } from '../runtime.js';

/**
 * A promise where part of a file lies in blocks of a pack that are not here and the program's stack can sleep
 * until they are; rejects with EIO. Undefined: it can be read at once, or the view waits in place.
 */
export function arrived(
  { transport, view, syscalls }: ProcessContext,
  inode: Inode,
  position: number,
  length: number,
): Promise<void> | undefined {
  if (transport !== 'suspending' || view.missingFrom(inode, position, length) === undefined) return undefined;
  return syscalls
    .call(syscall.blocks, [inode.number, position, length])
    .then((blocks) => view.addBlocks(blocks as readonly SegmentImage[]));
}
