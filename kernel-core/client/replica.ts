// client: the page's copy of one sandbox's tree, fed by its journal. It is what the files come back from
// when the kernel is lost. Must always hold: it only ever applies what the kernel has put in order.
import { InodeTable, type Inode } from '../abi/inode-table.js';
import { decodeRecords } from '../abi/journal-codec.js';
import { rootInode, type JournalRecord } from '../abi/journal.js';
import { isNameRecord } from '../abi/records.js';
import type { JournalBatch, MountState } from '../protocol/kernel-service.js';

export class Replica {
  // Nothing is ever sealed here, so there are no segments to read.
  readonly #table = new InodeTable(() => undefined);
  readonly #waiting = new Set<{ readonly sequence: number; resolve(): void }>();
  #sequence = 0;

  get sequence(): number {
    return this.#sequence;
  }

  apply({ records, sequence }: Pick<JournalBatch, 'records' | 'sequence'>): void {
    for (const record of decodeRecords(records)) {
      // What has no name any more lives on in the processes that have it open, not here.
      if (isNameRecord(record) || this.#table.has(record.inode)) this.#table.apply(record);
    }
    this.#sequence = sequence;
    for (const waiting of this.#waiting) {
      if (waiting.sequence > sequence) continue;
      this.#waiting.delete(waiting);
      waiting.resolve();
    }
  }

  /** Resolves once everything up to that position is here. */
  reached(sequence: number): Promise<void> {
    if (this.#sequence >= sequence) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add({ sequence, resolve }));
  }

  /** Records that make this tree from an empty one, numbered from 2 on, and the mounts under those numbers. */
  records(mounts: readonly MountState[]): { records: JournalRecord[]; mounts: MountState[] } {
    const records: JournalRecord[] = [];
    const numbers = new Map<number, number>([[rootInode, rootInode]]);
    const directories = [{ inode: this.#table.root, number: rootInode }];
    // Not by recursion: how deep a tree is, a process decides.
    for (const { inode: directory, number: parent } of directories) {
      for (const [name, inode] of this.#table.entries(directory)) {
        const child = inode.number;
        const known = numbers.get(child);
        if (known !== undefined) {
          records.push({ op: 'link', inode: known, parent, name, timeMs: inode.changedMs });
          continue;
        }
        const number = numbers.size + 1;
        numbers.set(child, number);
        records.push(...this.#creation(inode, number, parent, name));
        if (inode.type === 'directory') directories.push({ inode, number });
      }
    }
    // Last, for every new name touches its directory.
    for (const [old, inode] of numbers) {
      const { accessedMs, modifiedMs, changedMs: timeMs } = this.#table.get(old);
      records.push({ op: 'attributes', inode, accessedMs, modifiedMs, timeMs });
    }
    const renumbered = mounts.flatMap(({ root, covered }): MountState[] => {
      const number = numbers.get(root);
      const hidden = covered === undefined ? undefined : numbers.get(covered);
      if (number === undefined) return [];
      return [{ root: number, ...(hidden === undefined ? {} : { covered: hidden }) }];
    });
    return { records, mounts: renumbered };
  }

  #creation(inode: Inode, number: number, parent: number, name: string): JournalRecord[] {
    // What lies in a pack still lies there, and the new kernel asks for it under the same number.
    const extent = this.#table.extentOf(inode);
    const stored = extent === undefined ? this.#table.stored(inode) : new Uint8Array(0);
    const { type, mode, changedMs: timeMs, target } = inode;
    const create: JournalRecord = {
      op: 'create',
      inode: number,
      parent,
      name,
      type,
      mode,
      timeMs,
      ...(target === undefined ? {} : { target }),
      ...(inode.isMount ? { mount: true } : {}),
      ...(extent === undefined ? {} : { extent }),
    };
    const records: JournalRecord[] = [create];
    if (stored.length > 0) {
      records.push({ op: 'write', inode: number, position: 0, bytes: stored.slice(), timeMs });
    }
    if (type === 'file' && inode.size > (extent?.length ?? stored.length)) {
      records.push({ op: 'truncate', inode: number, size: inode.size, timeMs });
    }
    return records;
  }
}
