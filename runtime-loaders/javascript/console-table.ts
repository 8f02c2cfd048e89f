// javascript loader: console.table, drawn as Node draws it.
// Calls built-ins through intrinsics.ts only.
import {
  append,
  arrayJoin,
  getOwnPropertyDescriptor,
  isArray,
  mapForEach,
  mapSize,
  max,
  objectKeys,
  setForEach,
  setSize,
  stringRepeat,
} from './intrinsics.js';
import { textWidth } from './inspect-text.js';

interface Row {
  readonly index: string;
  readonly cells: Record<string, string>;
  /** A row that is no object has its value in a column of its own. */
  readonly value?: string;
}

/** The table, or undefined for what has no rows. `columns` chooses and orders them. */
export function consoleTable(
  data: unknown,
  columns: readonly string[] | undefined,
  show: (value: unknown) => string,
): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const rows: Row[] = [];
  const names: string[] = [];
  let indexTitle = '(index)';
  const add = (index: string, item: unknown): void => {
    if ((typeof item !== 'object' || item === null) && typeof item !== 'function') {
      append(rows, { index, cells: {}, value: show(item) });
      return;
    }
    const cells: Record<string, string> = Object.create(null) as Record<string, string>;
    const keys = columns ?? objectKeys(item);
    for (let at = 0; at < keys.length; at += 1) {
      const key = keys[at] as string;
      const descriptor = getOwnPropertyDescriptor(item, key);
      if (!includes(names, key)) append(names, key);
      if (descriptor !== undefined) cells[key] = show(descriptor.value);
    }
    append(rows, { index, cells });
  };

  if (isSized(mapSize, data)) {
    indexTitle = '(iteration index)';
    let number = 0;
    mapForEach(data, (value, key) => {
      append(rows, { index: `${number}`, cells: { Key: show(key), Values: show(value) } });
      number += 1;
    });
    append(names, 'Key');
    append(names, 'Values');
  } else if (isSized(setSize, data)) {
    indexTitle = '(iteration index)';
    let number = 0;
    setForEach(data, (value) => {
      add(`${number}`, value);
      number += 1;
    });
  } else {
    const keys = objectKeys(data);
    for (let at = 0; at < keys.length; at += 1) {
      const key = keys[at] as string;
      if (isArray(data) && !(+key >= 0)) continue;
      add(key, getOwnPropertyDescriptor(data, key)?.value);
    }
  }
  return draw(rows, names, indexTitle);
}

function draw(rows: readonly Row[], names: readonly string[], indexTitle: string): string {
  let hasValues = false;
  for (let at = 0; at < rows.length; at += 1) hasValues ||= (rows[at] as Row).value !== undefined;
  const header: string[] = [indexTitle];
  for (let at = 0; at < names.length; at += 1) append(header, names[at] as string);
  if (hasValues) append(header, 'Values');
  const lines: string[][] = [header];
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] as Row;
    const line: string[] = [row.index];
    for (let column = 0; column < names.length; column += 1)
      append(line, row.cells[names[column] as string] ?? '');
    if (hasValues) append(line, row.value ?? '');
    append(lines, line);
  }
  const widths: number[] = [];
  for (let column = 0; column < header.length; column += 1) {
    let width = 0;
    for (let at = 0; at < lines.length; at += 1)
      width = max(width, textWidth((lines[at] as string[])[column] as string));
    append(widths, width + 2);
  }
  const rule = (left: string, middle: string, right: string): string => {
    const parts: string[] = [];
    for (let column = 0; column < widths.length; column += 1)
      append(parts, stringRepeat('─', widths[column] as number));
    return left + arrayJoin(parts, middle) + right;
  };
  const text: string[] = [rule('┌', '┬', '┐')];
  for (let at = 0; at < lines.length; at += 1) {
    const parts: string[] = [];
    for (let column = 0; column < widths.length; column += 1) {
      const cell = (lines[at] as string[])[column] as string;
      append(parts, ` ${cell}${stringRepeat(' ', (widths[column] as number) - textWidth(cell) - 1)}`);
    }
    append(text, `│${arrayJoin(parts, '│')}│`);
    if (at === 0) append(text, rule('├', '┼', '┤'));
  }
  append(text, rule('└', '┴', '┘'));
  return arrayJoin(text, '\n');
}

function includes(list: readonly string[], item: string): boolean {
  for (let at = 0; at < list.length; at += 1) if (list[at] === item) return true;
  return false;
}

function isSized(size: (value: unknown) => unknown, value: object): boolean {
  try {
    size(value);
    return true;
  } catch {
    return false; // the getter checks its object
  }
}
