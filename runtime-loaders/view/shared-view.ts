// runtime-loaders/view: a view whose process can wait in place (transport `shared`): it pulls what others changed
// when it looks at files, and asks for more room when its lease is short.
import { isErrno } from '../../kernel-core/abi/errno.js';
import { pullBytes, readDoubles, syscall } from '../../kernel-core/abi/syscalls.js';
import { slotPosition } from '../../kernel-core/abi/syscall-slot.js';
import type { Syscalls } from '../syscalls.js';
import type { View } from './view.js';

export function pullInPlace(view: View, syscalls: Syscalls, slot: SharedArrayBuffer): void {
  const words = new Int32Array(slot);
  view.onLook = () => {
    if (!view.isBehind && Atomics.load(words, slotPosition) === (view.sequence | 0)) return;
    view.caughtUp();
    pull(view, syscalls);
  };
  // The same position need not mean that its own records were processed.
  view.onSettle = () => pull(view, syscalls);
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
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const part = syscalls.callNow(syscall.pull, [position, length]) as Uint8Array;
      parts.push(part);
      length += part.length;
      if (part.length < pullBytes) break;
    }
  } catch (error) {
    // Too far behind for records; a new image comes with the next process.
    if (isErrno(error)) return;
    throw error;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  view.applyPulled(bytes);
}
