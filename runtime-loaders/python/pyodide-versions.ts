// runtime-loaders/python: in what the pyodides we run differ (0.27 has CPython 3.12, 0.29 has 3.13, 314 has 3.14). Told
// by what the module or its imports have, never by a version's number.
import { errno } from '../../kernel-core/abi/errno.js';
import type { Attributes, EmscriptenFs, PyodideModule, WasmImport, WasmImports } from './emscripten.js';

/** What CPython returns for an error, where that is a JavaScript value: in env since 314, apart in 0.29, before null. */
export function provideErrorMarker(imports: WasmImports): void {
  const marker = Symbol('error marker');
  const make = () => marker;
  const check = (value: unknown) => (value === marker ? 1 : 0);
  Object.assign(imports['env'] ?? {}, { Jsv_GetError_import: make, JsvError_Check: check });
  imports['sentinel'] = { create_sentinel: make, is_sentinel: check };
}

/** Functions and variables that are exported under another name, or have none in the module. */
export function nameMissing(module: PyodideModule, { exports }: WebAssembly.Instance): void {
  const named: Record<string, string> = {
    _malloc: 'malloc',
    ___errno_location: '__errno_location',
    _Py_IsFinalizing: '_Py_IsFinalizing',
    ___timezone: 'timezone',
    ___daylight: 'daylight',
    ___tzname: 'tzname',
  };
  const target = module as unknown as Record<string, unknown>;
  // Variables are exported by where they are in the program's own data.
  const data = module.__PyRuntime - Number((exports['_PyRuntime'] as WebAssembly.Global).value);
  for (const [name, exported] of Object.entries(named)) {
    const value = exports[exported];
    if (target[name] !== undefined || value === undefined) continue;
    target[name] = value instanceof WebAssembly.Global ? data + Number(value.value) : value;
  }
}

/**
 * In 0.29 CPython has this done while it starts, which a restored one does not: chooses the function that C functions
 * are called through.
 */
export function chooseTrampoline(env: Record<string, unknown>): void {
  (env['_PyEM_InitTrampoline_js'] as (() => void) | undefined)?.();
}

/** Before 0.28 Emscripten looked open files up by their path, which a pipe has none of and which may be another file's. */
export function olderCalls(
  module: PyodideModule,
  env: Record<string, WasmImport>,
): Record<string, WasmImport> {
  const original = env['__syscall_fstat64'] as WasmImport;
  return {
    __syscall_fstat64: (fd = 0, buffer = 0) => {
      const { FS } = module;
      if ('fstat' in FS) return original(fd, buffer);
      const stream = FS.getStream(fd);
      if (stream == null) return -errno.EBADF;
      const { node, stream_ops: operations } = stream;
      const attributes = (): Attributes =>
        operations.getattr?.(stream) ?? (node.node_ops as Required<typeof node.node_ops>).getattr(node);
      try {
        return (module as unknown as OlderModule).SYSCALLS.doStat(attributes, '', buffer >>> 0);
      } catch (error) {
        const number =
          Object(error) instanceof FS.ErrnoError ? (error as { errno: number }).errno : undefined;
        if (number === undefined) throw error;
        return -number;
      }
    },
  };
}

interface OlderModule {
  readonly SYSCALLS: { doStat(attributes: () => Attributes, path: string, buffer: number): number };
}

/** Before 0.28 a file had one time for all. */
export function completeFileSystem(module: PyodideModule): void {
  const FS = module.FS as EmscriptenFs & {
    utime(path: string, atime: number, mtime: number): void;
  };
  if ('fstat' in FS) return;
  FS.utime = (path, atime, mtime) => {
    const { node } = FS.lookupPath(path, { follow: true });
    // Emscripten's own file systems know no other name.
    node.node_ops.setattr?.(node, { atime, mtime, timestamp: Math.max(atime, mtime) } as object);
  };
}

/** The word of memory where that function is. */
export function trampolineWord(module: PyodideModule): number {
  const pointer =
    module.__PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET ?? module.__PyEM_EMSCRIPTEN_COUNT_ARGS_OFFSET ?? 0;
  return (module.__PyRuntime + (module.HEAPU32[pointer >>> 2] ?? 0)) >>> 2;
}

/**
 * Whether a promising call runs on a thread state of its own, as since 314. Before, it runs on whoever's it was called
 * on, and a new one is made for whoever runs while it is suspended.
 */
export function hasThreadStates(module: PyodideModule): boolean {
  return 'enterTask' in module;
}

/**
 * Does something of pyodide's as if no Python ran. Before 314 it imports asyncio to save a call's state, by the builtins
 * of whoever is suspended; which may have none, as the methods of a named tuple.
 */
export function withoutFrame<T>(module: PyodideModule, action: () => T): T {
  const word = frameWord(module);
  if (word === undefined) return action();
  const frame = module.HEAPU32[word] ?? 0;
  module.HEAPU32[word] = 0;
  try {
    return action();
  } finally {
    module.HEAPU32[word] = frame;
  }
}

/** The word of memory that says which Python frame runs; undefined: nobody need hide it. */
function frameWord(module: PyodideModule): number | undefined {
  if (hasThreadStates(module)) return undefined;
  const older = module as PyodideModule & { _get_cframe?(): number };
  if (older._get_cframe !== undefined) return older._get_cframe() >>> 2;
  const offset = module.HEAPU32[(module.__PyRuntime + frameOffsetAt) >>> 2] ?? 0;
  return (module._PyGILState_GetThisThreadState() + offset) >>> 2;
}

/** `thread_state.current_frame` in the table for debuggers that `_PyRuntime` begins with since 3.13. */
const frameOffsetAt = 23 * 8;

/** Runs the program so that it may be suspended. Before 0.28 pyodide forgot, here, the C frame that others go on with. */
export function promisingMain(module: PyodideModule): Promise<number> {
  const older = module as PyodideModule & { _get_cframe?(): number; origCframe?: number };
  if (older._get_cframe !== undefined) older.origCframe = older._get_cframe();
  return module.promisingRunMain();
}
