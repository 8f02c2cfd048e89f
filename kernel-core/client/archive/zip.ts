// client/archive: reads zip (PKWARE's APPNOTE): stored and deflated entries, with the modes and symbolic
// links Unix tools write. The central directory counts, so that a torn file is none.
import { inflateSync } from 'fflate';
import { textOfBytes } from '../../abi/byte-text.js';
import { hostile, type ArchiveTree } from './archive-tree.js';
import { inflated } from './inflate.js';
import { turn } from './turn.js';

const endSignature = 0x06054b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const endBytes = 22;
const commentMax = 0xffff;
/** From here on decompressing goes to the browser's own streams: it must not block the page. */
const streamFrom = 128 * 1024;
/** So much is decompressed in a row before the page gets a turn. */
const turnBytes = 512 * 1024;

interface ZipEntry {
  readonly name: string;
  readonly mode: number | undefined;
  readonly isSymlink: boolean;
  readonly isOdd: boolean;
  readonly modifiedMs: number;
  readonly method: number;
  readonly crc: number;
  readonly size: number;
  readonly stored: Uint8Array;
}

/** Puts every entry into `tree`. Rejects with EINVAL and ENOSPC. */
export async function readZip(bytes: Uint8Array, tree: ArchiveTree): Promise<void> {
  let sinceTurn = 0;
  for (const each of entries(bytes)) {
    const { name, mode, modifiedMs } = each;
    const attributes = { modifiedMs, ...(mode === undefined ? {} : { mode }) };
    if (each.isOdd) throw hostile(`The archive holds “${name}”, which is a device or a pipe.`);
    if (name.endsWith('/')) {
      tree.directory(name, attributes);
      continue;
    }
    tree.claim(each.size);
    const content = await contentOf(each);
    if (each.isSymlink) tree.symlink(name, textOfBytes(content), attributes);
    else tree.file(name, content, attributes);
    sinceTurn += content.length;
    if (sinceTurn < turnBytes) continue;
    sinceTurn = 0;
    await turn();
  }
}

function* entries(bytes: Uint8Array): Generator<ZipEntry> {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(data);
  const count = data.getUint16(end + 10, true);
  const start = data.getUint32(end + 16, true);
  let at = start;
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > end || data.getUint32(at, true) !== centralSignature) throw torn();
    const nameLength = data.getUint16(at + 28, true);
    const next = at + 46 + nameLength + data.getUint16(at + 30, true) + data.getUint16(at + 32, true);
    if (next > end) throw torn();
    const name = textOfBytes(bytes, at + 46, at + 46 + nameLength);
    const flags = data.getUint16(at + 8, true);
    if ((flags & 1) !== 0) throw hostile(`“${name}” in the archive is encrypted.`);
    const isUnix = data.getUint8(at + 5) === 3;
    const unixMode = isUnix ? data.getUint32(at + 38, true) >>> 16 : 0;
    const kind = unixMode & 0o170000;
    const local = data.getUint32(at + 42, true);
    const compressed = data.getUint32(at + 20, true);
    if (local + 30 > start || data.getUint32(local, true) !== localSignature) throw torn();
    const from = local + 30 + data.getUint16(local + 26, true) + data.getUint16(local + 28, true);
    if (from + compressed > start) throw torn();
    yield {
      name,
      mode: unixMode === 0 ? undefined : unixMode & 0o7777,
      isSymlink: kind === 0o120000,
      isOdd: ![0, 0o100000, 0o040000, 0o120000].includes(kind),
      modifiedMs: dosTime(data.getUint16(at + 14, true), data.getUint16(at + 12, true)),
      method: data.getUint16(at + 10, true),
      crc: data.getUint32(at + 16, true),
      size: data.getUint32(at + 24, true),
      stored: bytes.subarray(from, from + compressed),
    };
    at = next;
  }
}

async function contentOf({ name, method, crc, size, stored }: ZipEntry): Promise<Uint8Array> {
  if (method !== 0 && method !== 8) {
    throw hostile(`“${name}” in the archive is compressed in a way that is not known here (${method}).`);
  }
  let content: Uint8Array;
  if (method === 0) content = stored.slice();
  else if (stored.length >= streamFrom || size >= streamFrom * 8) {
    content = await inflated(stored, 'deflate-raw', size, name);
  } else {
    try {
      content = inflateSync(stored, { out: new Uint8Array(size) });
    } catch {
      throw hostile(`“${name}” in the archive is damaged.`);
    }
  }
  if (content.length !== size || (await crc32(content)) !== crc)
    throw hostile(`“${name}” in the archive is damaged.`);
  return content;
}

function findEnd(data: DataView): number {
  const least = Math.max(0, data.byteLength - endBytes - commentMax);
  for (let at = data.byteLength - endBytes; at >= least; at -= 1) {
    if (data.getUint32(at, true) !== endSignature) continue;
    if (data.getUint16(at + 10, true) === 0xffff || data.getUint32(at + 16, true) === 0xffffffff) {
      throw hostile('The archive is a zip of more than 65,534 files or 4 GB.');
    }
    return at;
  }
  throw torn();
}

/** Local time, to two seconds. */
function dosTime(date: number, time: number): number {
  const day = new Date(1980 + (date >> 9), ((date >> 5) & 15) - 1, date & 31);
  day.setHours(time >> 11, (time >> 5) & 63, (time & 31) * 2);
  return day.getTime();
}

function torn(): Error {
  return hostile('The archive is torn, or no zip.');
}

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** In parts, for the page must not be blocked. */
async function crc32(bytes: Uint8Array): Promise<number> {
  let value = 0xffffffff;
  for (let at = 0; at < bytes.length; at += turnBytes) {
    if (at > 0) await turn();
    const end = Math.min(at + turnBytes, bytes.length);
    for (let index = at; index < end; index += 1) {
      value = (value >>> 8) ^ (crcTable[(value ^ (bytes[index] as number)) & 0xff] as number);
    }
  }
  return ~value >>> 0;
}
