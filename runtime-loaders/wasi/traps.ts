// runtime-loaders/wasi: traps in words, the same in every engine, and the wasm functions on the stack.
import { readableName } from './function-names.js';

/**
 * What engines say (V8, SpiderMonkey, JavaScriptCore), and what we say. The first that fits counts.
 * They do not tell the same things apart: SpiderMonkey has one text for memories and tables.
 */
const words: readonly (readonly [RegExp, string])[] = [
  [/unreachable/i, 'unreachable executed'],
  [/call stack|recursion/i, 'stack overflow (too many nested calls)'],
  [
    /signature|call(_indirect)? to (a )?null|null function|null (table )?entry/i,
    'indirect call type mismatch',
  ],
  [/\btable\b|call_indirect/i, 'undefined table element (table index out of bounds)'],
  [/unrepresentable in integer|conversion to integer|out of bounds trunc/i, 'invalid conversion to integer'],
  [/integer overflow|result unrepresentable/i, 'integer overflow'],
  [/by zero/i, 'integer divide by zero'],
  [/unaligned/i, 'unaligned atomic access'],
  [/^index out of bounds/i, 'out of bounds memory access (or table index)'],
  [/out of bounds|out-of-bounds/i, 'out of bounds memory access'],
  [/cast/i, 'illegal cast'],
  [/null/i, 'null reference'],
];

const framesMost = 12;

export interface Trap {
  /** `integer divide by zero`. */
  readonly reason: string;
  /** Functions on the stack, innermost first; `function 12` where the module names none. */
  readonly frames: readonly string[];
}

/** Describes what ended a program, or undefined where it is no trap and no uncaught wasm exception. */
export function describeTrap(error: unknown): Trap | undefined {
  if (isWasmException(error)) {
    return { reason: 'uncaught exception', frames: framesOf(error) };
  }
  if (!(error instanceof Error)) return undefined;
  const exhausted = /call stack|too much recursion/i.test(error.message);
  if (!(error instanceof WebAssembly.RuntimeError) && !exhausted) return undefined;
  const message = error.message.replace(/ \(evaluating '.*'\)$/, '');
  const reason = words.find(([pattern]) => pattern.test(message))?.[1] ?? message;
  return { reason, frames: framesOf(error) };
}

function isWasmException(error: unknown): boolean {
  const { Exception } = WebAssembly as unknown as { readonly Exception?: new () => unknown };
  return Exception !== undefined && error instanceof Exception;
}

/**
 *   V8              at module.name (wasm://wasm/module-1a2b:wasm-function[3]:0x1c)
 *   SpiderMonkey    name@…wasm-function[3]:0x1c
 *   JavaScriptCore  module.wasm-function[name]@[wasm code]
 */
function framesOf(error: unknown): string[] {
  const { stack } = error as { readonly stack?: unknown };
  if (typeof stack !== 'string') return [];
  const frames: { name: string; times: number }[] = [];
  for (const line of stack.split('\n')) {
    const name = frameIn(line);
    const last = frames.at(-1);
    if (name === undefined) continue;
    if (last?.name === name) last.times += 1;
    else if (frames.length < framesMost) frames.push({ name, times: 1 });
  }
  return frames.map(({ name, times }) => (times === 1 ? name : `${name} (${times} times)`));
}

function frameIn(line: string): string | undefined {
  const webkit = /wasm-function\[(.+)\]@/.exec(line);
  if (webkit !== null) return named(webkit[1]);
  const place = /wasm-function\[(\d+)\]/.exec(line);
  if (place === null) return undefined;
  const v8 = /^\s*at (.+) \(wasm:\/\/wasm\/(?:(.*)-)?[0-9a-f]+:/.exec(line);
  if (v8 !== null) return named(v8[1]?.slice(v8[2] === undefined ? 0 : v8[2].length + 1), place[1]);
  return named(/^([^@]+)@/.exec(line)?.[1], place[1]);
}

/** A function's name as its author wrote it, or its index. */
function named(name: string | undefined, index?: string): string {
  if (name === undefined || name === '' || name.startsWith('wasm-function['))
    return `function ${index ?? '?'}`;
  if (/^\d+$/.test(name)) return `function ${name}`;
  return readableName(name);
}
