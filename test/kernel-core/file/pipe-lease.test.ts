// A pipe whose ends hand over bytes in shared memory, while the kernel may step in between any two steps of theirs.
import { expect } from 'chai';
import { pipeCapacityBytes } from '../../../kernel-core/abi/messages.js';
import { PipeRing, ringRevoked } from '../../../kernel-core/abi/pipe-ring.js';
import { HandleTable } from '../../../kernel-core/file/handle-table.js';
import type { OpenFile } from '../../../kernel-core/file/open-file.js';
import { makePipe } from '../../../kernel-core/file/pipe.js';
import { UntakenBudget } from '../../../kernel-core/file/untaken-budget.js';
import { kernelCaller } from '../../../kernel-core/file/wait-queue.js';
import { randomOf, type Random } from '../../security/fuzz-values.js';

const headerBytes = 128;
/** Where head and tail stand, and the flag both begin with. */
const ringWords = [0, 16];
const revoked = 1 << 31;
const patternAt = (at: number): number => (at * 31 + Math.floor(at / 4099)) & 255;

/** The two processes of a pipe and their kernel, one step of theirs at a time. */
class Model {
  readonly budget = new UntakenBudget(64 * 1024 * 1024, 8);
  // Atomics do the same on memory that is not shared, which every page has.
  readonly memory = new ArrayBuffer(headerBytes + pipeCapacityBytes) as unknown as SharedArrayBuffer;
  readonly handles = [new HandleTable(4), new HandleTable(4)] as const;
  readonly reader: OpenFile;
  readonly writer: OpenFile;
  readonly #random: Random;
  readonly #writing = new PipeRing(this.memory);
  readonly #reading = new PipeRing(this.memory);
  #isLent = false;
  #isBusy: 'writing' | 'reading' | undefined;
  written = 0;
  read = 0;
  handedOver = 0;

  constructor(random: Random) {
    this.#random = random;
    for (const word of ringWords) new Int32Array(this.memory, 0, headerBytes / 4)[word] = revoked;
    const { reader, writer } = makePipe(this.memory);
    this.reader = reader;
    this.writer = writer;
    this.handles[0].add(writer);
    this.handles[1].add(reader);
  }

  write(): void {
    if (this.#isBusy === 'writing') return;
    const bytes = new Uint8Array(1 + Math.floor(this.#random() * 120_000));
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = patternAt(this.written + at);
    if (!this.#isLent) return this.#writeCall(bytes);
    const before = this.#isBusy;
    this.#isBusy = 'writing';
    const put = this.#writing.put(bytes, 0);
    this.#isBusy = before;
    if (put === ringRevoked) {
      this.#isLent = false;
      return this.#writeCall(bytes);
    }
    this.handedOver += put;
    this.written += put;
  }

  take(): void {
    if (this.#isBusy === 'reading') return;
    const buffers = [1, 2].map(() => new Uint8Array(Math.floor(this.#random() * 60_000)));
    const before = this.#isBusy;
    this.#isBusy = 'reading';
    const taken = this.#reading.take(buffers);
    this.#isBusy = before;
    if (taken > 0) return this.#check(joined(buffers).subarray(0, taken));
    // Who calls has come back from whatever it did before.
    this.reader.offer?.();
    if (this.reader.ready === 0) return;
    this.#check(this.reader.read(1 + Math.floor(this.#random() * 200_000), kernelCaller) as Uint8Array);
  }

  interfere(): void {
    switch (Math.floor(this.#random() * 4)) {
      case 0:
        return this.reader.reclaim?.();
      case 1:
        return this.reader.watch(() => undefined)();
      case 2:
        return this.writer.moved?.();
      default:
        return void this.writer.ready;
    }
  }

  finish(): void {
    this.handles[0].closeAll();
    while (this.reader.ready !== 4) this.take();
    this.handles[1].closeAll();
  }

  #writeCall(bytes: Uint8Array): void {
    if ((this.writer.waiting ?? 0) > pipeCapacityBytes) return;
    const add = (count: number): ((taken: number) => void) => {
      this.budget.add(count);
      return (taken) => this.budget.take(taken);
    };
    this.written += bytes.length;
    this.writer.write(bytes, add(bytes.length), kernelCaller);
    if (this.#random() < 0.5) this.#isLent = this.writer.lend?.({ budget: this.budget, add }) === true;
  }

  #check(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte !== patternAt(this.read)) expect.fail(`wrong byte at ${this.read}`);
      this.read += 1;
    }
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Runs `work`, and `between` before every step that decides who has the bytes. */
function interleaved(between: () => void, work: () => void): void {
  const native = Atomics.compareExchange.bind(Atomics) as (...args: unknown[]) => number;
  let isBetween = false;
  const patched = (...args: unknown[]): number => {
    if (!isBetween) {
      isBetween = true;
      between();
      isBetween = false;
    }
    return native(...args);
  };
  Object.assign(Atomics, { compareExchange: patched });
  try {
    work();
  } finally {
    Object.assign(Atomics, { compareExchange: native });
  }
}

describe('A pipe in memory that its two processes share', () => {
  for (const seed of [1, 2, 3, 20_261_122]) {
    it(`loses and repeats nothing whoever steps in where (seed ${seed})`, function () {
      this.timeout(60_000);
      const random = randomOf(seed);
      const model = new Model(random);
      const step = (): void => {
        const roll = random();
        if (roll < 0.49) model.write();
        else if (roll < 0.98) model.take();
        else model.interfere();
      };
      interleaved(
        () => {
          if (random() < 0.3) step();
        },
        () => {
          for (let count = 0; count < 1200; count += 1) step();
          model.finish();
        },
      );
      expect(model.read).to.equal(model.written);
      expect(model.handedOver).to.be.greaterThan(model.written / 10);
      expect(model.budget.bytes).to.equal(0);
    });
  }

  it('takes what is in it into the kernel when a second process gets an end', () => {
    const model = new Model(() => 0.4);
    model.take();
    model.write();
    model.write();
    expect(model.handedOver).to.be.greaterThan(0);
    expect(model.budget.bytes).to.equal(pipeCapacityBytes);
    new HandleTable(1).add(model.reader);
    expect(model.writer.waiting).to.equal(model.written);
    expect(model.budget.bytes).to.equal(model.written);
    expect(new PipeRing(model.memory).isOn).to.equal(false);
  });

  it('is not begun while somebody polls, nor before the one that reads would find the bytes', () => {
    const model = new Model(() => 0.4);
    model.write();
    model.write();
    expect(model.handedOver).to.equal(0);
    const unwatch = model.reader.watch(() => undefined);
    model.reader.offer?.();
    model.write();
    model.write();
    expect(model.handedOver).to.equal(0);
    unwatch();
  });

  it('wakes who reads in a call when bytes come, and who writes when half of it is free', async () => {
    const model = new Model(() => 0.4);
    model.take();
    model.write();
    const ring = new PipeRing(model.memory);
    while (ring.length > 0) ring.take([new Uint8Array(100_000)]);
    const read = model.reader.read(1000, kernelCaller);
    expect(ring.put(new Uint8Array(500), 0)).to.equal(500);
    expect(ring.mustTell).to.equal(true);
    model.writer.moved?.();
    expect((await read).length).to.equal(500);
    while (ring.put(new Uint8Array(100_000), 0) > 0);
    let hasRoom = false;
    const room = model.writer.roomInShared?.(kernelCaller).then((isOn) => {
      hasRoom = true;
      return isOn;
    });
    ring.take([new Uint8Array(100)]);
    expect(ring.mustTell).to.equal(false);
    await Promise.resolve();
    expect(hasRoom).to.equal(false);
    ring.take([new Uint8Array(pipeCapacityBytes)]);
    expect(ring.mustTell).to.equal(true);
    model.reader.moved?.();
    expect(await room).to.equal(true);
  });

  it('gives the kernel no more than its size and no wait without end, whatever is written over its words', () => {
    const random = randomOf(7);
    for (let round = 0; round < 2000; round += 1) {
      const model = new Model(() => 0.4);
      model.take();
      model.write();
      const words = new Int32Array(model.memory, 0, headerBytes / 4);
      for (const word of ringWords) if (random() < 0.7) words[word] = Math.floor(random() * 2 ** 32) | 0;
      switch (round % 5) {
        case 0:
          model.reader.reclaim?.();
          break;
        case 1:
          void model.reader.read(1 + Math.floor(random() * 2 ** 24), kernelCaller);
          break;
        case 2:
          void model.writer.roomInShared?.(kernelCaller);
          break;
        case 3:
          model.reader.moved?.();
          break;
        default:
          void model.reader.readAhead?.(1000, 2 ** 20, kernelCaller);
      }
      expect(model.writer.waiting).to.be.at.most(2 * pipeCapacityBytes);
      expect(model.reader.ready).to.be.at.least(0);
      model.handles[0].closeAll();
      model.handles[1].closeAll();
      expect(model.budget.bytes).to.equal(0);
    }
  });
});
