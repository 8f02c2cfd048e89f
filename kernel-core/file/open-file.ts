// file: what a handle of a process names: an open file description (POSIX.1-2024, 3.239) that the kernel
// owns. Pipes, sockets, terminals, devices and inherited files implement it, each in a file of its own.
//
//   process ─ handle ─▶ HandleTable ─▶ OpenFile ◀─ another process's handle
import type { HandleKind } from '../abi/messages.js';
import type { LeaseTerms } from './pipe-lease.js';
import type { Caller } from './wait-queue.js';

export type FileKind = HandleKind;

/** Bits of readiness, as poll(2) tells them apart. */
export const readiness = { read: 1, write: 2, hangup: 4, error: 8 } as const;

export interface OpenFile {
  readonly kind: FileKind;
  /** Bits of `access` of `abi/syscalls.ts`; absent: both. */
  readonly access?: number;
  /** Of a file of the tree: its inode. */
  readonly inode?: number;
  /** Of a file of the tree: whether everything is written at its end. */
  readonly append?: boolean;
  /**
   * Up to `max` bytes as soon as there are any, the caller's from here on; empty is end of file. Throws or rejects with an Errno: EBADF
   * where it is not open for reading, EINTR when the caller is interrupted meanwhile.
   */
  read(max: number, caller: Caller): Uint8Array | Promise<Uint8Array>;
  /**
   * Takes all of `bytes`, without waiting; they are the callee's from here on. Calls `taken` with a number of
   * bytes whenever so many have gone on to their reader, which is what the writer may send again: that is the
   * back-pressure. Throws an Errno: EPIPE when nobody can read them any more, EBADF, EIO.
   */
  write(bytes: Uint8Array, taken: (bytes: number) => void, caller: Caller): void;
  /** Bits of `readiness` at this moment. */
  readonly ready: number;
  /**
   * Calls `changed` whenever `ready` may have changed; returns what ends that. `events`: the bits of `readiness` that a
   * program, `caller`, waits for, where one does.
   */
  watch(changed: () => void, events?: number, caller?: Caller): () => void;
  /** As `read`, but what is read stays; absent: not possible. */
  peek?(max: number, caller: Caller): Uint8Array | Promise<Uint8Array>;
  /**
   * `read` of up to `most`, where `max` were asked for, as they were written: the rest may be put back. None is end of
   * file. Absent: not possible.
   */
  readAhead?(max: number, most: number, caller: Caller): Promise<readonly Uint8Array[]>;
  /** Takes bytes back that were read ahead, for whoever reads next; `taken` as of `write`. Throws EINVAL. */
  putBack?(bytes: Uint8Array, taken: (bytes: number) => void): void;
  /** How long reading, and writing, may wait: SO_RCVTIMEO and SO_SNDTIMEO. 0 or absent: for ever. */
  readonly receiveTimeoutMs?: number;
  readonly sendTimeoutMs?: number;
  /** Bytes written to it, by anyone, that nobody has taken yet; absent: it does not say. */
  readonly waiting?: number;
  /**
   * Memory that a process is given with it, where two can hand over its bytes among themselves (`pipe-lease.ts`).
   * Absent, like the rest of this: not possible.
   */
  readonly sharedMemory?: SharedArrayBuffer;
  /** Who reads has that memory, waits for this call, and would find the bytes there. */
  offer?(): void;
  /** Who writes asks, in a call, to hand over bytes there. False: not now. */
  lend?(terms: LeaseTerms): boolean;
  /** That is over, and the kernel has all bytes. */
  reclaim?(): void;
  /** One of the two says that the other, which waits in a call, may look again. */
  moved?(): void;
  /** While that lasts: resolves with true once no more than half of it is full; with false where it does not. */
  roomInShared?(caller: Caller): Promise<boolean>;
  /** Moves the offset; absent: it has none. Whence as in lseek(2): 0 start, 1 current, 2 end. */
  seek?(offset: number, whence: number): number;
  /** The last handle to it is gone. */
  close(): void;
}
