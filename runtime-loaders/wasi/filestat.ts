// runtime-loaders/wasi: `filestat` and file times, as structs in the program's memory.
import { bytesOfText } from '../../kernel-core/abi/byte-text.js';
import { Errno } from '../../kernel-core/abi/errno.js';
import type { Inode } from '../../kernel-core/abi/inode-table.js';
import type { InodeType } from '../../kernel-core/abi/journal.js';
import type { Layout } from './layout.js';
import { fileTypes } from './file-types.js';
import { streamType, type StreamSource } from './streams.js';
import type { WasiProcess } from './wasi-process.js';

/** The one device that needs no kernel. */
export const nullPath = '/dev/null';

export function fileType(type: InodeType): number {
  return fileTypes[type];
}

/** One tree, one device. What is in none has others, for programs take what has the same numbers for the same file. */
const device = 1;
const specialDevice = 2;
const streamDevice = 3;
const wordSize = 2 ** 32;
const fstFlags = { accessed: 1, accessedNow: 2, modified: 4, modifiedNow: 8 } as const;

export function writeFilestat(process: WasiProcess, layout: Layout, inode: Inode, at: number): void {
  const { memory } = process;
  const { filestat } = layout;
  const exact = process.exactTimes.get(inode);
  const pointer = at >>> 0;
  const { type, accessedMs, modifiedMs, changedMs } = inode;
  const words = memory.words(pointer, filestat.bytes);
  const isPlain =
    exact === undefined && type !== 'symlink' && accessedMs >= 0 && modifiedMs >= 0 && changedMs >= 0;
  if (words !== undefined && isPlain) {
    // As below, with one check for all: this is what programs ask for most.
    const word = pointer >>> 2;
    const { size } = inode;
    words.fill(0, word, word + (filestat.bytes >>> 2));
    words[word] = device;
    words[word + 2] = inode.number;
    words[word + 4] = fileType(type);
    words[word + (filestat.links >>> 2)] = inode.links;
    words[word + (filestat.size >>> 2)] = size;
    if (size >= wordSize) words[word + (filestat.size >>> 2) + 1] = size / wordSize;
    memory.putMilliseconds(word + (filestat.accessed >>> 2), accessedMs);
    memory.putMilliseconds(word + (filestat.modified >>> 2), modifiedMs);
    memory.putMilliseconds(word + (filestat.changed >>> 2), changedMs);
    return;
  }
  memory.clear(pointer, filestat.bytes);
  memory.setU8(pointer, device);
  memory.setU32(pointer + 8, inode.number);
  memory.setU8(pointer + 16, fileType(type));
  memory.setU32(pointer + filestat.links, inode.links);
  // A program makes room for what readlink will give it by this size.
  const size = inode.target === undefined ? inode.size : bytesOfText(inode.target).length;
  memory.setCount(pointer + filestat.size, size);
  setTime(process, pointer + filestat.accessed, accessedMs, exact?.accessed);
  setTime(process, pointer + filestat.modified, modifiedMs, exact?.modified);
  setTime(process, pointer + filestat.changed, changedMs, undefined);
}

/** A stream's: nothing is known of it but what it is. */
export function writeStreamFilestat(
  process: WasiProcess,
  layout: Layout,
  fd: number,
  source: StreamSource,
  at: number,
): void {
  const type = streamType(source);
  if (source.type === 'null') writeSpecialFilestat(process, layout, nullPath, type, at);
  else writeNumbers(process, layout, { device: streamDevice, inode: fd + 1, type }, at);
}

/** Of what is in no tree: its number is made of its path. */
export function writeSpecialFilestat(
  process: WasiProcess,
  layout: Layout,
  path: string,
  type: number,
  at: number,
): void {
  let inode = 1;
  for (let index = 0; index < path.length; index += 1) inode = Math.imul(inode, 31) + path.charCodeAt(index);
  writeNumbers(process, layout, { device: specialDevice, inode: inode >>> 0, type }, at);
}

function writeNumbers(
  { memory }: WasiProcess,
  { filestat }: Layout,
  numbers: { readonly device: number; readonly inode: number; readonly type: number },
  at: number,
): void {
  const pointer = at >>> 0;
  memory.clear(pointer, filestat.bytes);
  memory.setU8(pointer, numbers.device);
  memory.setU32(pointer + 8, numbers.inode);
  memory.setU8(pointer + 16, numbers.type);
  memory.setU8(pointer + filestat.links, 1);
}

/** Sets file times from the arguments of fd_filestat_set_times and its path_ sibling. */
export function setTimes(
  process: WasiProcess,
  inode: Inode,
  accessedNs: bigint,
  modifiedNs: bigint,
  flags: number,
): void {
  const both = (flag: number, now: number) => (flags & flag) !== 0 && (flags & now) !== 0;
  if (
    (flags & ~15) !== 0 ||
    both(fstFlags.accessed, fstFlags.accessedNow) ||
    both(fstFlags.modified, fstFlags.modifiedNow)
  ) {
    throw new Errno('EINVAL');
  }
  const exact = { ...process.exactTimes.get(inode) };
  const attributes: { accessedMs?: number; modifiedMs?: number } = {};
  if ((flags & fstFlags.accessed) !== 0) {
    exact.accessed = exactly(accessedNs);
    attributes.accessedMs = exact.accessed.ms;
  }
  if ((flags & fstFlags.modified) !== 0) {
    exact.modified = exactly(modifiedNs);
    attributes.modifiedMs = exact.modified.ms;
  }
  if ((flags & fstFlags.accessedNow) !== 0) attributes.accessedMs = Date.now();
  if ((flags & fstFlags.modifiedNow) !== 0) attributes.modifiedMs = Date.now();
  process.context.view.setAttributes(inode, attributes);
  process.exactTimes.set(inode, exact);
}

function exactly(ns: bigint): { ms: number; ns: bigint } {
  const unsigned = BigInt.asUintN(64, ns);
  return { ms: Number(unsigned / 1_000_000n) + Number(unsigned % 1_000_000n) / 1_000_000, ns: unsigned };
}

function setTime(
  { memory }: WasiProcess,
  pointer: number,
  ms: number,
  exact: { ms: number; ns: bigint } | undefined,
): void {
  if (exact?.ms === ms) memory.setU64(pointer, exact.ns);
  else if (ms >= 0) memory.setMilliseconds(pointer, ms);
  else memory.setU64(pointer, BigInt.asUintN(64, BigInt(Math.round(ms * 1_000)) * 1_000n));
}
