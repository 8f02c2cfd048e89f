// runtime-loaders/wasi/extension: signals caught. A handler runs where the program makes a call, as it would on
// its way back from the kernel: the loader calls the export `__wasm_elements_signal(number)`.
import { errno, Errno } from '../../../kernel-core/abi/errno.js';
import { signalName } from '../../../kernel-core/abi/signals.js';
import { CannotBlock } from '../../stdio.js';
import type { Calls } from '../calls.js';
import type { Jspi } from '../jspi.js';
import type { WasiProcess } from '../wasi-process.js';

/** Dispositions of `signal`: `restart` is `catch`, and calls that a signal interrupts begin again. */
const dispositions = ['default', 'ignore', 'catch', 'restart'] as const;

type Handler = (signal: number) => unknown;

export interface HandlerState {
  readonly catching: boolean;
  readonly restarting: readonly number[];
}

export class SignalHandlers {
  readonly #process: WasiProcess;
  readonly #restarting = new Set<number>();
  #isCatching = false;
  #handler: Handler | undefined;

  constructor(process: WasiProcess) {
    this.#process = process;
  }

  /** Once the program is instantiated: its export that handles signals. */
  attach(exported: unknown, jspi: Jspi | undefined): void {
    if (typeof exported !== 'function') return;
    const handler = exported as (...args: never[]) => unknown;
    // A handler may wait like any other code of the program, on a stack of its own.
    this.#handler = (jspi === undefined ? handler : jspi.promising(handler)) as Handler;
  }

  set(signal: number, disposition: (typeof dispositions)[number]): void {
    const isCaught = disposition === 'catch' || disposition === 'restart';
    if (isCaught && this.#handler === undefined) throw new Errno('ENOSYS');
    this.#isCatching ||= isCaught;
    if (disposition === 'restart') this.#restarting.add(signal);
    else this.#restarting.delete(signal);
    this.#process.context.signals.set(signal, isCaught ? 'catch' : disposition);
  }

  /** What a copy of the program needs to know; the dispositions themselves are in the kernel. */
  get state(): HandlerState {
    return { catching: this.#isCatching, restarting: [...this.#restarting] };
  }

  set state({ catching, restarting }: HandlerState) {
    this.#isCatching = catching;
    for (const signal of restarting) this.#restarting.add(signal);
  }

  /** Whether a caught signal waits for its handler. */
  get pending(): boolean {
    return this.#isCatching && this.#process.context.signals.pending;
  }

  /** Runs handlers after a call that returned `code`; `again` makes the call anew. */
  after(code: number, again: () => number | Promise<number>): number | Promise<number> {
    return this.pending ? this.#deliver(code, again, true) : code;
  }

  #deliver(
    code: number,
    again: () => number | Promise<number>,
    allRestart: boolean,
  ): number | Promise<number> {
    const signal = this.#process.context.signals.take();
    if (signal === undefined) return code === errno.EINTR && allRestart ? again() : code;
    const restarts = allRestart && this.#restarting.has(signal);
    const done = this.#handler?.(signal);
    if (done instanceof Promise) return done.then(() => this.#deliver(code, again, restarts));
    return this.#deliver(code, again, restarts);
  }
}

export function signalExtension(process: WasiProcess): Calls {
  return {
    signal(number: number, disposition: number) {
      const wanted = dispositions[disposition];
      if (signalName(number) === undefined || wanted === undefined) throw new Errno('EINVAL');
      process.handlers.set(number, wanted);
    },

    /** Waits for a signal: always EINTR. */
    pause() {
      if (process.context.transport === 'local') throw new CannotBlock();
      return sleepUntilSignal(process);
    },
  };
}

/** In place, or by the promise; always EINTR. */
function sleepUntilSignal(process: WasiProcess): Promise<void> {
  const { signals, stdio } = process.context;
  for (;;) {
    if (signals.pending) throw new Errno('EINTR');
    const slept = stdio.sleep(longestSleepMs);
    if (slept !== undefined) return slept.then(() => sleepUntilSignal(process));
  }
}

/** Timers take no more than 2^31 ms; a longer sleep is several. */
const longestSleepMs = 60_000;
