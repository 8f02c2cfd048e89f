// runtime-loaders/python: suspending the program inside a system call (JavaScript Promise Integration).
// Must always hold: whoever runs Python meanwhile (a timer, a settled promise) finds a thread state and a
// C stack of its own, and nothing runs Python between giving them back and the program going on.
import type { PyodideModule, SavedState, WasmImport, WasmImports } from './emscripten.js';
import { hasThreadStates, withoutFrame } from './pyodide-versions.js';

/** A system call's answer: a WASI error number, at once or later. */
export type Answer = number | Promise<number>;

/** What `call` answers in the module below to have `wait` called; no error number of any call wrapped here. */
const askedToWait = -1;

/**
 * A suspending import can only be called from a promising export, whether or not it then suspends; most of
 * our calls come from elsewhere and need not wait. So wasm imports this module's `run`, which asks first
 * (here with two parameters):
 *
 *   (func (export "run") (param i32 i32) (result i32) (local $answer i32)
 *     (if (result i32) (i32.eq (local.tee $answer (call $call (local.get 0) (local.get 1))) (i32.const -1))
 *       (then (try (result i32) (do (call $wait)) (catch_all (call $refused)))) (else (local.get $answer))))
 *
 * `wait` throws where JavaScript stands between it and the promising call: pyodide's conversions run Python now and
 * then (they make the types of their proxies). What was saved is taken back there, and the program goes on.
 *
 * `gated`: before all that, one call in so many is let through, for calling JavaScript takes 20 ns:
 *
 *     (if (i32.gt_s (global.get $unheard) (i32.const 0))
 *       (then (global.set $unheard (i32.sub (global.get $unheard) (i32.const 1))) (return (i32.const 0))))
 */
function switchModule(types: readonly ('i32' | 'i64')[], gated: boolean): Uint8Array<ArrayBuffer> {
  const i32 = 0x7f;
  const i64 = 0x7e;
  const parameters = types.length;
  const each = Array.from({ length: parameters }, (_none, index) => index);
  const section = (id: number, bytes: number[]) => [id, bytes.length, ...bytes];
  const text = (value: string) => [value.length, ...new TextEncoder().encode(value)];
  const answer = parameters;
  const gate = [
    ...[0x23, 0, 0x41, 0, 0x4a, 0x04, 0x40], // global.get $unheard, i32.const 0, i32.gt_s, if
    ...[0x23, 0, 0x41, 1, 0x6b, 0x24, 0, 0x41, 0, 0x0f, 0x0b], // … i32.sub, global.set, i32.const 0, return, end
  ];
  const body = [
    ...[0x01, 0x01, i32], // one local, i32
    ...(gated ? gate : []),
    ...each.flatMap((index) => [0x20, index]), // local.get …
    ...[0x10, 0, 0x22, answer, 0x41, 0x7f, 0x46], // call $call, local.tee, i32.const -1, i32.eq
    ...[0x04, i32, 0x06, i32, 0x10, 1, 0x19, 0x10, 2, 0x0b], // if, try, call $wait, catch_all, call $refused, end
    ...[0x05, 0x20, answer, 0x0b, 0x0b], // else, local.get, end, end
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    // types: 0 (i32 …) → i32, 1 () → i32
    ...section(1, [
      2,
      0x60,
      parameters,
      ...types.map((type) => (type === 'i64' ? i64 : i32)),
      1,
      i32,
      0x60,
      0,
      1,
      i32,
    ]),
    ...section(2, [
      gated ? 4 : 3,
      ...[...text(''), ...text('call'), 0, 0],
      ...[...text(''), ...text('wait'), 0, 1],
      ...[...text(''), ...text('refused'), 0, 1],
      ...(gated ? [...text(''), ...text('unheard'), 3, i32, 1] : []),
    ]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text('run'), 0, 3]),
    ...section(10, [1, body.length, ...body]),
  ]);
}

export class Suspension {
  /** So many next calls of the gated import are answered with 0 and not heard of here. */
  readonly unheard = new WebAssembly.Global({ value: 'i32', mutable: true }, 0);
  readonly #hop = new MessageChannel();
  readonly #continuations: (() => void)[] = [];
  readonly #switches = new Map<string, WebAssembly.Module>();
  #module: PyodideModule | undefined;
  /** The thread state in which nothing can be suspended; 0: there is none, undefined: CPython is not up. */
  #home: number | undefined;
  /** Undoes the last `wait`, which turned out to be impossible. */
  #takeBack: () => number = () => 0;
  #isRefusing = false;
  #isSwitching = false;
  #saveState: (() => SavedState) | undefined;
  #restoreState: ((state: SavedState) => void) | undefined;

  constructor() {
    this.#hop.port1.onmessage = () => this.#continuations.shift()?.();
  }

  /** The imports of env hold what saves and restores a call. */
  attach(module: PyodideModule, env: Record<string, unknown>): void {
    this.#module = module;
    this.#saveState = env['saveState'] as () => SavedState;
    this.#restoreState = env['restoreState'] as (state: SavedState) => void;
  }

  /** CPython is up, and its one thread state is that of whoever was not entered by a promising call. */
  started(module: PyodideModule): void {
    this.#home = hasThreadStates(module) ? module._PyGILState_GetThisThreadState() : 0;
  }

  /** Whether the state of a call is just being saved; before 314 pyodide runs Python for that. */
  get isSwitching(): boolean {
    return this.#isSwitching;
  }

  /**
   * Whether the call that runs now can wait for a promise. A promising call runs on a thread state of its own, and
   * pyodide can suspend it as long as that is so: not what Python runs while it makes that thread state (it asks for
   * the event loop) or takes it apart (the last destructors), though the promising call is on the stack then, too.
   * Nor what it runs while a state is saved, which would save it once more.
   * Nor once CPython is being taken apart, as it is within the program's own call after `sys.exit`: whoever else
   * takes the lock then, as another thread state has to, is made to wait for ever.
   */
  get possible(): boolean {
    const module = this.#module;
    return (
      module !== undefined &&
      module.jspiSupported &&
      module.validSuspender.value &&
      !this.#isRefusing &&
      !this.#isSwitching &&
      this.#home !== undefined &&
      this.#home !== module._PyGILState_GetThisThreadState() &&
      module._Py_IsFinalizing() === 0
    );
  }

  /** Makes an import of so many numbers that may answer with a promise (only where `possible` says so). */
  wrap(parameters: number, call: (...args: number[]) => Answer): WasmImport {
    const types = Array.from({ length: parameters }, () => 'i32' as const);
    return this.wrapTyped(types, call) as WasmImport;
  }

  /** `wrap` where 64-bit numbers are among the parameters; they come as bigint. `gated`: see `unheard`. */
  wrapTyped(types: readonly ('i32' | 'i64')[], call: (...args: never[]) => Answer, gated = false): unknown {
    const { Suspending } = WebAssembly as { Suspending?: new (call: () => Answer) => () => number };
    if (Suspending === undefined) return call;
    let later: Promise<number> | undefined;
    const imports = {
      // As many as the longest has: an array of them would be made for each call.
      call: (a: never, b: never, c: never, d: never, e: never, f: never) => {
        const answer = call(a, b, c, d, e, f);
        if (typeof answer === 'number') return answer;
        later = answer;
        return askedToWait;
      },
      wait: new Suspending(() => later ?? 0),
      refused: () => this.#takeBack(),
      unheard: this.unheard,
    };
    const key = `${types.join()}${gated ? ' gated' : ''}`;
    const compiled = this.#switches.get(key) ?? new WebAssembly.Module(switchModule(types, gated));
    this.#switches.set(key, compiled);
    const { exports } = new WebAssembly.Instance(compiled, { '': imports });
    return exports['run'];
  }

  /** Suspends until the promise settles; the handlers run on the program's own state again. */
  wait<T>(
    promise: Promise<T>,
    then: (value: T) => number,
    failed: (error: unknown) => number,
  ): Promise<number> {
    const module = this.#module;
    const saveState = this.#saveState;
    const restoreState = this.#restoreState;
    if (module === undefined || saveState === undefined || restoreState === undefined) {
      throw new Error('wait() before attach()');
    }
    // CPython has let go of its lock around the system call; whoever runs meanwhile needs it held.
    const lock = module._PyGILState_Ensure();
    let state: SavedState;
    this.#isSwitching = true;
    try {
      state = withoutFrame(module, saveState);
    } finally {
      this.#isSwitching = false;
    }
    if (state === (module.error ?? null)) throw new Error('This call of Python cannot be suspended.');
    let isRefused = false;
    this.#takeBack = () => {
      isRefused = true;
      restoreState(state);
      module._PyGILState_Release(lock);
      this.#isRefusing = true;
      try {
        return failed(new Error('Python cannot be suspended while JavaScript waits for it.'));
      } finally {
        this.#isRefusing = false;
      }
    };
    return new Promise<number>((resolve, reject) => {
      const resume = (answer: () => number) => {
        this.#nextTask(() => {
          if (isRefused) return;
          try {
            restoreState(state);
            module._PyGILState_Release(lock);
            resolve(answer());
          } catch (thrown) {
            const error = thrown instanceof Error ? thrown : new Error(String(thrown));
            // It comes where a refusal would, but the program has its state back already.
            this.#takeBack = () => {
              throw error;
            };
            reject(error);
          }
        });
      };
      promise.then(
        (value) => resume(() => then(value)),
        (error: unknown) => resume(() => failed(error)),
      );
    });
  }

  /** Runs in a task of its own: no other reaction stands between it and the program that goes on. */
  #nextTask(continuation: () => void): void {
    this.#continuations.push(continuation);
    this.#hop.port2.postMessage(undefined);
  }
}

/** Replaces functions that wasm imports; what it is given is left as it is. */
export function replaceImports(
  imports: WasmImports,
  module: string,
  own: Record<string, unknown>,
): WasmImports {
  return { ...imports, [module]: { ...imports[module], ...own } };
}
