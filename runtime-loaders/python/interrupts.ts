// runtime-loaders/python: signals while Python runs. CPython asks at every so many turns of its evaluation loop,
// and after every call that was interrupted, whether a signal has come; this file is what answers, and so the
// one place where a program that only computes can be reached.
// Must always hold: a signal is handed over once.
import { errno } from '../../kernel-core/abi/errno.js';
import { signals } from '../../kernel-core/abi/signals.js';
import { syscall } from '../../kernel-core/abi/syscalls.js';
import type { ProcessContext } from '../runtime.js';
import type { PyodideModule } from './emscripten.js';
import type { Answer, Suspension } from './suspension.js';

/** How often CPython asks by itself: it starts its count at this number. */
const usualTurns = 50;
/** Asking should happen about as often as this, */
const askMs = 1;
/** but never more turns apart: a loop whose turns become slow at once is noticed after so many of them. */
const mostTurns = 250;
/** C code asks, too, some many times in a microsecond: so many of its questions are not heard, where they come often. */
const unheard = 15;
/** On `suspending` nothing arrives while the program computes: it lets the messages of its worker in this often, */
const hopMs = 25;
/** less often where that takes long, as on a busy machine: it is to have so much of the time, */
const hopShare = 0.04;
/** but never less often than this. */
const rareHopMs = 75;

export class Interrupts {
  readonly #context: ProcessContext;
  readonly #suspension: Suspension;
  readonly #come: number[] = [];
  #blocked: ReadonlySet<number> = new Set();
  /** Blocked ones that have come. */
  readonly #held = new Set<number>();
  #module: PyodideModule | undefined;
  #onSignal: () => void = () => undefined;
  #giveUp: () => void = () => undefined;
  #handed = 0;
  #turns = usualTurns;
  #askedMs = 0;
  #askedByCMs = 0;
  #hoppedMs = 0;
  #hopPauseMs = 0;
  #late: { readonly sinceMs: number; readonly ms: number; readonly call: () => void } | undefined;

  constructor(context: ProcessContext, suspension: Suspension) {
    this.#context = context;
    this.#suspension = suspension;
  }

  /** Whether signals can be told to a program that runs. */
  get possible(): boolean {
    return this.#context.transport !== 'local';
  }

  /** How many signals CPython has been told of. */
  get handed(): number {
    return this.#handed;
  }

  /** Whether a signal waits for CPython to ask. */
  get pending(): boolean {
    if (this.#module === undefined) return false;
    const next = this.#next();
    if (next !== undefined) this.#come.unshift(next);
    return next !== undefined;
  }

  /** These are held from now on; those held that are none of them stay so until they are released. */
  block(numbers: readonly number[]): void {
    this.#blocked = new Set(numbers);
  }

  get blocked(): readonly number[] {
    return [...this.#blocked];
  }

  get held(): readonly number[] {
    // What has come since is sorted out.
    void this.pending;
    return [...this.#held];
  }

  hold(signal: number): void {
    this.#held.add(signal);
  }

  /** Whether it was held. */
  release(signal: number): boolean {
    return this.held.includes(signal) && this.#held.delete(signal);
  }

  /** The program begins: SIGINT is KeyboardInterrupt from here on. `onSignal` ends what waits. */
  begin(module: PyodideModule, onSignal: () => void): void {
    this.#module = module;
    this.#onSignal = onSignal;
    this.block(this.#context.blocked);
    if (this.#context.transport === 'local') module.HEAP8[module._Py_EMSCRIPTEN_SIGNAL_HANDLING] = 1;
    if (!this.possible) return;
    const { signals: caught } = this.#context;
    caught.listen((signal) => {
      this.#come.push(signal);
      if (this.#blocked.has(signal)) {
        this.#onSignal();
        return;
      }
      askAtOnce(module);
      this.heed();
      this.cutShort();
      this.#onSignal();
      this.#giveUp();
    });
    caught.set(signals.SIGINT, 'catch');
    module.HEAP8[module._Py_EMSCRIPTEN_SIGNAL_HANDLING] = 1;
  }

  /**
   * A signal that came when a call of the program's was on its way did not find it waiting in the kernel: it ends now.
   * On `shared` the kernel sees that itself, where the program waits in its slot.
   */
  cutShort(): void {
    const { syscalls, transport } = this.#context;
    if (transport === 'suspending') syscalls.tell(syscall.interrupt, []);
  }

  /** A call of the program's is told EINTR: what CPython asks then is heard. */
  heed(): void {
    this.#suspension.unheard.value = 0;
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
    this.#late ??= { sinceMs: Date.now(), ms, call };
    module.HEAP8[module._Py_EMSCRIPTEN_SIGNAL_HANDLING] = 1;
  }

  /** `_Py_CheckEmscriptenSignals_Helper`: () → the number of a signal, 0: none. */
  ask(): Answer {
    const module = this.#module;
    if (module === undefined) return 0;
    const clock = module.__Py_emscripten_signal_clock;
    const isTurn = clock !== undefined && module.HEAPU32[clock >>> 2] === usualTurns;
    // In Chromium performance.now() costs a microsecond and more.
    const nowMs = Date.now();
    this.#callLate(nowMs);
    if (!isTurn) this.#setUnheard(nowMs);
    // Where the program cannot be reached it can only be terminated; WebKit does that when it calls JavaScript, as here.
    else this.#setTurns(module, clock, nowMs);
    if (!this.possible) return 0;
    const signal = this.#take(module);
    if (signal !== 0 || this.#context.transport !== 'suspending') return signal;
    if (!hasPassed(this.#hopPauseMs, this.#hoppedMs, nowMs) || !this.#suspension.possible) return 0;
    const beganMs = performance.now();
    const done = () => {
      this.#hoppedMs = this.#askedMs = Date.now();
      this.#hopPauseMs = Math.min(Math.max(hopMs, (performance.now() - beganMs) / hopShare), rareHopMs);
      return this.#take(module);
    };
    return this.#suspension.wait(Promise.resolve(), done, done);
  }

  #next(): number | undefined {
    for (;;) {
      const signal = this.#come.shift() ?? this.#context.signals.take();
      if (signal === undefined || !this.#blocked.has(signal)) return signal;
      this.#held.add(signal);
    }
  }

  #take(module: PyodideModule): number {
    const signal = this.#next() ?? 0;
    if (signal !== 0) this.#handed += 1;
    // CPython runs the handler at its next turn; the next signal is asked for then, too.
    if (signal !== 0 && this.pending) {
      askAtOnce(module);
      this.heed();
    }
    return signal;
  }

  /** Asking costs as much as some turns of a tight loop; how long a turn takes is learnt from the last ones. */
  #setTurns(module: PyodideModule, clock: number, nowMs: number): void {
    const tookMs = nowMs - this.#askedMs;
    this.#askedMs = nowMs;
    if (tookMs < askMs) this.#turns = Math.min(this.#turns * 2, mostTurns);
    else if (tookMs > askMs) this.#turns = Math.max(1, Math.floor((this.#turns * askMs) / tookMs));
    module.HEAPU32[clock >>> 2] = this.#turns;
  }

  #setUnheard(nowMs: number): void {
    this.#suspension.unheard.value = nowMs - this.#askedByCMs <= askMs ? unheard : 0;
    this.#askedByCMs = nowMs;
  }

  #callLate(nowMs: number): void {
    if (this.#late === undefined || !hasPassed(this.#late.ms, this.#late.sinceMs, nowMs)) return;
    const { call } = this.#late;
    this.#late = undefined;
    call();
  }
}

/** Also when the clock was put back. */
function hasPassed(ms: number, sinceMs: number, nowMs: number): boolean {
  return nowMs - sinceMs >= ms || nowMs < sinceMs;
}

/** At the evaluation loop's next turn. */
function askAtOnce(module: PyodideModule): void {
  const clock = module.__Py_emscripten_signal_clock;
  if (clock !== undefined) module.HEAPU32[clock >>> 2] = 0;
}
