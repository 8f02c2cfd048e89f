// fs: the last records of a tree, for views that pull what they have missed.
import { encodeItems, weightOf, type JournalItem } from '../abi/journal-codec.js';
import type { JournalRecord } from '../abi/journal.js';

/** How much of it is kept, in bytes as records are encoded. */
const bytesMax = 5 * 1024 * 1024;

interface Entry {
  /** Position of the record; of an acknowledgement, that of the record before it. */
  readonly sequence: number;
  /** Whose view has it already. */
  readonly author: number | undefined;
  readonly item: JournalItem;
  readonly weight: number;
}

export class History {
  /** The oldest first; those before `#start` are forgotten. */
  #entries: Entry[] = [];
  #start = 0;
  #bytes = 0;
  /** The records after this position are all here. */
  #after = 0;

  add(record: JournalRecord, sequence: number, author: number | undefined): void {
    this.#push({ sequence, author, item: record, weight: weightOf(record) });
  }

  acknowledge(author: number, count: number, sequence: number): void {
    const item: JournalItem = { op: 'acknowledged', count };
    this.#push({ sequence, author, item, weight: weightOf(item) });
  }

  /**
   * What a view that has applied everything up to `sequence` has missed, encoded: others' records, and how
   * far its own were processed. `now` is the position it has reached then. Undefined: that is too long ago.
   */
  since(sequence: number, author: number | undefined, now: number): Uint8Array | undefined {
    if (sequence < this.#after || sequence > now) return undefined;
    const items: JournalItem[] = [{ op: 'position', count: now }];
    for (let index = this.#entries.length - 1; index >= this.#start; index -= 1) {
      const entry = this.#entries[index] as Entry;
      const isAcknowledgement = entry.item.op === 'acknowledged';
      if (entry.sequence < sequence || (entry.sequence === sequence && !isAcknowledgement)) break;
      const isOwn = author !== undefined && entry.author === author;
      if (isOwn === isAcknowledgement) items.push(entry.item);
    }
    return encodeItems(items.reverse());
  }

  #push(entry: Entry): void {
    this.#entries.push(entry);
    this.#bytes += entry.weight;
    while (this.#bytes > bytesMax) {
      const oldest = this.#entries[this.#start] as Entry;
      this.#start += 1;
      this.#bytes -= oldest.weight;
      this.#after = oldest.sequence;
    }
    if (this.#start > 1024 && this.#start * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#start);
      this.#start = 0;
    }
  }
}
