// runtime-loaders/wasi: what a stream descriptor reads from and writes to.
import { Errno } from '../../kernel-core/abi/errno.js';
import type { HandleKind, StartDescriptor } from '../../kernel-core/abi/messages.js';
import { slotPayloadBytes } from '../../kernel-core/abi/syscall-slot.js';
import { syscall } from '../../kernel-core/abi/syscalls.js';
import type { ProcessContext } from '../runtime.js';
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
}

const empty = new Uint8Array(0);
const outputChunkBytes = 256 * 1024;

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
  if (source.file === 'tty' || source.file === 'device') return fileTypes.characterDevice;
  if (source.file === 'datagram') return fileTypes.socketDatagram;
  return source.file === 'socket' ? fileTypes.socketStream : fileTypes.unknown;
}

/** Up to `max` bytes, none at the end. `atOnce`: EAGAIN instead of waiting. */
export function readStream(
  { handles, syscalls }: ProcessContext,
  source: StreamSource,
  max: number,
  atOnce: boolean,
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
      if (!atOnce) return handles.read(source.handle, max);
      handles.flush();
      return syscalls.invoke(syscall.read, [source.handle, Math.min(max, slotPayloadBytes), 1]) as
        Uint8Array | Promise<Uint8Array>;
  }
}

/** Writes all of it, waiting in between where the reader lags, so that no message is larger than a pipe holds. */
export function writeStream(
  context: ProcessContext,
  source: StreamSource,
  bytes: Uint8Array,
  atOnce: boolean,
): undefined | Promise<void> {
  if (source.type === 'null') return undefined;
  if (source.type === 'given') throw new Errno('EBADF');
  if (source.unconnected === true) throw new Errno('ENOTCONN');
  if (source.file === 'datagram') {
    const sent = context.syscalls.invoke(syscall.sendTo, [
      source.handle,
      bytes.slice(),
      null,
      atOnce ? 1 : 0,
    ]);
    return sent instanceof Promise ? sent.then(() => undefined) : undefined;
  }
  if (atOnce && !context.handles.hasRoom(source.handle)) throw new Errno('EAGAIN');
  for (let offset = 0; offset < bytes.length; offset += outputChunkBytes) {
    const waiting = context.handles.writeWaiting(
      source.handle,
      bytes.subarray(offset, offset + outputChunkBytes),
    );
    const rest = bytes.subarray(offset + outputChunkBytes);
    // A view of the program's memory stays valid: the program is suspended meanwhile.
    if (waiting !== undefined)
      return waiting.then(() => (rest.length === 0 ? undefined : writeStream(context, source, rest, false)));
  }
  return undefined;
}
