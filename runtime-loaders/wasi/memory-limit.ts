// runtime-loaders/wasi: the limit on a program's memory, and how its end is told when it was reached.
import { patchMemoryMaximum, wasmPageBytes } from '../../kernel-core/abi/wasm-binary.js';
import type { ProgramEnd } from '../runtime.js';
import type { WasiProcess } from './wasi-process.js';

/** Allocators grow by steps such as this. */
const lastBlockBytes = 2 * 1024 * 1024;

/** The same module with its memory capped. Pure; see `patchMemoryMaximum`. */
export function capMemory(bytes: Uint8Array, limitBytes: number): Uint8Array {
  return patchMemoryMaximum(bytes, Math.floor(limitBytes / wasmPageBytes));
}

/**
 * Whether a program that failed did so for want of memory: it used nearly all it may have (allocators ask
 * for more than the last page, so growth fails before the limit itself), or said so on fd 2.
 */
export function ranOutOfMemory({ memory, context, complainedOfMemory }: WasiProcess): boolean {
  const { memoryBytes } = context.limits;
  return complainedOfMemory || memory.size > memoryBytes - Math.max(memoryBytes / 8, lastBlockBytes);
}

/** The end of a program that reached its limit. */
export function memoryEnd(limitBytes: number, code: number): ProgramEnd {
  return {
    code,
    reason: 'memory',
    message:
      `The program ran out of memory: its limit is ${formatBytes(limitBytes)}. ` +
      `Set memory="${formatBytes(limitBytes * 2)}" to give it more.`,
  };
}

/** The end of a program that asks for more at its start than it may have. */
export function tooLargeAtStart(
  name: string,
  neededBytes: number | undefined,
  limitBytes: number,
): ProgramEnd {
  const needed = neededBytes === undefined ? 'more memory' : `${formatBytes(neededBytes)} of memory`;
  const enough = neededBytes === undefined ? limitBytes * 2 : Math.max(neededBytes, limitBytes) * 2;
  return {
    code: 126,
    reason: 'memory',
    message:
      `'${name}' needs ${needed} at its start, more than its limit of ${formatBytes(limitBytes)}. ` +
      `Set memory="${formatBytes(enough)}" to run it.`,
  };
}

/** As the attribute takes it, in powers of 1,024: `256MB`. */
export function formatBytes(bytes: number): string {
  const mega = 1024 * 1024;
  if (bytes >= mega) return `${Math.round(bytes / mega)}MB`;
  return `${Math.max(1, Math.round(bytes / 1024))}KB`;
}
