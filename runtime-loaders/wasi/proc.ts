// runtime-loaders/wasi: proc_*.
import { Errno } from '../../kernel-core/abi/errno.js';
import { signalName } from '../../kernel-core/abi/signals.js';
import type { Calls } from './calls.js';
import type { WasiProcess } from './wasi-process.js';

/** Signals of WASI whose number is not Linux's: from SIGCHLD on they lack SIGSTKFLT. */
const firstShiftedSignal = 16;

export function processCalls(process: WasiProcess): Calls {
  return {
    proc_exit(code: number) {
      process.exit({ code: code & 0xff });
    },
  };
}

export function raiseCalls(process: WasiProcess): Calls {
  return {
    proc_raise(signal: number) {
      if (signal === 0) return;
      const number = signal >= firstShiftedSignal ? signal + 1 : signal;
      const name = signalName(number);
      if (name === undefined) throw new Errno('EINVAL');
      if (process.handlers.raise(number) || name === 'SIGCHLD') return;
      process.exit({ code: 128 + number, message: `The program ended itself with ${name}.` });
    },
  };
}
