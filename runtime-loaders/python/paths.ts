// runtime-loaders/python: looking paths up. Emscripten goes through a path name by name and joins it together again;
// programs ask for one name after the other of the same few directories, so where those are is remembered.
import { errno } from '../../kernel-core/abi/errno.js';
import type { View } from '../view/view.js';
import type { EmscriptenFs, FoundPath, FsNode, LookupOptions } from './emscripten.js';
import { errnoOf } from './foreign-error.js';

const directoriesMax = 100;

/**
 * Makes `lookupPath` remember where paths of directories lead, as long as that is so, and refuse a file whose path ends
 * in a slash. `isOfTree`: what the view has; in the root are folders that it has not.
 */
export function lookUpPaths(
  FS: EmscriptenFs,
  view: View,
  isOfTree: (node: FsNode) => boolean,
  privateFolders: readonly string[],
): void {
  const lookupPath = FS.lookupPath.bind(FS);
  const elsewhere = privateFolders.map((folder) => `/${folder}/`);
  const known = new Map<string, FoundPath>();
  const noDirectory: unknown = new FS.ErrnoError(errno.ENOTDIR);
  let generation = -1;
  let cwd = '';

  /** Where the path of a directory leads; undefined: to none of the tree. Throws as `lookupPath`. */
  const directoryAt = (path: string): FoundPath | undefined => {
    if (generation !== view.directoryGeneration || cwd !== FS.cwd()) {
      known.clear();
      generation = view.directoryGeneration;
      cwd = FS.cwd();
    }
    const before = known.get(path);
    if (before !== undefined) return before;
    const found = lookupPath(path === '' ? cwd : path, { follow: true });
    if (!isOfTree(found.node)) return undefined;
    if (known.size >= directoriesMax) known.clear();
    known.set(path, found);
    return found;
  };

  const directoryOnly = (path: string, options: LookupOptions): FoundPath => {
    const found = lookupPath(path, { ...options, follow: true });
    const { node } = found as Partial<FoundPath>;
    if (node !== undefined && !FS.isDir(node.mode)) throw noDirectory;
    return found;
  };

  FS.lookupPath = (path, options = {}) => {
    const cut = path.lastIndexOf('/');
    const name = path.slice(cut + 1);
    if (name === '' && path !== '' && options.parent !== true) return directoryOnly(path, options);
    if (name === '' || name === '.' || name === '..' || options.recurse_count !== undefined)
      return lookupPath(path, options);
    if (cut === 0 || elsewhere.some((folder) => path.startsWith(folder))) return lookupPath(path, options);
    const directory = directoryAt(path.slice(0, Math.max(cut, 0)));
    if (directory === undefined) return lookupPath(path, options);
    if (options.parent === true) return directory;
    const place = `${directory.path === '/' ? '' : directory.path}/${name}`;
    let node: FsNode;
    try {
      node = FS.lookupNode(directory.node, name);
    } catch (error) {
      if (options.noent_okay === true && errnoOf(error) === errno.ENOENT) return { path: place } as FoundPath;
      throw error;
    }
    if (node.mounted != null || (options.follow === true && FS.isLink(node.mode)))
      return lookupPath(path, options);
    return { path: place, node };
  };
}
