// elements/run: how Stop ends a program: it is asked by a signal, and made to end when it has not after a while or is
// asked again.
import type { Signal } from '../../kernel-core/client/index.js';

/** How long a program may take to unwind, also on a device that is slow or busy. */
const graceMs = 2_000;

/** @param finished settles when the program is over; what comes of it is for others */
export async function askToEnd(
  process: { kill(signal: Signal): void },
  signal: Signal,
  isAgain: boolean,
  finished: Promise<unknown>,
): Promise<void> {
  process.kill(isAgain ? 'SIGKILL' : signal);
  const force = setTimeout(() => process.kill('SIGKILL'), graceMs);
  await finished.finally(() => clearTimeout(force));
}
