// runtime-loaders: the advisory locks of one process on files of the tree, as fcntl(2) has them. The kernel keeps
// them. Must always hold: whoever cannot wait for the kernel gets a lock only where nobody else can have one.
import { Errno } from '../kernel-core/abi/errno.js';
import type { Inode } from '../kernel-core/abi/inode.js';
import { readDoubles, syscall } from '../kernel-core/abi/syscalls.js';
import type { ProcessContext } from './runtime.js';

/** Kinds of lock, as in `syscall.lock`. */
export const lockTypes = { unlock: 0, read: 1, write: 2 } as const;

/** Bytes of a file. `length` 0: to its end, wherever that will be. */
export interface LockRange {
  readonly start: number;
  readonly length: number;
}

export class FileLocks {
  readonly #context: ProcessContext;
  /** Files on which it may have locks. */
  readonly #locked = new Set<Inode>();

  constructor(context: ProcessContext) {
    this.#context = context;
  }

  /**
   * Locks or unlocks. Throws or rejects with EAGAIN (`wait` false), EDEADLK, EINTR, ENOLCK: too many, or a program that
   * cannot wait and is not alone.
   */
  set(inode: Inode, type: number, range: LockRange, wait: boolean): void | Promise<void> {
    const { syscalls, transport, alone } = this.#context;
    if (transport === 'local') {
      if (!alone && type !== lockTypes.unlock) throw new Errno('ENOLCK');
      return;
    }
    this.#locked.add(inode);
    const { start, length } = range;
    const answer = syscalls.invoke(syscall.lock, [inode.number, type, start, length, wait ? 1 : 0]);
    return answer instanceof Promise ? answer.then(() => undefined) : undefined;
  }

  /** What lock of another process is in the way: its type (0: none), start, length, pid. */
  test(inode: Inode, type: number, { start, length }: LockRange): number[] | Promise<number[]> {
    const { syscalls, transport, alone } = this.#context;
    if (transport === 'local') {
      if (!alone) throw new Errno('ENOLCK');
      return [lockTypes.unlock, start, length, 0];
    }
    const answer = syscalls.invoke(syscall.testLock, [inode.number, type, start, length]);
    const read = (bytes: number | Uint8Array): number[] => [...readDoubles(bytes as Uint8Array)];
    return answer instanceof Promise ? answer.then(read) : read(answer);
  }

  /** As fcntl(2) has it: whichever descriptor of a file is closed, all locks of the process on it are gone. */
  closed(inode: Inode): void {
    if (this.#locked.size === 0) return;
    for (const each of this.#locked) {
      if (each.slot !== inode.slot) continue;
      this.#locked.delete(each);
      this.#context.syscalls.tell(syscall.lock, [each.number, lockTypes.unlock, 0, 0, 0]);
    }
  }
}
