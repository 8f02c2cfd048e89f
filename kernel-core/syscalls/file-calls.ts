// syscalls: files of the tree, where the kernel must decide or keep something.
import { Errno } from '../abi/errno.js';
import { access, doubles, pullBytes, syscall } from '../abi/syscalls.js';
import { encodeViewImage } from '../abi/tree-image-codec.js';
import { isHold } from '../abi/records.js';
import { lockTypes, type LockRange, type Locks } from '../fs/locks.js';
import { SharedFile } from '../fs/shared-file.js';
import type { Mounts } from '../fs/mounts.js';
import type { PackContents } from '../fs/pack-contents.js';
import type { Tree } from '../fs/tree.js';
import { checkRecord } from '../proc/receive.js';
import type { Process } from '../proc/process.js';
import { count } from './check.js';
import type { SyscallTable } from './table.js';

export interface FileHost {
  readonly tree: Tree;
  readonly locks: Locks;
  readonly mounts: Mounts;
  readonly packs: PackContents;
}

function lockRange(type: unknown, start: unknown, length: unknown): LockRange {
  const kind = count(type);
  if (kind > lockTypes.write) throw new Errno('EINVAL');
  const from = count(start);
  const bytes = count(length);
  return { type: kind, start: from, end: bytes === 0 ? Infinity : from + bytes };
}

/** Answers that take more than one call. */
const answers = new WeakMap<Process, Uint8Array>();

/** The part of an answer from `offset` on; `make` is called for the first. */
function part(process: Process, offset: number, make: () => Uint8Array): Uint8Array {
  const whole = offset === 0 ? make() : (answers.get(process) ?? new Uint8Array(0));
  const bytes = whole.slice(offset, offset + pullBytes);
  if (bytes.length < pullBytes) answers.delete(process);
  else answers.set(process, whole);
  return bytes;
}

/**
 * Does something with a file once its content is here, which it is unless it lies in a pack. EINTR where the
 * process ended meanwhile.
 */
function withContents<T>(
  { tree, packs }: FileHost,
  process: Process,
  number: number,
  act: () => T,
): T | Promise<T> {
  const inode = tree.table.get(number);
  if (packs.isHere(inode)) return act();
  return packs.need(inode).then(() => {
    if (process.hasEnded) throw new Errno('EINTR');
    return act();
  });
}

export const fileCalls = (host: FileHost): SyscallTable => ({
  [syscall.share]: (process, [inode, position, allowed, append]) => {
    const bits = count(allowed);
    if ((bits & ~(access.read | access.write)) !== 0) throw new Errno('EINVAL');
    const options = {
      inode: host.tree.settled(process.pid, count(inode)),
      position: count(position),
      access: bits,
      append: append === 1,
    };
    return withContents(host, process, options.inode, () =>
      process.handles.add(new SharedFile(host.tree, options)),
    );
  },

  [syscall.lock]: (process, [inode, type, start, length, wait]) => {
    const range = lockRange(type, start, length);
    const number = host.tree.table.get(host.tree.settled(process.pid, count(inode))).number;
    if (type === lockTypes.unlock && start === 0 && length === 0) {
      host.locks.release(process.pid, number);
      return 0;
    }
    if (wait === 1) return host.locks.wait(process.pid, number, range, process).then(() => 0);
    host.locks.set(process.pid, number, range);
    return 0;
  },

  [syscall.testLock]: (process, [inode, type, start, length]) => {
    const range = lockRange(type, start, length);
    const lock = host.locks.blocking(process.pid, host.tree.settled(process.pid, count(inode)), range);
    if (lock === undefined) return doubles(0, 0, 0, 0);
    const rest = lock.end === Infinity ? 0 : lock.end - lock.start;
    return doubles(lock.type, lock.start, rest, lock.owner);
  },

  [syscall.pull]: (process, [position, offset]) =>
    part(process, count(offset), () => {
      const missed = host.tree.recordsSince(count(position), process.pid);
      if (missed === undefined) throw new Errno('ESTALE');
      return missed;
    }),

  [syscall.image]: (process, [offset]) =>
    part(process, count(offset), () => encodeViewImage(host.tree.imageFor(process.pid))),

  [syscall.contents]: (process, [inode, position]) => {
    const { table } = host.tree;
    const number = host.tree.settled(process.pid, count(inode));
    const from = count(position);
    return withContents(host, process, number, () => {
      const bytes = new Uint8Array(pullBytes);
      return bytes.subarray(0, table.read(table.get(number), from, bytes));
    });
  },

  [syscall.lease]: (process, [bytes]) => {
    const lease = host.tree.moreLease(process.pid, count(bytes));
    const range = lease.inodes[0] ?? { first: 0, count: 0 };
    return doubles(lease.epoch, lease.bytes, range.first, range.count);
  },

  [syscall.commit]: (process, [record]) => {
    const checked = checkRecord(record);
    if (checked === undefined || isHold(checked)) throw new Errno('EINVAL');
    host.mounts.check(checked);
    host.tree.commitFor(process.pid, checked);
    return 0;
  },

  [syscall.append]: (process, [inode, bytes]) => {
    if (!(bytes instanceof Uint8Array && bytes.buffer instanceof ArrayBuffer)) throw new Errno('EFAULT');
    const number = host.tree.settled(process.pid, count(inode));
    const own = bytes.slice();
    return withContents(host, process, number, () => doubles(host.tree.appendFor(process.pid, number, own)));
  },

  [syscall.blocks]: async (process, [inode, position, length]) => {
    const file = host.tree.table.get(host.tree.settled(process.pid, count(inode)));
    const range = [count(position), count(length)] as const;
    await host.packs.need(file, ...range);
    return host.tree.blockImages(host.tree.table.blocksOf(file, ...range));
  },

  [syscall.block]: async (process, [inode, position, offset]) => {
    const file = host.tree.table.get(host.tree.settled(process.pid, count(inode)));
    const at = count(position);
    const from = count(offset);
    await host.packs.need(file, at, 1);
    const [block] = host.tree.table.blocksOf(file, at, 1);
    if (block !== undefined) return host.tree.bytesOfBlock(block, from, pullBytes);
    // Others have written to it. Who has half of a block already must not take that for all of it.
    if (from > 0) throw new Errno('EAGAIN');
    return new Uint8Array(0);
  },
});
