// runtime-loaders/wasi/extension: advisory locks on files. See `include/wasm-elements.h`.
import { readDoubles, syscall } from '../../../kernel-core/abi/syscalls.js';
import { after } from '../after.js';
import type { Calls } from '../calls.js';
import { position } from '../fd-read-write.js';
import type { WasiProcess } from '../wasi-process.js';

export function lockExtension(process: WasiProcess): Calls {
  const { memory, context, descriptors } = process;
  const { syscalls } = context;
  return {
    lock(fd: number, type: number, start: bigint, length: bigint, wait: number) {
      const { inode } = descriptors.file(fd);
      const range = [inode.number, type, position(start), position(length)];
      process.locked.add(inode);
      return after(syscalls.invoke(syscall.lock, [...range, wait === 0 ? 0 : 1]), () => undefined);
    },

    test_lock(fd: number, type: number, start: bigint, length: bigint, result: number) {
      memory.bytes(result, 32);
      const { inode } = descriptors.file(fd);
      const range = [inode.number, type, position(start), position(length)];
      return after(syscalls.invoke(syscall.testLock, range), (answer) => {
        for (const [index, each] of readDoubles(answer as Uint8Array).entries())
          memory.setU64((result >>> 0) + index * 8, BigInt(each));
      });
    },
  };
}
