// runtime-loaders/python: calls of libffi (ctypes), which go through JavaScript both ways. A stack with JavaScript
// in it cannot be suspended, and to try ends the program; so while such a call lasts nothing does.
import type { PyodideModule, WasmImport } from './emscripten.js';

type Closure = (closure: number, cif: number, call: number, data: number, code: number) => number;

/** The imports to use in place of libffi's own. */
export function foreignCalls(
  module: PyodideModule,
  env: Record<string, WasmImport>,
): Record<string, WasmImport> {
  const unsuspended = <T>(call: () => T): T => {
    const { validSuspender } = module;
    const before = validSuspender.value;
    validSuspender.value = false;
    try {
      return call();
    } finally {
      validSuspender.value = before;
    }
  };
  const call = env['ffi_call_js'] as WasmImport;
  const makeClosure = env['ffi_prep_closure_loc_js'] as Closure;
  /** What calls back, by the function of ctypes it calls: there is one. */
  const guards = new Map<number, number>();
  const guarded = (target: number): number => {
    const known = guards.get(target);
    if (known !== undefined) return known;
    const guard = module.addFunction(
      (...args) => unsuspended(() => module.getWasmTableEntry(target)(...args)),
      'viiii',
    );
    guards.set(target, guard);
    return guard;
  };
  return {
    ffi_call_js: (...args) => unsuspended(() => call(...args)),
    ffi_prep_closure_loc_js: (closure = 0, cif = 0, target = 0, data = 0, code = 0) =>
      makeClosure(closure, cif, guarded(target), data, code),
  };
}
