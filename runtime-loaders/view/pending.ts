// runtime-loaders/view: the changes of this process that the kernel has not put in order yet.
//
//   kernel's order   … a b c │ x │ d …          x: somebody else's
//   this table       … a b c │ x │ p q r        p q r: pending, always on top
//
// When x arrives, the names that p, q, r changed are taken back, x is applied, and p, q, r are made again;
// what does not fit any more is left out, as the kernel will leave it out. Contents need no taking back: a
// write says what the bytes are, so writing mine again after theirs gives the same. No bytes are kept for
// that: the table has them.
// When two create one file, or one directory, of the same name, the later goes on with the inode of the
// first: its number becomes an alias here and in the kernel.
// Must always hold: when nothing is pending, the table is the kernel's as of the last update.
import { Errno } from '../../kernel-core/abi/errno.js';
import type { Inode, InodeTable, Undoable } from '../../kernel-core/abi/inode-table.js';
import type { InodeNumber, JournalRecord } from '../../kernel-core/abi/journal.js';
import type { ViewImage } from '../../kernel-core/abi/tree-image-codec.js';
import { isNameRecord, translated, type NameRecord } from '../../kernel-core/abi/records.js';

type ContentRecord = Exclude<JournalRecord, NameRecord>;
/** A write without its bytes. */
type Shape =
  | Exclude<ContentRecord, { op: 'write' }>
  | {
      readonly op: 'write';
      readonly inode: InodeNumber;
      readonly position: number;
      readonly length: number;
      readonly timeMs: number;
    };

/** What of names a pending record concerns: that of one file it makes, or removes, or more than that. */
type Effect = { readonly removes: string } | 'makes' | 'entangled';

type Entry =
  | {
      readonly kind: 'names';
      readonly record: NameRecord;
      /** As it was applied last. */
      effect: Effect;
      held: Undoable | undefined;
      applied: boolean;
    }
  | { readonly kind: 'content'; readonly shape: Shape }
  /** Nothing to the table, but it is acknowledged like the others. */
  | { readonly kind: 'notice' };

/** An inode as it was: bytes up to where only zeros follow; none where they are absent, and stay so. */
interface Content {
  readonly mode: number;
  readonly bytes: Uint8Array | undefined;
  readonly size: number;
}

const nothing: Content = { mode: 0, bytes: new Uint8Array(0), size: 0 };

export class PendingChanges {
  readonly #table: InodeTable;
  /** How often the program has an inode open, by handle. */
  readonly #opensOf: (handle: Inode) => number;
  #entries: Entry[] = [];
  /** Acknowledged ones at the beginning of `#entries`. */
  #start = 0;
  /** Records acknowledged since the process began. */
  #acknowledged = 0;
  /** Every number of this process that stands for another's inode. */
  readonly #aliases = new Map<InodeNumber, InodeNumber>();
  /** Handles of aliases whose creation is still pending: the kernel may decide otherwise. */
  readonly #loose = new Map<InodeNumber, Inode>();
  /** What the inodes behind loose aliases were before this process changed them. */
  readonly #bases = new Map<InodeNumber, Content>();
  /** Names of files that pending records remove, and how often. */
  readonly #removed = new Map<string, number>();
  /** Pending records that link, move, or remove a directory. */
  #entangled = 0;
  /** Whether a pending change does not fit at present, or only under an alias: any record may help it. */
  #leftOut = false;

  constructor(table: InodeTable, opensOf: (handle: Inode) => number) {
    this.#table = table;
    this.#opensOf = opensOf;
  }

  get isEmpty(): boolean {
    return this.#entries.length === this.#start;
  }

  /** Whether nothing that is pending changes the tree. */
  get isSettled(): boolean {
    for (let index = this.#start; index < this.#entries.length; index += 1) {
      if (this.#entries[index]?.kind !== 'notice') return false;
    }
    return true;
  }

  /** The number under which the kernel and everybody else know an inode. */
  settled(number: InodeNumber): InodeNumber {
    return this.#aliases.get(number) ?? number;
  }

  /** Makes a change of this process here, or throws an Errno and changes nothing. */
  change(record: JournalRecord): void {
    const local = translated(record, this.#aliases);
    if (isNameRecord(record)) {
      const effect = this.#effectOf(local as NameRecord);
      const held = this.#table.applyUndoably(local);
      this.#count(effect, 1);
      this.#entries.push({ kind: 'names', record, effect, held, applied: true });
    } else {
      this.#table.apply(local);
      this.#entries.push({ kind: 'content', shape: shapeOf(record) });
    }
  }

  /** Counts a record that changes nothing here. */
  notice(): void {
    this.#entries.push({ kind: 'notice' });
  }

  /** The kernel has processed `total` records of this process; none of others' came in between. */
  acknowledge(total: number): void {
    for (; this.#acknowledged < total && this.#start < this.#entries.length; this.#acknowledged += 1) {
      const entry = this.#entries[this.#start] as Entry;
      this.#entries[this.#start] = { kind: 'notice' };
      this.#start += 1;
      if (entry.kind !== 'names') continue;
      if (entry.record.op === 'create') this.#settle(entry.record.inode);
      this.#count(entry.effect, -1);
      entry.held?.release();
    }
    if (this.#start * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#start);
      this.#start = 0;
    }
  }

  /** The table becomes the kernel's, with everything in it that was pending: `total` records of this process. */
  replaced(total: number, aliases: ViewImage['aliases']): void {
    this.#entries = [];
    this.#start = 0;
    this.#acknowledged = total;
    this.#aliases.clear();
    for (const [number, theirs] of aliases) this.#aliases.set(number, theirs);
    this.#loose.clear();
    this.#bases.clear();
    this.#removed.clear();
    this.#entangled = 0;
    this.#leftOut = false;
  }

  /** Puts records of others beneath the pending changes. One that does not fit is skipped. */
  rebase(records: readonly JournalRecord[]): void {
    if (this.isEmpty) {
      for (const record of records) this.#attempt(record);
      return;
    }
    const touched = new Set<InodeNumber>();
    for (const record of records) if (!isNameRecord(record)) touched.add(record.inode);
    const mine = this.#save(touched);
    let names = this.#leftOut;
    if (names) this.#takeBack();
    for (const record of records) {
      if (!names && !this.#isApart(record)) {
        names = true;
        this.#takeBack();
      }
      this.#attempt(record);
    }
    this.#makeAgain(mine, names);
  }

  #count(effect: Effect, by: 1 | -1): void {
    if (effect === 'makes') return;
    if (effect === 'entangled') {
      this.#entangled += by;
      return;
    }
    const count = (this.#removed.get(effect.removes) ?? 0) + by;
    if (count > 0) this.#removed.set(effect.removes, count);
    else this.#removed.delete(effect.removes);
  }

  #effectOf(record: NameRecord): Effect {
    if (record.op === 'create') return 'makes';
    if (record.op !== 'unlink' || !this.#table.has(record.parent)) return 'entangled';
    const parent = this.#table.get(record.parent);
    if (!parent.isDirectory || this.#table.lookup(parent, record.name)?.isDirectory !== false)
      return 'entangled';
    return { removes: `${record.parent}/${record.name}` };
  }

  /**
   * Whether a record of somebody else's has nothing to do with any name that is pending here, so that it
   * makes no difference which comes first. Most have not, and a program that makes thousands of files need
   * not make them again for each. The kernel accepted it, so a name it makes was free and a name it removes
   * was there, but for what is pending.
   */
  #isApart(record: JournalRecord): boolean {
    if (!isNameRecord(record)) return true;
    if (this.#entangled > 0) return false;
    const effect = this.#effectOf(record);
    if (effect === 'entangled' || !('parent' in record)) return false;
    if (this.#removed.size > 0 && this.#removed.has(`${record.parent}/${record.name}`)) return false;
    if (effect !== 'makes') return true;
    if (!this.#table.has(record.parent)) return false;
    const parent = this.#table.get(record.parent);
    return parent.isDirectory && this.#table.lookup(parent, record.name) === undefined;
  }

  /** Contents that will have to be written again, by the numbers pending records use. */
  #save(touched: ReadonlySet<InodeNumber>): Map<InodeNumber, Content> {
    const mine = new Map<InodeNumber, Content>();
    const written = new Set<InodeNumber>();
    for (let index = this.#start; index < this.#entries.length; index += 1) {
      const entry = this.#entries[index] as Entry;
      if (entry.kind === 'content' && entry.shape.op === 'write') written.add(entry.shape.inode);
    }
    for (let index = this.#start; index < this.#entries.length; index += 1) {
      const entry = this.#entries[index] as Entry;
      if (entry.kind !== 'content') continue;
      const { inode } = entry.shape;
      const number = this.settled(inode);
      if (mine.has(inode) || !this.#table.has(number)) continue;
      if (!touched.has(number) && !this.#bases.has(number)) continue;
      // Where nothing was written no bytes are wanted; of a pack they might not be here.
      mine.set(inode, written.has(inode) ? this.#contentOf(number) : nothing);
    }
    return mine;
  }

  #takeBack(): void {
    for (let index = this.#entries.length - 1; index >= this.#start; index -= 1) {
      const entry = this.#entries[index] as Entry;
      if (entry.kind !== 'names' || !entry.applied) continue;
      entry.held?.undo();
      entry.applied = false;
    }
    for (const [number, base] of this.#bases) {
      if (this.#table.has(number)) this.#restore(number, base);
    }
    this.#bases.clear();
    for (const [number, handle] of this.#loose) {
      this.#aliases.delete(number);
      this.#table.redirect(handle, number, this.#opensOf(handle));
    }
    this.#loose.clear();
  }

  #makeAgain(mine: Map<InodeNumber, Content>, names: boolean): void {
    if (names) this.#leftOut = false;
    for (let index = this.#start; index < this.#entries.length; index += 1) {
      const entry = this.#entries[index] as Entry;
      if (entry.kind === 'names' && names) {
        this.#nameAgain(entry, mine);
        if (!entry.applied) this.#leftOut = true;
      }
      if (entry.kind === 'content') this.#writeAgain(entry.shape, mine);
    }
  }

  #nameAgain(entry: Entry & { kind: 'names' }, mine: Map<InodeNumber, Content>): void {
    const record = translated(entry.record, this.#aliases);
    const effect = this.#effectOf(record);
    try {
      const held = this.#table.applyUndoably(record);
      entry.held?.release();
      entry.held = held;
      entry.applied = true;
      this.#count(entry.effect, -1);
      this.#count(effect, 1);
      entry.effect = effect;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      // What it holds stays held: it may fit again.
      if (record.op === 'create' && error.code === 'EEXIST') this.#adopt(record, mine);
    }
  }

  /** Somebody else made it first: goes on with theirs. As `Tree` does, from the same state. */
  #adopt(record: NameRecord & { op: 'create' }, mine: Map<InodeNumber, Content>): void {
    const table = this.#table;
    const existing = table.lookup(table.get(record.parent), record.name);
    if (existing?.type !== record.type || record.type === 'symlink') return;
    const { inode: number } = record;
    const handle = table.get(number);
    const { number: theirs } = existing;
    if (!mine.has(number)) mine.set(number, this.#contentOf(number));
    if (!this.#bases.has(theirs)) this.#bases.set(theirs, this.#contentOf(theirs));
    this.#aliases.set(number, theirs);
    this.#loose.set(number, handle);
    table.redirect(handle, theirs, this.#opensOf(handle));
  }

  #writeAgain(shape: Shape, mine: ReadonlyMap<InodeNumber, Content>): void {
    const content = mine.get(shape.inode);
    if (content === undefined) return;
    const inode = this.settled(shape.inode);
    if (shape.op !== 'write') return this.#attempt({ ...shape, inode });
    const { position, length, timeMs } = shape;
    const bytes = new Uint8Array(length);
    if (content.bytes !== undefined) bytes.set(content.bytes.subarray(position, position + length));
    this.#attempt({ op: 'write', inode, position, bytes, timeMs });
    // Somebody's truncation may have made all of it known; what was written to it here is not.
    if (content.bytes === undefined && this.#table.has(inode)) this.#table.forget(this.#table.get(inode));
  }

  /** The kernel has judged the creation of `number`, as it was judged here. */
  #settle(number: InodeNumber): void {
    const handle = this.#loose.get(number);
    if (handle === undefined) return;
    this.#loose.delete(number);
    const theirs = this.settled(number);
    handle.number = theirs;
    if (![...this.#loose.keys()].some((each) => this.settled(each) === theirs)) this.#bases.delete(theirs);
  }

  #contentOf(number: InodeNumber): Content {
    const inode = this.#table.get(number);
    const bytes = this.#table.isAbsent(inode) ? undefined : this.#table.stored(inode).slice();
    return { mode: inode.mode, bytes, size: inode.size };
  }

  #restore(inode: InodeNumber, { mode, bytes, size }: Content): void {
    const { modifiedMs: timeMs, type } = this.#table.get(inode);
    this.#attempt({ op: 'attributes', inode, mode, timeMs });
    if (type !== 'file') return;
    if (bytes !== undefined) {
      this.#attempt({ op: 'truncate', inode, size: 0, timeMs });
      this.#attempt({ op: 'write', inode, position: 0, bytes, timeMs });
    }
    this.#attempt({ op: 'truncate', inode, size, timeMs });
  }

  #attempt(record: JournalRecord): void {
    try {
      this.#table.apply(record);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
}

function shapeOf(record: ContentRecord): Shape {
  if (record.op !== 'write') return record;
  const { op, inode, position, bytes, timeMs } = record;
  return { op, inode, position, length: bytes.length, timeMs };
}
