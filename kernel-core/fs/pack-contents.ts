// fs: what lies in packs and is not here yet. Mounting a pack brings its index; a block comes when a file that
// lies in it is read. Reading a tree is synchronous, so whoever may meet such a file awaits `need` first.
// Must always hold: a block that could not be fetched leaves nothing behind, and the next reader asks again.
import type { Inode } from '../abi/inode-table.js';
import { blockBytes } from '../abi/pack-blocks.js';
import type { PackBlocks } from '../protocol/packed-tree.js';
import type { Tree } from './tree.js';

/** Fetches blocks, checked. Rejects with what is to be told the page. */
type FetchBlocks = (
  blocks: readonly number[],
) => Promise<readonly { readonly block: number; readonly bytes: Uint8Array }[]>;

/** Asked for at a time: what the page holds of it at most. */
const blocksAtOnce = 16;

export class PackContents {
  readonly #tree: Tree;
  readonly #fetch: FetchBlocks;
  /** On their way. */
  readonly #running = new Map<number, Promise<void>>();

  constructor(tree: Tree, fetch: FetchBlocks) {
    this.#tree = tree;
    this.#fetch = fetch;
  }

  /** Whether this part of a file can be read at once. */
  isHere(inode: Inode, position = 0, length = Infinity): boolean {
    return this.#tree.missingBlocks([inode], position, length).length === 0;
  }

  /** Resolves when this part of a file can be read, which it can until the next turn at least. */
  async need(inode: Inode, position = 0, length = Infinity): Promise<void> {
    await this.#until(() => this.#tree.missingBlocks([inode], position, length));
  }

  /** The same for everything below a directory. */
  async needBelow(directory: Inode): Promise<void> {
    await this.#until(() => this.#tree.missingBlocks(this.#below(directory)));
  }

  /** The same for the whole tree: before a process begins that cannot wait for a block. */
  async needAll(): Promise<void> {
    await this.#until(() => this.#tree.missingBlocks());
  }

  /** The content of a pack that no inode lies in yet. */
  async whole({ first, bytes }: PackBlocks): Promise<Uint8Array> {
    const content = new Uint8Array(bytes);
    const blocks = Array.from({ length: Math.ceil(bytes / blockBytes) }, (_, index) => first + index);
    for (let at = 0; at < blocks.length; at += blocksAtOnce) {
      for (const fetched of await this.#fetch(blocks.slice(at, at + blocksAtOnce))) {
        content.set(fetched.bytes, (fetched.block - first) * blockBytes);
      }
    }
    return content;
  }

  async #until(missing: () => number[]): Promise<void> {
    for (let blocks = missing(); blocks.length > 0; blocks = missing()) {
      await this.#arrival(blocks.slice(0, blocksAtOnce));
    }
  }

  async #arrival(blocks: readonly number[]): Promise<void> {
    const asked = blocks.filter((block) => !this.#running.has(block));
    const work = asked.length === 0 ? undefined : this.#bring(asked);
    for (const block of asked) this.#running.set(block, work as Promise<void>);
    await Promise.all(blocks.flatMap((block) => this.#running.get(block) ?? []));
  }

  async #bring(blocks: readonly number[]): Promise<void> {
    try {
      for (const { block, bytes } of await this.#fetch(blocks)) this.#tree.keepBlock(block, bytes);
    } finally {
      for (const block of blocks) this.#running.delete(block);
    }
  }

  *#below(directory: Inode): IterableIterator<Inode> {
    const directories = [directory];
    for (const each of directories) {
      for (const [, inode] of this.#tree.table.entries(each)) {
        if (inode.isDirectory) directories.push(inode);
        else yield inode;
      }
    }
  }
}
