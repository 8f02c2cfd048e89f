// runtime-loaders/python: the buffers of fd_read and fd_write, as preview1 lays them out: pairs of pointer and
// length. Looked up anew after every wait, for memory may have grown meanwhile.
import type { PyodideModule } from './emscripten.js';

function* vectorsOf(
  module: PyodideModule,
  vectors: number,
  count: number,
): Generator<readonly [pointer: number, length: number]> {
  for (let index = 0; index < count; index += 1) {
    const at = (vectors >>> 2) + index * 2;
    yield [module.HEAPU32[at] ?? 0, module.HEAPU32[at + 1] ?? 0];
  }
}

/** Bytes they hold together. */
export function lengthOf(module: PyodideModule, vectors: number, count: number): number {
  let sum = 0;
  for (const [, length] of vectorsOf(module, vectors, count)) sum += length;
  return sum;
}

/** Copies bytes into the vectors; returns how many fitted. */
export function scatter(module: PyodideModule, vectors: number, count: number, bytes: Uint8Array): number {
  let taken = 0;
  for (const [pointer, length] of vectorsOf(module, vectors, count)) {
    const part = bytes.subarray(taken, taken + length);
    module.HEAPU8.set(part, pointer);
    taken += part.length;
  }
  return taken;
}

/** A copy of what is in the vectors. */
export function gather(module: PyodideModule, vectors: number, count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lengthOf(module, vectors, count));
  let at = 0;
  for (const [pointer, length] of vectorsOf(module, vectors, count)) {
    bytes.set(module.HEAPU8.subarray(pointer, pointer + length), at);
    at += length;
  }
  return bytes;
}
