// client: what an author gives as files, flattened to paths and bytes. Reading URLs is the page's business.
import type { PackedTree } from '../protocol/packed-tree.js';
import { turn } from './archive/turn.js';
import { KernelError } from './kernel-error.js';
import { TreePacker } from './tree-packer.js';

export type FileContent = string | Uint8Array | Blob | URL;
export interface FileTree {
  [path: string]: FileContent | FileTree;
}

/** One file or empty directory of a tree. Text was not encoded, URLs are fetched. */
export type FlatEntry =
  | { readonly path: string; readonly content: string | Uint8Array | Blob; readonly directory?: false }
  | { readonly path: string; readonly directory: true };

/** So much is copied before the page's other tasks get a turn. */
const turnBytes = 2 * 1024 * 1024;
/** URLs fetched at a time. */
const fetchesMax = 8;

/** Every file of a tree, with URLs fetched. Empty objects are empty directories. Rejects with EINVAL, ENOTFOUND, ENETWORK. */
export async function flatten(tree: FileTree): Promise<FlatEntry[]> {
  const entries: FlatEntry[] = [];
  const addresses: { readonly index: number; readonly path: string; readonly url: URL }[] = [];
  const visit = (folder: FileTree, prefix: string): void => {
    for (const [name, value] of Object.entries(folder)) {
      const path = prefix === '' ? name : `${prefix}/${name}`;
      if (name === '' || name.includes('\0')) {
        throw new KernelError('EINVAL', `“${path}” is not a file name.`, { path });
      }
      if (value instanceof URL) {
        addresses.push({ index: entries.length, path, url: value });
        entries.push({ path, content: '' });
      } else if (typeof value === 'string' || value instanceof Uint8Array || value instanceof Blob) {
        entries.push({ path, content: value });
      } else if (typeof value === 'object' && value !== null) {
        const before = entries.length;
        visit(value, path);
        if (entries.length === before) entries.push({ path, directory: true });
      } else {
        throw new KernelError('EINVAL', `The content of “${path}” is neither text, bytes, Blob nor URL.`, {
          path,
        });
      }
    }
  };
  visit(tree, '');
  const fetchNext = async (): Promise<void> => {
    for (let next = addresses.pop(); next !== undefined; next = addresses.pop()) {
      const { index, path, url } = next;
      entries[index] = { path, content: await download(url, `the content of “${path}”`, path) };
    }
  };
  await Promise.all(Array.from({ length: Math.min(fetchesMax, addresses.length) }, fetchNext));
  return entries;
}

/**
 * A tree as the kernel takes it. `copied`: no buffer of the author's is in it, so that it can be
 * transferred. Rejects as `flatten`.
 */
export async function pack(tree: FileTree, options: { copied?: boolean } = {}): Promise<PackedTree> {
  const packer = new TreePacker(options.copied);
  let turnAt = turnBytes;
  for (const entry of await flatten(tree)) {
    if (entry.directory === true) packer.directory(entry.path);
    else packer.file(entry.path, entry.content);
    if (packer.bytes < turnAt) continue;
    turnAt = packer.bytes + turnBytes;
    await turn();
  }
  return packer.finish();
}

/** Bytes of one file's content. */
export async function toBytes(content: FileContent, path: string): Promise<Uint8Array | Blob> {
  if (typeof content === 'string') return new TextEncoder().encode(content);
  return content instanceof URL ? download(content, `the content of “${path}”`, path) : content;
}

/** What is at an address. `what` says in a sentence what it is for. Rejects with ENOTFOUND, ENETWORK. */
export async function download(url: URL, what: string, path: string, init?: RequestInit): Promise<Blob> {
  const response = await fetchOrExplain(url, what, path, init);
  try {
    return await response.blob();
  } catch (cause) {
    throw networkError(url, what, path, cause);
  }
}

/** As `download`, for whoever reads the answer itself. */
export async function fetchOrExplain(
  url: URL,
  what: string,
  path: string,
  init?: RequestInit,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init });
  } catch (cause) {
    throw networkError(url, what, path, cause);
  }
  if (response.ok) return response;
  throw new KernelError('ENOTFOUND', `${url.href}, ${what}, answered ${response.status}.`, { path });
}

function networkError(url: URL, what: string, path: string, cause: unknown): KernelError {
  return new KernelError('ENETWORK', `${url.href}, ${what}, could not be downloaded.`, {
    path,
    hint: 'From another origin the server must send Access-Control-Allow-Origin.',
    cause,
  });
}
