// runtime-loaders/wasi: the import object of WASI preview 1, put together from the families of calls.
// A call does its work or throws an Errno; this file turns both into the numbers a program sees, and decides
// which calls may suspend it.
import { isErrno } from '../../kernel-core/abi/errno.js';
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
import { processCalls } from './proc.js';
import { randomCalls } from './random.js';
import { readdirCalls } from './readdir.js';
import { socketCalls } from './sock.js';
import { preview1Layout, unstableLayout, type Layout } from './layout.js';
import type { WasiProcess } from './wasi-process.js';

/** Success is a return; failure an Errno thrown. */
export type Call = (...args: never[]) => void | Promise<void>;
export type Calls = Readonly<Record<string, Call>>;

/** Modules that WASI's functions are imported from, with the layout of their structs. */
const modules: Readonly<Record<string, Layout>> = {
  wasi_snapshot_preview1: preview1Layout,
  wasi_unstable: unstableLayout,
};

/** The functions a program imports, for one run of it. */
export function wasiImports(process: WasiProcess): WebAssembly.Imports {
  const imports: WebAssembly.Imports = {};
  for (const [module, layout] of Object.entries(modules)) {
    const functions: Record<string, WebAssembly.ImportValue> = {};
    for (const [name, call] of Object.entries(immediateCalls(process))) {
      functions[name] = guarded(process, call);
    }
    Object.assign(functions, waitingImports(process, waitingCalls(process, layout)));
    imports[module] = functions;
  }
  imports[extensionModule] = waitingImports(process, extensionCalls(process));
  return imports;
}

function waitingImports(process: WasiProcess, calls: Calls): Record<string, WebAssembly.ImportValue> {
  const { jspi } = process;
  const functions: Record<string, WebAssembly.ImportValue> = {};
  for (const [name, call] of Object.entries(calls)) {
    const import_ = signalling(process, guarded(process, call));
    functions[name] = jspi === undefined ? import_ : jspi.suspending(turning(process, import_));
  }
  return functions;
}

/** Never wait and see nothing that others change. */
function immediateCalls(process: WasiProcess): Calls {
  return {
    ...argumentCalls(process),
    ...clockCalls(process),
    ...randomCalls(process),
    ...processCalls(process),
  };
}

/** Wait, or see the file tree. */
function waitingCalls(process: WasiProcess, layout: Layout): Calls {
  return {
    ...fdCalls(process, layout),
    ...fdReadWriteCalls(process),
    ...fdStatCalls(process, layout),
    ...readdirCalls(process),
    ...pathCalls(process),
    ...pathOpenCalls(process),
    ...pathStatCalls(process, layout),
    ...pollCalls(process, layout),
    ...socketCalls(process),
  };
}

type Import = (...args: never[]) => number | Promise<number>;

function guarded(process: WasiProcess, call: Call): Import {
  return (...args) => {
    try {
      const done = call(...args);
      if (done === undefined) return 0;
      return done.then(
        () => 0,
        (error: unknown) => failure(process, error),
      );
    } catch (error) {
      return failure(process, error);
    }
  };
}

/** Handlers of signals run on the way back to the program. */
function signalling({ handlers }: WasiProcess, call: Import): Import {
  return (...args) => {
    const code = call(...args);
    const again = () => call(...args);
    return typeof code === 'number'
      ? handlers.after(code, again)
      : code.then((each) => handlers.after(each, again));
  };
}

/** Lets the event loop turn before a call that comes late after its last turn. */
function turning(process: WasiProcess, call: Import): Import {
  return (...args) => (process.mustTurn ? process.turn().then(() => call(...args)) : call(...args));
}

/** The error number of what a call threw; what is no Errno unwinds the program. */
function failure(process: WasiProcess, error: unknown): number {
  if (isErrno(error)) return error.errno;
  if (error instanceof Error && error.name === 'CannotBlock')
    process.exit({ code: 1, message: error.message });
  throw error;
}
