// runtime-loaders/wasi: how a program waits in a call that it makes: by the engine (JSPI), or by code of its own (asyncify).
import type { ProcessContext } from '../runtime.js';
import { Asyncify, isAsyncified } from './asyncify.js';
import { findJspi, type Jspi } from './jspi.js';
import { shimmedImports, type Offered } from './suspension-shim.js';

/** Of one run of a program. */
export interface Suspension {
  /**
   * Functions for a program to import, which return once the promise of a call is settled. Imports of every run of a
   * program are the same; the calls are those of the run that asked last. `names`: as `shimmedImports` has it.
   */
  imports(names: ReadonlySet<string>, offered: readonly Offered[]): Record<string, WebAssembly.ImportValue>;
  /** Before anything of an instance is entered. */
  attach(exports: WebAssembly.Exports, memory: WebAssembly.Memory | undefined): void;
  /** An export as a function that may wait: its result, or a promise of that. */
  entered(call: (...args: never[]) => unknown): (...args: readonly unknown[]) => unknown;
  /** Parts of the program's memory that a copy of it has, too. */
  areas: readonly number[];
}

/** Undefined where the program waits in place, or not at all. */
export function suspensionOf(context: ProcessContext, module: WebAssembly.Module): Suspension | undefined {
  if (context.transport !== 'local') {
    const jspi = findJspi();
    return jspi === undefined ? undefined : byEngine(jspi);
  }
  if (!isAsyncified(module)) return undefined;
  context.suspends();
  return new Asyncify();
}

const byEngine = (jspi: Jspi): Suspension => ({
  imports: (names, offered) => shimmedImports(names, offered, jspi),
  attach: () => undefined,
  entered: (call) => jspi.promising(call),
  areas: [],
});
