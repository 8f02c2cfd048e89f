// runtime-loaders/wasi: what a module says of itself. Asked for once: a script starts the same few programs
// over and over, and engines make these lists anew each time.

export interface ModuleFacts {
  readonly imports: readonly WebAssembly.ModuleImportDescriptor[];
  readonly exports: readonly WebAssembly.ModuleExportDescriptor[];
  /** Whether the Go toolchain made it. */
  readonly isGo: boolean;
}

const known = new WeakMap<WebAssembly.Module, ModuleFacts>();

export function factsOf(module: WebAssembly.Module): ModuleFacts {
  let facts = known.get(module);
  if (facts === undefined) {
    facts = {
      imports: WebAssembly.Module.imports(module),
      exports: WebAssembly.Module.exports(module),
      isGo: WebAssembly.Module.customSections(module, 'go:buildid').length > 0,
    };
    known.set(module, facts);
  }
  return facts;
}
