// syscalls: what comes from outside: a runtime's files and the network.
import { syscall } from '../abi/syscalls.js';
import type { OutboundHttp } from '../net/outbound.js';
import { OutboundFile } from '../net/outbound-file.js';
import type { Process } from '../proc/process.js';
import { list, outboundRequest, text } from './check.js';
import type { SyscallTable } from './table.js';

export interface DownloadHost {
  readonly outbound: OutboundHttp;
  /** An asset of the process's runtime: `{ module }` or `{ bytes }`. */
  asset(process: Process, name: string): Promise<unknown>;
  /** Installs packages into the tree: bytes of a `PackagesReply`. */
  installPackages(process: Process, requirements: readonly string[]): Promise<Uint8Array>;
  /** A lazily loaded part of the process's loader: a Blob. */
  part(process: Process, name: string): Promise<unknown>;
}

export const downloadCalls = (host: DownloadHost): SyscallTable => ({
  [syscall.asset]: (process, [name]) => process.bring(host.asset(process, text(name, 256))),
  [syscall.part]: (process, [name]) => process.bring(host.part(process, text(name, 256))),
  [syscall.installPackages]: (process, [requirements]) => {
    const texts = list(requirements, 200).map((each) => text(each, 500));
    return process.bring(host.installPackages(process, texts));
  },
  [syscall.fetch]: (process, [request]) => host.outbound.fetch(outboundRequest(request), process),
  [syscall.exchange]: (process, [request]) =>
    process.handles.add(new OutboundFile(host.outbound, outboundRequest(request))),
});
