// runtime-loaders/wasi: JavaScript Promise Integration, which lib.dom does not describe yet.

type HostFunction = (...args: never[]) => unknown;

/** The two ends of JSPI: an import that may return a promise, an export whose caller awaits it. */
export interface Jspi {
  /** An import that suspends the program while a promise it returned is pending. */
  suspending(call: HostFunction): HostFunction;
  /** Calls a wasm export on a stack that can be suspended. */
  promising(call: HostFunction): (...args: readonly unknown[]) => Promise<unknown>;
}

/** JSPI where the engine has it (Chromium, Firefox), else undefined. */
export function findJspi(): Jspi | undefined {
  const { Suspending, promising } = WebAssembly as unknown as {
    readonly Suspending?: new (call: HostFunction) => HostFunction;
    readonly promising?: (call: HostFunction) => (...args: readonly unknown[]) => Promise<unknown>;
  };
  if (Suspending === undefined || promising === undefined) return undefined;
  return { suspending: (call) => new Suspending(call), promising };
}
