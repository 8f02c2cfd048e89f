// runtime-loaders/python: instantiates pyodide's CPython with everything it needs handed in; pyodide's own
// loader, which fetches, is not used. Owns the order of the start:
//
//   asm.mjs ─▶ module ─▶ imports replaced ─▶ preRun: view as root, /lib, streams ─▶ main(): Py_Initialize
//   ─▶ finalizeBootstrap: the `js` module and pyodide's Python half ─▶ (loader.ts) our Python side ─▶ program
import type { ProcessContext } from '../runtime.js';
import type {
  CreatePyodideModule,
  ModuleSettings,
  PublicApi,
  PyodideModule,
  StreamOperations,
  WasmImport,
  WasmImports,
} from './emscripten.js';
import { mountView, type Umask } from './file-system.js';
import { MemoryLimit } from './memory-limit.js';
import { Poll } from './poll.js';
import { StandardStreams } from './standard-streams.js';
import { replaceImports, Suspension } from './suspension.js';

export interface Interpreter {
  readonly module: PyodideModule;
  readonly api: PublicApi;
  readonly streams: StandardStreams;
  readonly poll: Poll;
  readonly memory: MemoryLimit;
  /** Rejects with an error met outside the program, in a call from JavaScript, that broke the interpreter. */
  readonly broken: Promise<never>;
}

/** What CPython takes as sys.executable. */
const executable = '/usr/bin/python3';

/**
 * How deep C code may nest before RecursionError. CPython counts bytes of its own stack, of which there are
 * 10 MB; but the browser's stack beneath is about 1 MB (in Chromium a suspendable one overflows at 900 calls
 * through functools.lru_cache, where CPython has used 350 KB), and its overflow cannot be caught.
 */
const stackBytes = 256 * 1024;

/** Loads the interpreter. Its command line is `args`, read by CPython itself. */
export async function startInterpreter(
  context: ProcessContext,
  args: readonly string[],
): Promise<Interpreter> {
  const [source, program, stdlib, lock] = await Promise.all([
    context.asset('asm.mjs') as Promise<Uint8Array<ArrayBuffer>>,
    context.asset('asm.wasm') as Promise<WebAssembly.Module>,
    context.asset('stdlib.zip') as Promise<Uint8Array>,
    context.asset('lock.json') as Promise<Uint8Array>,
  ]);
  const createModule = await importModule(source);
  const suspension = new Suspension();
  const streams = new StandardStreams(context, suspension);
  const poll = new Poll(context, suspension, streams);
  const memory = new MemoryLimit(context.limits.memoryBytes);
  const umask: Umask = { value: 0o022 };
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
      lockFilePromise: Promise.resolve(JSON.parse(new TextDecoder().decode(lock))),
    },
    arguments: args,
    thisProgram: executable,
    preRun: [
      () => {
        mountView(module, context.view, umask);
        installLibrary(module, stdlib);
        prepareDevices(module, streams);
        setEnvironment(module, context);
      },
    ],
    print: (text) => context.stdio.write(1, new TextEncoder().encode(`${text}\n`)),
    printErr: (text) => context.stdio.write(2, new TextEncoder().encode(`${text}\n`)),
    onExit: () => undefined,
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
    const env = imports['env'] ?? {};
    const wasi = imports['wasi_snapshot_preview1'] ?? {};
    suspension.attach(module, env);
    const errorMarker = Symbol('error marker');
    env['Jsv_GetError_import'] = () => errorMarker;
    env['JsvError_Check'] = (value: unknown) => (value === errorMarker ? 1 : 0);
    env['emscripten_resize_heap'] = memory.resize(module, env['emscripten_resize_heap'] as WasmImport);
    env['__syscall_poll'] = suspension.wrap(3, poll.call(module, env['__syscall_poll'] as WasmImport));
    env['__syscall_umask_js'] = (mask: number) => {
      const before = umask.value;
      umask.value = mask & 0o777;
      return before;
    };
    const replaced = replaceImports(imports, 'wasi_snapshot_preview1', {
      fd_read: suspension.wrap(
        4,
        streams.input.read(module, (fd) => streams.isInput(module, fd), wasi['fd_read'] as WasmImport),
      ),
      fd_write: suspension.wrap(4, streams.output.writeCall(wasi['fd_write'] as WasmImport)),
    });
    done(await WebAssembly.instantiate(program, replaced as WebAssembly.Imports), program);
  };

  await new Promise<unknown>((resolve, reject) => {
    instantiationFailed = reject;
    createModule(settings).then(resolve, reject);
  });
  const stackBase = module._emscripten_stack_get_base();
  module._emscripten_stack_set_limits(stackBase, stackBase - stackBytes);
  const broken = new Promise<never>((_resolve, reject) => {
    module.API.on_fatal = reject;
  });
  broken.catch(() => undefined);
  const api = module.API.finalizeBootstrap();
  await module.API.packageIndexReady;
  return { module, api, streams, poll, memory, broken };
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

function installLibrary(module: PyodideModule, stdlib: Uint8Array): void {
  const version = module.HEAPU32[module._Py_Version >>> 2] ?? 0;
  const tuple = [version >>> 24, (version >>> 16) & 0xff, (version >>> 8) & 0xff];
  const [major, minor] = tuple;
  module.API.pyVersionTuple = tuple;
  module.API.sitePackages = `/lib/python${major}.${minor}/site-packages`;
  module.FS.mkdirTree(module.API.sitePackages);
  // CPython looks for this folder and warns when there is none.
  module.FS.mkdirTree(`/lib/python${major}.${minor}/lib-dynload`);
  module.FS.writeFile(`/lib/python${major}${minor}.zip`, stdlib, { canOwn: true });
}

/** Emscripten's own devices read and write byte by byte, and its terminals have nothing behind them. */
function prepareDevices(module: PyodideModule, streams: StandardStreams): void {
  const { FS } = module;
  const fill = (each: (bytes: Uint8Array) => void): Partial<StreamOperations> => ({
    read: (_stream, buffer, offset, length) => {
      each(new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length));
      return length;
    },
    write: (_stream, _buffer, _offset, length) => length,
    llseek: () => 0,
  });
  const random = (bytes: Uint8Array) => {
    // The browser gives 64 KB at once, and none into shared memory.
    for (let at = 0; at < bytes.length; at += 65536) {
      const part = new Uint8Array(Math.min(65536, bytes.length - at));
      bytes.set(crypto.getRandomValues(part), at);
    }
  };
  const devices = {
    null: { ...fill(() => undefined), read: () => 0 },
    zero: fill((bytes) => bytes.fill(0)),
    random: fill(random),
    urandom: fill(random),
  };
  for (const [index, [name, operations]] of Object.entries(devices).entries()) {
    FS.registerDevice(FS.makedev(1, index + 3), operations);
    FS.mkdev(`/dev/${name}`, 0o666, FS.makedev(1, index + 3));
  }
  FS.mkdirTree('/dev/shm');
  FS.createStandardStreams = () => streams.open(module);
}

function setEnvironment(module: PyodideModule, context: ProcessContext): void {
  // Emscripten's own inventions are removed by `undefined`.
  for (const name of ['USER', 'LOGNAME', 'PATH', 'PWD', 'HOME', 'LANG', '_']) module.ENV[name] = undefined;
  Object.assign(module.ENV, context.env);
  module.FS.chdir(context.cwd);
}
