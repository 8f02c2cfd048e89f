// runtime-loaders/wasi/extension: advisory locks on files. See `include/wasm-elements.h`.
import { after } from '../after.js';
import type { Calls } from '../calls.js';
import { position } from '../fd-read-write.js';
import type { WasiProcess } from '../wasi-process.js';

export function lockExtension({ memory, descriptors, locks }: WasiProcess): Calls {
  return {
    lock(fd: number, type: number, start: bigint, length: bigint, wait: number) {
      const range = { start: position(start), length: position(length) };
      return locks.set(descriptors.file(fd).inode, type, range, wait !== 0);
    },

    test_lock(fd: number, type: number, start: bigint, length: bigint, result: number) {
      memory.bytes(result, 32);
      const range = { start: position(start), length: position(length) };
      return after(locks.test(descriptors.file(fd).inode, type, range), (answer) => {
        for (const [index, each] of answer.entries()) memory.setU64((result >>> 0) + index * 8, BigInt(each));
      });
    },
  };
}
