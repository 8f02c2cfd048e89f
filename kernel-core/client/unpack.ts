// client: for our elements: the files of an archive in the page's memory.
import { turn } from './archive/turn.js';
import type { PackedTree } from '../protocol/packed-tree.js';

/** By path. Directories and links are left out. Rejects with EINVAL where it is no archive, or a hostile one. */
export async function unpack(archive: Blob): Promise<Record<string, Uint8Array>> {
  const { readArchive } = await import('./archive/source.js');
  return filesOf(await readArchive(archive, { path: '/', bytes: 2 ** 30, inodes: 100_000 }));
}

/** So much is copied in a row. */
const turnBytes = 2 * 1024 * 1024;

async function filesOf(tree: PackedTree): Promise<Record<string, Uint8Array>> {
  const { paths, kind, chunk, offset, length, chunks } = tree;
  const files: Record<string, Uint8Array> = {};
  let sinceTurn = 0;
  for (const [entry, path] of paths.split('\0').slice(0, kind.length).entries()) {
    const bytes = chunks[chunk[entry] as number];
    if (kind[entry] !== 0) continue;
    const start = offset[entry] as number;
    const end = start + (length[entry] as number);
    // What has a chunk of its own need not be copied.
    const isWhole = bytes instanceof Uint8Array && bytes.length === end - start;
    if (isWhole) files[path] = bytes;
    else files[path] = bytes instanceof Uint8Array ? bytes.slice(start, end) : new Uint8Array(0);
    sinceTurn += isWhole ? 0 : end - start;
    if (sinceTurn < turnBytes) continue;
    sinceTurn = 0;
    await turn();
  }
  return files;
}
