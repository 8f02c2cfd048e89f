// syscalls: one table from number to function, put together from the families of calls. Arguments come from
// an attacker: each call checks its own first (`check.ts`).
import { Errno } from '../abi/errno.js';
import type { Process } from '../proc/process.js';
import { downloadCalls, type DownloadHost } from './download-calls.js';
import { fileCalls, type FileHost } from './file-calls.js';
import { handleCalls } from './handle-calls.js';
import { specialCalls, type SpecialHost } from './special-calls.js';
import { terminalCalls } from './terminal-calls.js';
import { processCalls, type ProcessHost } from './process-calls.js';
import { socketCalls, type SocketHost } from './socket-calls.js';

/** What syscalls may reach besides their process. */
export interface SyscallHost extends DownloadHost, FileHost, ProcessHost, SocketHost, SpecialHost {}

/** Answers with a value or its promise; throws or rejects with an Errno. */
export type Syscall = (process: Process, args: readonly unknown[]) => unknown;

export type SyscallTable = Readonly<Record<number, Syscall>>;

export function makeTable(host: SyscallHost): SyscallTable {
  return {
    ...handleCalls,
    ...fileCalls(host),
    ...processCalls(host),
    ...terminalCalls,
    ...specialCalls(host),
    ...downloadCalls(host),
    ...socketCalls(host),
  };
}

export function dispatch(
  table: SyscallTable,
  process: Process,
  number: number,
  args: readonly unknown[],
): unknown {
  const call = Object.hasOwn(table, number) ? table[number] : undefined;
  if (call === undefined) throw new Errno('ENOSYS');
  return call(process, args);
}
