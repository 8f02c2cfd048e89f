// runtime-loaders/wasi: what a stream descriptor reads from and writes to.
import { Errno, isErrno } from '../../kernel-core/abi/errno.js';
import type { HandleKind, StartDescriptor } from '../../kernel-core/abi/messages.js';
import { slotPayloadBytes } from '../../kernel-core/abi/syscall-slot.js';
import { readFlags, syscall } from '../../kernel-core/abi/syscalls.js';
import type { ProcessContext } from '../runtime.js';
import { after } from './after.js';
import { fileTypes } from './file-types.js';

/** Nothing, input known in advance, or an open file of the kernel's. */
export type StreamSource =
  | { readonly type: 'null' }
  | { readonly type: 'given'; readonly bytes: Uint8Array; position: number }
  | HandleSource;

export interface HandleSource {
  readonly type: 'handle';
  readonly handle: number;
  readonly file: HandleKind;
  /** A stream socket made here that has no peer yet: the kernel would lose what is written to it. */
  unconnected?: boolean;
  /** SO_SNDTIMEO ended the wait of the last write: the next one waits for room before it sends anything. */
  full?: boolean;
}

const empty = new Uint8Array(0);
const outputChunkBytes = 256 * 1024;
/** PIPE_BUF: so much is written whole or not at all. */
const atomicBytes = 4096;

export function sourceOf(descriptor: StartDescriptor): StreamSource {
  switch (descriptor.kind) {
    case 'null':
      return { type: 'null' };
    case 'given':
      return { type: 'given', bytes: descriptor.bytes, position: 0 };
    case 'handle':
      return { type: 'handle', handle: descriptor.handle, file: descriptor.file };
  }
}

/** `filetype` of a stream: a pipe has no number of its own. */
export function streamType(source: StreamSource): number {
  if (source.type !== 'handle') return fileTypes.unknown;
  if (source.file === 'tty' || source.file === 'device' || source.file === 'full')
    return fileTypes.characterDevice;
  if (source.file === 'datagram') return fileTypes.socketDatagram;
  return source.file === 'socket' ? fileTypes.socketStream : fileTypes.unknown;
}

/** Bytes of a pipe that are in memory its two processes share, put into `buffers`; 0: they must be read. */
export function takeStream(
  { handles }: ProcessContext,
  source: StreamSource,
  buffers: readonly Uint8Array[],
  atOnce: boolean,
): number {
  return source.type === 'handle' && source.file === 'pipe'
    ? handles.take(source.handle, buffers, atOnce)
    : 0;
}

/** Up to `max` bytes, none at the end. `atOnce`: EAGAIN instead of waiting; `peek`, of a socket: the bytes stay. */
export function readStream(
  { handles, syscalls }: ProcessContext,
  source: StreamSource,
  max: number,
  atOnce: boolean,
  peek = false,
): Uint8Array | Promise<Uint8Array> {
  switch (source.type) {
    case 'null':
      return empty;
    case 'given': {
      const bytes = source.bytes.subarray(source.position, source.position + max);
      source.position += bytes.length;
      return bytes;
    }
    case 'handle':
      if (source.file === 'pipe' && (!atOnce || handles.available(source.handle) > 0))
        return handles.stream(source.handle, max);
      if (!atOnce && !peek) return handles.read(source.handle, max);
      handles.flush();
      return syscalls.invoke(syscall.read, [
        source.handle,
        Math.min(max, slotPayloadBytes),
        (atOnce ? readFlags.atOnce : 0) | (peek ? readFlags.peek : 0),
      ]) as Uint8Array | Promise<Uint8Array>;
  }
}

/**
 * Writes all of it, waiting in between where the reader lags, so that no message is larger than a pipe holds.
 * `atOnce`: as much as there is room for, EAGAIN where there is none. The result is the number of bytes written.
 */
export function writeStream(
  context: ProcessContext,
  source: StreamSource,
  bytes: Uint8Array,
  atOnce: boolean,
): number | Promise<number> {
  if (source.type === 'null') return bytes.length;
  if (source.type === 'given') throw new Errno('EBADF');
  if (source.unconnected === true) throw new Errno('ENOTCONN');
  // What the kernel would say of it comes too late.
  if (source.file === 'full' && bytes.length > 0) throw new Errno('ENOSPC');
  const { handle } = source;
  const { handles, syscalls } = context;
  if (source.file === 'datagram') {
    const args = [handle, bytes.slice(), null, atOnce ? 1 : 0];
    return syscalls.invoke(syscall.sendTo, args) as number | Promise<number>;
  }
  if (atOnce) {
    const write = (room: number): number => {
      if (room === 0 && bytes.length > 0) throw new Errno('EAGAIN');
      // What is written atomically goes through whole.
      const part = bytes.subarray(0, Math.max(room, atomicBytes));
      handles.write(handle, part);
      return part.length;
    };
    return after(bytes.length === 0 ? 0 : handles.room(handle), write);
  }
  if (source.file === 'socket') return writeSocket(context, source, bytes);
  const put = source.file === 'pipe' ? handles.put(handle, bytes) : 0;
  // A signal has ended the wait for room.
  if (put === bytes.length || (put > 0 && handles.isShared(handle))) return put;
  return after(writeWaiting(context, handle, bytes.subarray(put)), (rest) => put + rest);
}

/** `writeWaiting`, where SO_SNDTIMEO may end the waiting: what was sent by then counts, EAGAIN where nothing was. */
function writeSocket(
  context: ProcessContext,
  source: HandleSource,
  bytes: Uint8Array,
): number | Promise<number> {
  const { handles, syscalls } = context;
  const late = (error: unknown, sent: number): number => {
    if (!isErrno(error) || error.code !== 'EAGAIN' || sent === 0) throw error;
    source.full = true;
    return sent;
  };
  const write = (from: number): number | Promise<number> => {
    if (from >= bytes.length) return bytes.length;
    const end = Math.min(bytes.length, from + outputChunkBytes);
    try {
      const waiting = handles.writeWaiting(source.handle, bytes.subarray(from, end));
      if (waiting === undefined) return write(end);
      return waiting.then(
        () => write(end),
        (error: unknown) => late(error, end),
      );
    } catch (error) {
      return late(error, end);
    }
  };
  if (source.full !== true) return write(0);
  return after(syscalls.invoke(syscall.drain, [source.handle]), (taken) => {
    source.full = false;
    handles.credit(source.handle, taken as number);
    return write(0);
  });
}

/** Bytes written: all, or where a signal ended a wait those that were handed over by then. */
function writeWaiting(
  { handles }: ProcessContext,
  handle: number,
  bytes: Uint8Array,
): number | Promise<number> {
  const interrupted = (error: unknown, sent: number): number => {
    // They are on their way: to say EINTR would have them written twice.
    if (!isErrno(error) || error.code !== 'EINTR') throw error;
    return sent;
  };
  // A view of the program's memory stays valid: the program is suspended meanwhile.
  const write = (from: number): number | Promise<number> => {
    for (let at = from; at < bytes.length; at += outputChunkBytes) {
      const end = Math.min(bytes.length, at + outputChunkBytes);
      try {
        const waiting = handles.writeWaiting(handle, bytes.subarray(at, end));
        if (waiting === undefined) continue;
        return waiting.then(
          () => write(end),
          (error: unknown) => interrupted(error, end),
        );
      } catch (error) {
        return interrupted(error, end);
      }
    }
    return bytes.length;
  };
  return write(0);
}
