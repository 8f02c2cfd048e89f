// runtime-loaders: bytes of pipes that were read before the program asked for them: one call of the kernel for
// several of the program's. Only of a program that takes pipes by the large piece, and only of a pipe that has no
// other reader: who passes a handle on gives back first what it has not read.
import { readFlags } from '../kernel-core/abi/syscalls.js';

/** Smaller reads are not helped by it. */
const leastBytes = 16 * 1024;
/** Reads in a row that were filled, before there is more to be had than a program waits for. */
const filledLeast = 2;

interface Input {
  filled: number;
  left: Uint8Array | undefined;
}

export class ReadAhead {
  readonly #inputs = new Map<number, Input>();

  /** Up to `max` bytes that are here already. */
  take(handle: number, max: number): Uint8Array | undefined {
    const input = this.#inputs.get(handle);
    if (input?.left === undefined || max <= 0) return undefined;
    const taken = input.left.subarray(0, max);
    input.left = taken.length === input.left.length ? undefined : input.left.subarray(taken.length);
    return taken;
  }

  /** Bits of `readFlags` for a read of so many bytes. */
  flags(handle: number, max: number): number {
    if (max < leastBytes) return 0;
    return (this.#inputs.get(handle)?.filled ?? 0) >= filledLeast ? readFlags.ahead : 0;
  }

  /** Of what a read brought, the part that was asked for. */
  keep(handle: number, max: number, bytes: Uint8Array): Uint8Array {
    if (max < leastBytes) return bytes;
    let input = this.#inputs.get(handle);
    if (input === undefined) {
      input = { filled: 0, left: undefined };
      this.#inputs.set(handle, input);
    }
    input.filled = bytes.length >= max ? input.filled + 1 : 0;
    if (bytes.length <= max) return bytes;
    input.left = bytes.subarray(max);
    return bytes.subarray(0, max);
  }

  /** How much is here already. */
  available(handle: number): number {
    return this.#inputs.get(handle)?.left?.length ?? 0;
  }

  /** Forgets a handle; the result is what had not been taken. */
  remove(handle: number): Uint8Array | undefined {
    const left = this.#inputs.get(handle)?.left;
    this.#inputs.delete(handle);
    return left;
  }
}
