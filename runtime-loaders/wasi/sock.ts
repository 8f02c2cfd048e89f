// runtime-loaders/wasi: sock_*. Preview 1 can only use sockets it was started with, and there are none.
import { Errno } from '../../kernel-core/abi/errno.js';
import type { Calls } from './calls.js';
import type { WasiProcess } from './wasi-process.js';

export function socketCalls(process: WasiProcess): Calls {
  const notSocket = (fd: number) => {
    process.descriptors.get(fd);
    throw new Errno('ENOTSOCK');
  };
  return { sock_accept: notSocket, sock_recv: notSocket, sock_send: notSocket, sock_shutdown: notSocket };
}
