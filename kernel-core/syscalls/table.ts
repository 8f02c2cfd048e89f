// syscalls: one table from number to function. Arguments come from an attacker and are checked first.
import { Errno } from '../abi/errno.js';
import { syscall } from '../abi/messages.js';
import type { OutboundHttp } from '../net/outbound.js';
import type { Process } from '../proc/process.js';
import { count, outboundRequest, text } from './check.js';

/** What a syscall may reach besides its process. */
export interface SyscallHost {
  readonly outbound: OutboundHttp;
  /** An asset of the process's runtime: `{ module }` or `{ bytes }`. */
  asset(process: Process, name: string): Promise<unknown>;
  /** A lazily loaded part of the process's loader: a Blob. */
  part(process: Process, name: string): Promise<unknown>;
}

type Syscall = (host: SyscallHost, process: Process, args: readonly unknown[]) => unknown;

const readMax = 4 * 1024 * 1024;

const table: Readonly<Record<number, Syscall>> = {
  [syscall.read]: (_host, process, [fd, max]) => {
    if (count(fd) !== 0) throw new Errno('EBADF');
    return process.readInput(Math.min(readMax, Math.max(1, count(max))));
  },
  [syscall.drain]: (_host, process) => process.drained(),
  [syscall.asset]: (host, process, [name]) => host.asset(process, text(name, 256)),
  [syscall.part]: (host, process, [name]) => host.part(process, text(name, 256)),
  [syscall.fetch]: (host, process, [request]) => host.outbound.fetch(outboundRequest(request), process),
};

export function dispatch(
  host: SyscallHost,
  process: Process,
  number: number,
  args: readonly unknown[],
): unknown {
  const call = Object.hasOwn(table, number) ? table[number] : undefined;
  if (call === undefined) throw new Errno('ENOSYS');
  return call(host, process, args);
}
