// runtime-loaders/view: the process's half of the file system.
// A view is this process's replica of the sandbox's tree: reads never leave the worker, changes are made
// here first and sent to the kernel as journal records (DESIGN §7). What others change goes beneath the
// changes the kernel has not acknowledged (`pending.ts`).
// Longer than other files: it is the whole of what loaders know of files, and mostly their documentation.
// Must always hold: every change goes through `#change`, so table and journal cannot differ.
import { byteLengthOf } from '../../kernel-core/abi/byte-text.js';
import { Errno } from '../../kernel-core/abi/errno.js';
import { InodeTable, type Inode } from '../../kernel-core/abi/inode-table.js';
import { decodeItems } from '../../kernel-core/abi/journal-codec.js';
import type {
  HoldRecord,
  InodeNumber,
  InodeRange,
  InodeType,
  JournalRecord,
  Lease,
  TreeImage,
} from '../../kernel-core/abi/journal.js';
import type { JournalUpdate, SegmentImage } from '../../kernel-core/abi/messages.js';
import type { ViewImage } from '../../kernel-core/abi/tree-image-codec.js';
import { blockBytes } from '../../kernel-core/abi/pack-blocks.js';
import { pathOf, walk, type Walk } from '../../kernel-core/abi/path.js';
import { OpenInodes } from './open-inodes.js';
import type { PageCache } from './page-cache.js';
import { PendingChanges } from './pending.js';

/** Unsent bytes after which records are sent at once instead of at the next turn of the event loop. */
const unsentBytesMax = 1024 * 1024;
/** The same for records; the kernel takes a few times as many in one message (`proc/receive.ts`). */
const unsentRecordsMax = 1000;
const copiedTogetherMax = 1024;
const copiesBytes = 16 * 1024;
// Taken before user code runs, which may replace the global.
const later = setTimeout.bind(globalThis);

/** Permission bits of the owner: everything belongs to the one user there is. */
const ownerBits = { read: 0o400, write: 0o200, execute: 0o100 } as const;

/** Posts records to the kernel; the bytes of several may lie in one buffer. */
export type SendRecords = (records: readonly (JournalRecord | HoldRecord)[]) => void;

export interface ViewOptions {
  /** Inodes the kernel holds for this process from the start, for it inherits them; they may have no name. */
  readonly held?: readonly InodeNumber[];
  readonly image: TreeImage;
  readonly pages: PageCache;
  readonly inodeLease: InodeRange;
  readonly byteLease: number;
  readonly send: SendRecords;
}

/** A view that goes on with another process: what it has missed is an image, or records (`applyPulled`). */
export interface CatchUp {
  readonly held?: readonly InodeNumber[];
  readonly missed: { readonly image: TreeImage } | { readonly pulled: Uint8Array | undefined };
  readonly inodeLease: InodeRange;
  readonly byteLease: number;
  readonly send: SendRecords;
}

export class View {
  readonly #table: InodeTable;
  readonly #pages: PageCache;
  #pending: PendingChanges;
  #send: SendRecords;
  /** Inode numbers to create with, the next one first. */
  #numbers: InodeRange[];
  #freeBytes: number;
  #leaseEpoch = 0;
  readonly #open: OpenInodes;
  #unsent: (JournalRecord | HoldRecord)[] = [];
  #unsentBytes = 0;
  /** Written by what was sent, since that was looked at. */
  #sentBytes = 0;
  /** Room for the bytes of writes not sent yet. */
  #copies: Uint8Array = new Uint8Array(0);
  #flushScheduled = false;
  #isBehind = false;
  #sequence: number;

  /**
   * Called when `bytes` are wanted that the lease does not cover, or an inode (0 bytes). A frame that can
   * wait in place sends everything, asks the kernel (`Tree.moreLease`) and calls `addLease`; what is missing after that is ENOSPC.
   */
  onLeaseShort: ((bytes: number) => void) | undefined;

  /**
   * Called when part of a file lies in blocks of a pack that are not here. A frame that can wait in place asks the
   * kernel for them and calls `keepBlock`; what is missing after that is EIO.
   */
  onBlocksMissing: ((inode: Inode, position: number, length: number) => void) | undefined;

  /**
   * Called when the content of a file is wanted that is only with the kernel (`replace`). A frame that can wait in
   * place asks for it and calls `keepContent`; what is absent after that is EIO.
   */
  onContentAbsent: ((inode: Inode) => void) | undefined;

  /** Called before files are looked at, where others' changes do not come by themselves but can be pulled. */
  onLook: (() => void) | undefined;

  /** Called before a change is noted while others of this process, which are no records, may wait to be sent. */
  beforeChange: (() => void) | undefined;

  /** Called at the end where the kernel has not said yet what became of the last changes, but can be asked. */
  onSettle: (() => void) | undefined;

  constructor(options: ViewOptions) {
    this.#pages = options.pages;
    this.#table = new InodeTable((segment, offset, target) => this.#pages.read(segment, offset, target));
    this.#open = new OpenInodes(this.#table, (record) => this.#announce(record));
    this.#table.load(options.image, options.held);
    this.#sequence = options.image.sequence;
    this.#pending = this.#newPending();
    this.#send = options.send;
    this.#numbers = [options.inodeLease];
    this.#freeBytes = options.byteLease;
    this.#open.inherit(options.held ?? []);
  }

  get root(): Inode {
    return this.#table.root;
  }

  /** The position in the kernel's order up to which everything is applied here. */
  get sequence(): number {
    return this.#sequence;
  }

  /** While this stays the same, a path leads to the inode it led to before. */
  get generation(): number {
    this.onLook?.();
    return this.#table.generation;
  }

  /** The same for paths of directories, which files that come and go do not change. */
  get directoryGeneration(): number {
    this.onLook?.();
    return this.#table.directoryGeneration;
  }

  /** Whether every change of this process is in the kernel's order. */
  get isSettled(): boolean {
    return this.#pending.isSettled && this.#unsent.length === 0;
  }

  /** Whether it has changes that were not sent to the kernel. */
  get hasUnsent(): boolean {
    return this.#unsent.length > 0;
  }

  /** Bytes files may still grow by without asking the kernel. */
  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** Whether the lease does not cover so many bytes: who can wait asks the kernel for more first. */
  needsLease(bytes: number): boolean {
    return bytes > this.#freeBytes || !this.#numbers.some(({ count }) => count > 0);
  }

  /** Takes a lease, in whatever order they come. */
  addLease({ epoch, bytes, inodes }: Lease): void {
    if (epoch < this.#leaseEpoch) return;
    if (epoch > this.#leaseEpoch) {
      this.#freeBytes = 0;
      this.#numbers = [];
    }
    this.#leaseEpoch = epoch;
    this.#freeBytes += bytes;
    this.#numbers.push(...inodes);
  }

  /**
   * Walks a path (absolute, or from `start`); see `kernel-core/abi/path.ts`. Throws ENOENT, ENOTDIR, ELOOP,
   * EACCES.
   */
  walk(
    path: string,
    options: {
      readonly start?: Inode;
      readonly follow?: boolean;
      readonly ceiling?: Inode;
      readonly leaves?: boolean;
    } = {},
  ): Walk {
    this.onLook?.();
    const { start = this.root, follow = true, ceiling, leaves = false } = options;
    const rules = { follow, permissions: true, leaves };
    return walk(this.#table, start, path, ceiling === undefined ? rules : { ...rules, ceiling });
  }

  /** The inode at a path; throws ENOENT where there is none. */
  resolve(
    path: string,
    options: { readonly start?: Inode; readonly follow?: boolean; readonly leaves?: boolean } = {},
  ): Inode {
    const { inode } = this.walk(path, options);
    if (inode === undefined) throw new Errno('ENOENT', path);
    return inode;
  }

  /** Throws EACCES where the permission bits do not allow it, as open(2) and access(2) do. */
  checkAccess(inode: Inode, wanted: { readonly [K in keyof typeof ownerBits]?: boolean }): void {
    const { mode } = inode;
    const lacks = (bits: number): boolean => (mode & bits) === 0;
    if (
      (wanted.read === true && lacks(ownerBits.read)) ||
      (wanted.write === true && lacks(ownerBits.write)) ||
      (wanted.execute === true && lacks(ownerBits.execute))
    )
      throw new Errno('EACCES');
  }

  /** This process has sent something to the kernel that changes files and is no record of its own. */
  expectChange(): void {
    this.#isBehind = true;
  }

  /** Whether such a change may be missing here: who can wait asks the kernel anything before it looks. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** The kernel has answered since. */
  caughtUp(): void {
    this.#isBehind = false;
  }

  /** Takes over what others changed, where that can be had at once: before the size of an open file counts. */
  look(): void {
    this.onLook?.();
  }

  get(number: number): Inode {
    return this.#table.get(this.#pending.settled(number));
  }

  /** The absolute path of a directory. */
  pathOf(directory: Inode): string {
    return pathOf(this.#table, directory);
  }

  lookup(directory: Inode, name: string): Inode | undefined {
    this.onLook?.();
    return this.#table.lookup(directory, name);
  }

  /** Names and inodes of a directory, in order of creation, without `.` and `..`. */
  entries(directory: Inode): (readonly [string, Inode])[] {
    this.onLook?.();
    return [...this.#table.entries(directory)];
  }

  /** Copies bytes from `position` into `target`; returns how many there were (0: end of file). */
  read(inode: Inode, position: number, target: Uint8Array): number {
    this.onLook?.();
    this.#bring(inode, position, target.length);
    return this.#table.read(inode, position, target);
  }

  /** The whole content; not to be written to. */
  contents(inode: Inode): Uint8Array {
    this.onLook?.();
    this.#bring(inode, 0, inode.size);
    return this.#table.contents(inode);
  }

  /** The first position from there on that lies in a block of a pack which is not here; undefined: all can be read. */
  missingFrom(inode: Inode, position: number, length: number): number | undefined {
    if (!this.#table.isInPack(inode)) return undefined;
    const blocks = this.#table.blocksOf(inode, position, length);
    const index = blocks.findIndex((block) => !this.#pages.has(block));
    return index < 1 ? (index === 0 ? position : undefined) : this.#startOf(inode, blocks[index] as number);
  }

  /** Takes blocks of packs the kernel has sent by reference. */
  addBlocks(segments: readonly SegmentImage[]): void {
    this.#pages.add(segments);
  }

  /** Takes the block that holds this position of a file, as bytes. */
  keepBlock(inode: Inode, position: number, bytes: Uint8Array): void {
    const [block] = this.#table.blocksOf(inode, position, 1);
    if (block !== undefined) this.#pages.keepBytes(block, bytes);
  }

  /** Writes all of `bytes` (which may be reused afterwards) at `position`. Throws ENOSPC. */
  write(inode: Inode, position: number, bytes: Uint8Array): void {
    // Who only writes must pull, too, before what it has missed is forgotten.
    if (this.#sentBytes >= unsentBytesMax) {
      this.#sentBytes = 0;
      this.onLook?.();
    }
    const growth = bytes.length === 0 ? 0 : Math.max(0, position + bytes.length - inode.size);
    this.#reserve(growth);
    // Copied as a whole when it is written to; of an absent one the kernel has the rest.
    if (bytes.length > 0 && !this.#table.isAbsent(inode)) this.#bring(inode, 0, inode.size);
    const { number } = inode;
    this.#change({ op: 'write', inode: number, position, bytes: this.#copy(bytes), timeMs: Date.now() });
    this.#freeBytes -= growth;
  }

  /** Cuts, or grows with zeros. Throws ENOSPC. */
  truncate(inode: Inode, size: number): void {
    const growth = Math.max(0, size - inode.size);
    this.#reserve(growth);
    this.#change({ op: 'truncate', inode: inode.number, size, timeMs: Date.now() });
    this.#freeBytes -= growth;
  }

  /** Makes a file, directory or symbolic link (`target`). Throws EEXIST, ENOSPC, EACCES. */
  create(directory: Inode, name: string, type: InodeType, mode: number, target?: string): Inode {
    const growth = target === undefined ? 0 : byteLengthOf(target);
    this.#reserve(growth);
    const record = this.creation(directory, name, type, mode);
    this.#change(target === undefined ? record : { ...record, target });
    this.#freeBytes -= growth;
    this.#takeNumber();
    return this.#table.get(record.inode);
  }

  /**
   * The record that would create, for who lets the kernel decide (`syscall.commit`); the number in it is taken
   * by `taken`. Throws as `create`.
   */
  creation(
    directory: Inode,
    name: string,
    type: InodeType,
    mode: number,
  ): JournalRecord & { readonly op: 'create' } {
    this.#checkDirectory(directory);
    const inode = this.#nextNumber();
    return { op: 'create', inode, parent: directory.number, name, type, mode, timeMs: Date.now() };
  }

  /** What the kernel has made for this process, by its number. */
  resolveNew(number: number): Inode {
    this.onLook?.();
    return this.get(number);
  }

  /** The kernel decided for a record with a number of this process's. */
  taken(): void {
    this.#takeNumber();
  }

  link(inode: Inode, directory: Inode, name: string): void {
    this.#change(this.linking(inode, directory, name));
    this.#takeNumber();
  }

  /** The record that would link, as `creation`. */
  linking(inode: Inode, directory: Inode, name: string): JournalRecord {
    this.#checkDirectory(directory);
    const parent = this.#table.parentOf(inode);
    if (parent !== undefined && this.#table.mountOf(parent) !== this.#table.mountOf(directory))
      throw new Errno('EXDEV', name);
    // A name counts as an inode does.
    this.#nextNumber();
    return { op: 'link', inode: inode.number, parent: directory.number, name, timeMs: Date.now() };
  }

  /** Removes the name of a file or symbolic link; EISDIR for a directory. */
  unlink(directory: Inode, name: string): void {
    const inode = this.lookup(directory, name);
    if (inode?.type === 'directory') throw new Errno('EISDIR', name);
    this.#removeName(directory, name, inode);
  }

  /** Removes an empty directory; ENOTDIR, ENOTEMPTY. */
  rmdir(directory: Inode, name: string): void {
    const inode = this.lookup(directory, name);
    if (inode !== undefined && inode.type !== 'directory') throw new Errno('ENOTDIR', name);
    if (inode?.isMount === true) throw new Errno('EBUSY', name);
    this.#removeName(directory, name, inode);
  }

  rename(directory: Inode, name: string, toDirectory: Inode, toName: string): void {
    this.#change(this.renaming(directory, name, toDirectory, toName));
  }

  /** The record that would rename, as `creation`. */
  renaming(directory: Inode, name: string, toDirectory: Inode, toName: string): JournalRecord {
    this.#checkDirectory(directory);
    this.#checkDirectory(toDirectory);
    const moved = [this.lookup(directory, name), this.lookup(toDirectory, toName)];
    if (moved.some((inode) => inode?.isMount === true)) throw new Errno('EBUSY', name);
    if (this.#table.mountOf(directory) !== this.#table.mountOf(toDirectory)) throw new Errno('EXDEV', name);
    this.#open.hold(this.lookup(toDirectory, toName));
    return {
      op: 'rename',
      parent: directory.number,
      name,
      toParent: toDirectory.number,
      toName,
      timeMs: Date.now(),
    };
  }

  setAttributes(
    inode: Inode,
    attributes: { readonly mode?: number; readonly accessedMs?: number; readonly modifiedMs?: number },
  ): void {
    this.#change({ op: 'attributes', inode: inode.number, ...attributes, timeMs: Date.now() });
  }

  /**
   * Keeps an inode after its last name is gone; pair with `close`. The kernel is told with the next records, before
   * anybody can hear of it from this process; in a mount at once, so that it is in use.
   */
  open(inode: Inode): void {
    this.#open.open(inode);
    const directory = inode.isDirectory ? inode : this.#table.parentOf(inode);
    if (directory !== undefined && this.#table.mountOf(directory) !== this.root) this.#open.hold(inode);
  }

  close(inode: Inode): void {
    this.#open.close(inode);
  }

  /** Whether the program has it open. */
  isOpen(inode: Inode): boolean {
    return this.#open.has(inode);
  }

  /** Applies what the kernel has put in order. What was pulled before is skipped. */
  receive({ records, sequence, acknowledged, lease }: JournalUpdate): void {
    const known = Math.max(0, Math.min(records.length, this.#sequence - (sequence - records.length)));
    if (known < records.length) this.#pending.rebase(known === 0 ? records : records.slice(known));
    this.#sequence = Math.max(this.#sequence, sequence);
    if (acknowledged !== undefined) this.#pending.acknowledge(acknowledged);
    if (lease !== undefined) this.addLease(lease);
  }

  /** Applies what `Tree.recordsSince(view.sequence)` gave. Throws JournalFormatError. */
  applyPulled(bytes: Uint8Array): void {
    let records: JournalRecord[] = [];
    const rebase = (): void => {
      if (records.length > 0) this.#pending.rebase(records);
      records = [];
    };
    for (const item of decodeItems(bytes)) {
      if (item.op === 'acknowledged') {
        rebase();
        this.#pending.acknowledge(item.count);
      } else if (item.op === 'position') {
        rebase();
        this.#sequence = Math.max(this.#sequence, item.count);
      } else {
        records.push(item);
      }
    }
    rebase();
  }

  /**
   * Goes on with the tree as the kernel has it, where too much was missed for records. All that this process did must
   * have been sent, and is in it or was refused.
   */
  replace({ tree, processed, aliases }: ViewImage): void {
    if (this.#unsent.length > 0) throw new Error('This view has changes that the kernel has not seen.');
    const pending = this.#pending;
    pending.replaced(processed, aliases);
    const settled = (number: InodeNumber) => pending.settled(number);
    const isHere = (segment: number) => this.#pages.hasSegment(segment);
    this.#table.replace(tree, { kept: this.#open.numbers().map(settled), settled, isHere });
    this.#open.reopen();
    this.#sequence = tree.sequence;
  }

  /** Gives a file the content that `onContentAbsent` asks for. */
  keepContent(inode: Inode, bytes: Uint8Array): void {
    this.#table.fill(inode, bytes);
  }

  /**
   * Goes on as the view of the next process in this worker. The segments of an image are given to the page
   * cache before. Records also say which changes of the process before are in order, which it need not have heard
   * before it ended; throws where some are not.
   */
  catchUp(next: CatchUp): void {
    if ('pulled' in next.missed) {
      const { pulled } = next.missed;
      if (pulled !== undefined && this.#unsent.length === 0) this.applyPulled(pulled);
      if (!this.isSettled) throw new Error('This view has changes that the kernel has not seen.');
    }
    this.#open.clear();
    this.#isBehind = false;
    if ('image' in next.missed) {
      this.#unsent = [];
      this.#table.load(next.missed.image, next.held);
      this.#sequence = next.missed.image.sequence;
    }
    this.#pending = this.#newPending();
    this.#send = next.send;
    this.#numbers = [next.inodeLease];
    this.#freeBytes = next.byteLease;
    this.#leaseEpoch = 0;
    this.onLeaseShort = undefined;
    this.onLook = undefined;
    this.onSettle = undefined;
    this.beforeChange = undefined;
    this.#open.inherit(next.held ?? []);
    this.onBlocksMissing = undefined;
    this.onContentAbsent = undefined;
  }

  /** Sends what has not been sent; done by every syscall and turn of the event loop. */
  flush(): void {
    this.#open.announceAll();
    if (this.#unsent.length === 0) return;
    const records = this.#unsent;
    this.#sentBytes += this.#unsentBytes;
    this.#unsent = [];
    this.#unsentBytes = 0;
    this.#send(records);
  }

  /**
   * Sends the last changes and waits, where that can be waited for, until they are in the kernel's order. What was
   * open the kernel lets go of by itself as the process ends.
   */
  settle(): void {
    this.#open.stopTelling();
    this.flush();
    if (!this.isSettled) this.onSettle?.();
  }

  #bring(inode: Inode, position: number, length: number): void {
    if (this.#table.isAbsent(inode)) this.onContentAbsent?.(inode);
    if (this.onBlocksMissing === undefined || this.missingFrom(inode, position, length) === undefined) return;
    // Not while they come: all of this part is wanted at once.
    this.#pages.trim();
    this.onBlocksMissing(inode, position, length);
  }

  /** The position of a file at which a block of its pack begins. */
  #startOf(inode: Inode, block: number): number {
    const extent = this.#table.extentOf(inode);
    return extent === undefined ? 0 : (block - extent.segment) * blockBytes - extent.offset;
  }

  #newPending(): PendingChanges {
    return new PendingChanges(this.#table, (inode) => this.#open.countOf(inode));
  }

  /** Throws EACCES where names of a directory may not be changed. */
  #checkDirectory(directory: Inode): void {
    if (directory.isDirectory) this.checkAccess(directory, { write: true, execute: true });
  }

  #reserve(bytes: number): void {
    if (bytes > this.#freeBytes) this.onLeaseShort?.(bytes);
    if (bytes > this.#freeBytes) throw new Errno('ENOSPC');
  }

  #nextNumber(): number {
    while (this.#numbers.length > 0 && this.#numbers[0]?.count === 0) this.#numbers.shift();
    if (this.#numbers.length === 0) this.onLeaseShort?.(0);
    const range = this.#numbers[0];
    if (range === undefined || range.count === 0) throw new Errno('ENOSPC');
    return range.first;
  }

  #takeNumber(): void {
    const [range] = this.#numbers;
    if (range !== undefined) this.#numbers[0] = { first: range.first + 1, count: range.count - 1 };
  }

  #removeName(directory: Inode, name: string, inode: Inode | undefined): void {
    this.#checkDirectory(directory);
    this.#open.hold(inode);
    this.#change({ op: 'unlink', parent: directory.number, name, timeMs: Date.now() });
  }

  /** Small ones side by side in one buffer, for an array of their own costs more than the rest of a short write. */
  #copy(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    if (length > copiedTogetherMax) return bytes.slice();
    if (this.#copies.length < length) this.#copies = new Uint8Array(copiesBytes);
    const copy = this.#copies.subarray(0, length);
    copy.set(bytes);
    this.#copies = this.#copies.subarray(length);
    return copy;
  }

  #announce(record: HoldRecord): void {
    this.#pending.notice();
    this.#queue(record, 0);
  }

  #change(record: JournalRecord): void {
    if (this.#isBehind) this.beforeChange?.();
    this.#pending.change(record);
    this.#queue(record, record.op === 'write' ? record.bytes.length : 0);
  }

  #queue(record: JournalRecord | HoldRecord, bytes: number): void {
    this.#unsent.push(record);
    this.#unsentBytes += bytes;
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
