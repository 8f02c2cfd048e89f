// runtime-loaders/wasi: runs command modules of WASI preview 1 (and of its predecessor wasi_unstable).
// Exit codes besides the program's own: 126 not runnable, 127 not found, 134 (128 + SIGABRT) for a trap.
import { isErrno } from '../../kernel-core/abi/errno.js';
import type { Loader, ProcessContext, ProgramEnd } from '../runtime.js';
import { CannotUnwind } from './asyncify.js';
import { wasiImports } from './calls.js';
import { exitTrap } from './exit-trap.js';
import { cloneEntry, restoreClone, restoreMemory } from './extension/clone.js';
import { memoryEnd, ranOutOfMemory, tooLargeAtStart } from './memory-limit.js';
import { factsOf } from './module-facts.js';
import { missingImportsMessage } from './missing-imports.js';
import { instanceOf, makeNextInstance } from './next-instance.js';
import { openInitialDescriptors } from './preopens.js';
import { entryProblem, findProgram, importedMemory, type Program } from './program.js';
import { suspensionOf } from './suspension.js';
import { describeTrap } from './traps.js';
import { WasiProcess } from './wasi-process.js';

const notRunnable = 126;
const trapped = 134;

/** Nothing of a run stays in the realm: see `WasiProcess`. */
export const reusable: Loader['reusable'] = true;

export const rest: Loader['rest'] = makeNextInstance;

export const run: Loader['run'] = async (context: ProcessContext): Promise<ProgramEnd> => {
  const program = await findProgram(context);
  if (!('module' in program)) return program;
  const problem = entryProblem(program.name, program.module);
  if (problem !== undefined) return { code: notRunnable, message: problem };
  const process = new WasiProcess(context, program, suspensionOf(context, program.module));
  try {
    const unavailable = context.clone === undefined ? openInitialDescriptors(process) : undefined;
    if (unavailable !== undefined) return { code: notRunnable, message: unavailable };
    return await runProgram(process, program);
  } finally {
    process.dispose();
  }
};

async function runProgram(process: WasiProcess, program: Program): Promise<ProgramEnd> {
  const { limits } = process.context;
  const prepared = prepareImports(process, program);
  if ('code' in prepared) return prepared;
  try {
    const { exports } = instanceFor(process, program, prepared);
    const memory = exports['memory'] instanceof WebAssembly.Memory ? exports['memory'] : prepared.memory;
    if (memory !== undefined) process.memory.attach(memory);
    if (process.memory.size > limits.memoryBytes) {
      return tooLargeAtStart(program.name, process.memory.size, limits.memoryBytes);
    }
    process.suspension?.attach(exports, memory);
    process.handlers.attach(exports['__wasm_elements_signal'], process.suspension);
    const entry = exports[cloneEntry];
    process.canClone = typeof entry === 'function' && exports['memory'] instanceof WebAssembly.Memory;
    const clone = restoreClone(process);
    if (clone !== undefined && memory !== undefined) return await goOn(process, entry, memory, clone);
    const start = exports['_start'] as () => void;
    await enter(process, start);
    return { code: 0 };
  } catch (error) {
    return endAfter(process, program, error);
  }
}

/** A copy of another process, from the call it was made by to its end. */
async function goOn(
  process: WasiProcess,
  entry: unknown,
  memory: WebAssembly.Memory,
  state: NonNullable<ReturnType<typeof restoreClone>>,
): Promise<ProgramEnd> {
  const { clone } = process.context;
  if (clone === undefined || !restoreMemory(memory, clone.memory, state)) throw new NoRoom();
  const begin = entry as (fn: number, arg: number, sp: number) => unknown;
  const [fn, arg, sp] = state.entry;
  if (process.suspension !== undefined) process.suspension.areas = state.areas;
  const code = await enter(process, begin, fn, arg, sp);
  return { code: typeof code === 'number' ? code & 255 : 0 };
}

/** Calls an export of the program: its result, or a promise of that. */
function enter({ suspension }: WasiProcess, call: (...args: never[]) => unknown, ...args: number[]): unknown {
  return (suspension === undefined ? call : suspension.entered(call))(...(args as never[]));
}

/** Made in advance, where the program was sent with the start: imports are those of every run then. */
function instanceFor(
  { context, suspension }: WasiProcess,
  { module }: Program,
  { imports, memory }: { readonly imports: WebAssembly.Imports; readonly memory: unknown },
): WebAssembly.Instance {
  const make = () => instantiate(module, imports);
  const isKept = context.program === module && suspension !== undefined && memory === undefined;
  return isKept ? instanceOf({ module, imports, isProvided: context.isProvided === true }, make) : make();
}

/** Only memories and tables are allocated here: a RangeError that is no stack overflow means no room for them. */
function instantiate(module: WebAssembly.Module, imports: WebAssembly.Imports): WebAssembly.Instance {
  try {
    // In place: it is compiled, and a turn of the event loop costs more than the instance.
    return new WebAssembly.Instance(module, imports);
  } catch (error) {
    if (error instanceof RangeError && describeTrap(error) === undefined) throw new NoRoom();
    throw error;
  }
}

class NoRoom extends Error {}

/** The import object, or the end of a program that asks for more than there is. */
function prepareImports(
  process: WasiProcess,
  program: Program,
): { readonly imports: WebAssembly.Imports; readonly memory: WebAssembly.Memory | undefined } | ProgramEnd {
  const { imports: wanted, namesOf } = factsOf(program.module);
  const imports = wasiImports(process, namesOf);
  const memoryImport = wanted.find(({ kind }) => kind === 'memory');
  let memory: WebAssembly.Memory | undefined;
  if (memoryImport !== undefined) {
    memory = importedMemory(program, process.context.limits.memoryBytes);
    if (memory !== undefined) (imports[memoryImport.module] ??= {})[memoryImport.name] = memory;
  }
  const missing = wanted.filter(({ module, name }) => !Object.hasOwn(imports[module] ?? {}, name));
  if (missing.length > 0) {
    return { code: notRunnable, message: missingImportsMessage(program.name, missing) };
  }
  return { imports, memory };
}

function endAfter(process: WasiProcess, program: Program, error: unknown): ProgramEnd {
  const { limits, parent } = process.context;
  const told = (end: ProgramEnd): ProgramEnd => {
    // Whoever started it is told no more than the code.
    if (parent !== 0 && end.message !== undefined) writeError(process, `${program.name}: ${end.message}\n`);
    return end;
  };
  if (process.end !== undefined && error === exitTrap()) {
    const { end } = process;
    const died = end.code !== 0 && end.message === undefined;
    return died && ranOutOfMemory(process) ? memoryEnd(limits.memoryBytes, end.code) : told(end);
  }
  const trap = describeTrap(error);
  if (trap !== undefined) {
    const stack = trap.frames.map((name) => `    at ${name}\n`).join('');
    writeError(process, `Trap: ${trap.reason}\n${stack}`);
    if (ranOutOfMemory(process)) return memoryEnd(limits.memoryBytes, trapped);
    return { code: trapped, reason: 'trap', message: `The program was stopped by a trap: ${trap.reason}.` };
  }
  if (error instanceof WebAssembly.LinkError) {
    const message = `'${program.name}' cannot start: ${error.message.replace(/^WebAssembly\.\w+\(\): /, '')}.`;
    return { code: notRunnable, message };
  }
  if (error instanceof CannotUnwind) return told({ code: trapped, reason: 'trap', message: error.message });
  if (error instanceof NoRoom) return tooLargeAtStart(program.name, undefined, limits.memoryBytes);
  throw error;
}

function writeError({ context }: WasiProcess, text: string): void {
  try {
    context.stdio.write(2, new TextEncoder().encode(text));
  } catch (unread) {
    // Nobody reads fd 2 any more: the end says it too.
    if (!isErrno(unread)) throw unread;
  }
}
