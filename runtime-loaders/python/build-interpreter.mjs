// runtime-loaders/python: pyodide's CPython under Node, for building. The start is the loader's
// (interpreter.ts) with an empty tree in memory, no input, and output kept as text.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isModule, moduleSource } from './build-module.mjs';

/** A fixed start: what is built must not depend on when and where. */
export const fixedMs = Date.UTC(2000, 0, 1);

/** Channels pyodide made; an open one would keep Node from ending. */
const channels = [];

/** Ends every interpreter there is. */
export function endPyodide() {
  for (const { port1 } of channels.splice(0)) port1.close();
}

const factories = new Map();

async function moduleFactory(folder) {
  if (isModule(folder)) return (await import(pathToFileURL(`${folder}/pyodide.asm.mjs`).href)).default;
  let factory = factories.get(folder);
  if (factory === undefined) {
    // A script finds these in its surroundings.
    Object.assign(globalThis, { require: createRequire(`${folder}/package.json`), __dirname: folder });
    const place = mkdtempSync(path.join(tmpdir(), 'wasm-elements-'));
    try {
      const file = path.join(place, 'pyodide.asm.mjs');
      writeFileSync(file, moduleSource(folder, ''));
      factory = (await import(pathToFileURL(file).href)).default;
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
    factories.set(folder, factory);
  }
  return factory;
}

/** The word of memory that the engine chooses while the module is made: which function C functions are called through. */
export function chosenWord(module) {
  const offset = module.__PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET ?? module.__PyEM_EMSCRIPTEN_COUNT_ARGS_OFFSET;
  return (module.__PyRuntime + module.HEAPU32[offset >>> 2]) >>> 2;
}

/**
 * Instantiates pyodide. `library` becomes the standard library's zip; `initialRun: false` stops before
 * CPython starts, with memory as it is right after instantiation. Time begins at `timeMs`, and is `tickMs` later
 * whenever it is asked for.
 */
export async function startPyodide(options) {
  const { folder, library, executable, args = [], initialRun = true, timeMs = fixedMs, tickMs = 0 } = options;
  let nowMs = timeMs;
  const now = () => (nowMs += tickMs);
  const createModule = await moduleFactory(folder);
  const program = new WebAssembly.Module(readFileSync(`${folder}/pyodide.asm.wasm`));
  const output = [];
  let chooseTrampoline;
  const settings = {
    API: {
      config: {
        ...{ jsglobals: globalThis, env: {}, args: [], packages: [], enableRunUntilComplete: true },
        ...{ checkAPIVersion: true, indexURL: '', packageBaseUrl: '', packageCacheDir: '', cdnUrl: '' },
        ...{ BUILD_ID: '', _makeSnapshot: true },
      },
      runtimeEnv: {
        ...{ IN_NODE: false, IN_NODE_COMMONJS: false, IN_NODE_ESM: false, IN_BUN: false, IN_DENO: false },
        ...{ IN_SAFARI: false, IN_SHELL: false, IN_WORKERD: false, IN_BROWSER: true },
        ...{ IN_BROWSER_MAIN_THREAD: false, IN_BROWSER_WEB_WORKER: true },
      },
      lockFilePromise: Promise.resolve(JSON.parse(readFileSync(`${folder}/pyodide-lock.json`, 'utf8'))),
    },
    arguments: args,
    thisProgram: executable,
    noInitialRun: !initialRun,
    preRun: [
      () => {
        const version = module.HEAPU32[module._Py_Version >>> 2];
        const [major, minor] = [version >>> 24, (version >>> 16) & 0xff];
        module.API.pyVersionTuple = [major, minor, (version >>> 8) & 0xff];
        module.API.sitePackages = `/lib/python${major}.${minor}/site-packages`;
        module.FS.mkdirTree(module.API.sitePackages);
        module.FS.mkdirTree(`/lib/python${major}.${minor}/lib-dynload`);
        if (library) module.FS.writeFile(`/lib/python${major}${minor}.zip`, library);
        // The environment is part of memory before CPython starts; surroundings.ts sets the same one.
        for (const name of ['USER', 'LOGNAME', 'PATH', 'PWD', 'HOME', '_']) module.ENV[name] = undefined;
        module.ENV.LANG = 'C.UTF-8';
        module.FS.mkdirTree('/home/user');
        module.FS.chdir('/home/user');
      },
    ],
    stdin: () => null,
    print: (text) => output.push(text),
    printErr: (text) => output.push(text),
    onExit: () => undefined,
    locateFile: (name) => name,
    instantiateWasm: (imports, done) => {
      const marker = Symbol('error marker');
      const isMarker = (value) => (value === marker ? 1 : 0);
      const random = (pointer, length) => {
        module.HEAPU8.fill(0x5a ^ (timeMs & 0xff), pointer, pointer + length);
        return 0;
      };
      chooseTrampoline = imports.env._PyEM_InitTrampoline_js;
      imports.env.Jsv_GetError_import = () => marker;
      imports.env.JsvError_Check = isMarker;
      imports.sentinel = { create_sentinel: () => marker, is_sentinel: isMarker };
      imports.wasi_snapshot_preview1.random_get = random;
      imports.env.getentropy = random;
      imports.wasi_snapshot_preview1.clock_time_get = (_clock, _precision, pointer) => {
        module.HEAP64[pointer >>> 3] = BigInt(now()) * 1_000_000n;
        return 0;
      };
      imports.env.emscripten_date_now = now;
      imports.env.emscripten_get_now = () => now() - fixedMs;
      WebAssembly.instantiate(program, imports).then((instance) => done(instance, program));
      return {};
    },
    noImageDecoding: true,
    noAudioDecoding: true,
    noWasmDecoding: false,
  };
  // Emscripten fills in the very object it is given.
  const module = settings;
  const { MessageChannel } = globalThis;
  globalThis.MessageChannel = class extends MessageChannel {
    constructor() {
      super();
      channels.push(this);
    }
  };
  try {
    await createModule(settings);
  } finally {
    globalThis.MessageChannel = MessageChannel;
  }
  module._malloc ??= module._emscripten_builtin_malloc;
  // In 3.13 CPython has this done while it starts, which a restored one does not.
  if (!initialRun) chooseTrampoline?.();
  return { module, output };
}
