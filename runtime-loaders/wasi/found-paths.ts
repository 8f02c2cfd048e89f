// runtime-loaders/wasi: where the paths a program names lead, remembered while no name in the tree changes.
// Programs ask for the same few paths again and again (configuration, headers, modules).
import type { Inode } from '../../kernel-core/abi/inode-table.js';
import type { Walk } from '../../kernel-core/abi/path.js';
import type { View } from '../view/view.js';

const pathsMax = 500;

/** Of one directory descriptor: paths from it that led to something, symbolic links followed. */
export class FoundPaths {
  readonly #places = new Map<string, Walk>();
  #start: Inode | undefined;
  #generation = -1;

  /** What the path leads to, if that is known. Looks at the tree as it is now (`View.onLook`). */
  find(view: View, start: Inode, path: string): Walk | undefined {
    const { generation } = view;
    if (generation !== this.#generation || start !== this.#start) {
      this.#places.clear();
      this.#generation = generation;
      this.#start = start;
    }
    return this.#places.get(path);
  }

  /** Remembers what a path led to since `find` was asked. */
  keep(path: string, place: Walk): void {
    if (this.#places.size >= pathsMax) this.#places.clear();
    this.#places.set(path, place);
  }
}
