// frame/preview: values as console output shows them, after the manner of Node's util.inspect.

const depthMax = 3;
const entriesMax = 100;
const textMax = 10_000;
const widthMax = 76;

/** One value; strings are quoted. Never throws, runs no getters. */
export function inspect(value: unknown): string {
  try {
    return cut(format(value, 0, []));
  } catch {
    return '[value that cannot be shown]';
  }
}

/** The arguments of a console call as one text, with `%s %d %i %f %o %O %j %c` as the console standard says. */
export function formatArguments(values: readonly unknown[]): string {
  const [head, ...rest] = values;
  let first = head;
  if (typeof first === 'string' && first.includes('%')) {
    first = first.replace(/%([sdifoOjc%])/g, (whole, kind: string) => {
      if (kind === '%') return '%';
      if (rest.length === 0) return whole;
      const value = rest.shift();
      switch (kind) {
        case 's':
          return plain(value);
        case 'd':
        case 'f':
          return typeof value === 'symbol' ? 'NaN' : String(Number(value));
        case 'i':
          return typeof value === 'symbol' ? 'NaN' : String(Number.parseInt(String(value), 10));
        case 'c':
          return '';
        default:
          return inspect(value);
      }
    });
  }
  return cut([first, ...rest].slice(0, values.length).map(plain).join(' '));
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : inspect(value));

const cut = (text: string): string =>
  text.length <= textMax ? text : `${text.slice(0, textMax)}… ${text.length - textMax} more characters`;

function format(value: unknown, depth: number, path: readonly object[]): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'bigint':
      return `${value}n`;
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'function':
      return named(value);
    case 'object':
      return value === null ? 'null' : formatObject(value, depth, path);
    default:
      return String(value);
  }
}

function quote(text: string): string {
  const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : '`';
  return mark + text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t') + mark;
}

function named(value: object): string {
  const isClass = /^class\b/.test(Function.prototype.toString.call(value));
  const name = nameOf(value);
  return isClass
    ? `[class ${name || '(anonymous)'}]`
    : `[Function${name === '' ? ' (anonymous)' : `: ${name}`}]`;
}

function formatObject(value: object, depth: number, path: readonly object[]): string {
  if (path.includes(value)) return '[Circular]';
  if (value === window) return 'Window {}';
  if (value instanceof Node) return node(value);
  if (value instanceof Error) return errorText(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof RegExp) return RegExp.prototype.toString.call(value);
  const inner = [...path, value];
  const show = (each: unknown): string => format(each, depth + 1, inner);
  const name = className(value);

  if (
    Array.isArray(value) ||
    ArrayBuffer.isView(value) ||
    value instanceof NodeList ||
    value instanceof HTMLCollection
  ) {
    if (value instanceof DataView) return `DataView { byteLength: ${value.byteLength} }`;
    const list = value as ArrayLike<unknown>;
    const prefix = Array.isArray(value) && name === 'Array' ? '' : `${name}(${list.length}) `;
    if (depth > depthMax) return `[${name}]`;
    const parts: string[] = [];
    for (let index = 0; index < Math.min(list.length, entriesMax); index++) {
      parts.push(index in list ? show(list[index]) : '<empty>');
    }
    if (list.length > entriesMax) parts.push(`… ${list.length - entriesMax} more`);
    if (Array.isArray(value)) parts.push(...properties(value, show, (key) => !/^\d+$/.test(key)));
    return group(prefix, '[', parts, ']', depth);
  }
  if (depth > depthMax) return `[${name || 'Object'}]`;
  if (value instanceof Map) {
    const parts = [...value].slice(0, entriesMax).map(([key, each]) => `${show(key)} => ${show(each)}`);
    return group(`Map(${value.size}) `, '{', parts, '}', depth);
  }
  if (value instanceof Set) {
    return group(`Set(${value.size}) `, '{', [...value].slice(0, entriesMax).map(show), '}', depth);
  }
  if (value instanceof Event) {
    return group(
      `${name} `,
      '{',
      [`type: ${quote(value.type)}`, `target: ${show(value.target)}`],
      '}',
      depth,
    );
  }
  if (value instanceof Number || value instanceof String || value instanceof Boolean) {
    return `[${name}: ${format(value.valueOf(), depth, inner)}]`;
  }
  const prefix = name === 'Object' ? '' : name === '' ? '[Object: null prototype] ' : `${name} `;
  return group(prefix, '{', properties(value, show), '}', depth);
}

function properties(
  value: object,
  show: (value: unknown) => string,
  wanted = (_key: string): boolean => true,
): string[] {
  const keys = Reflect.ownKeys(value).filter((key) => typeof key === 'symbol' || wanted(key));
  const parts: string[] = [];
  for (const key of keys) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property === undefined || !property.enumerable) continue;
    if (parts.length === entriesMax) {
      parts.push('…');
      break;
    }
    const label =
      typeof key === 'symbol' ? `[${String(key)}]` : /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key);
    const accessor =
      property.get !== undefined ? (property.set === undefined ? '[Getter]' : '[Getter/Setter]') : '[Setter]';
    parts.push(`${label}: ${'value' in property ? show(property.value) : accessor}`);
  }
  return parts;
}

function group(prefix: string, open: string, parts: readonly string[], close: string, depth: number): string {
  if (parts.length === 0) return `${prefix}${open}${close}`;
  const pad = open === '[' ? '' : ' ';
  const line = `${prefix}${open}${pad}${parts.join(', ')}${pad}${close}`;
  if (line.length + depth * 2 <= widthMax && !line.includes('\n')) return line;
  const indent = '  '.repeat(depth + 1);
  if (open === '[' && parts.every((part) => part.length <= 12 && !part.includes('\n'))) {
    const rows: string[] = [];
    for (const part of parts) {
      const last = rows.at(-1);
      if (last !== undefined && last.length + part.length < widthMax)
        rows[rows.length - 1] = `${last} ${part},`;
      else rows.push(`${part},`);
    }
    return `${prefix}[\n${rows
      .map((row) => indent + row)
      .join('\n')
      .replace(/,$/, '')}\n${'  '.repeat(depth)}]`;
  }
  return `${prefix}${open}\n${parts.map((part) => indent + part).join(',\n')}\n${'  '.repeat(depth)}${close}`;
}

/** Written by hand: a clone would load its image or run its constructor. */
function node(value: Node): string {
  if (value instanceof Element) {
    const attributes = [...value.attributes].map(
      ({ name, value: text }) => ` ${name}="${text.replace(/^blob:.*/, '…')}"`,
    );
    const text = value.childElementCount > 0 ? '…' : (value.textContent ?? '').trim();
    const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    return `<${value.localName}${attributes.join('').slice(0, 300)}>${shown}</${value.localName}>`;
  }
  if (value instanceof Text) return `#text ${quote(value.data)}`;
  return value.nodeName;
}

/** `TypeError: message`; the stack is added by whoever knows the files. */
export function errorText(error: unknown): string {
  const name = String((error as Error).name || 'Error');
  const message = String((error as Error).message);
  return message === '' ? name : `${name}: ${message}`;
}

function className(value: object): string {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null) return '';
  const constructor = data(prototype, 'constructor');
  return typeof constructor === 'function' ? nameOf(constructor) : 'Object';
}

function nameOf(value: object): string {
  const name = data(value, 'name');
  return typeof name === 'string' ? name : '';
}

/** A data property, own or inherited; accessors are not run. */
function data(value: object, key: string): unknown {
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const property = Object.getOwnPropertyDescriptor(at, key);
    if (property !== undefined) return property.value;
  }
  return undefined;
}
