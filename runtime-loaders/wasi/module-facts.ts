// runtime-loaders/wasi: what a module says of itself. Asked for once: a script starts the same few programs
// over and over, and engines make these lists anew each time.

export interface ModuleFacts {
  readonly imports: readonly WebAssembly.ModuleImportDescriptor[];
  readonly exports: readonly WebAssembly.ModuleExportDescriptor[];
  /** Functions it imports, by module. */
  readonly namesOf: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether the Go toolchain made it. */
  readonly isGo: boolean;
}

const known = new WeakMap<WebAssembly.Module, ModuleFacts>();

export function factsOf(module: WebAssembly.Module): ModuleFacts {
  let facts = known.get(module);
  if (facts === undefined) {
    const imports = WebAssembly.Module.imports(module);
    facts = {
      imports,
      namesOf: namesByModule(imports),
      exports: WebAssembly.Module.exports(module),
      isGo: WebAssembly.Module.customSections(module, 'go:buildid').length > 0,
    };
    known.set(module, facts);
  }
  return facts;
}

function namesByModule(imports: ModuleFacts['imports']): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const { module, name, kind } of imports) {
    if (kind !== 'function') continue;
    const known = names.get(module);
    if (known === undefined) names.set(module, new Set([name]));
    else known.add(name);
  }
  return names;
}
