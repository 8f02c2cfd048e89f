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
  /** In order; none is empty. */
  left: readonly Uint8Array[];
}

export class ReadAhead {
  readonly #inputs = new Map<number, Input>();

  /** Up to `max` bytes that are here already. */
  take(handle: number, max: number): Uint8Array | undefined {
    const input = this.#inputs.get(handle);
    const first = input?.left[0];
    if (input === undefined || first === undefined || max <= 0) return undefined;
    if (first.length >= max || input.left.length === 1) return takeFirst(input, max);
    const bytes = new Uint8Array(Math.min(max, this.available(handle)));
    for (let at = 0; at < bytes.length;) {
      const part = takeFirst(input, bytes.length - at);
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /** Bits of `readFlags` for a read of so many bytes. */
  flags(handle: number, max: number): number {
    if (max < leastBytes) return 0;
    return (this.#inputs.get(handle)?.filled ?? 0) >= filledLeast ? readFlags.ahead : 0;
  }

  /** Of what a read brought, the part that was asked for. */
  keep(handle: number, max: number, read: Uint8Array | readonly Uint8Array[]): Uint8Array {
    if (max < leastBytes && read instanceof Uint8Array) return read;
    const filled = this.#inputs.get(handle)?.filled ?? 0;
    const input: Input = { filled, left: (read instanceof Uint8Array ? [read] : read).filter(hasBytes) };
    this.#inputs.set(handle, input);
    const bytes = this.take(handle, max) ?? empty;
    input.filled = bytes.length >= max ? filled + 1 : 0;
    return bytes;
  }

  /** How much is here already. */
  available(handle: number): number {
    return this.#inputs.get(handle)?.left.reduce((sum, piece) => sum + piece.length, 0) ?? 0;
  }

  /** Forgets a handle; the result is what had not been taken. */
  remove(handle: number): Uint8Array<ArrayBuffer> | undefined {
    const bytes = new Uint8Array(this.available(handle));
    let at = 0;
    for (const piece of this.#inputs.get(handle)?.left ?? []) {
      bytes.set(piece, at);
      at += piece.length;
    }
    this.#inputs.delete(handle);
    return at === 0 ? undefined : bytes;
  }
}

const empty = new Uint8Array(0);
const hasBytes = ({ length }: Uint8Array): boolean => length > 0;

/** Up to `max` bytes of the first piece, which there is. */
function takeFirst(input: Input, max: number): Uint8Array {
  const [first = empty, ...rest] = input.left;
  input.left = first.length > max ? [first.subarray(max), ...rest] : rest;
  return first.subarray(0, max);
}
