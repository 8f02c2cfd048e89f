// syscalls: open files by handle: reading, waiting for room, closing, pipes, polling.
import { Errno, errno } from '../abi/errno.js';
import { signals } from '../abi/signals.js';
import { aheadBytes, doubles, pollEvents, readFlags, syscall, words } from '../abi/syscalls.js';
import { makePipe } from '../file/pipe.js';
import { readiness } from '../file/open-file.js';
import { inTime, WaitQueue } from '../file/wait-queue.js';
import type { Process } from '../proc/process.js';
import { count, integer, list } from './check.js';
import type { SyscallTable } from './table.js';

const readMax = 4 * 1024 * 1024;
const pollMax = 4096;

export const handleCalls: SyscallTable = {
  [syscall.read]: (process, [handle, max, flags]) => {
    const file = process.handles.get(count(handle));
    const bits = count(flags ?? 0);
    if ((bits & readFlags.atOnce) !== 0 && (file.ready & (readiness.read | readiness.hangup)) === 0)
      throw new Errno('EAGAIN');
    const most = Math.min(readMax, count(max));
    const peeking = (bits & readFlags.peek) !== 0;
    if (peeking && file.peek === undefined) throw new Errno('ENOTSOCK');
    const isOnly = process.handles.isOnly(count(handle));
    if ((bits & readFlags.ring) !== 0 && isOnly) file.offer?.();
    if ((bits & readFlags.ahead) !== 0 && file.readAhead !== undefined && isOnly)
      return file.readAhead(most, aheadBytes, process);
    return inTime(file.receiveTimeoutMs ?? 0, process, (caller) =>
      peeking ? (file.peek?.(most, caller) ?? new Uint8Array(0)) : file.read(most, caller),
    );
  },

  [syscall.unread]: (process, [handle, bytes]) => {
    const file = process.handles.get(count(handle));
    if (!(bytes instanceof Uint8Array && bytes.buffer instanceof ArrayBuffer)) throw new Errno('EFAULT');
    if (file.putBack === undefined) throw new Errno('EINVAL');
    const taken = process.writes.add(count(handle), bytes.length);
    try {
      file.putBack(bytes.slice(), taken);
    } catch (error) {
      taken(bytes.length);
      throw error;
    }
    return 0;
  },

  [syscall.seek]: (process, [handle, offset, whence]) => {
    const file = process.handles.get(count(handle));
    if (file.seek === undefined) throw new Errno('ESPIPE');
    if (typeof offset !== 'number') throw new Errno('EINVAL');
    return doubles(file.seek(offset, count(whence)));
  },

  [syscall.drain]: async (process, [handle]) => {
    const file = process.handles.get(count(handle));
    try {
      // Where bytes do not come through the kernel, only the two ends count: the memory is set aside for them.
      if ((await file.roomInShared?.(process)) === true) return process.writes.tell(count(handle));
      return await inTime(file.sendTimeoutMs ?? 0, process, (caller) =>
        process.writes.drained(count(handle), () => file.waiting, caller),
      );
    } catch (error) {
      if (error instanceof Errno && error.errno === errno.EPIPE) process.signal(signals.SIGPIPE);
      throw error;
    }
  },

  [syscall.close]: (process, [handle]) => {
    process.closeHandle(count(handle));
    return 0;
  },

  [syscall.ring]: (process, [handle, wanted]) => {
    const number = count(handle);
    const file = process.handles.get(number);
    if (count(wanted) === 0) {
      file.reclaim?.();
      return 0;
    }
    const add = (bytes: number): ((taken: number) => void) => process.writes.add(number, bytes);
    return file.lend?.({ budget: process.untaken, add }) === true ? 1 : 0;
  },

  [syscall.pipe]: (process) => {
    const memory = process.takeMemory();
    const { reader, writer } = makePipe(memory);
    let read: number;
    try {
      read = process.handles.add(reader);
    } catch (error) {
      writer.close();
      throw error;
    }
    try {
      return words(read, process.handles.add(writer), memory === undefined ? 0 : 1);
    } catch (error) {
      process.handles.close(read);
      throw error;
    }
  },

  [syscall.poll]: (process, [pairs, timeoutMs]) => {
    const asked = list(pairs, pollMax).map(count);
    return poll(process, asked, integer(timeoutMs));
  },
};

async function poll(process: Process, asked: readonly number[], timeoutMs: number): Promise<Uint8Array> {
  const look = (): number[] => {
    const found: number[] = [];
    for (let index = 0; index + 1 < asked.length; index += 2)
      found.push(readyBits(process, asked[index] ?? 0, asked[index + 1] ?? 0));
    return found;
  };
  let found = look();
  if (timeoutMs === 0 || found.some((bits) => bits !== 0)) return words(...found);
  const changed = new WaitQueue();
  let timedOut = false;
  const unwatch = [process.writes.watch(() => changed.wake())];
  for (let index = 0; index < asked.length; index += 2) {
    const handle = asked[index] ?? 0;
    const file = process.handles.has(handle) ? process.handles.get(handle) : undefined;
    if (file !== undefined) unwatch.push(file.watch(() => changed.wake(), asked[index + 1], process));
  }
  const timer =
    timeoutMs < 0
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          changed.wake();
        }, timeoutMs);
  try {
    // To watch may have changed what there is.
    found = look();
    while (!timedOut && found.every((bits) => bits === 0)) {
      await changed.wait(process);
      found = look();
    }
    return words(...found);
  } finally {
    clearTimeout(timer);
    for (const each of unwatch) each();
  }
}

function readyBits(process: Process, handle: number, events: number): number {
  if (!process.handles.has(handle)) return pollEvents.invalid;
  const { ready, waiting } = process.handles.get(handle);
  const always = readiness.hangup | readiness.error;
  // Whether there is room to write is for the process's own writes to say.
  const room = process.writes.hasRoom(handle, waiting) ? ready : ready & ~readiness.write;
  return room & (events | always);
}
