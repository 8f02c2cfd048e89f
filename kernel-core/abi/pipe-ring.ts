// abi: memory in which one process hands the bytes of a pipe to one other, past the kernel (transport `shared`;
// docs/decisions/0018). One writes `head`, one writes `tail`; the kernel only sets flags in both, and takes the place
// of the one that waits in a call.
//
//   Int32 0    head   bits 0–29: bytes put in · bit 30: who reads waits in the kernel · bit 31: revoked
//   Int32 16   tail   bits 0–29: bytes taken out · bit 30: who writes waits in the kernel · bit 31: revoked
//   byte 128…  the bytes, at their number modulo `pipeCapacityBytes`
//
// Must always hold: a word is moved on by compare-and-exchange alone. So nothing is put in or taken out after
// the kernel has set `revoked`, and whoever moves a word on past the flag `waits` has taken it away and knows it.
// What is read from the other's word is never trusted: it may be anything.
import { pipeCapacityBytes } from './messages.js';

const headWord = 0;
const tailWord = 16;
const dataOffset = 128;
const waits = 1 << 30;
const revoked = 1 << 31;
const positionMask = waits - 1;
const wordBytes = 8;
/** Copied at a time where that takes a copy between; fewer than the least are not worth it. */
const pieceBytes = 64 * 1024;
const wordsLeast = 256;
/** The kernel sets each flag once at a time: who finds the word changed more often than this is played with. */
const attemptsMax = 4;

/** What `put` and `take` say when the kernel has the bytes from here on. */
export const ringRevoked = -1;

export class PipeRing {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  #piece: Uint8Array | undefined;
  /** After `put` or `take`: whether the other end waits in the kernel, for what has come about now. */
  mustTell = false;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#words = new Int32Array(memory, 0, dataOffset / 4);
    this.#bytes = new Uint8Array(memory, dataOffset, pipeCapacityBytes);
  }

  /** Whether bytes go through it. */
  get isOn(): boolean {
    return (Atomics.load(this.#words, headWord) | Atomics.load(this.#words, tailWord)) >= 0;
  }

  /** Bytes that were put in and not taken out; never more than fit. */
  get length(): number {
    return lengthOf(Atomics.load(this.#words, headWord), Atomics.load(this.#words, tailWord));
  }

  /** All bytes that were put in, modulo 2^30. */
  get put30(): number {
    return Atomics.load(this.#words, headWord) & positionMask;
  }

  /** Whoever waits for bytes, or for room, has reason to look. */
  get hasBytesOrIsOff(): boolean {
    const head = Atomics.load(this.#words, headWord);
    return head < 0 || ((head ^ Atomics.load(this.#words, tailWord)) & positionMask) !== 0;
  }

  get hasRoomOrIsOff(): boolean {
    const head = Atomics.load(this.#words, headWord);
    return head < 0 || lengthOf(head, Atomics.load(this.#words, tailWord)) < pipeCapacityBytes;
  }

  /** The reader's: sleeps while there is nothing, but no longer than so. */
  sleepForBytes(ms: number): void {
    const head = Atomics.load(this.#words, headWord);
    if (head >= 0 && lengthOf(head, Atomics.load(this.#words, tailWord)) === 0)
      Atomics.wait(this.#words, headWord, head, ms);
  }

  /** The writer's: sleeps while all of it is full, but no longer than so. */
  sleepForRoom(ms: number): void {
    const tail = Atomics.load(this.#words, tailWord);
    if (tail >= 0 && lengthOf(Atomics.load(this.#words, headWord), tail) === pipeCapacityBytes)
      Atomics.wait(this.#words, tailWord, tail, ms);
  }

  /** The writer's: puts in what fits of `bytes` from `from` on. 0: no room; or `ringRevoked`. */
  put(bytes: Uint8Array, from: number): number {
    const words = this.#words;
    this.mustTell = false;
    const tail = Atomics.load(words, tailWord);
    const head = Atomics.load(words, headWord);
    if ((head | tail) < 0) return ringRevoked;
    const length = Math.min(bytes.length - from, pipeCapacityBytes - lengthOf(head, tail));
    if (length <= 0) return 0;
    this.#copyIn(head, bytes.subarray(from, from + length));
    return this.#move(headWord, head, length, true);
  }

  /** The reader's: fills `buffers`, as far as there are bytes. 0: there are none; or `ringRevoked`. */
  take(buffers: readonly Uint8Array[]): number {
    const words = this.#words;
    this.mustTell = false;
    const head = Atomics.load(words, headWord);
    const tail = Atomics.load(words, tailWord);
    if ((head | tail) < 0) return ringRevoked;
    const length = lengthOf(head, tail);
    let taken = 0;
    for (const buffer of buffers) {
      const part = Math.min(buffer.length, length - taken);
      if (part <= 0) continue;
      this.#copyOut(tail + taken, buffer, part);
      taken += part;
    }
    if (taken === 0) return 0;
    // A writer is not woken for every byte.
    return this.#move(tailWord, tail, taken, length - taken <= pipeCapacityBytes / 2);
  }

  /** The kernel's: begins, with these bytes, which fit. */
  open(pieces: readonly Uint8Array[]): void {
    let length = 0;
    for (const piece of pieces) {
      this.#bytes.set(piece, length);
      length += piece.length;
    }
    Atomics.store(this.#words, headWord, length);
    // The reader looks at this one first, and finds the bytes.
    Atomics.store(this.#words, tailWord, 0);
  }

  /** The kernel's: from here on nothing goes in or out; the result is a copy of what is in it. */
  revoke(): Uint8Array<ArrayBuffer> {
    const tail = Atomics.or(this.#words, tailWord, revoked);
    const head = Atomics.or(this.#words, headWord, revoked);
    Atomics.notify(this.#words, tailWord);
    Atomics.notify(this.#words, headWord);
    const bytes = new Uint8Array(lengthOf(head, tail));
    this.#copyOut(tail, bytes, bytes.length);
    return bytes;
  }

  /** The kernel's: whether there is nothing to read; then who puts something in says so. */
  waitForBytes(): boolean {
    const head = Atomics.or(this.#words, headWord, waits);
    if (lengthOf(head, Atomics.load(this.#words, tailWord)) === 0) return true;
    Atomics.and(this.#words, headWord, ~waits);
    return false;
  }

  /** The kernel's: whether more than half is full; then who takes out what changes that says so. */
  waitForRoom(): boolean {
    const tail = Atomics.or(this.#words, tailWord, waits);
    if (lengthOf(Atomics.load(this.#words, headWord), tail) > pipeCapacityBytes / 2) return true;
    Atomics.and(this.#words, tailWord, ~waits);
    return false;
  }

  /** Moves a word on from `seen`; with `wakes`, takes the flag `waits` off it. */
  #move(word: number, seen: number, by: number, wakes: boolean): number {
    let expected = seen;
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const flag = wakes ? 0 : expected & waits;
      const next = ((expected + by) & positionMask) | flag;
      const found = Atomics.compareExchange(this.#words, word, expected, next);
      if (found === expected) {
        Atomics.notify(this.#words, word);
        this.mustTell = wakes && (expected & waits) !== 0;
        return by;
      }
      if (found < 0 || ((found ^ seen) & positionMask) !== 0) return ringRevoked;
      expected = found;
    }
    return ringRevoked;
  }

  #copyIn(position: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const at = ((position + done) & positionMask) % pipeCapacityBytes;
      const piece = bytes.subarray(done, done + Math.min(pieceBytes, pipeCapacityBytes - at));
      if (isEven(piece, at)) this.#bytes.set(piece, at);
      else {
        const even = this.#pieceFor(at, piece.length);
        even.set(piece);
        this.#bytes.set(even, at);
      }
      done += piece.length;
    }
  }

  #copyOut(position: number, target: Uint8Array, length: number): void {
    for (let done = 0; done < length;) {
      const at = ((position + done) & positionMask) % pipeCapacityBytes;
      const size = Math.min(length - done, pieceBytes, pipeCapacityBytes - at);
      const piece = this.#bytes.subarray(at, at + size);
      if (isEven(target.subarray(done), at)) target.set(piece, done);
      else {
        const even = this.#pieceFor(at, size);
        even.set(piece);
        target.set(even, done);
      }
      done += size;
    }
  }

  /** Bytes of this process's own that lie as those at `at` do. */
  #pieceFor(at: number, size: number): Uint8Array {
    this.#piece ??= new Uint8Array(pieceBytes + wordBytes);
    const from = at % wordBytes;
    return this.#piece.subarray(from, from + size);
  }
}

/** Whether bytes are copied by words between here and `at`; V8 copies shared memory byte by byte, eight times as long, else. */
const isEven = (bytes: Uint8Array, at: number): boolean =>
  bytes.length < wordsLeast || (bytes.byteOffset - at) % wordBytes === 0;

/** Memory for one pipe, through which nothing goes yet. */
export function makeRingMemory(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(dataOffset + pipeCapacityBytes);
  const words = new Int32Array(memory);
  words[headWord] = revoked;
  words[tailWord] = revoked;
  return memory;
}

function lengthOf(head: number, tail: number): number {
  return Math.min((head - tail) & positionMask, pipeCapacityBytes);
}
