// fs: a directory as a tar file: POSIX ustar, with a pax header (pax(1)) where ustar's fields are too short
// or cannot hold the bytes of a name. Written in one turn, so that it is the tree of one moment.
import { bytesOfText } from '../abi/byte-text.js';
import type { Inode, InodeTable } from '../abi/inode-table.js';

const blockBytes = 512;
const partBytes = 1024 * 1024;
const nameBytes = 100;
/** Octal digits of size and time. */
const numberDigits = 11;

interface Entry {
  readonly path: string;
  readonly inode: Inode;
}

/** The file in parts of 1 MB or less; what is in the directory, not itself. */
export function* tarOf(table: InodeTable, directory: Inode): Generator<Uint8Array<ArrayBuffer>> {
  const out = new Parts();
  const firstPaths = new Map<number, string>();
  for (const { path, inode } of entriesOf(table, directory)) {
    const first = inode.isDirectory ? undefined : firstPaths.get(inode.number);
    if (inode.links > 1 && !inode.isDirectory) firstPaths.set(inode.number, first ?? path);
    yield* out.add(header(path, inode, first));
    if (inode.type !== 'file' || first !== undefined) continue;
    for (let position = 0; position < inode.size; position += partBytes) {
      const bytes = new Uint8Array(Math.min(partBytes, inode.size - position));
      table.read(inode, position, bytes);
      yield* out.add(bytes);
    }
    yield* out.add(new Uint8Array(padding(inode.size)));
  }
  yield* out.add(new Uint8Array(2 * blockBytes));
  yield* out.end();
}

/** Directories before what is in them. */
function* entriesOf(table: InodeTable, directory: Inode): Generator<Entry> {
  // Not by recursion: how deep a tree is, a process decides.
  const waiting: { readonly path: string; readonly inode: Inode }[] = [{ path: '', inode: directory }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const [name, inode] of table.entries(next.inode)) {
      // Whoever listened is not in the archive.
      if (inode.type === 'socket') continue;
      const path = next.path === '' ? name : `${next.path}/${name}`;
      yield { path, inode };
      if (inode.isDirectory) waiting.push({ path, inode });
    }
  }
}

/** One header, after its pax header where it needs one. `linked`: the path of the entry it is a link to. */
function header(path: string, inode: Inode, linked: string | undefined): Uint8Array<ArrayBuffer> {
  const name = bytesOfText(inode.isDirectory ? `${path}/` : path);
  const link = bytesOfText(linked ?? inode.target ?? '');
  const seconds = Math.floor(inode.modifiedMs / 1000);
  const size = inode.type === 'file' && linked === undefined ? inode.size : 0;
  const fits = seconds >= 0 && seconds < 8 ** numberDigits;
  const pax: [key: string, value: Uint8Array][] = [];
  if (!isPlain(name)) pax.push(['path', name]);
  if (!isPlain(link)) pax.push(['linkpath', link]);
  if (!fits || inode.modifiedMs % 1000 !== 0) {
    pax.push(['mtime', bytesOfText((inode.modifiedMs / 1000).toFixed(3))]);
  }
  if (size >= 8 ** numberDigits) pax.push(['size', bytesOfText(String(size))]);
  const type = linked !== undefined ? '1' : inode.isDirectory ? '5' : inode.type === 'symlink' ? '2' : '0';
  const timeSeconds = fits ? seconds : 0;
  const own = block({ name, link, type, mode: inode.mode, size: size % 8 ** numberDigits, timeSeconds });
  if (pax.length === 0) return own;
  const body = joined(pax.map(([key, value]) => paxRecord(key, value)));
  const extended = block({
    name: bytesOfText('PaxHeader'),
    link: new Uint8Array(0),
    type: 'x',
    mode: 0o644,
    size: body.length,
    timeSeconds,
  });
  return joined([extended, body, new Uint8Array(padding(body.length)), own]);
}

/** `length key=value\n`, the length in decimal and with itself. */
function paxRecord(key: string, value: Uint8Array): Uint8Array {
  const rest = joined([bytesOfText(` ${key}=`), value, bytesOfText('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return joined([bytesOfText(String(length)), rest]);
}

interface Fields {
  readonly name: Uint8Array;
  readonly link: Uint8Array;
  readonly type: string;
  readonly mode: number;
  readonly size: number;
  readonly timeSeconds: number;
}

function block({ name, link, type, mode, size, timeSeconds }: Fields): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(blockBytes);
  const text = (at: number, value: string): void => bytes.set(bytesOfText(value), at);
  const octal = (at: number, digits: number, value: number): void =>
    text(at, value.toString(8).padStart(digits, '0'));
  bytes.set(name.subarray(0, nameBytes), 0);
  octal(100, 7, mode);
  octal(108, 7, 0);
  octal(116, 7, 0);
  octal(124, numberDigits, size);
  octal(136, numberDigits, timeSeconds);
  text(148, '        ');
  text(156, type);
  bytes.set(link.subarray(0, nameBytes), 157);
  text(257, 'ustar\u000000');
  octal(
    148,
    6,
    bytes.reduce((sum, byte) => sum + byte, 0),
  );
  bytes[154] = 0;
  return bytes;
}

/** Whether ustar's own field can hold it: short, ASCII, no control characters. */
function isPlain(bytes: Uint8Array): boolean {
  return bytes.length <= nameBytes && bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}

function padding(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Gathers small pieces. */
class Parts {
  #bytes = new Uint8Array(partBytes);
  #used = 0;

  *add(piece: Uint8Array<ArrayBuffer>): Generator<Uint8Array<ArrayBuffer>> {
    if (this.#used + piece.length > partBytes) yield* this.end();
    if (piece.length >= partBytes) {
      yield piece;
      return;
    }
    this.#bytes.set(piece, this.#used);
    this.#used += piece.length;
  }

  *end(): Generator<Uint8Array<ArrayBuffer>> {
    if (this.#used === 0) return;
    yield this.#bytes.slice(0, this.#used);
    this.#used = 0;
  }
}
