// client/archive: whatever can be mounted or restored, as one packed tree. Loaded when it is used.
import type { PackedTree } from '../../protocol/packed-tree.js';
import { fetchOrExplain, pack, type FileTree } from '../file-tree.js';
import { KernelError } from '../kernel-error.js';
import { ArchiveTree, type ArchiveRoom } from './archive-tree.js';
import { readFolder } from './folder.js';
import { decompressed } from './inflate.js';
import { isPack, readPack, readPackIndex } from './pack.js';
import { BlobRange, openRange, type Range } from './range.js';
import { readTar } from './tar.js';
import { readZip } from './zip.js';

type Format = 'zip' | 'gzip' | 'tar' | 'pack';

/** What a mount is made of. Rejects with EINVAL, ENOSPC and what downloads reject with. */
export async function readSource(
  source: FileTree | Blob | URL | FileSystemDirectoryHandle,
  room: ArchiveRoom,
): Promise<PackedTree> {
  if (source instanceof Blob) return readArchive(source, room);
  if (source instanceof URL) return readAddress(source, room);
  if (isFolder(source)) {
    const tree = new ArchiveTree(room);
    await readFolder(source, tree);
    return tree.finish();
  }
  if (typeof source !== 'object' || source === null) {
    throw new KernelError('EINVAL', 'mount() takes files, an archive, its address or a folder.', {
      path: room.path,
    });
  }
  return pack(source, { copied: true });
}

/** An archive of any of the known formats. Rejects with EINVAL where it is none, torn or hostile, and ENOSPC. */
export async function readArchive(archive: Blob, room: ArchiveRoom): Promise<PackedTree> {
  const tree = new ArchiveTree(room);
  try {
    const format = formatOf(new Uint8Array(await archive.slice(0, 512).arrayBuffer()));
    if (format === 'zip') await readZip(new Uint8Array(await archive.arrayBuffer()), tree);
    else if (format === 'gzip') await readTar(decompressed(archive, 'gzip'), tree);
    else if (format === 'tar') await readTar(archive.stream(), tree);
    else if (format === 'pack') return await readPack(new BlobRange(archive), tree);
    else throw new RangeError('unknown');
  } catch (cause) {
    throw withPath(cause, room.path);
  }
  return tree.finish();
}

async function readAddress(url: URL, room: ArchiveRoom): Promise<PackedTree> {
  const what = 'what is to be mounted';
  if (!url.pathname.endsWith('.pack')) {
    const response = await fetchOrExplain(url, what, room.path);
    return readArchive(await response.blob(), room);
  }
  const range = await openRange(url, what, room.path);
  await checkName(url, range, room.path);
  if (range instanceof BlobRange) return readArchive(range.blob, room);
  try {
    return await readPackIndex(url, range, new ArchiveTree(room));
  } catch (cause) {
    throw withPath(cause, room.path);
  }
}

/** Of a pack whose address says by `#sha256=…` which one it is. */
async function checkName(url: URL, range: Range, path: string): Promise<void> {
  const wanted = /^#sha256=([0-9a-f]{64})$/.exec(url.hash)?.[1];
  if (wanted === undefined) return;
  const name = await range.read(nameAt, nameAt + wanted.length / 2);
  if (Array.from(name, (byte) => byte.toString(16).padStart(2, '0')).join('') === wanted) return;
  throw new KernelError('EINTEGRITY', `${url.href} is not the pack this version of the library expects.`, {
    path,
    hint: 'Copy the assets of the same version again; a proxy or server may have changed the file.',
  });
}

/** In a pack, the hash of its index. */
const nameAt = 16;

function withPath(cause: unknown, path: string): KernelError {
  if (cause instanceof KernelError) {
    const { code, message, hint } = cause;
    return new KernelError(code, message, { path: cause.path ?? path, hint, cause });
  }
  // A stream that cannot be decompressed says so with a TypeError.
  return new KernelError('EINVAL', 'This is no .zip, .tar, .tar.gz or pack, or it is torn.', {
    path,
    hint: 'Nothing of it was unpacked.',
    cause,
  });
}

function formatOf(bytes: Uint8Array): Format | undefined {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return 'zip';
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  if (isPack(bytes)) return 'pack';
  // Old tar files have no mark; their headers add up, which is checked when they are read.
  return bytes.length >= 512 ? 'tar' : undefined;
}

function isFolder(source: unknown): source is FileSystemDirectoryHandle {
  return typeof FileSystemDirectoryHandle === 'function' && source instanceof FileSystemDirectoryHandle;
}
