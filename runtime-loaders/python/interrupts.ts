// runtime-loaders/python: signals while Python runs. CPython asks at every so many turns of its evaluation loop,
// and after every call that was interrupted, whether a signal has come; this file is what answers, and so the
// one place where a program that only computes can be reached.
// Must always hold: a signal is handed over once.
import { errno } from '../../kernel-core/abi/errno.js';
import { signals } from '../../kernel-core/abi/signals.js';
import type { ProcessContext } from '../runtime.js';
import type { PyodideModule } from './emscripten.js';

/** How often CPython asks by itself: it starts its count at this number. */
const usualTurns = 50;
/** Asking should happen about as often as this, */
const askMs = 1;
/** but never more turns apart: a loop whose turns become slow at once is noticed after so many of them. */
const mostTurns = 250;

export class Interrupts {
  readonly #context: ProcessContext;
  readonly #come: number[] = [];
  #module: PyodideModule | undefined;
  #onSignal: () => void = () => undefined;
  #giveUp: () => void = () => undefined;
  #turns = usualTurns;
  #askedMs = 0;
  #late: { readonly dueMs: number; readonly call: () => void } | undefined;

  constructor(context: ProcessContext) {
    this.#context = context;
  }

  /** Whether signals can be told to a program that runs. */
  get possible(): boolean {
    return this.#context.transport === 'shared';
  }

  /** Whether a signal waits for CPython to ask. */
  get pending(): boolean {
    return this.#module !== undefined && (this.#come.length > 0 || this.#context.signals.pending);
  }

  /** The program begins: SIGINT is KeyboardInterrupt from here on. `onSignal` ends what waits. */
  begin(module: PyodideModule, onSignal: () => void): void {
    this.#module = module;
    this.#onSignal = onSignal;
    if (this.#context.transport === 'local') module.HEAP8[module._Py_EMSCRIPTEN_SIGNAL_HANDLING] = 1;
    if (!this.possible) return;
    const { signals: caught } = this.#context;
    caught.listen((signal) => {
      this.#come.push(signal);
      this.#onSignal();
      this.#giveUp();
    });
    caught.set(signals.SIGINT, 'catch');
    module.HEAP8[module._Py_EMSCRIPTEN_SIGNAL_HANDLING] = 1;
  }

  /** CPython is about to be taken apart, and forgets its handlers: SIGINT ends the process from here on. */
  end(module: PyodideModule): void {
    module.HEAP8[module._Py_EMSCRIPTEN_SIGNAL_HANDLING] = 0;
    this.#module = undefined;
    if (this.possible) this.#context.signals.set(signals.SIGINT, 'default');
  }

  /** Settles as the promise does, or rejects with EINTR when a signal comes before, or has come. */
  untilSignal<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#giveUp = () => reject(Object.assign(new Error('a signal has come'), { errno: errno.EINTR }));
      if (this.pending) this.#giveUp();
      promise.then(resolve, reject);
    });
  }

  /** Calls once when so long has passed, although the program computes and no timer can run. */
  whileComputing(module: PyodideModule, ms: number, call: () => void): void {
    this.#module = module;
    this.#late ??= { dueMs: performance.now() + ms, call };
    module.HEAP8[module._Py_EMSCRIPTEN_SIGNAL_HANDLING] = 1;
  }

  /** `_Py_CheckEmscriptenSignals_Helper`: () → the number of a signal, 0: none. */
  ask(): number {
    const module = this.#module;
    if (module === undefined) return 0;
    const nowMs = performance.now();
    this.#callLate(module, nowMs);
    // Where the program cannot be reached it can only be terminated; WebKit does that when it calls JavaScript, as here.
    if (this.#context.transport !== 'suspending') this.#setTurns(module, nowMs);
    return this.possible ? this.#take(module) : 0;
  }

  #take(module: PyodideModule): number {
    const signal = this.#come.shift() ?? this.#context.signals.take() ?? 0;
    // CPython runs the handler at its next turn; the next signal is asked for at once.
    if (signal !== 0 && this.pending) module.HEAPU32[module.__Py_emscripten_signal_clock >>> 2] = 0;
    return signal;
  }

  /** Asking costs as much as some turns of a tight loop; how long a turn takes is learnt from the last ones. */
  #setTurns(module: PyodideModule, nowMs: number): void {
    const clock = module.__Py_emscripten_signal_clock >>> 2;
    const tookMs = nowMs - this.#askedMs;
    this.#askedMs = nowMs;
    // Asked for another reason than its count.
    if (module.HEAPU32[clock] !== usualTurns) return;
    if (tookMs < askMs / 2) this.#turns = Math.min(this.#turns * 2, mostTurns);
    else if (tookMs > askMs) this.#turns = Math.max(1, Math.floor((this.#turns * askMs) / tookMs));
    module.HEAPU32[clock] = this.#turns;
  }

  #callLate(module: PyodideModule, nowMs: number): void {
    if (this.#late === undefined || nowMs < this.#late.dueMs) return;
    const { call } = this.#late;
    const { transport } = this.#context;
    this.#late = undefined;
    if (transport === 'suspending') module.HEAP8[module._Py_EMSCRIPTEN_SIGNAL_HANDLING] = 0;
    call();
  }
}
