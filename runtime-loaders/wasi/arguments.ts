// runtime-loaders/wasi: args_* and environ_*.
import type { Calls } from './calls.js';
import type { WasiProcess } from './wasi-process.js';

const encoder = new TextEncoder();

export function argumentCalls(process: WasiProcess): Calls {
  const args = () => process.args.map(terminated);
  const environ = () => Object.entries(process.env).map(([name, value]) => terminated(`${name}=${value}`));

  const sizes = (words: readonly Uint8Array[], count: number, bytes: number) => {
    process.memory.setU32(count, words.length);
    process.memory.setU32(
      bytes,
      words.reduce((sum, word) => sum + word.length, 0),
    );
  };
  /** Words one after another at `buffer`, their addresses at `pointers`. */
  const write = (words: readonly Uint8Array[], pointers: number, buffer: number) => {
    let at = buffer >>> 0;
    for (const [index, word] of words.entries()) {
      process.memory.setU32((pointers >>> 0) + index * 4, at);
      process.memory.setBytes(at, word);
      at += word.length;
    }
  };

  return {
    args_sizes_get: (count: number, bytes: number) => sizes(args(), count, bytes),
    args_get: (pointers: number, buffer: number) => write(args(), pointers, buffer),
    environ_sizes_get: (count: number, bytes: number) => sizes(environ(), count, bytes),
    environ_get: (pointers: number, buffer: number) => write(environ(), pointers, buffer),
  };
}

/** A word cannot hold a NUL: it ends there. */
function terminated(word: string): Uint8Array {
  return encoder.encode(`${word.split('\0', 1)[0] ?? ''}\0`);
}
