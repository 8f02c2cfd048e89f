// abi: journal records as bytes, for processes that pull what they missed while they wait, for those that send
// many at once, and for persistence. What is decoded may come from anywhere: it is checked to the last bit.
//
//   bytes    version=1  item*
//   item     op  fields            numbers: LEB128, at most 2^53 − 1 · times: float64, little-endian
//   text     length  bytes         as `byte-text.ts`
import { bytesOfText, encodeInto, textOfBytes } from './byte-text.js';
import type { Extent, HoldRecord, InodeType, JournalRecord } from './journal.js';
import { isBlock } from './pack-blocks.js';
import { isHold } from './records.js';

/**
 * `acknowledged`: so many of the receiver's own records were processed up to here.
 * `position`: the sequence number of the last record before this item.
 */
export type JournalItem =
  | JournalRecord
  | { readonly op: 'acknowledged'; readonly count: number }
  | { readonly op: 'position'; readonly count: number };

/** The bytes are no records of this version. */
export class JournalFormatError extends Error {
  override readonly name = 'JournalFormatError';
}

const version = 1;
/** Beside the type of a directory: it is a mount's. */
const mountMark = 8;
/** Beside the type of a file: its content lies in a pack. */
const extentMark = 16;
const types: readonly InodeType[] = ['file', 'directory', 'symlink', 'socket'];
const ops = [
  'create',
  'write',
  'truncate',
  'link',
  'unlink',
  'rename',
  'attributes',
  'acknowledged',
  'position',
  'hold',
  'release',
] as const;
const attributeBits = { mode: 1, accessed: 2, modified: 4 } as const;
const modeMax = 0o7777;
const nameBytesMax = 255;
const targetBytesMax = 65_536;

/** About how many bytes an item takes, without encoding it; never less than it takes. */
export function weightOf(item: JournalItem | HoldRecord): number {
  let text = 0;
  if ('name' in item) text += item.name.length * 3;
  if (item.op === 'rename') text += item.toName.length * 3;
  if (item.op === 'create') text += (item.target?.length ?? 0) * 3;
  return 64 + text + (item.op === 'write' ? item.bytes.length : 0);
}

export function encodeItems(items: readonly JournalItem[]): Uint8Array<ArrayBuffer> {
  return encode(items);
}

/** What a process changed, as one message of it brings it to the kernel. */
export function encodeChanges(changes: readonly (JournalRecord | HoldRecord)[]): Uint8Array<ArrayBuffer> {
  return encode(changes);
}

function encode(items: readonly (JournalItem | HoldRecord)[]): Uint8Array<ArrayBuffer> {
  const writer = new Writer(items.reduce((sum, item) => sum + weightOf(item), 1));
  writer.byte(version);
  for (const item of items) encodeItem(writer, item);
  return writer.done();
}

/** Throws JournalFormatError. The bytes of `write` records lie in `bytes`, which is not copied. */
export function decodeItems(bytes: Uint8Array): JournalItem[] {
  return decode(bytes, Infinity).map((item) => {
    if (isHold(item)) throw new JournalFormatError('There is more here than items.');
    return item;
  });
}

/** As `decodeItems`, of `encodeChanges`; no more than `changesMax` are looked at. */
export function decodeChanges(bytes: Uint8Array, changesMax: number): (JournalRecord | HoldRecord)[] {
  return decode(bytes, changesMax).map((item) => {
    if (item.op === 'acknowledged' || item.op === 'position') {
      throw new JournalFormatError('There is more here than changes.');
    }
    return item;
  });
}

function decode(bytes: Uint8Array, itemsMax: number): (JournalItem | HoldRecord)[] {
  const reader = new Reader(bytes);
  if (reader.byte() !== version) throw new JournalFormatError('These are no journal records of version 1.');
  const items: (JournalItem | HoldRecord)[] = [];
  while (!reader.atEnd) {
    if (items.length >= itemsMax) throw new JournalFormatError('There are more than may be.');
    items.push(decodeItem(reader));
  }
  return items;
}

/** As `encodeItems`. */
export function encodeRecords(records: readonly JournalRecord[]): Uint8Array {
  return encodeItems(records);
}

/** As `decodeItems`, for bytes that hold records only. */
export function decodeRecords(bytes: Uint8Array): JournalRecord[] {
  return decodeItems(bytes).map((item) => {
    if (item.op === 'acknowledged' || item.op === 'position') {
      throw new JournalFormatError('There is more here than records.');
    }
    return item;
  });
}

function encodeItem(writer: Writer, item: JournalItem | HoldRecord): void {
  writer.byte(ops.indexOf(item.op));
  if (item.op === 'acknowledged' || item.op === 'position') return writer.count(item.count);
  if (isHold(item)) return writer.count(item.inode);
  writer.time(item.timeMs);
  switch (item.op) {
    case 'create':
      writer.count(item.inode);
      writer.count(item.parent);
      writer.byte(
        types.indexOf(item.type) |
          (item.mount === true ? mountMark : 0) |
          (item.extent === undefined ? 0 : extentMark),
      );
      writer.count(item.mode & modeMax);
      writer.text(item.name);
      if (item.type === 'symlink') writer.text(item.target ?? '');
      if (item.extent === undefined) return;
      writer.count(item.extent.segment);
      writer.count(item.extent.offset);
      return writer.count(item.extent.length);
    case 'write':
      writer.count(item.inode);
      writer.count(item.position);
      return writer.bytes(item.bytes);
    case 'truncate':
      writer.count(item.inode);
      return writer.count(item.size);
    case 'link':
      writer.count(item.inode);
      writer.count(item.parent);
      return writer.text(item.name);
    case 'unlink':
      writer.count(item.parent);
      return writer.text(item.name);
    case 'rename':
      writer.count(item.parent);
      writer.text(item.name);
      writer.count(item.toParent);
      return writer.text(item.toName);
    case 'attributes': {
      const { mode, accessedMs, modifiedMs } = item;
      writer.count(item.inode);
      writer.byte(
        (mode === undefined ? 0 : attributeBits.mode) |
          (accessedMs === undefined ? 0 : attributeBits.accessed) |
          (modifiedMs === undefined ? 0 : attributeBits.modified),
      );
      if (mode !== undefined) writer.count(mode & modeMax);
      if (accessedMs !== undefined) writer.time(accessedMs);
      if (modifiedMs !== undefined) writer.time(modifiedMs);
    }
  }
}

function decodeItem(reader: Reader): JournalItem | HoldRecord {
  const op = ops[reader.byte()];
  if (op === undefined) throw new JournalFormatError('There is no such record.');
  if (op === 'acknowledged' || op === 'position') return { op, count: reader.count() };
  if (op === 'hold' || op === 'release') return { op, inode: reader.count() };
  const timeMs = reader.time();
  switch (op) {
    case 'create': {
      const inode = reader.count();
      const parent = reader.count();
      const kind = reader.byte();
      const type = types[kind & ~(mountMark | extentMark)];
      if (type === undefined) throw new JournalFormatError('There is no such type of inode.');
      const mode = reader.mode();
      const name = reader.text(nameBytesMax);
      // Most are this, and there may be thousands.
      if (type !== 'symlink' && (kind & (mountMark | extentMark)) === 0)
        return { op, inode, parent, name, type, mode, timeMs };
      const mount = (kind & mountMark) === 0 ? {} : ({ mount: true } as const);
      const extent = (kind & extentMark) === 0 ? {} : { extent: reader.extent() };
      if (type !== 'symlink') return { op, inode, parent, name, type, mode, timeMs, ...mount, ...extent };
      return { op, inode, parent, name, type, mode, timeMs, target: reader.text(targetBytesMax) };
    }
    case 'write':
      return { op, inode: reader.count(), position: reader.count(), bytes: reader.bytes(), timeMs };
    case 'truncate':
      return { op, inode: reader.count(), size: reader.count(), timeMs };
    case 'link':
      return { op, inode: reader.count(), parent: reader.count(), name: reader.text(nameBytesMax), timeMs };
    case 'unlink':
      return { op, parent: reader.count(), name: reader.text(nameBytesMax), timeMs };
    case 'rename': {
      const parent = reader.count();
      const name = reader.text(nameBytesMax);
      return { op, parent, name, toParent: reader.count(), toName: reader.text(nameBytesMax), timeMs };
    }
    case 'attributes': {
      const inode = reader.count();
      const bits = reader.byte();
      if (bits > 7) throw new JournalFormatError('There are no such attributes.');
      return {
        op,
        inode,
        ...((bits & attributeBits.mode) === 0 ? {} : { mode: reader.mode() }),
        ...((bits & attributeBits.accessed) === 0 ? {} : { accessedMs: reader.time() }),
        ...((bits & attributeBits.modified) === 0 ? {} : { modifiedMs: reader.time() }),
        timeMs,
      };
    }
  }
}

class Writer {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #data: DataView;
  #length = 0;

  constructor(bytesMax: number) {
    this.#bytes = new Uint8Array(bytesMax);
    this.#data = new DataView(this.#bytes.buffer);
  }

  byte(value: number): void {
    this.#bytes[this.#length++] = value;
  }

  count(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  time(value: number): void {
    this.#data.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  bytes(value: Uint8Array): void {
    this.count(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  text(value: string): void {
    if (value.length * 3 >= 128) return this.bytes(bytesOfText(value));
    // However long it turns out to be, there is room for it, and its length takes one byte.
    const length = encodeInto(value, this.#bytes, this.#length + 1);
    this.byte(length);
    this.#length += length;
  }

  done(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #data: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new JournalFormatError('The records end too early.');
    this.#at += 1;
    return byte;
  }

  count(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      // There is one way to write a number: no zeros at its end, no more than a double holds exactly.
      if (value > Number.MAX_SAFE_INTEGER) throw new JournalFormatError('A number is too large.');
      if (byte < 128) {
        if (byte === 0 && scale > 1) throw new JournalFormatError('A number is longer than it needs to be.');
        return value;
      }
      if (scale > 2 ** 49) throw new JournalFormatError('A number is too large.');
    }
  }

  mode(): number {
    const mode = this.count();
    if (mode > modeMax) throw new JournalFormatError('There are no such permission bits.');
    return mode;
  }

  time(): number {
    if (this.#at + 8 > this.#bytes.length) throw new JournalFormatError('The records end too early.');
    const value = this.#data.getFloat64(this.#at, true);
    this.#at += 8;
    if (!Number.isFinite(value)) throw new JournalFormatError('A time is no number.');
    return value;
  }

  bytes(lengthMax = Number.MAX_SAFE_INTEGER): Uint8Array {
    const length = this.count();
    if (length > lengthMax || length > this.#bytes.length - this.#at) {
      throw new JournalFormatError('A length is larger than what follows.');
    }
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  extent(): Extent {
    const extent = { segment: this.count(), offset: this.count(), length: this.count() };
    if (!isBlock(extent.segment) || extent.offset > 0xffff_ffff || extent.length > 0xffff_ffff) {
      throw new JournalFormatError('There is no such block of a pack.');
    }
    return extent;
  }

  text(lengthMax: number): string {
    return textOfBytes(this.bytes(lengthMax));
  }
}
