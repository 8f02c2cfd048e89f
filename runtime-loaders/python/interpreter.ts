// runtime-loaders/python: CPython, up and ready for one program. There are three ways to get there, tried in
// this order (`start.ts`); each ends with `begin`, which tells our Python side about the process:
//
//   snapshot   module ─▶ memory restored ─▶ finalizeBootstrap ┊ (a spare waits here) ┊ ─▶ process connected
//   compiled   module ─▶ process connected ─▶ main(): Py_Initialize ─▶ finalizeBootstrap ─▶ our Python side
//   stock      the same, from the library's sources
import type { ProcessContext } from '../runtime.js';
import { buildId, libraryParts } from './assets.js';
import type { CommandLine } from './command-line.js';
import type { PublicApi, PyFunction, PyodideModule, WasmImport } from './emscripten.js';
import { descriptorCalls } from './descriptor-calls.js';
import { mountView, type Umask } from './file-system.js';
import { HandleStreams } from './handle-streams.js';
import { foreignCalls } from './foreign-calls.js';
import { Interrupts } from './interrupts.js';
import { Library } from './library.js';
import { MemoryLimit } from './memory-limit.js';
import { Poll } from './poll.js';
import { Processes } from './processes.js';
import { pythonEventLoop } from './python-event-loop-side.js';
import { pythonProcesses } from './python-process-side.js';
import { pythonSockets } from './python-socket-side.js';
import { socketCallNames, socketCalls, SocketOptions } from './sockets.js';
import { createPyodide } from './pyodide-module.js';
import { pythonNetwork } from './python-network-side.js';
import { pythonPackages } from './python-packages-side.js';
import { pythonSignals } from './python-signals-side.js';
import {
  beginName,
  pythonBaseline,
  pythonSide,
  pythonSideFile,
  type Host,
  type Restored,
} from './python-side.js';
import { restoreSnapshot, setCommandLine } from './snapshot.js';
import { StandardStreams } from './standard-streams.js';
import {
  prepareDevices,
  prepareLibraryFolder,
  setEnvironment,
  setTimeZone,
  snapshotEnvironment,
  timeZone,
} from './surroundings.js';
import { Suspension } from './suspension.js';

export interface Interpreter {
  readonly module: PyodideModule;
  readonly streams: StandardStreams;
  readonly poll: Poll;
  readonly processes: Processes;
  readonly sockets: SocketOptions;
  readonly memory: MemoryLimit;
  readonly interrupts: Interrupts;
  /** Rejects with an error met outside the program, in a call from JavaScript, that broke the interpreter. */
  readonly broken: Promise<never>;
  /** Tells the Python side about the process; returns its `finish`. */
  begin(host: Host): PyFunction;
}

/** An interpreter that knows no process yet. */
export interface Waiting {
  connect(context: ProcessContext, line: CommandLine): Promise<Interpreter>;
}

export interface Assets {
  asset(name: string): Promise<Uint8Array | WebAssembly.Module>;
}

/**
 * How deep C code may nest before RecursionError. CPython counts bytes of its own stack, of which there are
 * 10 MB; but the browser's stack beneath is about 1 MB (in Chromium a suspendable one overflows at 900 calls
 * through functools.lru_cache, where CPython has used 350 KB), and its overflow cannot be caught.
 * build-snapshot.mjs has the same number.
 */
const stackBytes = 256 * 1024;

/** From the snapshot. Throws SnapshotMismatch, or what `asset` throws. */
export async function restoreInterpreter(assets: Assets): Promise<Waiting> {
  const [source, program, snapshot] = await Promise.all([
    assets.asset('asm.mjs') as Promise<Uint8Array<ArrayBuffer>>,
    assets.asset('asm.wasm') as Promise<WebAssembly.Module>,
    assets.asset('snapshot') as Promise<Uint8Array>,
  ]);
  const suspension = new Suspension();
  const calls = new Calls(suspension);
  const module = await createPyodide({
    ...{ source, program, suspension, lock: undefined, args: [], initialRun: false },
    preRun: (each) => {
      prepareLibraryFolder(each);
      setEnvironment(each, snapshotEnvironment);
    },
    print: (fd, text) => calls.print(fd, text),
    replace: (each, env, wasi) => calls.replace(each, env, wasi),
  });
  limitStack(module);
  const { fields, hiwire } = restoreSnapshot(module, snapshot, buildId);
  const broken = breaking(module);
  const api = module.API.finalizeBootstrap(hiwire);
  return {
    connect: async (context, line) => {
      const connection = new Connection(context, suspension);
      if (!module.jspiSupported) await connection.library.load('library.usual', 'library.rest');
      connection.mount(module);
      for (let fd = 0; fd < 3; fd += 1) module.FS.streams[fd] = null;
      connection.streams.open(module);
      module.FS.chdir(context.cwd);
      calls.connect(connection);
      setCommandLine(module, fields, line);
      const zone = timeZone();
      setTimeZone(module, zone);
      const restored: Restored = {
        argv: [...line.argv],
        args: context.argv.slice(1),
        environ: { ...context.env },
        zone,
      };
      return interpreterOf(module, api, connection, broken, shadowsIn(context, line), api.toPy(restored));
    },
  };
}

/** From the library, compiled or as sources. Its command line is read by CPython itself. */
export async function startInterpreter(
  context: ProcessContext,
  line: CommandLine | undefined,
  kind: 'compiled' | 'sources',
): Promise<Interpreter> {
  const [source, program, lock, stdlib] = await Promise.all([
    context.asset('asm.mjs') as Promise<Uint8Array<ArrayBuffer>>,
    context.asset('asm.wasm') as Promise<WebAssembly.Module>,
    context.asset('lock.json') as Promise<Uint8Array>,
    kind === 'sources' ? (context.asset('stdlib.zip') as Promise<Uint8Array>) : undefined,
  ]);
  const suspension = new Suspension();
  const connection = new Connection(context, suspension);
  if (stdlib === undefined) await connection.library.load('library.usual', 'library.rest');
  const calls = new Calls(suspension);
  calls.connect(connection);
  const module = await createPyodide({
    ...{ source, program, suspension, lock, initialRun: true },
    args: context.argv.slice(1),
    preRun: (each) => {
      connection.mount(each, stdlib);
      setEnvironment(each, context.env);
      each.FS.chdir(context.cwd);
    },
    print: (fd, text) => calls.print(fd, text),
    replace: (each, env, wasi) => calls.replace(each, env, wasi),
  });
  limitStack(module);
  const broken = breaking(module);
  module.API.rawRun(pythonBaseline);
  const api = module.API.finalizeBootstrap();
  await module.API.packageIndexReady;
  runPythonSide(api);
  return interpreterOf(module, api, connection, broken, shadowsIn(context, line));
}

/** What one process brings: everything that was made for it. */
class Connection {
  readonly streams: StandardStreams;
  readonly handles: HandleStreams;
  readonly poll: Poll;
  readonly memory: MemoryLimit;
  readonly interrupts: Interrupts;
  readonly library: Library;
  readonly umask: Umask;
  readonly context: ProcessContext;

  constructor(context: ProcessContext, suspension: Suspension) {
    this.context = context;
    this.interrupts = new Interrupts(context, suspension);
    this.streams = new StandardStreams(context, suspension, this.interrupts);
    this.handles = new HandleStreams(context, suspension, () => this.streams.output.flushLate());
    this.poll = new Poll(this.streams, this.handles, this.interrupts);
    this.memory = new MemoryLimit(context.limits.memoryBytes);
    this.library = new Library(libraryParts, (name) => context.asset(name) as Promise<Uint8Array>);
    this.umask = { value: 0o022 };
  }

  /** Makes the file system. `stdlib`: the whole zip, in place of the one in parts. */
  mount(module: PyodideModule, stdlib?: Uint8Array): void {
    mountView(module, this.context.view, this.umask);
    const path = prepareLibraryFolder(module);
    if (stdlib === undefined) this.library.mount(module, path);
    else module.FS.writeFile(path, stdlib, { canOwn: true });
    prepareDevices(module, this.streams);
    this.handles.attach(module);
  }
}

/** Imports of the module that are ours: as they were until there is a process. */
class Calls {
  readonly #suspension: Suspension;
  #connection: Connection | undefined;
  #bind: (() => void) | undefined;

  constructor(suspension: Suspension) {
    this.#suspension = suspension;
  }

  connect(connection: Connection): void {
    this.#connection = connection;
    this.#bind?.();
  }

  /** What Emscripten prints itself; nobody reads it where there is no process. */
  print(fd: number, text: string): void {
    this.#connection?.context.stdio.write(fd, new TextEncoder().encode(`${text}\n`));
  }

  replace(
    module: PyodideModule,
    env: Record<string, WasmImport>,
    wasi: Record<string, WasmImport>,
  ): { env: Record<string, WasmImport>; wasi: Record<string, WasmImport> } {
    const suspension = this.#suspension;
    const original = {
      poll: env['__syscall_poll'] as WasmImport,
      umask: env['__syscall_umask_js'] as WasmImport,
      ask: env['_Py_CheckEmscriptenSignals_Helper'] as WasmImport,
      resize: env['emscripten_resize_heap'] as WasmImport,
      read: wasi['fd_read'] as WasmImport,
      write: wasi['fd_write'] as WasmImport,
      seek: wasi['fd_seek'] as WasmImport,
      __syscall_pipe: env['__syscall_pipe'] as WasmImport,
      __syscall_dup3: env['__syscall_dup3'] as WasmImport,
      __syscall_fcntl64: env['__syscall_fcntl64'] as WasmImport,
      __syscall_ioctl: env['__syscall_ioctl'] as WasmImport,
      getaddrinfo: env['getaddrinfo'] as WasmImport,
      _try_shutdown: env['_try_shutdown'] as WasmImport,
      ...(Object.fromEntries(socketCallNames.map((name) => [name, env[name]])) as SocketImports),
    };
    let bound: Record<keyof typeof original, (...args: number[]) => number | Promise<number>> = original;
    this.#bind = () => {
      const connection = this.#connection;
      if (connection === undefined) return;
      const { streams, handles, poll, memory, interrupts, library, umask } = connection;
      const fileRead = library.readCall(module, suspension, original.read);
      bound = {
        poll: poll.call(module, original.poll),
        umask: (mask = 0) => {
          const before = umask.value;
          umask.value = mask & 0o777;
          return before;
        },
        ask: () => interrupts.ask(),
        resize: memory.resize(module, original.resize),
        read: handles.readCall(
          module,
          streams.input.read(module, (fd) => streams.isInput(module, fd), fileRead),
        ),
        write: handles.writeCall(module, streams.output.writeCall(original.write)),
        seek: handles.seekCall(module, original.seek) as never,
        ...descriptorCalls(module, handles, original),
        ...socketCalls(module, handles, umask, original.getaddrinfo),
      };
    };
    this.#bind();
    return {
      env: {
        __syscall_poll: suspension.wrap(3, (...args) => bound.poll(...args)),
        _Py_CheckEmscriptenSignals_Helper: suspension.wrap(0, () => bound.ask()),
        __syscall_umask_js: (...args) => bound.umask(...args) as number,
        emscripten_resize_heap: (...args) => bound.resize(...args) as number,
        __syscall_pipe: suspension.wrap(1, (...args) => bound.__syscall_pipe(...args)),
        __syscall_dup3: (...args) => bound.__syscall_dup3(...args) as number,
        __syscall_fcntl64: (...args) => bound.__syscall_fcntl64(...args) as number,
        __syscall_ioctl: (...args) => bound.__syscall_ioctl(...args) as number,
        getaddrinfo: (...args) => bound.getaddrinfo(...args) as number,
        _try_shutdown: suspension.wrap(3, (...args) => bound._try_shutdown(...args)),
        ...Object.fromEntries(
          socketCallNames.map((name) => [name, suspension.wrap(6, (...args) => bound[name](...args))]),
        ),
        ...foreignCalls(module, env),
      },
      wasi: {
        fd_read: suspension.wrap(4, (...args) => bound.read(...args)),
        fd_write: suspension.wrap(4, (...args) => bound.write(...args)),
        fd_seek: suspension.wrapTyped(['i32', 'i64', 'i32', 'i32'], (...args) =>
          bound.seek(...args),
        ) as WasmImport,
      },
    };
  }
}

type SocketImports = Record<(typeof socketCallNames)[number], WasmImport>;

function limitStack(module: PyodideModule): void {
  const base = module._emscripten_stack_get_base();
  module._emscripten_stack_set_limits(base, base - stackBytes);
}

function breaking(module: PyodideModule): Promise<never> {
  const broken = new Promise<never>((_resolve, reject) => {
    module.API.on_fatal = reject;
  });
  broken.catch(() => undefined);
  return broken;
}

/** As build-snapshot.mjs does. */
function runPythonSide(api: PublicApi): void {
  const globals = api.toPy(
    new Map([
      ['__name__', '_wasm_elements'],
      ['__file__', pythonSideFile],
    ]),
  );
  for (const source of [
    ...[pythonSide, pythonNetwork, pythonPackages],
    ...[pythonProcesses, pythonSockets, pythonEventLoop, pythonSignals],
  ]) {
    api.runPython(source, { globals, filename: pythonSideFile });
  }
  globals.destroy();
}

function interpreterOf(
  module: PyodideModule,
  api: PublicApi,
  connection: Connection,
  broken: Promise<never>,
  shadows: readonly string[],
  restored?: object,
): Interpreter {
  const { streams, handles, poll, memory, interrupts, umask } = connection;
  const processes = new Processes(module, handles, umask, () => poll.wake());
  const sockets = new SocketOptions(module, processes, handles.context.syscalls);
  const begin = (host: Host): PyFunction => {
    const start = module.API.sys[beginName] as (host: Host, shadows: object, restored?: object) => PyFunction;
    return start(host, api.toPy([...shadows]), restored);
  };
  return { module, streams, poll, processes, sockets, memory, interrupts, broken, begin };
}

/** Modules in the folder that sys.path will begin with. */
function shadowsIn({ view }: ProcessContext, line: CommandLine | undefined): string[] {
  if (line === undefined) return [];
  try {
    return view.entries(view.resolve(line.folder)).flatMap(([name, inode]) => {
      if (inode.isDirectory) return view.lookup(inode, '__init__.py') === undefined ? [] : [name];
      return /\.pyc?$/.test(name) ? [name.replace(/\.pyc?$/, '')] : [];
    });
  } catch {
    return [];
  }
}
