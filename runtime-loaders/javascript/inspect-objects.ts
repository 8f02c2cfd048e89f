// javascript loader: how built-in and browser objects that are no plain containers look (inspect.ts).
// Brands are checked by built-in getters and methods, which throw on any other object.
// Calls built-ins through intrinsics.ts only.
import {
  append,
  apply,
  arrayBufferByteLength,
  bigintValueOf,
  booleanValueOf,
  dataViewByteLength,
  dateGetTime,
  dateToISOString,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  getterOf,
  hasOwn,
  isPrototypeOf,
  min,
  NativeError,
  NativePromise,
  NativeUint8Array,
  numberToString,
  numberValueOf,
  objectToString,
  regExpSource,
  regExpToString,
  stringIndexOf,
  stringRepeat,
  stringSlice,
  stringStartsWith,
  stringValueOf,
  symbolValueOf,
} from './intrinsics.js';
import { prefixOf, primitive, quote, type Shape } from './inspect-text.js';

const nativeIsError = (NativeError as { isError?: (value: unknown) => boolean }).isError;
const errorPrototype = NativeError.prototype;

export function isError(value: object): boolean {
  if (nativeIsError?.(value) === true) return true;
  return isPrototypeOf(errorPrototype, value) || objectToString(value) === '[object Error]';
}

/** The error's stack, then its own properties, its cause and the errors it stands for. */
export function describeError(error: object, stackOf: (error: object) => string, indentation: number): Shape {
  let base = stackOf(error);
  // An error without frames stands in brackets, or it would read like text.
  if (stringIndexOf(base, '\n    at') === -1) base = `[${base}]`;
  if (indentation > 0) base = indentLines(base, indentation);
  const cause = getOwnPropertyDescriptor(error, 'cause');
  const errors = getOwnPropertyDescriptor(error, 'errors');
  const hidden = [
    'stack',
    'message',
    'line',
    'column',
    'sourceURL',
    'fileName',
    'lineNumber',
    'columnNumber',
  ];
  const name = getOwnPropertyDescriptor(error, 'name')?.value as unknown;
  if (typeof name === 'string' && stringIndexOf(base, name) !== -1) append(hidden, 'name');
  const after = (show: (value: unknown) => string, entries: string[]): void => {
    if (cause?.enumerable === false) append(entries, `[cause]: ${show(cause.value)}`);
    if (errors?.enumerable === false) append(entries, `[errors]: ${show(errors.value)}`);
  };
  const more = cause?.enumerable === false || errors?.enumerable === false;
  return { base, open: '{', close: '}', kind: 'object', hidden, ...(more ? { after } : {}) };
}

function indentLines(text: string, indentation: number): string {
  const spaces = stringRepeat(' ', indentation);
  let result = '';
  for (let from = 0; ;) {
    const end = stringIndexOf(text, '\n', from);
    if (end === -1) return result + stringSlice(text, from);
    result += stringSlice(text, from, end + 1) + spaces;
    from = end + 1;
  }
}

const boxes: readonly (readonly [string, (value: never) => unknown])[] = [
  ['Number', numberValueOf],
  ['String', stringValueOf],
  ['Boolean', booleanValueOf],
  ['BigInt', bigintValueOf],
  ['Symbol', symbolValueOf],
];

const unknownItems = ['WeakSet', 'WeakMap'];

/** Dates, expressions, boxed primitives, promises, buffers and weak collections. */
export function describeWrapped(value: object, name: string | null, tag: string): Shape | undefined {
  const asDate = attempt(() => dateGetTime(value as Date));
  if (asDate !== undefined) {
    const text = asDate === asDate ? dateToISOString(value) : 'Invalid Date';
    return base(name === 'Date' ? text : prefixOf(name, tag, 'Date', '') + text);
  }
  if (attempt(() => regExpSource(value)) !== undefined && isOwnKind(value, '[object RegExp]')) {
    return base(regExpToString(value));
  }
  for (let index = 0; index < boxes.length; index += 1) {
    const box = boxes[index] as (typeof boxes)[number];
    const inner = attempt(() => box[1](value as never));
    if (inner === undefined) continue;
    const subclass = name === box[0] || name === null ? '' : ` (${name})`;
    const text = typeof inner === 'string' ? quote(inner) : primitive(inner, 0);
    const hidden: string[] = [];
    if (typeof inner === 'string') {
      for (let key = 0; key < inner.length; key += 1) append(hidden, `${key}`);
    }
    return { ...base(`[${box[0]}${subclass}: ${text}]`), hidden };
  }
  if (isPrototypeOf(NativePromise.prototype, value)) return opened(prefixOf(name, tag, 'Promise', ''));
  const kind = objectToString(value);
  for (let index = 0; index < unknownItems.length; index += 1) {
    const weak = unknownItems[index] as string;
    if (kind !== `[object ${weak}]`) continue;
    return {
      ...opened(prefixOf(name, tag, weak, '')),
      entries: (_, entries) => append(entries, '<items unknown>'),
    };
  }
  if (kind === '[object WeakRef]') {
    const target = attempt(() => (value as WeakRef<object>).deref());
    return {
      ...opened(prefixOf(name, tag, 'WeakRef', '')),
      entries: (show, entries) => append(entries, show(target)),
    };
  }
  if (attempt(() => arrayBufferByteLength(value)) !== undefined)
    return describeBuffer(value as ArrayBuffer, name, tag);
  if (attempt(() => dataViewByteLength(value)) !== undefined) {
    return withFields(value, prefixOf(name, tag, 'DataView', ''), ['byteLength', 'byteOffset', 'buffer']);
  }
  if (kind === '[object Module]') return opened('[Module: null prototype] ');
  return undefined;
}

function describeBuffer(buffer: ArrayBuffer, name: string | null, tag: string): Shape {
  return {
    ...opened(prefixOf(name, tag, 'ArrayBuffer', '')),
    entries: (_, entries) => {
      const bytes = new NativeUint8Array(buffer);
      const shown = min(bytes.length, 50);
      let text = '';
      for (let index = 0; index < shown; index += 1) {
        const hex = numberToString(bytes[index], 16);
        text += `${index === 0 ? '' : ' '}${hex.length < 2 ? '0' : ''}${hex}`;
      }
      if (bytes.length > shown)
        text += ` ... ${bytes.length - shown} more byte${bytes.length - shown > 1 ? 's' : ''}`;
      append(entries, `[Uint8Contents]: <${text}>`);
      append(entries, `byteLength: ${bytes.length}`);
    },
  };
}

/** Objects of the browser keep their state behind getters of their prototype: these are worth showing. */
const hostFields: Readonly<Record<string, readonly string[]>> = {
  URL: [
    'href',
    'origin',
    'protocol',
    'username',
    'password',
    'host',
    'hostname',
    'port',
    'pathname',
    'search',
    'hash',
  ],
  Blob: ['size', 'type'],
  File: ['name', 'size', 'type', 'lastModified'],
  Request: ['method', 'url', 'headers'],
  Response: ['status', 'statusText', 'ok', 'url', 'headers', 'bodyUsed'],
  Event: ['type', 'defaultPrevented', 'cancelable', 'timeStamp'],
  CustomEvent: ['type', 'detail'],
  MessageEvent: ['type', 'data'],
  AbortSignal: ['aborted'],
  AbortController: ['signal'],
  ImageData: ['width', 'height', 'data'],
  CryptoKey: ['type', 'extractable', 'algorithm', 'usages'],
};
const hostLists = ['Headers', 'URLSearchParams', 'FormData'];
const hostGetters = takeHostGetters();
const domExceptionName = getterOf(globalThis.DOMException?.prototype, 'name');
const hostForEach = takeForEach();

function takeHostGetters(): Record<string, readonly (readonly [string, (value: unknown) => unknown])[]> {
  const result: Record<string, readonly (readonly [string, (value: unknown) => unknown])[]> = {};
  for (const [name, fields] of Object.entries(hostFields)) {
    const prototype = (globalThis as unknown as Record<string, { prototype?: object } | undefined>)[name]
      ?.prototype;
    if (prototype === undefined) continue;
    result[name] = fields.map((field) => [field, getterOf(ownerOf(prototype, field), field)]);
  }
  return result;
}

function ownerOf(prototype: object, field: string): object | undefined {
  for (
    let object: object | null = prototype;
    object !== null;
    object = getPrototypeOf(object) as object | null
  ) {
    if (hasOwn(object, field)) return object;
  }
  return undefined;
}

type ForEach = (this: unknown, callback: (value: unknown, key: unknown) => void) => void;

function takeForEach(): Record<string, ForEach> {
  const result: Record<string, ForEach> = {};
  for (const name of hostLists) {
    const prototype = (
      globalThis as unknown as Record<string, { prototype?: { forEach: ForEach } } | undefined>
    )[name]?.prototype;
    if (prototype !== undefined) result[name] = prototype.forEach;
  }
  return result;
}

/** URL, Headers, Response, Blob and the like. */
export function describeHostObject(value: object, name: string | null): Shape | undefined {
  if (name === null) return undefined;
  const forEach = hasOwn(hostForEach, name) ? hostForEach[name] : undefined;
  if (forEach !== undefined) {
    const pairs: [unknown, unknown][] = [];
    const each = (item: unknown, key: unknown): void => append(pairs, [key, item]);
    if (attempt(() => (apply(forEach as (callback: unknown) => void, value, [each]), true)) === undefined)
      return undefined;
    return {
      ...opened(`${name} `),
      ...(pairs.length === 0
        ? {}
        : {
            entries: (show, entries) => {
              for (let index = 0; index < pairs.length; index += 1) {
                const pair = pairs[index] as [unknown, unknown];
                append(entries, `${show(pair[0])} => ${show(pair[1])}`);
              }
            },
          }),
    };
  }
  const getters = hasOwn(hostGetters, name) ? hostGetters[name] : undefined;
  if (getters === undefined) return undefined;
  const fields: [string, unknown][] = [];
  for (let index = 0; index < getters.length; index += 1) {
    const getter = getters[index] as (typeof getters)[number];
    const own = getOwnPropertyDescriptor(value, getter[0]);
    const field = own === undefined ? attempt(() => [getter[1](value)]) : [own.value as unknown];
    // A user's own class of that name.
    if (field === undefined && index === 0) return undefined;
    if (field !== undefined) append(fields, [getter[0], field[0]]);
  }
  return {
    ...opened(`${name} `),
    entries: (show, entries) => {
      for (let index = 0; index < fields.length; index += 1) {
        const field = fields[index] as [string, unknown];
        append(entries, `${field[0]}: ${show(field[1])}`);
      }
    },
  };
}

function withFields(value: object, prefix: string, fields: readonly string[]): Shape {
  return {
    ...opened(prefix),
    entries: (show, entries) => {
      for (let index = 0; index < fields.length; index += 1) {
        const field = fields[index] as string;
        append(entries, `${field}: ${show((value as Record<string, unknown>)[field])}`);
      }
    },
  };
}

/** The name of a DOMException, whose `name` is a getter. */
export function nameOfDOMException(value: object): string | undefined {
  return attempt(() => domExceptionName(value) as string);
}

function base(text: string): Shape {
  return { base: text, open: '{', close: '}', kind: 'object' };
}

function opened(prefix: string): Shape {
  return { base: '', open: `${prefix}{`, close: '}', kind: 'object' };
}

function isOwnKind(value: object, kind: string): boolean {
  return stringStartsWith(objectToString(value), kind);
}

/** The result, or undefined where the value is not of the kind that was asked for. */
function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
