// client: the page's copy of one sandbox's tree, fed by its journal. It is what the files come back from
// when the kernel is lost. Must always hold: it only ever applies what the kernel has put in order.
import { InodeTable, type Inode } from '../abi/inode-table.js';
import { rootInode, type JournalRecord } from '../abi/journal.js';
import type { JournalBatch } from '../protocol/kernel-service.js';

export class Replica {
  // Nothing is ever sealed here, so there are no segments to read.
  readonly #table = new InodeTable(() => new Uint8Array(0));
  #sequence = 0;

  get sequence(): number {
    return this.#sequence;
  }

  apply({ records, sequence }: JournalBatch): void {
    for (const record of records) this.#table.apply(record);
    this.#sequence = sequence;
  }

  /** Records that make this tree from an empty one, numbered from 2 on. */
  records(): JournalRecord[] {
    const records: JournalRecord[] = [];
    const numbers = new Map<number, number>([[rootInode, rootInode]]);
    const visit = (directory: Inode, number: number): void => {
      for (const [name, child] of directory.entries ?? []) {
        const known = numbers.get(child);
        const inode = this.#table.get(child);
        if (known !== undefined) {
          records.push({ op: 'link', inode: known, parent: number, name, timeMs: inode.changedMs });
          continue;
        }
        const next = numbers.size + 1;
        numbers.set(child, next);
        records.push(...creation(inode, next, number, name, this.#table.contents.bind(this.#table)));
        if (inode.type === 'directory') visit(inode, next);
        const { accessedMs, modifiedMs, changedMs: timeMs } = inode;
        records.push({ op: 'attributes', inode: next, accessedMs, modifiedMs, timeMs });
      }
    };
    visit(this.#table.root, rootInode);
    return records;
  }
}

function creation(
  inode: Inode,
  number: number,
  parent: number,
  name: string,
  contents: (inode: Inode) => Uint8Array,
): JournalRecord[] {
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
  };
  if (type !== 'file' || inode.size === 0) return [create];
  return [create, { op: 'write', inode: number, position: 0, bytes: contents(inode).slice(), timeMs }];
}
