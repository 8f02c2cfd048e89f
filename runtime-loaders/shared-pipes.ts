// runtime-loaders: ends of pipes whose bytes this process hands over to one other in shared memory, past the kernel
// (transport `shared`; abi/pipe-ring.ts, docs/decisions/0018). Who writes large pieces asks the kernel for it; who
// reads finds it has begun. Either end goes back to calls whenever the kernel has revoked it.
// Must always hold: nothing is handed over here before the kernel has all that this process did earlier.
import { PipeRing, ringRevoked } from '../kernel-core/abi/pipe-ring.js';

/** Smaller writes are not worth asking. */
const leastBytes = 16 * 1024;
/** Large writes before it is asked the first time; each time after, twice as many, up to so many. */
const firstAsk = 2;
const lastAsk = 32;
/**
 * The other end may take this long before this one sleeps, which costs both something, and then before it waits in the
 * kernel: signals reach it there alone.
 */
const spinMs = 0.05;
const sleepMs = 2;
const spinLooks = 64;

const now = performance.now.bind(performance);

interface End {
  readonly ring: PipeRing;
  /** Of the end to write to: the kernel has lent it. */
  isLent: boolean;
  large: number;
  askAt: number;
}

export interface SharedPipesHost {
  /** Makes a call that asks (1) for the memory, or gives it back (0). */
  ask(handle: number, wanted: 0 | 1): boolean;
  /** Tells the kernel that the other end may look again. */
  moved(handle: number): void;
  /** So many bytes that were put in have gone to the kernel with the memory. */
  left(handle: number, bytes: number): void;
}

export class SharedPipes {
  readonly #host: SharedPipesHost;
  readonly #ends = new Map<number, End>();

  constructor(host: SharedPipesHost) {
    this.#host = host;
  }

  /** The memory that came with a handle. */
  add(handle: number, memory: SharedArrayBuffer): void {
    this.#ends.set(handle, { ring: new PipeRing(memory), isLent: false, large: 0, askAt: firstAsk });
  }

  has(handle: number): boolean {
    return this.#ends.has(handle);
  }

  /** Bytes that can be read. */
  available(handle: number): number {
    const ring = this.#ends.get(handle)?.ring;
    return ring?.isOn === true ? ring.length : 0;
  }

  /** Whether reading may find bytes here. */
  isOn(handle: number): boolean {
    return this.#ends.get(handle)?.ring.isOn === true;
  }

  /** Whether what is written goes here. */
  isLent(handle: number): boolean {
    return this.#ends.get(handle)?.isLent === true;
  }

  /** Fills `buffers` as far as there are bytes, or come at once where it `waits`; 0: for the kernel to say. */
  take(handle: number, buffers: readonly Uint8Array[], waits: boolean): number {
    const ring = this.#ends.get(handle)?.ring;
    if (ring === undefined) return 0;
    let taken = ring.take(buffers);
    if (taken === 0 && waits) {
      if (!spin(() => ring.hasBytesOrIsOff)) ring.sleepForBytes(sleepMs);
      taken = ring.take(buffers);
    }
    if (ring.mustTell) this.#host.moved(handle);
    return Math.max(0, taken);
  }

  /** Notes a write that goes through the kernel; asks for the memory when such writes are large. */
  wrote(handle: number, bytes: number): void {
    const end = this.#ends.get(handle);
    if (end === undefined) return;
    if (bytes >= leastBytes) end.large += 1;
    if (end.large < end.askAt) return;
    end.large = 0;
    end.askAt = Math.min(lastAsk, 2 * end.askAt);
    end.isLent = this.#host.ask(handle, 1);
  }

  /** Puts in what there is room for, or comes to be at once. 0: none, the kernel is to wait for it; or `ringRevoked`. */
  put(handle: number, bytes: Uint8Array, from: number): number {
    const end = this.#ends.get(handle);
    if (end?.isLent !== true) return ringRevoked;
    const { ring } = end;
    let put = ring.put(bytes, from);
    if (put === 0) {
      if (!spin(() => ring.hasRoomOrIsOff)) ring.sleepForRoom(sleepMs);
      put = ring.put(bytes, from);
    }
    if (ring.mustTell) this.#host.moved(handle);
    if (put === ringRevoked) this.leave(handle);
    return put;
  }

  /** Writes go through the kernel from here on. */
  leave(handle: number): void {
    const end = this.#ends.get(handle);
    if (end?.isLent !== true) return;
    end.isLent = false;
    if (end.ring.isOn) this.#host.ask(handle, 0);
    // Both words stand still now.
    this.#host.left(handle, end.ring.length);
  }

  remove(handle: number): void {
    this.leave(handle);
    this.#ends.delete(handle);
  }
}

function spin(isOver: () => boolean): boolean {
  const end = now() + spinMs;
  do {
    for (let look = 0; look < spinLooks; look += 1) if (isOver()) return true;
  } while (now() < end);
  return false;
}
