// runtime-loaders/python: the buffers of fd_read and fd_write, as preview1 lays them out: pairs of pointer and
// length. Looked up anew after every wait, for memory may have grown meanwhile. Plain loops: every small read and write
// comes through here, and an iterator of pairs took longer than the rest of it.
import type { PyodideModule } from './emscripten.js';

const word = (module: PyodideModule, index: number): number => module.HEAPU32[index] ?? 0;

/** Bytes they hold together. */
export function lengthOf(module: PyodideModule, vectors: number, count: number): number {
  let sum = 0;
  const end = (vectors >>> 2) + count * 2;
  for (let at = vectors >>> 2; at < end; at += 2) sum += word(module, at + 1);
  return sum;
}

/** Copies bytes into the vectors; returns how many fitted. */
export function scatter(module: PyodideModule, vectors: number, count: number, bytes: Uint8Array): number {
  let taken = 0;
  const end = (vectors >>> 2) + count * 2;
  for (let at = vectors >>> 2; at < end; at += 2) {
    const part = bytes.subarray(taken, taken + word(module, at + 1));
    module.HEAPU8.set(part, word(module, at));
    taken += part.length;
  }
  return taken;
}

/** A copy of what is in the vectors. */
export function gather(module: PyodideModule, vectors: number, count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lengthOf(module, vectors, count));
  let taken = 0;
  const end = (vectors >>> 2) + count * 2;
  for (let at = vectors >>> 2; at < end; at += 2) {
    const pointer = word(module, at);
    const length = word(module, at + 1);
    bytes.set(module.HEAPU8.subarray(pointer, pointer + length), taken);
    taken += length;
  }
  return bytes;
}
