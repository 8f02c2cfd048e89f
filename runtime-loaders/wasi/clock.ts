// runtime-loaders/wasi: clock_*. Realtime is Date.now, as file times are, so that the two compare.
import { Errno } from '../../kernel-core/abi/errno.js';
import type { Calls } from './calls.js';
import type { WasiProcess } from './wasi-process.js';

export const clocks = { realtime: 0, monotonic: 1, processCpu: 2, threadCpu: 3 } as const;

/** Browsers coarsen performance.now to 5 µs where the page is isolated and 100 µs elsewhere; Firefox to 1 ms. */
const fineNs = 100_000;
const coarseNs = 1_000_000;

export function clockCalls(process: WasiProcess): Calls {
  const { memory } = process;
  return {
    clock_res_get(clock: number, result: number) {
      memory.setCount(result, clockKnown(clock) === clocks.realtime ? coarseNs : fineNs);
    },
    clock_time_get(clock: number, _precision: bigint, result: number) {
      memory.setMilliseconds(result, nowMs(process, clock));
    },
  };
}

/** Milliseconds on a clock. CPU time is the time since the start: a worker is not told more. */
export function nowMs(process: WasiProcess, clock: number): number {
  switch (clockKnown(clock)) {
    case clocks.realtime:
      return Date.now();
    case clocks.monotonic:
      return performance.now();
    default:
      return performance.now() - process.startedMs;
  }
}

function clockKnown(clock: number): number {
  if (clock < clocks.realtime || clock > clocks.threadCpu) throw new Errno('EINVAL');
  return clock;
}
