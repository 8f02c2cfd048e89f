// frame/preview: the author's console. Every call still reaches the browser's own, and a copy as text goes
// to the page.
import type { ConsoleLevel } from '../../protocol/preview.js';
import type { Channel } from './channel.js';
import type { SiteFiles } from './files.js';
import { errorText, formatArguments, inspect } from './inspect.js';
import { formatFrames, stackFrames } from './stack.js';

type Method = (this: void, ...values: unknown[]) => void;

export function captureConsole(channel: Channel, files: SiteFiles): void {
  let indent = '';
  const counts = new Map<string, number>();
  const timers = new Map<string, number>();
  const now = performance.now.bind(performance);

  const print = (level: ConsoleLevel, text: string, stack?: string): void => {
    const place = stackFrames(files, stack)[0];
    channel.print({
      level,
      text: indent === '' ? text : indent + text.replaceAll('\n', `\n${indent}`),
      ...(place === undefined ? {} : { file: place.file, line: place.line, column: place.column }),
    });
  };
  const format = (values: readonly unknown[]): string =>
    // An error is printed with its stack, but not as the format string.
    formatArguments(
      values.map((value, index) => {
        if (!(value instanceof Error)) return value;
        const text = errorWithFrames(files, value);
        return index === 0 ? text.replaceAll('%', '%%') : text;
      }),
    );
  const elapsed = (label: string): string => {
    const since = timers.get(label);
    return since === undefined ? `${label}: no such timer` : `${label}: ${(now() - since).toFixed(1)} ms`;
  };

  const methods: Record<string, Method> = {
    log: (...values) => print('log', format(values)),
    info: (...values) => print('info', format(values)),
    debug: (...values) => print('debug', format(values)),
    warn: (...values) => print('warn', format(values), new Error().stack),
    error: (...values) => print('error', format(values), new Error().stack),
    dir: (value) => print('log', inspect(value)),
    dirxml: (...values) => print('log', format(values)),
    table: (value, columns) => print('log', table(value, columns)),
    trace: (...values) => {
      const frames = stackFrames(files, new Error().stack);
      print('log', `Trace${values.length > 0 ? `: ${format(values)}` : ''}${formatFrames(frames)}`);
    },
    assert: (condition, ...values) => {
      if (condition) return;
      const text = values.length > 0 ? `Assertion failed: ${format(values)}` : 'Assertion failed';
      print('error', text, new Error().stack);
    },
    count: (label = 'default') => {
      const key = String(label);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      print('log', `${key}: ${counts.get(key)}`);
    },
    countReset: (label = 'default') => void counts.delete(String(label)),
    time: (label = 'default') => void timers.set(String(label), now()),
    timeLog: (label = 'default', ...values) =>
      print('log', [elapsed(String(label)), ...values.map(inspect)].join(' ')),
    timeEnd: (label = 'default') => {
      print('log', elapsed(String(label)));
      timers.delete(String(label));
    },
    group: (...values) => {
      if (values.length > 0) print('log', format(values));
      indent += '  ';
    },
    groupCollapsed: (...values) => methods['group']?.(...values),
    groupEnd: () => {
      indent = indent.slice(2);
    },
  };
  const original = console as unknown as Record<string, Method>;
  for (const [name, method] of Object.entries(methods)) {
    const native = original[name];
    original[name] = (...values) => {
      native?.(...values);
      method(...values);
    };
  }
}

/** An error with the lines of the author's files it passed through. */
export function errorWithFrames(files: SiteFiles, error: unknown): string {
  return errorText(error) + formatFrames(stackFrames(files, (error as { stack?: unknown }).stack));
}

/** Rows as console.table shows them, in plain characters. */
function table(value: unknown, wanted: unknown): string {
  if (typeof value !== 'object' || value === null) return inspect(value);
  const entries: [string, unknown][] =
    value instanceof Map ? [...value].map(([key, each]) => [String(key), each]) : Object.entries(value);
  const columns: string[] = [];
  const rows = entries.slice(0, 200).map(([index, row]) => {
    const cells = new Map<string, string>([['', index]]);
    const fields: [string, unknown][] =
      typeof row === 'object' && row !== null ? Object.entries(row) : [['Values', row]];
    for (const [name, cell] of fields) {
      if (Array.isArray(wanted) && !wanted.includes(name)) continue;
      if (!columns.includes(name)) columns.push(name);
      cells.set(name, inspect(cell).replaceAll('\n', ' '));
    }
    return cells;
  });
  const all = [
    '',
    ...columns.filter((name) => name !== 'Values'),
    ...columns.filter((name) => name === 'Values'),
  ];
  const widths = all.map((name) => Math.max(name.length, ...rows.map((row) => row.get(name)?.length ?? 0)));
  const line = (cells: string[]): string =>
    `│ ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' │ ')} │`;
  const rule = (left: string, middle: string, right: string): string =>
    left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right;
  return [
    rule('┌', '┬', '┐'),
    line(all),
    rule('├', '┼', '┤'),
    ...rows.map((row) => line(all.map((name) => row.get(name) ?? ''))),
    rule('└', '┴', '┘'),
  ].join('\n');
}
