// client/preview: the files of a shown page, with paths as its links spell them.
import type { PreviewFile } from '../../protocol/preview.js';
import { flatten, type FileTree } from '../file-tree.js';
import { KernelError } from '../kernel-error.js';

const encoder = new TextEncoder();

/** `./css/../a.html` and `/a.html` are `a.html`. */
export function sitePath(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names.join('/');
}

/**
 * The files with URLs fetched. Rejects with ENOENT when the entry is not among them, ENOEXEC when it is no
 * HTML file, and with what fetching rejects with.
 */
export async function siteFiles(tree: FileTree, entry: string): Promise<PreviewFile[]> {
  const files = (await flatten(tree)).flatMap((each): PreviewFile[] =>
    each.directory === true
      ? []
      : [
          [
            sitePath(each.path),
            typeof each.content === 'string' ? encoder.encode(each.content) : each.content,
          ],
        ],
  );
  const paths = files.map(([path]) => path);
  const others = paths.length === 0 ? 'there are no files' : `there are ${paths.slice(0, 8).join(', ')}`;
  if (!paths.includes(entry)) {
    throw new KernelError('ENOENT', `${entry} is not among the files of this page: ${others}.`, {
      path: entry,
      hint: paths.some((path) => /\.html?$/i.test(path))
        ? 'Name the page to show with entry="…".'
        : 'A page needs an HTML file to show; scripts and style sheets are loaded by it.',
    });
  }
  if (/\.(css|m?js|json|txt|md)$/i.test(entry)) {
    throw new KernelError('ENOEXEC', `${entry} is no HTML file, so there is no page to show.`, {
      path: entry,
      hint: 'Add an index.html that refers to it.',
    });
  }
  return files;
}
