// fs: a tree's journal on its way to the page's replica. The page's main thread pays for every message:
// what processes write goes in batches, what the page wrote itself goes before its answer does.
// Must always hold: records leave in their order.
import { encodeRecords } from '../abi/journal-codec.js';
import type { JournalRecord } from '../abi/journal.js';
import type { JournalBatch } from '../protocol/kernel-service.js';

const delayMs = 10;
const recordsMax = 1000;
const bytesMax = 1024 * 1024;

export class JournalOutlet {
  readonly #port: MessagePort;
  #records: JournalRecord[] = [];
  #sequence = 0;
  #bytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #flushing = false;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  /** A follower of the tree. */
  add(records: readonly JournalRecord[], sequence: number, author: number | undefined): void {
    for (const record of records) {
      this.#records.push(record);
      if (record.op === 'write') this.#bytes += record.bytes.length;
    }
    this.#sequence = sequence;
    if (this.#records.length >= recordsMax || this.#bytes >= bytesMax) {
      this.flush();
    } else if (author === undefined) {
      this.#flushSoon();
    } else {
      this.#timer ??= setTimeout(() => this.flush(), delayMs);
    }
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#records.length === 0) return;
    const records = encodeRecords(this.#records);
    const batch: JournalBatch = { records, sequence: this.#sequence };
    this.#records = [];
    this.#bytes = 0;
    this.#port.postMessage(batch, [records.buffer as ArrayBuffer]);
  }

  close(): void {
    this.flush();
    this.#port.close();
  }

  /** In a microtask: before the answer of the call that made the change is posted. */
  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.flush();
    });
  }
}
