// client/archive: a folder of the reader's own (File System Access), copied as it is now.
import { KernelError } from '../kernel-error.js';
import type { ArchiveTree } from './archive-tree.js';

/** Rejects with EACCES where the reader has not allowed it, and ENOSPC. */
export async function readFolder(folder: FileSystemDirectoryHandle, tree: ArchiveTree): Promise<void> {
  const waiting = [{ handle: folder, path: '' }];
  try {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for await (const [name, handle] of next.handle.entries()) {
        const path = next.path === '' ? name : `${next.path}/${name}`;
        if (handle instanceof FileSystemDirectoryHandle) {
          tree.directory(path, {});
          waiting.push({ handle, path });
        } else {
          const file = await handle.getFile();
          tree.claim(file.size);
          tree.file(path, new Uint8Array(await file.arrayBuffer()), { modifiedMs: file.lastModified });
        }
      }
    }
  } catch (cause) {
    if (cause instanceof KernelError) throw cause;
    throw new KernelError('EACCES', `The folder “${folder.name}” could not be read: ${String(cause)}.`, {
      hint: 'The reader has to allow it, and the files must not change meanwhile.',
      cause,
    });
  }
}
