// javascript loader: the console standard over the program's stdout and stderr.
// log, info, debug, dir, table and the counters print to stdout; warn, error, trace and assert to stderr.
// Calls built-ins through intrinsics.ts only.
import { consoleTable } from './console-table.js';
import {
  append,
  arrayJoin,
  functionToString,
  mapDelete,
  mapGet,
  mapSet,
  NativeError,
  NativeMap,
  now,
  numberToFixed,
  objectIs,
  stringIndexOf,
  stringSlice,
  stringify,
  symbolToString,
} from './intrinsics.js';
import type { Output } from './output.js';

/** A value as text, nested to `depth` (2 unless told). */
export type Inspect = (value: unknown, depth?: number) => string;

export interface ConsoleOptions {
  readonly output: Output;
  readonly inspect: Inspect;
  /** The program's own frames of an error, without what it says. */
  readonly framesOf: (error: object) => string;
}

/** Replaces `console`. */
export function installConsole({ output, inspect, framesOf }: ConsoleOptions): void {
  const counts = new NativeMap<string, number>();
  const timers = new NativeMap<string, number>();
  let indentation = '';

  const print = (fd: 1 | 2, args: readonly unknown[]): void => {
    const text = formatLog(args, inspect);
    output.write(fd, indentation === '' ? `${text}\n` : `${indented(text, indentation)}\n`);
  };
  const out = (...args: unknown[]): void => print(1, args);
  const err = (...args: unknown[]): void => print(2, args);
  const labelOf = (label: unknown): string => (label === undefined ? 'default' : toText(label));

  const group = (...args: unknown[]): void => {
    if (args.length > 0) print(1, args);
    indentation += '  ';
  };
  const logTime = (label: string, rest: readonly unknown[]): boolean => {
    const start = mapGet(timers, label);
    if (start === undefined) {
      err(`Warning: No such label '${label}' for console.time()`);
      return false;
    }
    const words: unknown[] = [`${label}: ${duration(now() - start)}`];
    for (let index = 0; index < rest.length; index += 1) append(words, rest[index]);
    print(1, words);
    return true;
  };

  const methods = {
    log: out,
    info: out,
    debug: out,
    warn: err,
    error: err,
    trace(...args: unknown[]): void {
      const text = args.length === 0 ? 'Trace' : `Trace: ${formatLog(args, inspect)}`;
      const frames = framesOf(new NativeError());
      print(2, ['%s', frames === '' ? text : `${text}\n${frames}`]);
    },
    assert(condition: unknown, ...args: unknown[]): void {
      if (condition) return;
      if (typeof args[0] === 'string') args[0] = `Assertion failed: ${args[0]}`;
      else if (args.length === 0) args[0] = 'Assertion failed';
      else {
        const words: unknown[] = ['Assertion failed:'];
        for (let index = 0; index < args.length; index += 1) append(words, args[index]);
        args = words;
      }
      print(2, args);
    },
    dir(value: unknown, options?: { depth?: number | null }): void {
      const depth = options?.depth;
      print(1, ['%s', inspect(value, depth === null ? Infinity : depth)]);
    },
    dirxml: out,
    table(data?: unknown, columns?: readonly string[]): void {
      const table = consoleTable(data, columns, (value) => inspect(value, 0));
      print(1, table === undefined ? [data] : ['%s', table]);
    },
    group,
    groupCollapsed: group,
    groupEnd(): void {
      indentation = stringSlice(indentation, 2);
    },
    count(label?: unknown): void {
      const key = labelOf(label);
      const count = (mapGet(counts, key) ?? 0) + 1;
      mapSet(counts, key, count);
      print(1, ['%s', `${key}: ${count}`]);
    },
    countReset(label?: unknown): void {
      const key = labelOf(label);
      if (mapGet(counts, key) === undefined) err(`Warning: Count for '${key}' does not exist`);
      else mapSet(counts, key, 0);
    },
    time(label?: unknown): void {
      const key = labelOf(label);
      if (mapGet(timers, key) !== undefined) {
        err(`Warning: Label '${key}' already exists for console.time()`);
        return;
      }
      mapSet(timers, key, now());
    },
    timeLog(label?: unknown, ...rest: unknown[]): void {
      logTime(labelOf(label), rest);
    },
    timeEnd(label?: unknown): void {
      const key = labelOf(label);
      if (logTime(key, [])) mapDelete(timers, key);
    },
    timeStamp(): void {},
    profile(): void {},
    profileEnd(): void {},
    clear(): void {
      indentation = '';
    },
  };
  Object.defineProperty(globalThis, 'console', {
    value: methods,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/** The formatter of the console standard: %s %d %i %f %j %o %O %c %%, then the rest, separated by spaces. */
export function formatLog(args: readonly unknown[], inspect: Inspect): string {
  const first = args[0];
  const words: string[] = [];
  let next = 0;
  if (typeof first === 'string') {
    next = 1;
    if (args.length === 1) return first;
    let text = '';
    let copied = 0;
    for (let at = stringIndexOf(first, '%'); at !== -1 && at < first.length - 1;) {
      const code = first[at + 1] as string;
      let replaced: string | undefined;
      if (code === '%') replaced = '%';
      else if (next < args.length) replaced = conversion(code, args[next], inspect);
      if (replaced !== undefined) {
        if (code !== '%') next += 1;
        text += stringSlice(first, copied, at) + replaced;
        copied = at + 2;
      }
      at = stringIndexOf(first, '%', replaced === undefined ? at + 1 : at + 2);
    }
    append(words, text + stringSlice(first, copied));
  }
  for (; next < args.length; next += 1) {
    const value = args[next];
    append(words, typeof value === 'string' ? value : inspect(value));
  }
  return arrayJoin(words, ' ');
}

function conversion(code: string, value: unknown, inspect: Inspect): string | undefined {
  switch (code) {
    case 's':
      return stringConversion(value, inspect);
    case 'd':
      if (typeof value === 'bigint') return `${value}n`;
      return typeof value === 'symbol' ? 'NaN' : numberText(typeof value === 'object' ? NaN : Number(value));
    case 'i':
      if (typeof value === 'bigint') return `${value}n`;
      return typeof value === 'symbol' || typeof value === 'object'
        ? 'NaN'
        : numberText(parseInt(toText(value), 10));
    case 'f':
      return typeof value === 'symbol' ? 'NaN' : numberText(parseFloat(toText(value)));
    case 'j':
      try {
        return stringify(value) ?? 'undefined';
      } catch {
        return '[Circular]';
      }
    case 'o':
      return inspect(value, 4);
    case 'O':
      return inspect(value);
    case 'c':
      return '';
    default:
      return undefined;
  }
}

function stringConversion(value: unknown, inspect: Inspect): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return numberText(value);
  if (typeof value !== 'object' || value === null) return toText(value);
  // Objects with a toString the program wrote say it; the rest show one level.
  const toString = textMethod(value);
  if (typeof toString === 'function' && stringIndexOf(functionToString(toString), '[native code]') === -1) {
    return toText(value);
  }
  return inspect(value, 0);
}

function textMethod(value: object): unknown {
  try {
    return (value as { toString?: unknown }).toString;
  } catch {
    return undefined; // a getter or a proxy that throws
  }
}

const numberText = (value: number): string => (objectIs(value, -0) ? '-0' : `${value}`);

function toText(value: unknown): string {
  if (typeof value === 'symbol') return symbolToString(value);
  try {
    return `${value as string}`;
  } catch {
    return '[object]'; // its toString throws
  }
}

function indented(text: string, indentation: string): string {
  const lines: string[] = [];
  for (let from = 0; ;) {
    const end = stringIndexOf(text, '\n', from);
    append(lines, indentation + stringSlice(text, from, end === -1 ? text.length : end));
    if (end === -1) return arrayJoin(lines, '\n');
    from = end + 1;
  }
}

function duration(ms: number): string {
  if (ms >= 60_000) return `${numberToFixed(ms / 60_000, 3)}m`;
  if (ms >= 1000) return `${numberToFixed(ms / 1000, 3)}s`;
  return `${numberToFixed(ms, 3)}ms`;
}
