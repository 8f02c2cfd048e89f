// runtime-loaders/python: CPython, up and ready for one program. There are three ways to get there, tried in
// this order (`start.ts`); each ends with `begin`, which tells our Python side about the process:
//
//   snapshot   module ─▶ memory restored ─▶ finalizeBootstrap ┊ (a spare waits here) ┊ ─▶ process connected
//   compiled   module ─▶ process connected ─▶ main(): Py_Initialize ─▶ finalizeBootstrap ─▶ our Python side
//   stock      the same, from the library's sources
import type { ProcessContext, Surroundings } from '../runtime.js';
import { buildOf } from './builds.js';
import type { CommandLine } from './command-line.js';
import { Connection } from './connection.js';
import type { PublicApi, PyFunction, PyodideModule } from './emscripten.js';
import type { HandleStreams } from './handle-streams.js';
import type { Interrupts } from './interrupts.js';
import { Links } from './links.js';
import type { MemoryLimit } from './memory-limit.js';
import type { Poll } from './poll.js';
import { Processes } from './processes.js';
import { pythonDisplay } from './python-display-side.js';
import { pythonEventLoop } from './python-event-loop-side.js';
import { pythonProcesses } from './python-process-side.js';
import { pythonFiles } from './python-files-side.js';
import { pythonSockets } from './python-socket-side.js';
import { SocketOptions } from './sockets.js';
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
import { rehearse } from './rehearsal.js';
import { restoreSnapshot, setCommandLine } from './snapshot.js';
import type { StandardStreams } from './standard-streams.js';
import {
  prepareLibraryFolder,
  setEnvironment,
  setTimeZone,
  snapshotEnvironment,
  timeZone,
} from './surroundings.js';
import { Suspension } from './suspension.js';
import { SystemCalls } from './system-calls.js';

export interface Interpreter {
  readonly module: PyodideModule;
  readonly streams: StandardStreams;
  readonly handles: HandleStreams;
  readonly poll: Poll;
  readonly processes: Processes;
  readonly sockets: SocketOptions;
  readonly links: Links;
  readonly memory: MemoryLimit;
  readonly interrupts: Interrupts;
  readonly suspension: Suspension;
  /** Rejects with an error met outside the program, in a call from JavaScript, that broke the interpreter. */
  readonly broken: Promise<never>;
  /** Tells the Python side about the process; returns its `finish`. */
  begin(host: Host): PyFunction;
  /** Lets go of __main__, which CPython then takes apart with everything else in its place; the program has ended. */
  release(): void;
  /** Runs Python source of ours in the namespace of a function of ours; what its last line says. */
  extend(side: PyFunction, source: string): PyFunction;
}

/** An interpreter that knows no process yet. */
export interface Waiting {
  /** Does what programs begin with, once: the next time is faster. Not while one runs. */
  rehearse(): void;
  connect(context: ProcessContext, line: CommandLine): Promise<Interpreter>;
}

/**
 * How deep C code may nest before RecursionError. CPython counts bytes of its own stack, of which there are
 * 10 MB; but the browser's stack beneath is about 1 MB (in Chromium a suspendable one overflows at 900 calls
 * through functools.lru_cache, where CPython has used 350 KB), and its overflow cannot be caught.
 * build-snapshot.mjs has the same number.
 */
const stackBytes = 256 * 1024;

/** From the snapshot. Throws SnapshotMismatch, or what `asset` throws. */
export async function restoreInterpreter(assets: Surroundings): Promise<Waiting> {
  const program = assets.asset('asm.wasm') as Promise<WebAssembly.Module>;
  const snapshot = assets.asset('snapshot') as Promise<Uint8Array>;
  // Which of them fails first is told below.
  for (const each of [program, snapshot]) each.catch(() => undefined);
  const source = (await assets.asset('asm.mjs')) as Uint8Array<ArrayBuffer>;
  const { buildId, executable } = buildOf(assets.runtime.version);
  const suspension = new Suspension();
  const calls = new SystemCalls(suspension);
  const module = await createPyodide({
    ...{ source, program, executable, suspension, lock: undefined, args: [], initialRun: false },
    preRun: (each) => {
      prepareLibraryFolder(each);
      setEnvironment(each, snapshotEnvironment);
    },
    print: (fd, text) => calls.print(fd, text),
    replace: (each, env, wasi) => calls.replace(each, env, wasi),
  });
  limitStack(module);
  const { fields, hiwire } = restoreSnapshot(module, await snapshot, buildId);
  const broken = breaking(module);
  const api = module.API.finalizeBootstrap(hiwire);
  suspension.started(module);
  return {
    rehearse: () => rehearse(api),
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
        options: line.options,
        environ: { ...context.env },
        zone,
      };
      return interpreterOf(
        module,
        api,
        connection,
        suspension,
        broken,
        shadowsIn(context, line),
        api.toPy(restored),
      );
    },
  };
}

/** From the library, compiled or as sources. Its command line is read by CPython itself. */
export async function startInterpreter(
  context: ProcessContext,
  line: CommandLine | undefined,
  kind: 'compiled' | 'sources',
): Promise<Interpreter> {
  const program = context.asset('asm.wasm') as Promise<WebAssembly.Module>;
  program.catch(() => undefined);
  const [source, lock, stdlib] = await Promise.all([
    context.asset('asm.mjs') as Promise<Uint8Array<ArrayBuffer>>,
    context.asset('lock.json') as Promise<Uint8Array>,
    kind === 'sources' ? (context.asset('stdlib.zip') as Promise<Uint8Array>) : undefined,
  ]);
  const suspension = new Suspension();
  const connection = new Connection(context, suspension);
  if (stdlib === undefined) await connection.library.load('library.usual', 'library.rest');
  const calls = new SystemCalls(suspension);
  calls.connect(connection);
  const module = await createPyodide({
    ...{ source, program, suspension, lock, initialRun: true },
    executable: buildOf(context.runtime.version).executable,
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
  suspension.started(module);
  return interpreterOf(module, api, connection, suspension, broken, shadowsIn(context, line));
}

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
    ...[pythonProcesses, pythonFiles, pythonSockets, pythonEventLoop, pythonSignals, pythonDisplay],
  ]) {
    api.runPython(source, { globals, filename: pythonSideFile });
  }
  globals.destroy();
}

function interpreterOf(
  module: PyodideModule,
  api: PublicApi,
  connection: Connection,
  suspension: Suspension,
  broken: Promise<never>,
  shadows: readonly string[],
  restored?: object,
): Interpreter {
  const { streams, handles, poll, memory, interrupts, umask } = connection;
  const processes = new Processes(module, handles, umask, interrupts, () => poll.wake());
  const sockets = new SocketOptions(module, processes, handles.context.syscalls);
  const begin = (host: Host): PyFunction => {
    const start = module.API.sys[beginName] as (host: Host, shadows: object, restored?: object) => PyFunction;
    return start(host, api.toPy([...shadows]), restored);
  };
  const release = (): void => {
    module.API.runPythonInternal_dict.delete('__main__');
    module.API.globals.destroy();
  };
  const links = new Links(handles.context, processes);
  const extend = (side: PyFunction, source: string): PyFunction =>
    api.runPython(source, { globals: side.__globals__, filename: pythonSideFile }) as PyFunction;
  return {
    ...{ module, streams, handles, poll, processes, sockets, links, memory, interrupts, suspension },
    ...{ broken, begin, release, extend },
  };
}

/** Modules in the folder that sys.path will begin with. */
function shadowsIn({ view }: ProcessContext, line: CommandLine | undefined): string[] {
  if (line === undefined) return [];
  try {
    // A folder or an archive that is run is what sys.path begins with.
    const run = line.run?.field === 'filename' ? view.walk(line.run.text, {}).inode : undefined;
    const folder = run?.isDirectory === true ? run : view.resolve(line.folder);
    return view.entries(folder).flatMap(([name, inode]) => {
      if (inode.isDirectory) return view.lookup(inode, '__init__.py') === undefined ? [] : [name];
      return /\.pyc?$/.test(name) ? [name.replace(/\.pyc?$/, '')] : [];
    });
  } catch {
    return [];
  }
}
