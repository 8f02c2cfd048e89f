// runtime-loaders/python: suspending the program inside a system call (JavaScript Promise Integration).
// Must always hold: whoever runs Python meanwhile (a timer, a settled promise) finds a thread state and a
// C stack of its own, and nothing runs Python between giving them back and the program going on.
import type { PyodideModule, SavedState, WasmImport, WasmImports } from './emscripten.js';

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
 *       (then (call $wait)) (else (local.get $answer))))
 */
function switchModule(types: readonly ('i32' | 'i64')[]): Uint8Array<ArrayBuffer> {
  const i32 = 0x7f;
  const i64 = 0x7e;
  const parameters = types.length;
  const each = Array.from({ length: parameters }, (_none, index) => index);
  const section = (id: number, bytes: number[]) => [id, bytes.length, ...bytes];
  const text = (value: string) => [value.length, ...new TextEncoder().encode(value)];
  const answer = parameters;
  const body = [
    ...[0x01, 0x01, i32], // one local, i32
    ...each.flatMap((index) => [0x20, index]), // local.get …
    ...[0x10, 0, 0x22, answer, 0x41, 0x7f, 0x46], // call $call, local.tee, i32.const -1, i32.eq
    ...[0x04, i32, 0x10, 1, 0x05, 0x20, answer, 0x0b, 0x0b], // if, call $wait, else, local.get, end, end
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
    ...section(2, [2, ...text(''), ...text('call'), 0, 0, ...text(''), ...text('wait'), 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text('run'), 0, 2]),
    ...section(10, [1, body.length, ...body]),
  ]);
}

export class Suspension {
  readonly #hop = new MessageChannel();
  readonly #continuations: (() => void)[] = [];
  readonly #switches = new Map<string, WebAssembly.Module>();
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

  /** Makes an import of so many numbers that may answer with a promise (only where `possible` says so). */
  wrap(parameters: number, call: (...args: number[]) => Answer): WasmImport {
    const types = Array.from({ length: parameters }, () => 'i32' as const);
    return this.wrapTyped(types, call) as WasmImport;
  }

  /** `wrap` where 64-bit numbers are among the parameters; they come as bigint. */
  wrapTyped(types: readonly ('i32' | 'i64')[], call: (...args: never[]) => Answer): unknown {
    const { Suspending } = WebAssembly as { Suspending?: new (call: () => Answer) => () => number };
    if (Suspending === undefined) return call;
    let later: Promise<number> | undefined;
    const imports = {
      call: (...args: never[]) => {
        const answer = call(...args);
        if (typeof answer === 'number') return answer;
        later = answer;
        return askedToWait;
      },
      wait: new Suspending(() => later ?? 0),
    };
    const key = types.join();
    const compiled = this.#switches.get(key) ?? new WebAssembly.Module(switchModule(types));
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
    const state = saveState();
    if (state === module.error) throw new Error('This call of Python cannot be suspended.');
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
