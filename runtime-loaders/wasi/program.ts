// runtime-loaders/wasi: finds the program, and refuses with a sentence what cannot run.
import { Errno, errnoText, isErrno } from '../../kernel-core/abi/errno.js';
import { normalize } from '../../kernel-core/abi/path.js';
import { compileErrorReason, readWasmMemories, wasmProblem } from '../../kernel-core/abi/wasm-binary.js';
import type { ProcessContext, ProgramEnd } from '../runtime.js';
import { capMemory } from './memory-limit.js';
import { factsOf } from './module-facts.js';

export interface Program {
  /** As the command named it, for messages. */
  readonly name: string;
  readonly module: WebAssembly.Module;
  /** The program's own argv. */
  readonly args: readonly string[];
  /** The file, read when it is needed. */
  readonly bytes: () => Uint8Array;
}

/** Exit codes of a shell: found but not runnable, not found. */
const notRunnable = 126;
const notFound = 127;

/**
 * The compiled program of the context, or the file that argv[1] names (`wasi prog.wasm …`); its end, where
 * there is nothing to run.
 */
export async function findProgram(context: ProcessContext): Promise<Program | ProgramEnd> {
  if (context.program !== undefined) {
    const name = context.argv[0] ?? 'program';
    const bytes = () => readProgram(context, name);
    return { name, module: context.program, args: context.argv, bytes };
  }
  const args = context.argv.slice(1);
  const [name] = args;
  if (name === undefined) {
    return { code: 2, message: "No program was named: say which .wasm file to run, as in 'wasi main.wasm'." };
  }
  let bytes: Uint8Array;
  try {
    bytes = readProgram(context, name);
  } catch (error) {
    if (!isErrno(error)) throw error;
    const code = error.code === 'ENOENT' || error.code === 'ENOTDIR' ? notFound : notRunnable;
    return { code, message: `'${name}' cannot be run: ${errnoText(error.errno)}.` };
  }
  const problem = wasmProblem(bytes);
  if (problem !== undefined) return { code: notRunnable, message: `'${name}' ${problem}.` };
  try {
    const capped = capMemory(bytes, context.limits.memoryBytes);
    const module = await WebAssembly.compile(capped as Uint8Array<ArrayBuffer>);
    return { name, module, args, bytes: () => bytes };
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    return {
      code: notRunnable,
      message: `'${name}' is not valid WebAssembly: ${compileErrorReason(error.message)}.`,
    };
  }
}

/** Why a module is no program, as a sentence, or undefined. */
export function entryProblem(name: string, module: WebAssembly.Module): string | undefined {
  const { exports } = factsOf(module);
  const has = (wanted: string) => exports.some((each) => each.kind === 'function' && each.name === wanted);
  if (has('_start')) return undefined;
  if (has('_initialize')) {
    return (
      `'${name}' is a library (a WASI reactor: it has '_initialize' and no '_start'), not a program. ` +
      'Build it as a command, with a main function.'
    );
  }
  const functions = exports.filter(({ kind }) => kind === 'function').map((each) => `'${each.name}'`);
  const listed = functions.slice(0, 5).join(', ');
  return (
    `'${name}' has no '_start' function, so it is a library, not a program` +
    (functions.length === 0 ? '.' : `: it exports ${listed}${functions.length > 5 ? ' …' : ''}.`)
  );
}

/**
 * A memory for a program that imports it, capped as its own would be. Undefined where it would have to be
 * shared (threads), or the program's file is gone by now.
 */
export function importedMemory(program: Program, limitBytes: number): WebAssembly.Memory | undefined {
  try {
    const memory = readWasmMemories(capMemory(program.bytes(), limitBytes)).find(({ imported }) => imported);
    if (memory?.maximumPages === undefined || memory.shared) return undefined;
    return new WebAssembly.Memory({ initial: memory.minimumPages, maximum: memory.maximumPages });
  } catch (error) {
    if (isErrno(error)) return undefined;
    throw error;
  }
}

function readProgram({ view, cwd }: ProcessContext, name: string): Uint8Array {
  const inode = view.resolve(normalize(name, cwd));
  if (inode.type === 'directory') throw new Errno('EISDIR', name);
  return view.contents(inode);
}
