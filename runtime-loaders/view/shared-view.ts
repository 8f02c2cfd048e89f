// runtime-loaders/view: a view whose process can wait in place (transport `shared`): it pulls what others changed
// when it looks at files, and asks for more room when its lease is short.
import { isErrno } from '../../kernel-core/abi/errno.js';
import { pullBytes, readDoubles, syscall } from '../../kernel-core/abi/syscalls.js';
import { slotPosition } from '../../kernel-core/abi/syscall-slot.js';
import { decodeViewImage } from '../../kernel-core/abi/tree-image-codec.js';
import type { Syscalls } from '../syscalls.js';
import type { View } from './view.js';

export function pullInPlace(view: View, syscalls: Syscalls, slot: SharedArrayBuffer): void {
  const words = new Int32Array(slot);
  // The position it was last told of: the kernel's tree may be further, by records of this process itself.
  let told = view.sequence | 0;
  view.onLook = () => {
    const position = Atomics.load(words, slotPosition);
    if (!view.isBehind && position === told) return;
    told = position;
    view.caughtUp();
    pull(view, syscalls);
  };
  // The same position need not mean that its own records were processed.
  view.onSettle = () => pull(view, syscalls);
  view.onBlocksMissing = (inode, position, length) => {
    const end = position + length;
    for (
      let at = view.missingFrom(inode, position, length);
      at !== undefined;
      at = view.missingFrom(inode, at, end - at)
    ) {
      const block = pullBlock(syscalls, inode.number, at);
      // Others have written to it, so that it is of no pack any more.
      if (block === undefined) return view.look();
      view.keepBlock(inode, at, block);
    }
  };
  view.onContentAbsent = (inode) => {
    try {
      view.keepContent(
        inode,
        inParts((from) => syscalls.callNow(syscall.contents, [inode.number, from]) as Uint8Array),
      );
    } catch (error) {
      if (!isErrno(error)) throw error;
    }
  };
  view.onLeaseShort = (bytes) => {
    try {
      view.addLease(leaseOf(syscalls.callNow(syscall.lease, [bytes]) as Uint8Array));
    } catch (error) {
      // What is missing after this is ENOSPC for the program.
      if (!isErrno(error)) throw error;
    }
  };
}

/** The answer of `syscall.lease`. */
export function leaseOf(answer: Uint8Array): Parameters<View['addLease']>[0] {
  const [epoch = 0, bytes = 0, first = 0, count = 0] = readDoubles(answer);
  return { epoch, bytes, inodes: count === 0 ? [] : [{ first, count }] };
}

function pull(view: View, syscalls: Syscalls): void {
  const position = view.sequence;
  let bytes: Uint8Array;
  try {
    bytes = inParts((from) => syscalls.callNow(syscall.pull, [position, from]) as Uint8Array);
  } catch (error) {
    if (!isErrno(error)) throw error;
    // Too far behind for records.
    if (error.code === 'ESTALE') view.replace(decodeViewImage(imageOf(syscalls)));
    return;
  }
  view.applyPulled(bytes);
}

function imageOf(syscalls: Syscalls): Uint8Array<ArrayBuffer> {
  return inParts((from) => syscalls.callNow(syscall.image, [from]) as Uint8Array);
}

/** The block of a pack in which this position of a file lies; undefined where the file lies in none any more. */
function pullBlock(syscalls: Syscalls, inode: number, position: number): Uint8Array | undefined {
  try {
    const block = inParts((from) => syscalls.callNow(syscall.block, [inode, position, from]) as Uint8Array);
    return block.length === 0 ? undefined : block;
  } catch (error) {
    if (isErrno(error) && error.code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** An answer that may be longer than one can be. */
function inParts(part: (from: number) => Uint8Array): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const next = part(length);
    parts.push(next);
    length += next.length;
    if (next.length < pullBytes) break;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
