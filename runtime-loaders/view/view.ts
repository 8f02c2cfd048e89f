// runtime-loaders/view: the process's half of the file system.
// A view is this process's replica of the sandbox's tree: reads never leave the worker, changes are made
// here first and sent to the kernel as journal records (DESIGN §7).
// Must always hold: every change goes through `#change`, so table and journal cannot differ.
import { Errno } from '../../kernel-core/abi/errno.js';
import { InodeTable, type Inode } from '../../kernel-core/abi/inode-table.js';
import type { InodeType, JournalRecord, TreeImage } from '../../kernel-core/abi/journal.js';
import { pathOf, walk, type Walk } from '../../kernel-core/abi/path.js';
import type { PageCache } from './page-cache.js';

/** Unsent bytes after which records are sent at once instead of at the next turn of the event loop. */
const unsentBytesMax = 1024 * 1024;
/** The same for records; the kernel takes a few times as many in one message (`proc/receive.ts`). */
const unsentRecordsMax = 1000;
// Taken before user code runs, which may replace the global.
const later = setTimeout.bind(globalThis);

export interface ViewOptions {
  readonly image: TreeImage;
  readonly pages: PageCache;
  readonly inodeLease: { readonly first: number; readonly count: number };
  readonly byteLease: number;
  /** Posts records to the kernel. */
  readonly send: (records: readonly JournalRecord[]) => void;
}

export class View {
  readonly #table: InodeTable;
  readonly #send: ViewOptions['send'];
  readonly #inodeEnd: number;
  #nextInode: number;
  #freeBytes: number;
  #unsent: JournalRecord[] = [];
  #unsentBytes = 0;
  #flushScheduled = false;

  constructor(options: ViewOptions) {
    this.#table = new InodeTable((segment, offset, target) => options.pages.read(segment, offset, target));
    this.#table.load(options.image);
    this.#send = options.send;
    this.#nextInode = options.inodeLease.first;
    this.#inodeEnd = options.inodeLease.first + options.inodeLease.count;
    this.#freeBytes = options.byteLease;
  }

  get root(): Inode {
    return this.#table.root;
  }

  /** Bytes files may still grow by. */
  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** Walks a path (absolute, or from `start`); see `kernel-core/abi/path.ts`. Throws ENOENT, ENOTDIR, ELOOP. */
  walk(
    path: string,
    options: { readonly start?: Inode; readonly follow?: boolean; readonly ceiling?: Inode } = {},
  ): Walk {
    return walk(this.#table, options.start ?? this.root, path, {
      follow: options.follow ?? true,
      ...(options.ceiling === undefined ? {} : { ceiling: options.ceiling }),
    });
  }

  /** The inode at a path; throws ENOENT where there is none. */
  resolve(path: string, options: { readonly start?: Inode; readonly follow?: boolean } = {}): Inode {
    const { inode } = this.walk(path, options);
    if (inode === undefined) throw new Errno('ENOENT', path);
    return inode;
  }

  get(number: number): Inode {
    return this.#table.get(number);
  }

  /** The absolute path of a directory. */
  pathOf(directory: Inode): string {
    return pathOf(this.#table, directory);
  }

  lookup(directory: Inode, name: string): Inode | undefined {
    return this.#table.lookup(directory, name);
  }

  /** Names and inodes of a directory, in order of creation, without `.` and `..`. */
  entries(directory: Inode): (readonly [string, Inode])[] {
    return [...this.#table.entries(directory)];
  }

  /** Copies bytes from `position` into `target`; returns how many there were (0: end of file). */
  read(inode: Inode, position: number, target: Uint8Array): number {
    return this.#table.read(inode, position, target);
  }

  /** The whole content; not to be written to. */
  contents(inode: Inode): Uint8Array {
    return this.#table.contents(inode);
  }

  /** Writes all of `bytes` (which may be reused afterwards) at `position`. Throws ENOSPC. */
  write(inode: Inode, position: number, bytes: Uint8Array): void {
    this.#grow(position + bytes.length - inode.size);
    this.#change({ op: 'write', inode: inode.number, position, bytes: bytes.slice(), timeMs: Date.now() });
  }

  /** Cuts, or grows with zeros. Throws ENOSPC. */
  truncate(inode: Inode, size: number): void {
    this.#grow(size - inode.size);
    this.#change({ op: 'truncate', inode: inode.number, size, timeMs: Date.now() });
  }

  /** Makes a file, directory or symbolic link (`target`). Throws EEXIST, ENOSPC. */
  create(directory: Inode, name: string, type: InodeType, mode: number, target?: string): Inode {
    if (this.#nextInode >= this.#inodeEnd) throw new Errno('ENOSPC');
    this.#grow(target?.length ?? 0);
    const inode = this.#nextInode;
    this.#change({
      op: 'create',
      inode,
      parent: directory.number,
      name,
      type,
      mode,
      timeMs: Date.now(),
      ...(target === undefined ? {} : { target }),
    });
    this.#nextInode += 1;
    return this.#table.get(inode);
  }

  link(inode: Inode, directory: Inode, name: string): void {
    this.#change({ op: 'link', inode: inode.number, parent: directory.number, name, timeMs: Date.now() });
  }

  /** Removes the name of a file or symbolic link; EISDIR for a directory. */
  unlink(directory: Inode, name: string): void {
    const inode = this.lookup(directory, name);
    if (inode?.type === 'directory') throw new Errno('EISDIR', name);
    this.#change({ op: 'unlink', parent: directory.number, name, timeMs: Date.now() });
  }

  /** Removes an empty directory; ENOTDIR, ENOTEMPTY. */
  rmdir(directory: Inode, name: string): void {
    const inode = this.lookup(directory, name);
    if (inode !== undefined && inode.type !== 'directory') throw new Errno('ENOTDIR', name);
    this.#change({ op: 'unlink', parent: directory.number, name, timeMs: Date.now() });
  }

  rename(directory: Inode, name: string, toDirectory: Inode, toName: string): void {
    this.#change({
      op: 'rename',
      parent: directory.number,
      name,
      toParent: toDirectory.number,
      toName,
      timeMs: Date.now(),
    });
  }

  setAttributes(
    inode: Inode,
    attributes: { readonly mode?: number; readonly accessedMs?: number; readonly modifiedMs?: number },
  ): void {
    this.#change({ op: 'attributes', inode: inode.number, ...attributes, timeMs: Date.now() });
  }

  /** Keeps an inode readable after its last name is gone; pair with `close`. */
  open(inode: Inode): void {
    this.#table.open(inode);
  }

  close(inode: Inode): void {
    this.#table.close(inode);
  }

  isOpen(inode: Inode): boolean {
    return this.#table.isOpen(inode);
  }

  /** Applies what others changed. A record that no longer fits lost against one of ours and is skipped. */
  receive(records: readonly JournalRecord[]): void {
    for (const record of records) {
      try {
        this.#table.apply(record);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
      }
    }
  }

  /** Sends what has not been sent; done by every syscall and turn of the event loop. */
  flush(): void {
    if (this.#unsent.length === 0) return;
    const records = this.#unsent;
    this.#unsent = [];
    this.#unsentBytes = 0;
    this.#send(records);
  }

  #grow(bytes: number): void {
    if (bytes > this.#freeBytes) throw new Errno('ENOSPC');
    this.#freeBytes -= bytes;
  }

  #change(record: JournalRecord): void {
    this.#table.apply(record);
    this.#unsent.push(record);
    this.#unsentBytes += record.op === 'write' ? record.bytes.length : 0;
    if (this.#unsentBytes >= unsentBytesMax || this.#unsent.length >= unsentRecordsMax) {
      this.flush();
    } else if (!this.#flushScheduled) {
      this.#flushScheduled = true;
      later(() => {
        this.#flushScheduled = false;
        this.flush();
      });
    }
  }
}
