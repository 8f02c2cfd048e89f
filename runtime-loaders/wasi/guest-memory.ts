// runtime-loaders/wasi: bounds-checked access to the program's linear memory.
// Must always hold: a pointer the program passed never throws anything but EFAULT, and no view is kept over
// a call that may suspend, for growth detaches the buffer.
import { textOfBytes } from '../../kernel-core/abi/byte-text.js';
import { Errno } from '../../kernel-core/abi/errno.js';

const pathMax = 4096;
/** A power of two. */
const pathsKept = 256;

interface KnownPath {
  readonly text: string;
  readonly bytes: Uint8Array;
}

const noPath: KnownPath = { text: '', bytes: new Uint8Array(0) };
const wordSize = 2 ** 32;

export class GuestMemory {
  #memory: WebAssembly.Memory | undefined;
  #bytes = new Uint8Array(0);
  #words = new Uint32Array(0);
  #data = new DataView(new ArrayBuffer(0));
  /** Paths seen lately, by hash: programs name the same few again and again. */
  #paths: KnownPath[] | undefined;
  /** Milliseconds worked out last, and the two words of the nanoseconds they are. */
  #ms = 0;
  #nsLow = 0;
  #nsHigh = 0;

  attach(memory: WebAssembly.Memory): void {
    this.#memory = memory;
    this.#look(memory.buffer);
  }

  /** Bytes there are now; 0 before the program was instantiated. */
  get size(): number {
    const { length } = this.#bytes;
    // Growth empties the view.
    return length === 0 ? (this.#memory?.buffer.byteLength ?? 0) : length;
  }

  /** The bytes at a pointer, to be used before the next call that may suspend or run the program. */
  bytes(pointer: number, length: number): Uint8Array {
    const start = this.#check(pointer, length);
    return this.#bytes.subarray(start, start + (length >>> 0));
  }

  /** A path: any bytes but NUL (`byte-text.ts`). Throws EINVAL, ENAMETOOLONG. */
  path(pointer: number, length: number): string {
    const start = this.#check(pointer, length);
    const end = start + (length >>> 0);
    if (end - start > pathMax) throw new Errno('ENAMETOOLONG');
    const bytes = this.#bytes;
    // No calls in these loops: most programs end before an engine has optimized them.
    let hash = 0;
    for (let at = start; at < end; at += 1) hash = ((hash << 5) - hash + bytes[at]!) | 0;
    const paths = (this.#paths ??= new Array<KnownPath>(pathsKept).fill(noPath));
    const place = hash & (pathsKept - 1);
    const known = paths[place]!;
    if (isAt(known.bytes, bytes, start, end)) return known.text;
    const text = textOfBytes(bytes, start, end);
    if (text.includes('\0')) throw new Errno('EINVAL', text);
    paths[place] = { text, bytes: bytes.slice(start, end) };
    return text;
  }

  /** Text with whatever is in it. */
  text(pointer: number, length: number): string {
    return textOfBytes(this.bytes(pointer, length));
  }

  /** The buffers of an `iovec` or `ciovec` array, in order. */
  buffers(pointer: number, count: number): Uint8Array[] {
    const start = this.#check(pointer, (count >>> 0) * 8);
    const end = start + (count >>> 0) * 8;
    const buffers: Uint8Array[] = [];
    for (let at = start; at < end; at += 8)
      buffers.push(this.bytes(this.#data.getUint32(at, true), this.#data.getUint32(at + 4, true)));
    return buffers;
  }

  u8(pointer: number): number {
    const at = this.#check(pointer, 1);
    return this.#bytes[at]!;
  }

  u16(pointer: number): number {
    const at = this.#check(pointer, 2);
    return this.#data.getUint16(at, true);
  }

  u32(pointer: number): number {
    const at = this.#check(pointer, 4);
    return this.#data.getUint32(at, true);
  }

  u64(pointer: number): bigint {
    const at = this.#check(pointer, 8);
    return this.#data.getBigUint64(at, true);
  }

  setU8(pointer: number, value: number): void {
    const at = this.#check(pointer, 1);
    this.#bytes[at] = value;
  }

  setU16(pointer: number, value: number): void {
    const at = this.#check(pointer, 2);
    this.#data.setUint16(at, value, true);
  }

  setU32(pointer: number, value: number): void {
    const at = this.#check(pointer, 4);
    this.#data.setUint32(at, value, true);
  }

  setU64(pointer: number, value: bigint): void {
    const at = this.#check(pointer, 8);
    this.#data.setBigUint64(at, value, true);
  }

  /** A whole number from 0 to 2^53 as 64 bits. */
  setCount(pointer: number, value: number): void {
    const at = this.#check(pointer, 8);
    this.#data.setUint32(at, value % wordSize, true);
    this.#data.setUint32(at + 4, value / wordSize, true);
  }

  /** Milliseconds from 0 on as nanoseconds of 64 bits, which a double could not hold. */
  setMilliseconds(pointer: number, ms: number): void {
    const at = this.#check(pointer, 8);
    // The three times of a file are mostly one, and worked out once.
    if (ms !== this.#ms) this.#setNanoseconds(ms);
    this.#data.setUint32(at, this.#nsLow, true);
    this.#data.setUint32(at + 4, this.#nsHigh, true);
  }

  #setNanoseconds(ms: number): void {
    const whole = Math.floor(ms);
    const high = Math.floor(whole / 65_536) * 1_000_000;
    const low = (whole % 65_536) * 1_000_000 + Math.round((ms - whole) * 1_000_000);
    const lowWord = (low % wordSize) + (high % 65_536) * 65_536;
    this.#ms = ms;
    this.#nsLow = lowWord % wordSize;
    this.#nsHigh = Math.floor(low / wordSize) + Math.floor(high / 65_536) + Math.floor(lowWord / wordSize);
  }

  /**
   * All of memory as words, where a struct of `length` bytes lies at word `pointer >>> 2`; undefined where it is not
   * aligned, as it is for every compiler. To be used as `bytes` is.
   */
  words(pointer: number, length: number): Uint32Array | undefined {
    const at = this.#check(pointer, length);
    return (at & 3) === 0 ? this.#words : undefined;
  }

  /** As `setMilliseconds`, at a word that was checked. */
  putMilliseconds(word: number, ms: number): void {
    if (ms !== this.#ms) this.#setNanoseconds(ms);
    this.#words[word] = this.#nsLow;
    this.#words[word + 1] = this.#nsHigh;
  }

  setBytes(pointer: number, bytes: Uint8Array): void {
    const at = this.#check(pointer, bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Zeros, as structs begin. */
  clear(pointer: number, length: number): void {
    const start = this.#check(pointer, length);
    this.#bytes.fill(0, start, start + length);
  }

  /**
   * Pointers arrive as signed 32-bit numbers. Returns the unsigned one, and refreshes the views where the memory
   * has grown, which empties them: call it before either of them is looked at. `Memory.buffer` is only asked for
   * then, for it costs as much as everything else a short call does.
   */
  #check(pointer: number, length: number): number {
    const start = pointer >>> 0;
    const end = start + (length >>> 0);
    if (end > this.#bytes.length || this.#bytes.length === 0) this.#refresh(end);
    return start;
  }

  #refresh(end: number): void {
    const buffer = this.#memory?.buffer;
    if (buffer === undefined) throw new Errno('EFAULT');
    if (buffer !== this.#data.buffer) this.#look(buffer);
    if (end > this.#bytes.length) throw new Errno('EFAULT');
  }

  #look(buffer: ArrayBuffer): void {
    this.#data = new DataView(buffer);
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
  }
}

/** Whether these are the bytes from `start` to `end`. */
function isAt(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let at = start; at < end; at += 1) if (known[at - start] !== bytes[at]) return false;
  return true;
}
