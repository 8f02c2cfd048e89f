// runtime-loaders/wasi: random_get.
import type { Calls } from './calls.js';
import type { WasiProcess } from './wasi-process.js';

/** crypto.getRandomValues refuses more at once. */
const chunkBytes = 65536;

export function randomCalls(process: WasiProcess): Calls {
  return {
    random_get(pointer: number, length: number) {
      const target = process.memory.bytes(pointer, length);
      for (let offset = 0; offset < target.length; offset += chunkBytes) {
        // Through a copy: neither shared memory nor memory of more than 2 GiB is taken everywhere.
        const chunk = new Uint8Array(Math.min(chunkBytes, target.length - offset));
        target.set(crypto.getRandomValues(chunk), offset);
      }
    },
  };
}
