// abi: what can be asked of a record without a table.
import type { HoldRecord, InodeNumber, JournalRecord } from './journal.js';

/** Records that change names; the others change one inode's content or attributes. */
export type NameRecord = JournalRecord & { readonly op: 'create' | 'link' | 'unlink' | 'rename' };

export function isNameRecord(record: JournalRecord): record is NameRecord {
  return record.op === 'create' || record.op === 'link' || record.op === 'unlink' || record.op === 'rename';
}

export function isHold(record: { readonly op: string }): record is HoldRecord {
  return record.op === 'hold' || record.op === 'release';
}

/**
 * The record with inodes replaced as `aliases` says. A process whose creation lost against another's of the
 * same name goes on under the number it chose; that number stands for the winner's inode.
 */
export function translated<R extends JournalRecord>(
  record: R,
  aliases: ReadonlyMap<InodeNumber, InodeNumber>,
): R {
  if (aliases.size === 0) return record;
  const changes: Record<string, InodeNumber> = {};
  // A creation's own number is never an alias while it is being judged.
  const keys = record.op === 'create' ? ['parent'] : ['inode', 'parent', 'toParent'];
  let changed = false;
  for (const key of keys) {
    const number = (record as unknown as Record<string, unknown>)[key];
    const alias = typeof number === 'number' ? aliases.get(number) : undefined;
    if (alias === undefined) continue;
    changes[key] = alias;
    changed = true;
  }
  return changed ? { ...record, ...changes } : record;
}

/** Up to where a record makes its inode reach, in bytes. */
export function endOf(record: JournalRecord): number {
  switch (record.op) {
    case 'write':
      return record.bytes.length === 0 ? 0 : record.position + record.bytes.length;
    case 'truncate':
      return record.size;
    default:
      return 0;
  }
}
