// runtime-loaders/python: suspending the program inside a system call (JavaScript Promise Integration).
// Must always hold: whoever runs Python meanwhile (a timer, a settled promise) finds a thread state and a
// C stack of its own, and nothing runs Python between giving them back and the program going on.
import type { PyodideModule, SavedState, WasmImport, WasmImports } from './emscripten.js';

/** A system call's answer: a WASI error number, at once or later. */
export type Answer = number | Promise<number>;

/** What `call` answers in the module below to have `wait` called; no WASI error number. */
const askedToWait = -1;

/**
 * A suspending import can only be called from a promising export, whether or not it then suspends; most of
 * our calls come from elsewhere and need not wait. So wasm imports this module's `run`, which asks first:
 *
 *   (func (export "run") (param i32 i32 i32 i32) (result i32) (local i32)
 *     (if (result i32) (i32.eq (local.tee 4 (call $call (local.get 0) … (local.get 3))) (i32.const -1))
 *       (then (call $wait)) (else (local.get 4))))
 */
const switchModule = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  // types: 0 (i32 i32 i32 i32) → i32, 1 () → i32
  ...[0x01, 0x0d, 0x02, 0x60, 0x04, 0x7f, 0x7f, 0x7f, 0x7f, 0x01, 0x7f, 0x60, 0x00, 0x01, 0x7f],
  // imports: '' 'call' of type 0, '' 'wait' of type 1
  ...[0x02, 0x11, 0x02, 0x00, 0x04, 0x63, 0x61, 0x6c, 0x6c, 0x00, 0x00],
  ...[0x00, 0x04, 0x77, 0x61, 0x69, 0x74, 0x00, 0x01],
  // function 2 of type 0, exported as 'run'
  ...[0x03, 0x02, 0x01, 0x00, 0x07, 0x07, 0x01, 0x03, 0x72, 0x75, 0x6e, 0x00, 0x02],
  ...[0x0a, 0x1d, 0x01, 0x1b, 0x01, 0x01, 0x7f],
  ...[0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0x20, 0x03, 0x10, 0x00, 0x22, 0x04, 0x41, 0x7f, 0x46],
  ...[0x04, 0x7f, 0x10, 0x01, 0x05, 0x20, 0x04, 0x0b, 0x0b],
]);

export class Suspension {
  readonly #hop = new MessageChannel();
  #continuations: (() => void)[] = [];
  #module: PyodideModule | undefined;
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

  /** Whether the call that runs now can wait for a promise. */
  get possible(): boolean {
    return this.#module !== undefined && this.#module.jspiSupported && this.#module.validSuspender.value;
  }

  /** Makes an import of four numbers that may answer with a promise (only where `possible` says so). */
  wrap(call: (...args: number[]) => Answer): WasmImport {
    const { Suspending } = WebAssembly as { Suspending?: new (call: () => Answer) => Function };
    if (Suspending === undefined) return call as WasmImport;
    let later: Promise<number> | undefined;
    const imports = {
      call: (...args: number[]) => {
        const answer = call(...args);
        if (typeof answer === 'number') return answer;
        later = answer;
        return askedToWait;
      },
      wait: new Suspending(() => later ?? 0),
    };
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(switchModule), { '': imports });
    return exports['run'] as WasmImport;
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
    const state = saveState();
    return new Promise<number>((resolve, reject) => {
      const resume = (answer: () => number) => {
        this.#nextTask(() => {
          try {
            restoreState(state);
            module._PyGILState_Release(lock);
            resolve(answer());
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
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
