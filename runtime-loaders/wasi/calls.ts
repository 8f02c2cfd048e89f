// runtime-loaders/wasi: the import object of WASI preview 1, put together from the families of calls.
// A call does its work or throws an Errno; this file turns both into the numbers a program sees, and decides
// which calls may suspend it.
import { isErrno } from '../../kernel-core/abi/errno.js';
import { after } from './after.js';
import { argumentCalls } from './arguments.js';
import { clockCalls } from './clock.js';
import { extensionCalls, extensionModule } from './extension/extension.js';
import { fdCalls } from './fd.js';
import { fdReadWriteCalls } from './fd-read-write.js';
import { fdStatCalls } from './fd-stat.js';
import { pathCalls } from './path.js';
import { pathOpenCalls } from './path-open.js';
import { pathStatCalls } from './path-stat.js';
import { pollCalls } from './poll.js';
import { processCalls, raiseCalls } from './proc.js';
import type { ModuleFacts } from './module-facts.js';
import { randomCalls } from './random.js';
import { readdirCalls } from './readdir.js';
import { socketCalls } from './sock.js';
import { preview1Layout, unstableLayout, type Layout } from './layout.js';
import { closeAsyncified } from './asyncify.js';
import { closeShim, type Import } from './suspension-shim.js';
import type { WasiProcess } from './wasi-process.js';

/** Success is a return; failure an Errno thrown. */
export type Call = (...args: never[]) => void | Promise<void>;
export type Calls = Readonly<Record<string, Call>>;

/** Modules that WASI's functions are imported from, with the layout of their structs. */
const modules: Readonly<Record<string, Layout>> = {
  wasi_snapshot_preview1: preview1Layout,
  wasi_unstable: unstableLayout,
};

/** The functions for one run of a program; those it does not ask for are left out. */
export function wasiImports(process: WasiProcess, namesOf: ModuleFacts['namesOf']): WebAssembly.Imports {
  const imports: WebAssembly.Imports = {};
  for (const [module, layout] of Object.entries(modules)) {
    const names = namesOf.get(module);
    if (names === undefined) continue;
    const immediate = immediateImports(process, names);
    const waiting = waitingImports(process, waitingCalls(process, layout), names);
    imports[module] = { ...immediate, ...waiting };
  }
  const names = namesOf.get(extensionModule);
  if (names !== undefined) imports[extensionModule] = waitingImports(process, extensionCalls(process), names);
  return imports;
}

/** Between two runs of a program: what it imports does nothing but throw. */
export function closeImports(namesOf: ModuleFacts['namesOf']): void {
  for (const names of namesOf.values()) {
    closeShim(names);
    closeAsyncified(names);
    const known = standing.get(names);
    if (known !== undefined) known.calls = [];
  }
}

interface Standing {
  /** Of the run there is now: one at a time does in a worker. */
  calls: readonly Import[];
  readonly imports: Record<string, WebAssembly.ImportValue>;
}

/** By the names a program imports, as `suspension-shim.ts` has it: an instance may be made before its run. */
const standing = new WeakMap<ReadonlySet<string>, Standing>();

function immediateImports(
  process: WasiProcess,
  names: ReadonlySet<string>,
): Readonly<Record<string, WebAssembly.ImportValue>> {
  const offered = chosen(immediateCalls(process), names);
  let known = standing.get(names);
  if (known === undefined) {
    const made: Standing = { calls: [], imports: {} };
    for (const [index, [name]] of offered.entries()) {
      made.imports[name] = (a: never, b: never, c: never, d: never) => made.calls[index]!(a, b, c, d);
    }
    standing.set(names, (known = made));
  }
  known.calls = offered.map(([, call]) => guarded(process, call));
  return known.imports;
}

function waitingImports(
  process: WasiProcess,
  families: readonly Calls[],
  names: ReadonlySet<string>,
): Record<string, WebAssembly.ImportValue> {
  const { suspension } = process;
  const offered = chosen(families, names).map(([name, call]) => {
    const import_ = signalling(process, name, call);
    return {
      name,
      parameters: call.length,
      call: suspension === undefined ? import_ : turning(process, name, import_),
    };
  });
  if (suspension !== undefined) return suspension.imports(names, offered);
  return Object.fromEntries(offered.map(({ name, call }) => [name, call]));
}

/** Not one object of all of them: to make that for every process costs as much as all the rest of its start. */
function chosen(families: readonly Calls[], names: ReadonlySet<string>): (readonly [string, Call])[] {
  const found: (readonly [string, Call])[] = [];
  for (const family of families) {
    for (const name in family) if (names.has(name)) found.push([name, family[name]!]);
  }
  return found;
}

/** Never wait and see nothing that others change. */
function immediateCalls(process: WasiProcess): readonly Calls[] {
  return [argumentCalls(process), clockCalls(process), randomCalls(process), processCalls(process)];
}

/** Wait, see the file tree, or run handlers of signals. */
function waitingCalls(process: WasiProcess, layout: Layout): readonly Calls[] {
  return [
    fdCalls(process, layout),
    fdReadWriteCalls(process),
    fdStatCalls(process, layout),
    readdirCalls(process),
    pathCalls(process),
    pathOpenCalls(process),
    pathStatCalls(process, layout),
    pollCalls(process, layout),
    raiseCalls(process),
    socketCalls(process),
  ];
}

// What wraps a call has nine parameters, as many as the longest call (path_open), and no rest list: until an engine
// has optimized the wrapper, a list is made and taken apart each time, and most programs end before that.

function guarded(process: WasiProcess, call: Call): Import {
  return (a: never, b: never, c: never, d: never, e: never, f: never, g: never, h: never, i: never) => {
    try {
      const done = call(a, b, c, d, e, f, g, h, i);
      return done === undefined ? 0 : settled(process, done);
    } catch (error) {
      return failure(process, error);
    }
  };
}

function settled(process: WasiProcess, done: Promise<void>): Promise<number> {
  return done.then(
    () => 0,
    (error: unknown) => failure(process, error),
  );
}

/** Calls that a signal always ends, whatever its handler says of restarting (signal(7)). */
const neverRestarted = new Set(['await', 'pause', 'poll_oneoff']);

/** As `guarded`; handlers of signals run on the way back to the program. */
function signalling(process: WasiProcess, name: string, call: Call): Import {
  const { handlers } = process;
  return (a: never, b: never, c: never, d: never, e: never, f: never, g: never, h: never, i: never) => {
    let code: number | Promise<number> = 0;
    try {
      const done = call(a, b, c, d, e, f, g, h, i);
      if (done !== undefined) code = settled(process, done);
    } catch (error) {
      code = failure(process, error);
    }
    if (typeof code === 'number' && !handlers.pending) return code;
    const again = (): number | Promise<number> => guarded(process, call)(a, b, c, d, e, f, g, h, i);
    const handled = (each: number): number | Promise<number> =>
      handlers.after(each, () => (neverRestarted.has(name) ? each : again()));
    return typeof code === 'number' ? handled(code) : code.then(handled);
  };
}

/** Lets the event loop turn before a call that comes late after its last turn; what looks at files by path sees all it wrote. */
function turning(process: WasiProcess, name: string, call: Import): Import {
  const { view } = process.context;
  const looks = name.startsWith('path_');
  return (a: never, b: never, c: never, d: never, e: never, f: never, g: never, h: never, i: never) => {
    if (looks && view.isBehind) return after(process.seen(), () => call(a, b, c, d, e, f, g, h, i));
    if (process.mustTurn) return process.turn().then(() => call(a, b, c, d, e, f, g, h, i));
    return call(a, b, c, d, e, f, g, h, i);
  };
}

/** The error number of what a call threw; what is no Errno unwinds the program. */
function failure(process: WasiProcess, error: unknown): number {
  if (isErrno(error)) return error.errno;
  if (error instanceof Error && error.name === 'CannotBlock')
    process.exit({ code: 1, message: error.message });
  throw error;
}
