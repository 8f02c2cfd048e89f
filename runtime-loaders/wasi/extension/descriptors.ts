// runtime-loaders/wasi/extension: pipes, duplicates and flags of descriptors. See `include/wasm-elements.h`.
import { readWords, syscall } from '../../../kernel-core/abi/syscalls.js';
import { after } from '../after.js';
import type { Calls } from '../calls.js';
import type { Stream } from '../descriptors.js';
import { inputRights, outputRights } from '../rights.js';
import type { WasiProcess } from '../wasi-process.js';

const closeOnExec = 1;

export function descriptorExtension(process: WasiProcess): Calls {
  const { memory, context, descriptors } = process;

  const addEnd = (handle: number, rights: number, flags: number): number => {
    const end: Stream = {
      kind: 'stream',
      source: { type: 'handle', handle, file: 'pipe' },
      isError: false,
      rights,
      inheriting: 0,
      flags: 0,
    };
    const fd = descriptors.add(end);
    descriptors.setCloseOnExec(fd, (flags & closeOnExec) !== 0);
    return fd;
  };

  return {
    pipe(flags: number, result: number) {
      memory.bytes(result, 8);
      return after(context.syscalls.invoke(syscall.pipe, []), (answer) => {
        const [read = 0, write = 0, hasMemory = 0] = readWords(answer as Uint8Array);
        const shared = hasMemory === 1 ? context.takePipeMemory() : undefined;
        if (shared !== undefined) for (const end of [read, write]) context.handles.share(end, shared);
        memory.setU32(result, addEnd(read, inputRights, flags));
        memory.setU32((result >>> 0) + 4, addEnd(write, outputRights, flags));
      });
    },

    duplicate(fd: number, first: number, flags: number, result: number) {
      memory.setU32(result, 0);
      const copy = descriptors.duplicate(fd, first >>> 0);
      descriptors.setCloseOnExec(copy, (flags & closeOnExec) !== 0);
      memory.setU32(result, copy);
    },

    duplicate_to(fd: number, to: number, flags: number) {
      descriptors.duplicateTo(fd, to >>> 0);
      descriptors.setCloseOnExec(to >>> 0, (flags & closeOnExec) !== 0);
    },

    descriptor_flags(fd: number, result: number) {
      memory.setU32(result, descriptors.closesOnExec(fd) ? closeOnExec : 0);
    },

    set_descriptor_flags(fd: number, flags: number) {
      descriptors.setCloseOnExec(fd, (flags & closeOnExec) !== 0);
    },
  };
}
