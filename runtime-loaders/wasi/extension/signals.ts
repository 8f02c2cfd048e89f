// runtime-loaders/wasi/extension: signals caught. A handler runs where the program makes a call, as it would on
// its way back from the kernel: the loader calls the export `__wasm_elements_signal(number)`.
import { errno, Errno } from '../../../kernel-core/abi/errno.js';
import { signalName, signals } from '../../../kernel-core/abi/signals.js';
import { CannotBlock } from '../../stdio.js';
import type { Calls } from '../calls.js';
import type { Suspension } from '../suspension.js';
import type { WasiProcess } from '../wasi-process.js';

/** Dispositions of `signal`: `restart` is `catch`, and calls that a signal interrupts begin again. */
const dispositions = ['default', 'ignore', 'catch', 'restart'] as const;

type Disposition = (typeof dispositions)[number];

type Handler = (signal: number) => unknown;

export interface HandlerState {
  readonly dispositions: readonly (readonly [signal: number, disposition: Disposition])[];
}

export class SignalHandlers {
  readonly #process: WasiProcess;
  readonly #dispositions = new Map<number, Disposition>();
  #isCatching = false;
  #handler: Handler | undefined;

  constructor(process: WasiProcess) {
    this.#process = process;
  }

  /** Once the program is instantiated: its export that handles signals. */
  attach(exported: unknown, suspension: Suspension | undefined): void {
    if (typeof exported !== 'function') return;
    const handler = exported as (...args: never[]) => unknown;
    // A handler may wait like any other code of the program, on a stack of its own.
    this.#handler = (suspension === undefined ? handler : suspension.entered(handler)) as Handler;
  }

  set(signal: number, disposition: Disposition): void {
    const isCaught = disposition === 'catch' || disposition === 'restart';
    if (isCaught && this.#handler === undefined) throw new Errno('ENOSYS');
    this.#isCatching ||= isCaught;
    this.#dispositions.set(signal, disposition);
    this.#process.context.signals.set(signal, isCaught ? 'catch' : disposition);
  }

  /** raise(3): true where a handler takes it, on the way back from this call, or it is ignored. */
  raise(signal: number): boolean {
    const disposition = this.#dispositions.get(signal) ?? 'default';
    if (disposition === 'default') return false;
    if (disposition !== 'ignore') this.#process.context.signals.raise(signal);
    return true;
  }

  /** What a copy of the program needs to know; the dispositions themselves are in the kernel. */
  get state(): HandlerState {
    return { dispositions: [...this.#dispositions] };
  }

  set state(state: HandlerState) {
    for (const [signal, disposition] of state.dispositions) {
      this.#dispositions.set(signal, disposition);
      this.#isCatching ||= disposition === 'catch' || disposition === 'restart';
    }
  }

  isCaught(signal: number): boolean {
    const disposition = this.#dispositions.get(signal);
    return disposition === 'catch' || disposition === 'restart';
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
    const restarts = allRestart && this.#dispositions.get(signal) === 'restart';
    const done = this.#handler?.(signal);
    if (done instanceof Promise) return done.then(() => this.#deliver(code, again, restarts));
    return this.#deliver(code, again, restarts);
  }
}

export function signalExtension(process: WasiProcess): Calls {
  const { context, memory } = process;
  return {
    signal(number: number, disposition: number) {
      const wanted = dispositions[disposition];
      if (signalName(number) === undefined || wanted === undefined) throw new Errno('EINVAL');
      if (wanted !== 'default' && (number === signals.SIGKILL || number === signals.SIGSTOP))
        throw new Errno('EINVAL');
      process.handlers.set(number, wanted);
    },

    /** Waits for a signal: always EINTR. */
    /** Bit n - 1: signal n was ignored when this program began. Sixty-four of them. */
    ignored_signals(result: number) {
      const mask = context.ignored.reduce((bits, signal) => bits | (1n << BigInt(signal - 1)), 0n);
      memory.setU64(result, mask);
    },

    pause() {
      if (process.context.transport === 'local') throw new CannotBlock();
      return sleepUntilSignal(process);
    },
  };
}

/** In place, or by the promise; always EINTR. */
function sleepUntilSignal(process: WasiProcess): Promise<void> {
  const { signals: caught, stdio } = process.context;
  for (;;) {
    if (caught.pending) throw new Errno('EINTR');
    const slept = stdio.sleep(longestSleepMs);
    if (slept !== undefined) return slept.then(() => sleepUntilSignal(process));
  }
}

/** Timers take no more than 2^31 ms; a longer sleep is several. */
const longestSleepMs = 60_000;
