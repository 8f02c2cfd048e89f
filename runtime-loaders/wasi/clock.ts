// runtime-loaders/wasi: clock_*. Realtime is Date.now, as file times are, so that the two compare.
import { Errno } from '../../kernel-core/abi/errno.js';
import type { Calls } from './calls.js';
import type { WasiProcess } from './wasi-process.js';

export const clocks = { realtime: 0, monotonic: 1, processCpu: 2, threadCpu: 3 } as const;

/** Browsers coarsen performance.now to 5 µs where the page is isolated and 100 µs elsewhere; Firefox to 1 ms. */
const fineNs = 100_000n;
const coarseNs = 1_000_000n;

export function clockCalls(process: WasiProcess): Calls {
  return {
    clock_res_get(clock: number, result: number) {
      process.memory.setU64(result, clockKnown(clock) === clocks.realtime ? coarseNs : fineNs);
    },
    clock_time_get(clock: number, _precision: bigint, result: number) {
      process.memory.setU64(result, nowNs(process, clock));
    },
  };
}

/** Nanoseconds on a clock. CPU time is the time since the start: a worker is not told more. */
export function nowNs(process: WasiProcess, clock: number): bigint {
  switch (clockKnown(clock)) {
    case clocks.realtime:
      return BigInt(Date.now()) * 1_000_000n;
    case clocks.monotonic:
      return fromMs(performance.now());
    default:
      return fromMs(performance.now() - process.startedMs);
  }
}

function clockKnown(clock: number): number {
  if (clock < clocks.realtime || clock > clocks.threadCpu) throw new Errno('EINVAL');
  return clock;
}

function fromMs(ms: number): bigint {
  return BigInt(Math.floor(ms * 1_000_000));
}
