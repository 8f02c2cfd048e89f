// javascript loader: primitives, property names and column layout as Node's util.inspect shows them.
// Calls built-ins through intrinsics.ts only.
import {
  append,
  arrayJoin,
  floor,
  isInteger,
  max,
  min,
  numberToString,
  objectIs,
  regExpExec,
  round,
  sqrt,
  stringCharCodeAt,
  stringCodePointAt,
  stringFromCharCode,
  stringIndexOf,
  stringPadEnd,
  stringPadStart,
  stringRepeat,
  stringSlice,
  stringToUpperCase,
  symbolToString,
} from './intrinsics.js';

/** Columns after which a value is broken over several lines. */
export const lineWidth = 80;
/** Longest string shown whole inside an object. */
const maxStringLength = 10_000;

/** What stands around an object's entries: `base {`, `Foo(2) [` and so on. */
export interface Shape {
  /** Before the braces; alone when there are no entries. */
  readonly base: string;
  readonly open: string;
  readonly close: string;
  readonly kind: 'object' | 'array';
  /** Own keys that are not shown. */
  readonly hidden?: readonly string[];
  /** Entries before the properties: each formats itself. */
  readonly entries?: (show: (value: unknown) => string, entries: string[]) => void;
  /** The same, after the properties. */
  readonly after?: (show: (value: unknown) => string, entries: string[]) => void;
  /** Number of items that were left out, told as the last of the entries. */
  readonly more?: boolean;
  readonly numeric?: boolean;
}

const shortEscapes: Readonly<Record<number, string>> = {
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  92: '\\\\',
};

/** A string in quotes: single ones, unless the text holds them and none of the others. */
export function quote(text: string): string {
  let mark = "'";
  if (stringIndexOf(text, "'") !== -1) {
    if (stringIndexOf(text, '"') === -1) mark = '"';
    else if (stringIndexOf(text, '`') === -1 && stringIndexOf(text, '${') === -1) mark = '`';
  }
  const markCode = stringCharCodeAt(mark, 0);
  let result = mark;
  let copied = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = stringCharCodeAt(text, index);
    const plain = code >= 32 && code !== 92 && code !== markCode && (code < 127 || code > 159);
    if (plain && (code < 0xd800 || code > 0xdfff)) continue;
    if (code >= 0xd800 && code <= 0xdbff) {
      const next = index + 1 < text.length ? stringCharCodeAt(text, index + 1) : 0;
      if (next >= 0xdc00 && next <= 0xdfff) {
        index += 1;
        continue;
      }
    }
    result += stringSlice(text, copied, index) + escape(code, markCode);
    copied = index + 1;
  }
  return result + stringSlice(text, copied) + mark;
}

function escape(code: number, markCode: number): string {
  if (code === markCode) return `\\${stringFromCharCode(code)}`;
  const short = shortEscapes[code];
  if (short !== undefined) return short;
  const hex = numberToString(code, 16);
  return code < 256 ? `\\x${stringPadStart(stringToUpperCase(hex), 2, '0')}` : `\\u${hex}`;
}

/** A primitive as it looks inside an object; `indentation` decides whether a long text is broken at its lines. */
export function primitive(value: unknown, indentation: number): string {
  switch (typeof value) {
    case 'string':
      return nestedString(value, indentation);
    case 'number':
      return objectIs(value, -0) ? '-0' : `${value}`;
    case 'bigint':
      return `${value}n`;
    case 'symbol':
      return symbolToString(value);
    default:
      return `${value as undefined}`;
  }
}

function nestedString(text: string, indentation: number): string {
  let trailer = '';
  if (text.length > maxStringLength) {
    const rest = text.length - maxStringLength;
    text = stringSlice(text, 0, maxStringLength);
    trailer = `... ${rest} more character${rest > 1 ? 's' : ''}`;
  }
  if (text.length <= 16 || text.length <= lineWidth - indentation - 4 || stringIndexOf(text, '\n') === -1) {
    return quote(text) + trailer;
  }
  const lines: string[] = [];
  for (let from = 0; from < text.length;) {
    const end = stringIndexOf(text, '\n', from);
    const to = end === -1 ? text.length : end + 1;
    append(lines, quote(stringSlice(text, from, to)));
    from = to;
  }
  return arrayJoin(lines, ` +\n${stringRepeat(' ', indentation + 2)}`) + trailer;
}

const identifier = /^[a-zA-Z_][a-zA-Z_0-9]*$/;

/** A property name before its colon. */
export function propertyName(key: string | symbol): string {
  if (typeof key === 'symbol') return `[${symbolToString(key)}]`;
  if (key === '__proto__') return "['__proto__']";
  return regExpExec(identifier, key) === null ? quote(key) : key;
}

/** Columns a text takes in a terminal; wide East Asian letters and emoji take two. */
export function textWidth(text: string): number {
  let width = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = stringCodePointAt(text, index) ?? 0;
    if (code > 0xffff) index += 1;
    if (code < 32 || (code >= 0x7f && code < 0xa0) || (code >= 0x300 && code <= 0x36f)) continue;
    if (code === 0x200d || code === 0x200b || (code >= 0xfe00 && code <= 0xfe0f)) continue;
    width += isWide(code) ? 2 : 1;
  }
  return width;
}

function isWide(code: number): boolean {
  return (
    code >= 0x1100 &&
    (code <= 0x115f ||
      (code >= 0x2e80 && code <= 0xa4cf && code !== 0x303f) ||
      (code >= 0xac00 && code <= 0xd7a3) ||
      (code >= 0xf900 && code <= 0xfaff) ||
      (code >= 0xfe30 && code <= 0xfe6f) ||
      (code >= 0xff00 && code <= 0xff60) ||
      (code >= 0xffe0 && code <= 0xffe6) ||
      (code >= 0x1f300 && code <= 0x1f64f) ||
      (code >= 0x1f900 && code <= 0x1f9ff) ||
      (code >= 0x20000 && code <= 0x3fffd))
  );
}

/**
 * Puts more than six short array elements into columns, numbers to the right (the layout of Node's
 * util.inspect). `numeric`: all elements are numbers; `more`: the last entry is "... n more items".
 */
export function intoColumns(
  entries: readonly string[],
  options: { readonly indentation: number; readonly numeric: boolean; readonly more: boolean },
): readonly string[] {
  const count = options.more ? entries.length - 1 : entries.length;
  const gap = 2;
  const widths: number[] = [];
  let total = 0;
  let widest = 0;
  for (let index = 0; index < count; index += 1) {
    const width = textWidth(entries[index] as string);
    append(widths, width);
    total += width + gap;
    widest = max(widest, width);
  }
  const cell = widest + gap;
  if (cell * 3 + options.indentation >= lineWidth || (total / cell <= 5 && widest > 6)) return entries;
  const biased = max(cell - 3 - sqrt(cell - total / entries.length), 1);
  const columns = min(
    round(sqrt(2.5 * biased * count) / biased),
    floor((lineWidth - options.indentation) / cell),
    12,
  );
  if (columns <= 1) return entries;
  const columnWidths: number[] = [];
  for (let column = 0; column < columns; column += 1) {
    let width = 0;
    for (let index = column; index < count; index += columns) width = max(width, widths[index] ?? 0);
    append(columnWidths, width + gap);
  }
  const rows: string[] = [];
  for (let first = 0; first < count; first += columns) {
    const end = min(first + columns, count);
    let row = '';
    for (let index = first; index < end; index += 1) {
      const entry = entries[index] as string;
      // Padding counts UTF-16 units, widths count columns.
      const padded = (columnWidths[index - first] as number) + entry.length - (widths[index] as number);
      if (options.numeric) {
        row += index < end - 1 ? stringPadStart(`${entry}, `, padded) : stringPadStart(entry, padded - gap);
      } else {
        row += index < end - 1 ? stringPadEnd(`${entry}, `, padded) : entry;
      }
    }
    append(rows, row);
  }
  if (options.more) append(rows, entries[count] as string);
  return rows;
}

/** Whether a key is an index of an array. */
export function isIndex(key: string): boolean {
  const number = +key;
  return isInteger(number) && number >= 0 && number < 4_294_967_295 && `${number}` === key;
}

/** `Foo(2) `, `[Object: null prototype] `, `Object [tag] ` … */
export function prefixOf(name: string | null, tag: string, fallback: string, size: string): string {
  const suffix = tag !== '' && name !== tag ? `[${tag}] ` : '';
  return name === null ? `[${fallback}${size}: null prototype] ${suffix}` : `${name}${size} ${suffix}`;
}
