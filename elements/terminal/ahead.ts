// elements/terminal: what terminals and lists of commands have in common before and beside a run.
import { Kernel, KernelError, prepareRuntime } from '../../kernel-core/client/index.js';

/** Begins what a run will need. What cannot be had is met again by the run, which tells. */
export async function prepareAhead(boot: () => void, specOf: () => string | undefined): Promise<void> {
  try {
    boot();
    const spec = specOf();
    if (spec === undefined) return;
    void Kernel.warm(spec);
    await prepareRuntime(spec);
  } catch {
    // The run will meet it again.
  }
}

export const nothingToCheck = (): KernelError =>
  new KernelError('ENOSYS', 'A terminal has nothing to check.', {
    hint: 'Hidden tests belong to <wasm-runnable>.',
  });
