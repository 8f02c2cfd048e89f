// fs: a tree's journal on its way to the page's replica. The page's main thread pays for every message:
// what processes write goes in batches, what the page wrote itself goes before its answer does. Of much at
// once, only so much is on its way that the page has turns for other things in between.
// Must always hold: records leave in their order; each of them is one position of the journal.
import { encodeRecords } from '../abi/journal-codec.js';
import type { JournalRecord } from '../abi/journal.js';
import type { JournalBatch } from '../protocol/kernel-service.js';

const delayMs = 10;
const recordsMax = 1000;
const bytesMax = 1024 * 1024;
/** Batches from here on the page says it has applied, before more than a few of them are sent. */
const awaitedBytes = 64 * 1024;
const awaitedMax = 2;

const bytesOf = (record: JournalRecord): number => (record.op === 'write' ? record.bytes.length : 0);

export class JournalOutlet {
  readonly #port: MessagePort;
  #records: JournalRecord[] = [];
  /** Of the last record. */
  #sequence = 0;
  #bytes = 0;
  /** Batches the page has not said to have applied. */
  #awaited = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #flushing = false;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = () => {
      this.#awaited = Math.max(0, this.#awaited - 1);
      if (this.#isMuch) this.#send();
      else if (this.#records.length > 0) this.#timer ??= setTimeout(() => this.flush());
    };
  }

  /** A follower of the tree. */
  add(records: readonly JournalRecord[], sequence: number, author: number | undefined): void {
    for (const record of records) {
      this.#records.push(record);
      this.#bytes += bytesOf(record);
    }
    this.#sequence = sequence;
    if (this.#isMuch) {
      this.#send();
    } else if (author === undefined) {
      this.#flushSoon();
    } else {
      this.#timer ??= setTimeout(() => this.flush(), delayMs);
    }
  }

  /** Sends what the page is ready for. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#records.length > 0 && this.#awaited < awaitedMax) this.#sendBatch();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#port.close();
  }

  get #isMuch(): boolean {
    return this.#records.length >= recordsMax || this.#bytes >= bytesMax;
  }

  /** Full batches; the rest may wait for more. */
  #send(): void {
    while (this.#isMuch && this.#awaited < awaitedMax) this.#sendBatch();
    if (this.#records.length > 0) this.#timer ??= setTimeout(() => this.flush(), delayMs);
  }

  #sendBatch(): void {
    let bytes = 0;
    let end = 0;
    while (end < this.#records.length && end < recordsMax && bytes < bytesMax) {
      bytes += bytesOf(this.#records[end] as JournalRecord);
      end += 1;
    }
    const records = encodeRecords(this.#records.splice(0, end));
    const awaited = records.length >= awaitedBytes;
    const batch: JournalBatch = { records, sequence: this.#sequence - this.#records.length, awaited };
    this.#bytes -= bytes;
    if (awaited) this.#awaited += 1;
    this.#port.postMessage(batch, [records.buffer as ArrayBuffer]);
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
