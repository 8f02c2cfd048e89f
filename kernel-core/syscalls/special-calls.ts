// syscalls: files under /dev and /proc.
import { syscall } from '../abi/syscalls.js';
import { lookSpecial, openSpecial, type SpecialFacts } from '../dev/special-files.js';
import type { Process } from '../proc/process.js';
import { text } from './check.js';
import type { SyscallTable } from './table.js';

export interface SpecialHost {
  /** What a process is told of the sandbox. */
  factsFor(process: Process): SpecialFacts;
}

export const specialCalls = (host: SpecialHost): SyscallTable => ({
  [syscall.openSpecial]: (process, [path]) =>
    process.handles.add(openSpecial(text(path), host.factsFor(process))),

  [syscall.lookSpecial]: (process, [path]) =>
    new TextEncoder().encode(JSON.stringify(lookSpecial(text(path), host.factsFor(process)))),
});
