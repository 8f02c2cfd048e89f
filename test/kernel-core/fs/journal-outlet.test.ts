import { expect } from 'chai';
import { decodeRecords } from '../../../kernel-core/abi/journal-codec.js';
import type { JournalRecord } from '../../../kernel-core/abi/journal.js';
import { JournalOutlet } from '../../../kernel-core/fs/journal-outlet.js';
import type { JournalBatch } from '../../../kernel-core/protocol/kernel-service.js';

const write = (position: number, bytes: number): JournalRecord => ({
  op: 'write',
  inode: 2,
  position,
  bytes: new Uint8Array(bytes),
  timeMs: 0,
});

/** The page's end: what has come so far. */
class Page {
  readonly batches: JournalBatch[] = [];
  readonly outlet: JournalOutlet;
  readonly #port: MessagePort;
  readonly #kernel: MessagePort;
  #came: () => void = () => undefined;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#kernel = port2;
    this.outlet = new JournalOutlet(port2);
    port1.onmessage = ({ data }: MessageEvent<JournalBatch | 'behind'>) => {
      if (data !== 'behind') this.batches.push(data);
      this.#came();
    };
  }

  /** Resolves when everything the outlet has posted so far is here. */
  arrived(): Promise<void> {
    return new Promise((resolve) => {
      this.#came = () => undefined;
      this.#port.addEventListener('message', ({ data }) => data === 'behind' && resolve());
      this.#kernel.postMessage('behind');
    });
  }

  /** Says that a batch was applied; resolves when the next one is here. */
  taken(): Promise<void> {
    return new Promise((resolve) => {
      this.#came = resolve;
      this.#port.postMessage({ type: 'taken' });
    });
  }
}

describe('JournalOutlet', () => {
  it('has two large batches on their way, and sends more as the page takes them, in order', async () => {
    const page = new Page();
    const { outlet, batches } = page;
    const records = Array.from({ length: 40 }, (_, index) => write(index, 512 * 1024));
    for (const [index, record] of records.entries()) outlet.add([record], index + 1, undefined);
    await page.arrived();
    expect(batches.map(({ sequence, awaited }) => [sequence, awaited])).to.deep.equal([
      [2, true],
      [4, true],
    ]);
    for (let taken = 1; (batches.at(-1)?.sequence ?? 0) < 40; taken += 1) {
      await page.taken();
      await page.arrived();
      expect(batches.length).to.equal(2 + taken);
    }
    const positions = batches.flatMap((batch) =>
      [...decodeRecords(batch.records)].map((record) => 'position' in record && record.position),
    );
    expect(positions).to.deep.equal(records.map((_, index) => index));
    outlet.close();
  });

  it('sends small batches at once, and asks nothing of the page for them', async () => {
    const page = new Page();
    const { outlet, batches } = page;
    for (let sequence = 1; sequence <= 10; sequence += 1) {
      outlet.add([write(sequence, 10)], sequence, undefined);
      await Promise.resolve();
    }
    await page.arrived();
    expect(batches.map(({ sequence, awaited }) => [sequence, awaited])).to.deep.equal(
      Array.from({ length: 10 }, (_, index) => [index + 1, false]),
    );
    outlet.close();
  });
});
