// client: for our elements: the files of an archive in the page's memory.
import type { PackedTree } from '../protocol/packed-tree.js';

/** By path. Directories and links are left out. Rejects with EINVAL where it is no archive, or a hostile one. */
export async function unpack(archive: Blob): Promise<Record<string, Uint8Array>> {
  const { readArchive } = await import('./archive/source.js');
  return filesOf(await readArchive(archive, { path: '/', bytes: 2 ** 30, inodes: 100_000 }));
}

function filesOf({ paths, kind, chunk, offset, length, chunks }: PackedTree): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (const [entry, path] of paths.split('\0').slice(0, kind.length).entries()) {
    const bytes = chunks[chunk[entry] as number];
    if (kind[entry] !== 0) continue;
    const start = offset[entry] as number;
    const end = start + (length[entry] as number);
    files[path] = bytes instanceof Uint8Array ? bytes.slice(start, end) : new Uint8Array(0);
  }
  return files;
}
