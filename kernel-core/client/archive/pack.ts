// client/archive: reads packs, immutable archives addressed by their content (docs/reference/pack.md).
//
//   0   "wasmpack"              12  bytes of the index, u32 LE    48  index: gzip'd JSON
//   8   version 1, u32 LE       16  SHA-256 of the index          …   blocks, one after the other
import { sha256 } from '@noble/hashes/sha2.js';
import { blockBytes } from '../../abi/pack-blocks.js';
import type { PackedTree } from '../../protocol/packed-tree.js';
import { addPack, type StoredBlock } from '../pack-store.js';
import type { EntryAttributes } from '../tree-packer.js';
import { hostile, type ArchiveTree } from './archive-tree.js';
import { inflated } from './inflate.js';
import type { Range } from './range.js';

const magic = 'wasmpack';
const version = 1;
const headerBytes = 48;
const indexBytesMax = 64 * 1024 * 1024;
/** Of a pack that is read whole, blocks are fetched together up to so many bytes, and so many requests at a time. */
const requestBytes = 4 * 1024 * 1024;
const requestsMax = 3;

/** A part of the content: bytes as stored, as read, SHA-256 of the stored ones. Equal sizes: not compressed. */
type Block = readonly [storedBytes: number, bytes: number, sha256: string];
type PackEntry =
  | readonly ['f', path: string, mode: number, modifiedMs: number, offset: number, length: number]
  | readonly ['d', path: string, mode: number, modifiedMs: number]
  | readonly ['l', path: string, mode: number, modifiedMs: number, target: string];

interface Index {
  /** Of the whole content, uncompressed. */
  readonly bytes: number;
  /** Of the index, uncompressed. */
  readonly blocks: readonly Block[];
  readonly entries: readonly PackEntry[];
}

export function isPack(bytes: Uint8Array): boolean {
  return [...magic].every((letter, index) => bytes[index] === letter.charCodeAt(0));
}

/**
 * What is in a pack, with all contents. Rejects with EINVAL (damaged, or no pack), ENOSPC, and what downloads
 * reject with.
 */
export async function readPack(range: Range, tree: ArchiveTree): Promise<PackedTree> {
  const { index, contentStart } = await readIndex(range);
  tree.claim(index.bytes);
  const content = await readContent(range, index, contentStart);
  addEntries(index, tree, (path, offset, length, attributes) =>
    tree.file(path, content.subarray(offset, offset + length), attributes),
  );
  return tree.finish();
}

/**
 * What is in a pack at an address, with the contents left there (`pack-store.ts`). Of a pack whose blocks do not
 * allow that, the contents too. Rejects as `readPack`.
 */
export async function readPackIndex(url: URL, range: Range, tree: ArchiveTree): Promise<PackedTree> {
  const { index, contentStart, id } = await readIndex(range);
  if (!hasEvenBlocks(index)) return readPack(range, tree);
  tree.claim(index.bytes);
  let from = contentStart;
  const blocks = index.blocks.map(([storedBytes, , hash]): StoredBlock => {
    const to = from + storedBytes;
    const block = { from, to, sha256: hash };
    from = to;
    return block;
  });
  addEntries(index, tree, (path, offset, length, attributes) =>
    tree.fileInPack(path, offset, length, attributes),
  );
  const first = addPack({
    id,
    url,
    blocks,
    read: (begin, end) => range.read(begin, end),
    contentOf: (block, stored) => contentOf(index.blocks[block] as Block, stored),
  });
  return tree.finish({ first, bytes: index.bytes });
}

/** Whether where a byte lies can be said without the blocks before it. */
function hasEvenBlocks({ blocks, bytes }: Index): boolean {
  return (
    bytes < 2 ** 32 &&
    blocks.length === Math.ceil(bytes / blockBytes) &&
    blocks.every(([, length], n) => length === Math.min(blockBytes, bytes - n * blockBytes))
  );
}

/** The content of a block; undefined where the bytes are not those the index vouches for. */
async function contentOf(
  [storedBytes, length, hash]: Block,
  stored: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array | undefined> {
  // Before anything is done with it.
  if ((await sha256Of(stored)) !== hash) return undefined;
  return storedBytes === length ? stored : inflated(stored, 'gzip', length, 'a block');
}

function addEntries(
  index: Index,
  tree: ArchiveTree,
  addFile: (path: string, offset: number, length: number, attributes: EntryAttributes) => void,
): void {
  for (const entry of index.entries) {
    const [kind, path, mode, modifiedMs] = entry;
    const attributes = { mode, modifiedMs };
    if (kind === 'd') tree.directory(path, attributes);
    else if (kind === 'l') tree.symlink(path, String(entry[4]), attributes);
    else if (kind === 'f') {
      const [, , , , offset, length] = entry;
      if (!(offset >= 0 && length >= 0 && offset + length <= index.bytes)) throw damaged();
      addFile(path, offset, length, attributes);
    } else throw damaged();
  }
}

async function readIndex(range: Range): Promise<{ index: Index; contentStart: number; id: string }> {
  const header = await range.read(0, headerBytes);
  if (!isPack(header) || header.length < headerBytes) throw damaged();
  const data = new DataView(header.buffer);
  if (data.getUint32(8, true) !== version) throw hostile('The pack is of a version that is not known here.');
  const length = data.getUint32(12, true);
  if (length > indexBytesMax) throw damaged();
  const packed = await range.read(headerBytes, headerBytes + length);
  const id = hex(header.subarray(16, 48));
  if ((await sha256Of(packed)) !== id) throw damaged();
  const text = await new Response(
    new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip')),
  ).text();
  const index: unknown = JSON.parse(text);
  if (!isIndex(index)) throw damaged();
  return { index, contentStart: headerBytes + length, id };
}

async function readContent(range: Range, index: Index, contentStart: number): Promise<Uint8Array> {
  const content = new Uint8Array(index.bytes);
  const runs: {
    readonly from: number;
    readonly to: number;
    readonly at: number;
    readonly blocks: Block[];
  }[] = [];
  let from = contentStart;
  let at = 0;
  for (const block of index.blocks) {
    const last = runs.at(-1);
    const to = from + block[0];
    if (last !== undefined && to - last.from <= requestBytes) {
      runs[runs.length - 1] = { ...last, to, blocks: [...last.blocks, block] };
    } else runs.push({ from, to, at, blocks: [block] });
    from = to;
    at += block[1];
  }
  if (at !== index.bytes) throw damaged();
  const next = async (): Promise<void> => {
    for (let run = runs.shift(); run !== undefined; run = runs.shift()) {
      const bytes = await range.read(run.from, run.to);
      let place = run.at;
      let start = 0;
      for (const block of run.blocks) {
        const [storedBytes, length] = block;
        const plain = await contentOf(block, bytes.subarray(start, start + storedBytes));
        if (plain === undefined) throw damaged();
        content.set(plain, place);
        place += length;
        start += storedBytes;
      }
    }
  };
  await Promise.all(Array.from({ length: requestsMax }, next));
  return content;
}

function isIndex(index: unknown): index is Index {
  if (typeof index !== 'object' || index === null) return false;
  const { bytes, blocks, entries } = index as Partial<Record<keyof Index, unknown>>;
  const isCount = (value: unknown): boolean =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return (
    isCount(bytes) &&
    Array.isArray(blocks) &&
    blocks.every((block) => Array.isArray(block) && isCount(block[0]) && isCount(block[1])) &&
    Array.isArray(entries) &&
    entries.every(
      (entry) =>
        Array.isArray(entry) &&
        typeof entry[1] === 'string' &&
        isCount(entry[2]) &&
        Number.isFinite(entry[3]) &&
        (entry[0] !== 'f' || (isCount(entry[4]) && isCount(entry[5]))),
    )
  );
}

/** Off the page's thread where the page is served securely, which is where browsers have it. */
async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const subtle = (crypto as { readonly subtle?: SubtleCrypto }).subtle;
  return hex(subtle === undefined ? sha256(bytes) : new Uint8Array(await subtle.digest('SHA-256', bytes)));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function damaged(): Error {
  return hostile('The pack is damaged: it is not what its index says.');
}
