// runtime-loaders/wasi: what a program's imports say about the host it was built for, in a sentence.

/** An import as `WebAssembly.Module.imports` lists it. */
export interface Import {
  readonly module: string;
  readonly name: string;
  readonly kind: string;
}

const namedMost = 6;

interface Host {
  readonly test: (import_: Import) => boolean;
  readonly sentence: string;
}

const asWasi = 'build it for wasm32-wasip1 (WASI preview 1)';

/** The first that fits any of the imports names the host. */
const hosts: readonly Host[] = [
  {
    test: ({ module }) => /^wasi:/.test(module),
    sentence: `It was built for WASI preview 2: ${asWasi}.`,
  },
  {
    test: ({ module, name, kind }) =>
      (module === 'wasi' && name.startsWith('thread')) || (name === 'memory' && kind === 'memory'),
    sentence: 'It uses threads (wasi-threads), which are not available here: build it without threads.',
  },
  {
    test: ({ module }) => /^wasix_/.test(module),
    sentence: `It was built for WASIX (Wasmer): ${asWasi}.`,
  },
  {
    test: ({ module, name }) => /^wasi_/.test(module) && name.startsWith('sock_'),
    sentence:
      'It uses a socket extension of another host (WasmEdge); WASI preview 1 cannot open connections.',
  },
  {
    test: ({ module }) => module === 'wbg' || module.startsWith('__wbindgen') || /_bg\.js$/.test(module),
    sentence:
      'It was built for a web page with wasm-bindgen: build a plain program with ' +
      '"cargo build --target wasm32-wasip1".',
  },
  {
    test: ({ module }) => module === 'go' || module === 'gojs',
    sentence: 'It was built with GOOS=js: build it with GOOS=wasip1 GOARCH=wasm.',
  },
  {
    test: ({ module, name }) =>
      module === 'env' && /^(abort|seed|trace|console\.\w+|process\.\w+|Date\.\w+)$/.test(name),
    sentence: 'It was built with AssemblyScript for JavaScript: build it with the wasi-shim.',
  },
  {
    test: ({ module, name }) =>
      (module === 'env' &&
        /^_?_?(emscripten|em|asm|syscall|invoke|embind|cxa|stack_pointer|memory_base|table_base)_|^(invoke_|_emval|__indirect_function_table|__syscall)/.test(
          name,
        )) ||
      /^GOT\./.test(module) ||
      (module === 'a' && name.length <= 2),
    sentence:
      'It was built with Emscripten for JavaScript: build it with -sSTANDALONE_WASM or with the WASI SDK.',
  },
];

/** One sentence or two: what is missing, and what the program was built for where that shows. */
export function missingImportsMessage(program: string, missing: readonly Import[]): string {
  const names = missing.slice(0, namedMost).map(({ module, name }) => `${module}.${name}`);
  const more = missing.length > namedMost ? ` and ${missing.length - namedMost} more` : '';
  const host = hosts.find(({ test }) => missing.some(test));
  const sentence =
    host?.sentence ?? 'It was built for a host that provides them, not for WASI preview 1 alone.';
  return `'${program}' cannot start, because it imports what WASI preview 1 does not have: ${names.join(', ')}${more}. ${sentence}`;
}
