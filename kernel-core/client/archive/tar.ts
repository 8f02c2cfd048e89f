// client/archive: reads tar: POSIX ustar and pax, GNU's long names, old V7 headers.
import { textOfBytes } from '../../abi/byte-text.js';
import type { EntryAttributes } from '../tree-packer.js';
import { hostile, type ArchiveTree } from './archive-tree.js';
import { ByteStream } from './byte-stream.js';

const blockBytes = 512;
/** Of names and pax headers; PATH_MAX is 4 KB. */
const textBytesMax = 1024 * 1024;
/** After the end, where tape blocks are filled up. */
const trailBytesMax = 16 * 1024 * 1024;

interface Header {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly mode: number;
  readonly modifiedMs: number;
  readonly link: string;
}

/** What extended headers say of the entry after them. */
interface Extended {
  path?: string;
  linkpath?: string;
  mtime?: string;
  size?: string;
}

/** Puts every entry into `tree`. Rejects with EINVAL where it is torn or holds what no tree can, and ENOSPC. */
export async function readTar(stream: ReadableStream<Uint8Array>, tree: ArchiveTree): Promise<void> {
  const bytes = new ByteStream(stream);
  try {
    let extended: Extended = {};
    for (;;) {
      const block = bytes.take(blockBytes) ?? (await bytes.read(blockBytes));
      if (block.every((byte) => byte === 0)) break;
      const header = parse(block);
      const { type } = header;
      if (type === 'x' || type === 'g' || type === 'L' || type === 'K') {
        if (header.size > textBytesMax) throw hostile('The archive holds a name that is too long.');
        const body = await content(bytes, header.size);
        if (type === 'x') Object.assign(extended, paxRecords(body));
        else if (type === 'L') extended.path = terminated(body, 0, body.length);
        else if (type === 'K') extended.linkpath = terminated(body, 0, body.length);
        continue;
      }
      await entry(bytes, merged(header, extended), tree);
      extended = {};
    }
    await bytes.drain(trailBytesMax);
  } finally {
    await bytes.cancel();
  }
}

async function entry(bytes: ByteStream, header: Header, tree: ArchiveTree): Promise<void> {
  const { name, type, size, mode, modifiedMs, link } = header;
  const attributes: EntryAttributes = { mode, modifiedMs };
  // V7 says a directory by its name.
  const isOldDirectory = (type === '0' || type === '\0') && name.endsWith('/');
  if (type === '5' || isOldDirectory) tree.directory(name, attributes);
  else if (type === '0' || type === '\0' || type === '7') {
    tree.claim(size);
    tree.file(name, await content(bytes, size), attributes);
    return;
  } else if (type === '1') tree.link(name, link);
  else if (type === '2') tree.symlink(name, link, attributes);
  else if (type === '3' || type === '4' || type === '6') {
    throw hostile(`The archive holds “${name}”, which is a device or a pipe.`);
  } else throw hostile(`The archive holds “${name}”, of the unknown kind “${type}”.`);
  // Sizes of what has no content mean nothing.
}

/** A content, without the bytes that fill its last block. */
async function content(bytes: ByteStream, size: number): Promise<Uint8Array> {
  const padded = Math.ceil(size / blockBytes) * blockBytes;
  const near = bytes.take(padded);
  if (near !== undefined) return near.slice(0, size);
  const own = await bytes.read(size);
  await bytes.read(padded - size);
  return own;
}

function parse(block: Uint8Array): Header {
  let sum = 0;
  for (const [index, byte] of block.entries()) sum += index >= 148 && index < 156 ? 32 : byte;
  if (number(block, 148, 8) !== sum) throw hostile('The archive is damaged: a header does not add up.');
  const prefix = terminated(block, 257, 5) === 'ustar' && block[262] === 0 ? terminated(block, 345, 155) : '';
  const name = terminated(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    type: String.fromCharCode(block[156] as number),
    size: number(block, 124, 12),
    mode: number(block, 100, 8) & 0o7777,
    modifiedMs: number(block, 136, 12) * 1000,
    link: terminated(block, 157, 100),
  };
}

function merged(header: Header, { path, linkpath, mtime, size }: Extended): Header {
  const modifiedMs = mtime === undefined ? header.modifiedMs : Math.round(Number(mtime) * 1000);
  const bytes = size === undefined ? header.size : Number(size);
  if (!Number.isFinite(modifiedMs) || !Number.isSafeInteger(bytes) || bytes < 0) {
    throw hostile('The archive is damaged: a number is none.');
  }
  return { ...header, name: path ?? header.name, link: linkpath ?? header.link, modifiedMs, size: bytes };
}

function paxRecords(body: Uint8Array): Extended {
  const found: Record<string, string> = {};
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const length = Number(textOfBytes(body, at, space === -1 ? at : space));
    const end = at + length;
    const equals = body.indexOf(0x3d, space);
    if (!Number.isInteger(length) || length < 4 || end > body.length || equals === -1 || equals >= end) {
      throw hostile('The archive is damaged: an extended header is no list of records.');
    }
    const key = textOfBytes(body, space + 1, equals);
    if (key.startsWith('GNU.sparse')) throw hostile('The archive holds GNU’s sparse files.');
    if (key === 'path' || key === 'linkpath' || key === 'mtime' || key === 'size') {
      found[key] = textOfBytes(body, equals + 1, end - 1);
    }
    at = end;
  }
  return found;
}

function terminated(bytes: Uint8Array, at: number, length: number): string {
  const end = bytes.indexOf(0, at);
  return textOfBytes(bytes, at, end === -1 ? at + length : Math.min(end, at + length));
}

/** Octal digits, or GNU's bytes after one with its highest bit set. */
function number(bytes: Uint8Array, at: number, length: number): number {
  const field = bytes.subarray(at, at + length);
  if (((field[0] as number) & 0x80) !== 0) {
    const isNegative = field[0] === 0xff;
    let value = 0;
    for (const byte of field.subarray(1)) value = value * 256 + (isNegative ? 255 - byte : byte);
    return isNegative ? -value - 1 : value;
  }
  const text = textOfBytes(field).split('\0', 1)[0]?.trim() ?? '';
  if (!/^[0-7]*$/.test(text)) throw hostile('The archive is damaged: a number is none.');
  return text === '' ? 0 : parseInt(text, 8);
}
