// fs: a file of the tree as an open file of the kernel's: its offset is shared by every process that inherited
// it, and what is appended lands at the end, whoever else writes.
import { Errno } from '../abi/errno.js';
import { access } from '../abi/syscalls.js';
import { readiness, type OpenFile } from '../file/open-file.js';
import type { Tree } from './tree.js';

export interface SharedFileOptions {
  readonly inode: number;
  readonly position: number;
  /** Bits of `access`. */
  readonly access: number;
  readonly append: boolean;
}

export class SharedFile implements OpenFile {
  readonly kind = 'file';
  readonly inode: number;
  readonly access: number;
  readonly append: boolean;
  readonly ready = readiness.read | readiness.write;
  readonly #tree: Tree;
  #position: number;

  /** Throws ESTALE, EISDIR. */
  constructor(tree: Tree, options: SharedFileOptions) {
    const inode = tree.table.get(options.inode);
    if (inode.type !== 'file') throw new Errno('EISDIR');
    this.#tree = tree;
    this.inode = options.inode;
    this.access = options.access;
    this.append = options.append;
    this.#position = options.position;
    tree.table.open(inode);
  }

  read(max: number): Uint8Array {
    if ((this.access & access.read) === 0) throw new Errno('EBADF');
    const inode = this.#tree.table.get(this.inode);
    const length = Math.max(0, Math.min(max, inode.size - this.#position));
    const bytes = new Uint8Array(length);
    const count = this.#tree.table.read(inode, this.#position, bytes);
    this.#position += count;
    return count === length ? bytes : bytes.slice(0, count);
  }

  write(bytes: Uint8Array, taken: (bytes: number) => void): void {
    if ((this.access & access.write) === 0) throw new Errno('EBADF');
    const position = this.append ? this.#tree.table.get(this.inode).size : this.#position;
    this.#tree.commit({ op: 'write', inode: this.inode, position, bytes, timeMs: Date.now() });
    this.#position = position + bytes.length;
    taken(bytes.length);
  }

  seek(offset: number, whence: number): number {
    const base = [0, this.#position, this.#tree.table.get(this.inode).size][whence];
    const position = base === undefined ? NaN : base + offset;
    if (!Number.isSafeInteger(position) || position < 0) throw new Errno('EINVAL');
    this.#position = position;
    return position;
  }

  watch(): () => void {
    return () => undefined;
  }

  close(): void {
    this.#tree.table.close(this.#tree.table.get(this.inode));
  }
}
