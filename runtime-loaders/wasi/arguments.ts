// runtime-loaders/wasi: args_* and environ_*.
import { byteLengthOf, encodeInto } from '../../kernel-core/abi/byte-text.js';
import type { Calls } from './calls.js';
import type { WasiProcess } from './wasi-process.js';

export function argumentCalls(process: WasiProcess): Calls {
  const args = () => process.args.map(terminated);
  const environ = () => Object.entries(process.env).map(([name, value]) => terminated(`${name}=${value}`));

  const sizes = (words: readonly string[], count: number, bytes: number) => {
    process.memory.setU32(count, words.length);
    process.memory.setU32(
      bytes,
      words.reduce((sum, word) => sum + byteLengthOf(word), 0),
    );
  };
  /** Words one after another at `buffer`, their addresses at `pointers`. */
  const write = (words: readonly string[], pointers: number, buffer: number) => {
    let at = buffer >>> 0;
    for (const [index, word] of words.entries()) {
      process.memory.setU32((pointers >>> 0) + index * 4, at);
      at += encodeInto(word, process.memory.bytes(at, byteLengthOf(word)));
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
function terminated(word: string): string {
  const end = word.indexOf('\0');
  return end === -1 ? `${word}\0` : word.slice(0, end + 1);
}
