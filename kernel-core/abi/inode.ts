// abi: a handle on one inode of a table: its columns, as properties.
import { kindMask, kindShift, kinds, mountBit, type InodeColumns } from './inode-columns.js';
import { rootInode, type InodeNumber, type InodeType } from './journal.js';

const types: readonly InodeType[] = ['file', 'file', 'directory', 'symlink', 'socket'];

/** The slot of the root in every table. */
export const rootSlot = 1;

/**
 * One inode. A table makes at most one handle for it, so handles can be compared. When the inode is gone
 * its handle reads as an empty file without names.
 */
export class Inode {
  readonly #columns: InodeColumns;
  /** As in records. The table changes it when the inode turns out to be another's. */
  number: InodeNumber;
  /** For the table: where in the columns, 0 once it is gone. */
  slot: number;

  constructor(columns: InodeColumns, number: InodeNumber, slot: number) {
    this.#columns = columns;
    this.number = number;
    this.slot = slot;
  }

  get type(): InodeType {
    return types[((this.#columns.kind[this.slot] as number) >> kindShift) & kindMask] as InodeType;
  }

  get isDirectory(): boolean {
    return (((this.#columns.kind[this.slot] as number) >> kindShift) & kindMask) === kinds.directory;
  }

  /** Whether it is a directory that something is mounted on. */
  get isMount(): boolean {
    return (this.#columns.kind[this.slot] as number) >> kindShift >= mountBit;
  }

  /** Permission bits. */
  get mode(): number {
    return (this.#columns.kind[this.slot] as number) & 0o7777;
  }

  /** Names in directories; 0 while a removed file is still open. */
  get links(): number {
    return this.#columns.links[this.slot] as number;
  }

  /** Bytes of content (file), of the target (symlink); 0 for a directory. */
  get size(): number {
    return this.#columns.size[this.slot] as number;
  }

  get accessedMs(): number {
    return this.#columns.accessedMs(this.slot);
  }

  get modifiedMs(): number {
    return this.#columns.modified[this.slot] as number;
  }

  get changedMs(): number {
    return this.#columns.changedMs(this.slot);
  }

  /** Of a symbolic link: where it points. */
  get target(): string | undefined {
    return this.#columns.targets.get(this.slot);
  }

  /** Of a directory: how many names it holds. */
  get entryCount(): number {
    return this.isDirectory ? (this.#columns.c[this.slot] as number) : 0;
  }

  /** Of a directory that was not removed: the directory that names it; the root is its own parent. */
  get parent(): InodeNumber | undefined {
    if (!this.isDirectory) return undefined;
    if (this.slot === rootSlot) return rootInode;
    const directory = this.#columns.entryDirectory[this.#columns.entry[this.slot] as number] as number;
    return directory === 0 ? undefined : this.#columns.number[directory];
  }
}
