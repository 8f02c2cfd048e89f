// runtime-loaders/wasi/extension: what the program knows of its children without asking. Shells ask once more after each
// child whether another has news; while SIGCHLD is caught, and none has come since the kernel last said so, none has.
import { Errno } from '../../../kernel-core/abi/errno.js';
import { signals } from '../../../kernel-core/abi/signals.js';
import { readWords, syscall, waitOptions } from '../../../kernel-core/abi/syscalls.js';
import { after } from '../after.js';
import type { WasiProcess } from '../wasi-process.js';

export interface Waited {
  /** 0: `noHang`, and none has news. */
  readonly pid: number;
  readonly status: number;
}

const anyChild = -1;

export class Children {
  readonly #process: WasiProcess;
  /** How many there are, none of them with news, for as long as no other signal than these has been received. */
  #quiet: { readonly count: number; readonly received: number } | undefined;

  constructor(process: WasiProcess) {
    this.#process = process;
  }

  /** There may be one more. */
  started(): void {
    this.#quiet = undefined;
  }

  /** wait(2): throws or rejects with ECHILD, EINTR. */
  wait(pid: number, options: number): Waited | Promise<Waited> {
    const { context, handlers } = this.#process;
    const quiet = this.#quiet;
    if (pid === anyChild && (options & waitOptions.noHang) !== 0 && quiet !== undefined) {
      if (handlers.isCaught(signals.SIGCHLD) && context.signals.received === quiet.received) {
        if (quiet.count === 0) throw new Errno('ECHILD');
        return { pid: 0, status: 0 };
      }
    }
    this.#quiet = undefined;
    return after(context.syscalls.invoke(syscall.wait, [pid, options | waitOptions.others]), (answer) => {
      const [child = 0, status = 0, count = 0, withNews = 0] = readWords(answer as Uint8Array);
      if (withNews === 0 && handlers.isCaught(signals.SIGCHLD))
        this.#quiet = { count, received: context.signals.received };
      return { pid: child, status };
    });
  }
}
