// runtime-loaders/wasi: the directory in which a program looked last. What goes through a tree asks for one name after the
// other of the same directory, by its whole path, and all of it but the name leads where it led before.
import { Errno } from '../../kernel-core/abi/errno.js';
import type { Inode } from '../../kernel-core/abi/inode-table.js';
import type { View } from '../view/view.js';

/** Permission to look a name up in a directory, of the owner. */
const searchBit = 0o100;

export class SiblingPaths {
  readonly #view: View;
  #directory: { readonly path: string; readonly inode: Inode; readonly generation: number } | undefined;

  constructor(view: View) {
    this.#view = view;
  }

  /** The inode at an absolute path. Throws what `View.resolve` does, and `OutOfTree`. */
  find(path: string, follow: boolean): Inode {
    const view = this.#view;
    const { directoryGeneration: generation } = view;
    const cut = path.lastIndexOf('/');
    const name = path.slice(cut + 1);
    const known = this.#directory;
    const isKnown =
      known?.generation === generation && known.path.length === cut && path.startsWith(known.path);
    if (isKnown && isPlain(name) && (known.inode.mode & searchBit) !== 0) {
      const inode = view.lookup(known.inode, name);
      if (inode === undefined) throw new Errno('ENOENT', path);
      if (!follow || inode.type !== 'symlink') return inode;
    }
    const { inode, parent, name: last } = view.walk(path, { follow, leaves: true });
    if (inode === undefined) throw new Errno('ENOENT', path);
    if (inode.type !== 'directory' && !follow && last === name)
      this.#directory = { path: path.slice(0, cut), inode: parent, generation };
    return inode;
  }
}

/** Longer names may be too long, which the walk says. */
const plainMax = 80;

const isPlain = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && name.length < plainMax;
