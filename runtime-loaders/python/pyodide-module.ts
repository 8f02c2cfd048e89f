// runtime-loaders/python: instantiates pyodide's module with everything it needs handed in; pyodide's own
// loader, which fetches, is not used. Knows nothing of a process: what the imports do is late-bound.
import type {
  CreatePyodideModule,
  ModuleSettings,
  PyodideModule,
  WasmImport,
  WasmImports,
} from './emscripten.js';
import { wrapForTable } from './function-table.js';
import {
  chooseTrampoline,
  completeFileSystem,
  nameMissing,
  olderCalls,
  provideErrorMarker,
} from './pyodide-versions.js';
import { replaceImports, type Suspension } from './suspension.js';

/** Bytes CPython may print without there being a program: nobody reads them. */
type Print = (fd: number, text: string) => void;

export interface ModuleOptions {
  readonly source: Uint8Array<ArrayBuffer>;
  /** Waited for when it is wanted: what comes before takes as long as to compile it. */
  readonly program: Promise<WebAssembly.Module>;
  /** pyodide's lock file; undefined: not needed, for what it says is in the snapshot. */
  readonly lock: Uint8Array | undefined;
  readonly args: readonly string[];
  /** What CPython takes as sys.executable. */
  readonly executable: string;
  readonly suspension: Suspension;
  /** Whether CPython starts; else memory stays as it is right after instantiation. */
  readonly initialRun: boolean;
  readonly preRun: (module: PyodideModule) => void;
  readonly print: Print;
  /** Imports to use instead; given the originals. */
  readonly replace: (
    module: PyodideModule,
    env: Record<string, WasmImport>,
    wasi: Record<string, WasmImport>,
  ) => {
    readonly env: Record<string, WasmImport>;
    readonly wasi: Record<string, WasmImport>;
  };
}

/** CPython has done what it was to do while it started (`--version`), or could not start. */
export class EndedAtStart extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`Python ended with ${code} while it started.`);
    this.code = code;
  }
}

/** Throws EndedAtStart, and what the engine throws. */
export async function createPyodide(options: ModuleOptions): Promise<PyodideModule> {
  const { lock, suspension } = options;
  const createModule = await importModule(options.source);
  let exitCode: number | undefined;
  let instance: WebAssembly.Instance | undefined;
  let choose: () => void = () => undefined;
  let instantiationFailed: (error: Error) => void = () => undefined;

  const settings: ModuleSettings = {
    API: {
      // asm.mjs asks for no more of these than it would of pyodide's own loader.
      config: {
        jsglobals: globalThis,
        env: {},
        args: [],
        packages: [],
        enableRunUntilComplete: true,
        checkAPIVersion: true,
        indexURL: '',
        packageBaseUrl: '',
        packageCacheDir: '',
        cdnUrl: '',
        BUILD_ID: '',
      },
      runtimeEnv: {
        IN_NODE: false,
        IN_NODE_COMMONJS: false,
        IN_NODE_ESM: false,
        IN_BUN: false,
        IN_DENO: false,
        IN_SAFARI: false,
        IN_SHELL: false,
        IN_WORKERD: false,
        IN_BROWSER: true,
        IN_BROWSER_MAIN_THREAD: false,
        IN_BROWSER_WEB_WORKER: true,
      },
      lockFilePromise:
        lock === undefined
          ? new Promise<never>(() => undefined)
          : Promise.resolve(JSON.parse(new TextDecoder().decode(lock))),
    },
    arguments: [...options.args],
    thisProgram: options.executable,
    noInitialRun: !options.initialRun,
    preRun: [
      () => {
        if (instance !== undefined) nameMissing(module, instance);
        completeFileSystem(module);
        options.preRun(module);
      },
    ],
    print: (text) => options.print(1, text),
    printErr: (text) => options.print(2, text),
    onExit: (code) => {
      exitCode = code;
    },
    // Before 0.28 this is what is told.
    quit: (code, unwind) => {
      exitCode ??= code;
      throw unwind;
    },
    locateFile: (name) => name,
    instantiateWasm: (imports, done) => {
      instantiate(imports, done).catch(instantiationFailed);
      return {};
    },
    noImageDecoding: true,
    noAudioDecoding: true,
    noWasmDecoding: false,
  };

  // Emscripten fills in the very object it is given.
  const module = settings as unknown as PyodideModule;
  const instantiate = async (
    imports: WasmImports,
    done: (instance: WebAssembly.Instance, wasm: WebAssembly.Module) => void,
  ): Promise<void> => {
    const env = (imports['env'] ?? {}) as Record<string, WasmImport>;
    suspension.attach(module, env);
    const own = options.replace(
      module,
      env,
      (imports['wasi_snapshot_preview1'] ?? {}) as Record<string, WasmImport>,
    );
    Object.assign(env, own.env, olderCalls(module, env));
    provideErrorMarker(imports);
    const replaced = replaceImports(imports, 'wasi_snapshot_preview1', own.wasi);
    const program = await options.program;
    instance = await WebAssembly.instantiate(program, replaced as WebAssembly.Imports);
    choose = () => chooseTrampoline(env);
    wrapForTable(program, env);
    done(instance, program);
  };

  await new Promise<unknown>((resolve, reject) => {
    instantiationFailed = reject;
    createModule(settings).then(resolve, reject);
  });
  if (exitCode !== undefined) throw new EndedAtStart(exitCode);
  if (!options.initialRun) choose();
  return module;
}

/** asm.mjs has no imports; in an opaque origin a blob is the only address it can have. */
async function importModule(source: Uint8Array<ArrayBuffer>): Promise<CreatePyodideModule> {
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  try {
    const { default: create } = (await import(/* @vite-ignore */ url)) as { default: CreatePyodideModule };
    return create;
  } finally {
    URL.revokeObjectURL(url);
  }
}
