// client: what an author gives as files, flattened to paths and bytes. Reading URLs is the page's business.
import type { DirectoryRequest, FileEntry } from '../protocol/kernel-service.js';
import { KernelError } from './kernel-error.js';

export type FileContent = string | Uint8Array | Blob | URL;
export interface FileTree {
  [path: string]: FileContent | FileTree;
}

const encoder = new TextEncoder();

/** Every file of a tree, with URLs fetched. Empty objects are empty directories. Rejects with EINVAL, ENOTFOUND, ENETWORK. */
export async function flatten(tree: FileTree): Promise<(FileEntry | DirectoryRequest)[]> {
  const entries: Promise<FileEntry | DirectoryRequest>[] = [];
  const visit = (folder: FileTree, prefix: string): void => {
    for (const [name, value] of Object.entries(folder)) {
      const path = prefix === '' ? name : `${prefix}/${name}`;
      if (name === '' || name.includes('\0')) {
        throw new KernelError('EINVAL', `“${path}” is not a file name.`, { path });
      }
      if (isContent(value)) {
        entries.push(toBytes(value, path).then((content) => ({ path, content })));
      } else if (typeof value === 'object' && value !== null) {
        if (Object.keys(value).length === 0) entries.push(Promise.resolve({ path, directory: true }));
        visit(value, path);
      } else {
        throw new KernelError('EINVAL', `The content of “${path}” is neither text, bytes, Blob nor URL.`, {
          path,
        });
      }
    }
  };
  visit(tree, '');
  return Promise.all(entries);
}

/** Bytes of one file's content. */
export async function toBytes(content: FileContent, path: string): Promise<Uint8Array | Blob> {
  if (typeof content === 'string') return encoder.encode(content);
  if (!(content instanceof URL)) return content;
  let response: Response;
  try {
    response = await fetch(content, { credentials: 'same-origin' });
    if (response.ok) return await response.blob();
  } catch (cause) {
    throw new KernelError('ENETWORK', `${content.href}, the content of “${path}”, could not be downloaded.`, {
      path,
      hint: 'From another origin the server must send Access-Control-Allow-Origin.',
      cause,
    });
  }
  throw new KernelError(
    'ENOTFOUND',
    `${content.href}, the content of “${path}”, answered ${response.status}.`,
    { path },
  );
}

function isContent(value: unknown): value is FileContent {
  return (
    typeof value === 'string' || value instanceof Uint8Array || value instanceof Blob || value instanceof URL
  );
}
