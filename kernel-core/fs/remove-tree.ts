// fs: removes a name and everything below it.
import type { Inode } from '../abi/inode-table.js';
import type { Tree } from './tree.js';

/** As `rm -r`, whatever lies below. */
export function removeTree(tree: Tree, parent: Inode, name: string, inode: Inode): void {
  // Not by recursion: how deep a tree is, a process decides.
  const found = [{ parent, name, inode }];
  for (const { inode: directory } of found) {
    if (!directory.isDirectory) continue;
    for (const [child, below] of tree.table.entries(directory)) {
      found.push({ parent: directory, name: child, inode: below });
    }
  }
  const timeMs = Date.now();
  for (const each of found.reverse()) {
    tree.commit({ op: 'unlink', parent: each.parent.number, name: each.name, timeMs });
  }
}
