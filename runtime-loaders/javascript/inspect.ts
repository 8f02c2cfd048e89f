// javascript loader: values as text, in the style of Node's util.inspect (depth 2, width 80).
// Never throws and never runs a getter of the program; a proxy whose traps throw is shown as what it is.
// Calls built-ins through intrinsics.ts only, so that programs may replace them and still be shown.
import {
  append,
  arrayJoin,
  functionToString,
  getOwnPropertyDescriptor,
  getOwnPropertySymbols,
  getPrototypeOf,
  hasOwn,
  isArray,
  isPrototypeOf,
  mapGet,
  mapSet,
  mapSize,
  NativeMap,
  objectKeys,
  objectToString,
  setSize,
  stringEndsWith,
  stringIndexOf,
  stringRepeat,
  stringSlice,
  stringStartsWith,
  typedArrayName,
  mapForEach,
  setForEach,
} from './intrinsics.js';
import {
  intoColumns,
  isIndex,
  lineWidth,
  prefixOf,
  primitive,
  propertyName,
  type Shape,
} from './inspect-text.js';
import { describeError, describeHostObject, describeWrapped, isError } from './inspect-objects.js';

/** How deep, and how errors are told; `stackOf` rewrites a stack to the program's own frames. */
export interface InspectOptions {
  /** Objects nested deeper are shown as `[Object]`. */
  readonly depth: number;
  /** The text of an error with its stack, `undefined` when it has none worth showing. */
  readonly stackOf: (error: object) => string;
}

interface State extends InspectOptions {
  indentation: number;
  /** Depth of the object formatted last: an object holding at most three levels may stay on one line. */
  deepest: number;
  /** Objects being formatted, outermost first. */
  readonly open: object[];
  readonly circular: Map<object, number>;
}

const maxItems = 100;

type Callable = (...args: never[]) => unknown;

export function inspect(value: unknown, options: InspectOptions): string {
  const state: State = {
    ...options,
    indentation: 0,
    deepest: 0,
    open: [],
    circular: new NativeMap<object, number>(),
  };
  try {
    return format(state, value, 0);
  } catch (error) {
    return isStackOverflow(error) ? '[Object: nested too deeply]' : '[Object: cannot be shown]';
  }
}

function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError;
}

function format(state: State, value: unknown, depth: number): string {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') {
    return primitive(value, state.indentation);
  }
  for (let index = 0; index < state.open.length; index += 1) {
    if (state.open[index] !== value) continue;
    let number = mapGet(state.circular, value);
    if (number === undefined) {
      number = (mapSize(state.circular) as number) + 1;
      mapSet(state.circular, value, number);
    }
    return `[Circular *${number}]`;
  }
  try {
    return formatObject(state, value, depth);
  } catch (error) {
    // A revoked proxy, or a trap that throws.
    if (isStackOverflow(error)) throw error;
    return `[${typeof value === 'function' ? 'Function' : 'Object'}: cannot be shown]`;
  }
}

function formatObject(state: State, value: object, depth: number): string {
  const name = constructorName(value);
  const tag = tagOf(value, name);
  const keys = ownKeys(value);
  const shape = shapeOf(state, value, name, tag);
  const shown: (string | symbol)[] = [];
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as string | symbol;
    if (shape.kind === 'array' && typeof key === 'string' && isIndex(key)) continue;
    let hidden = false;
    for (let other = 0; other < (shape.hidden?.length ?? 0); other += 1)
      hidden ||= shape.hidden?.[other] === key;
    if (!hidden) append(shown, key);
  }
  if (shown.length === 0 && shape.entries === undefined && shape.after === undefined) {
    return shape.base === '' ? `${shape.open}${shape.close}` : shape.base;
  }
  if (depth > state.depth) return `[${tooDeepName(value, name, tag)}]`;

  append(state.open, value);
  state.deepest = depth;
  const entries: string[] = [];
  const show = (item: unknown): string => {
    state.indentation += 2;
    const text = format(state, item, depth + 1);
    state.indentation -= 2;
    return text;
  };
  shape.entries?.(show, entries);
  for (let index = 0; index < shown.length; index += 1) {
    append(entries, property(state, value, shown[index] as string | symbol, show));
  }
  shape.after?.(show, entries);
  state.open.length -= 1;

  const number = mapGet(state.circular, value);
  let { base, open } = shape;
  if (number !== undefined) {
    const reference = `<ref *${number}> `;
    if (base === '') open = reference + open;
    else base = reference + base;
  }
  if (entries.length === 0) return base === '' ? `${open}${shape.close}` : base;
  return layOut(state, entries, { ...shape, base, open }, depth);
}

function property(
  state: State,
  object: object,
  key: string | symbol,
  show: (value: unknown) => string,
): string {
  const descriptor = getOwnPropertyDescriptor(object, key);
  let text: string;
  if (descriptor === undefined) text = show((object as Record<string | symbol, unknown>)[key]);
  else if (hasOwn(descriptor, 'value')) text = show(descriptor.value);
  else if (isNamespace(object)) text = binding(object, key, show);
  else if (descriptor.get !== undefined) text = descriptor.set === undefined ? '[Getter]' : '[Getter/Setter]';
  else text = descriptor.set === undefined ? 'undefined' : '[Setter]';
  return `${propertyName(key)}: ${text}`;
}

/** A namespace of modules that import each other is made of getters (`cyclic-modules.ts`). */
function isNamespace(object: object): boolean {
  return getPrototypeOf(object) === null && objectToString(object) === '[object Module]';
}

function binding(object: object, key: string | symbol, show: (value: unknown) => string): string {
  let value: unknown;
  try {
    value = (object as Record<string | symbol, unknown>)[key];
  } catch {
    return '<uninitialized>';
  }
  return show(value);
}

function layOut(state: State, entries: string[], shape: Shape, depth: number): string {
  let lines: readonly string[] = entries;
  if (shape.kind === 'array' && entries.length > 6) {
    lines = intoColumns(entries, {
      indentation: state.indentation,
      numeric: shape.numeric === true,
      more: shape.more === true,
    });
  }
  const base = shape.base === '' ? '' : `${shape.base} `;
  if (state.deepest - depth < 3 && lines === entries) {
    let length = lines.length * 2 + state.indentation + shape.open.length + shape.base.length + 10;
    for (let index = 0; index < lines.length; index += 1) length += (lines[index] as string).length;
    if (length <= lineWidth && stringIndexOf(shape.base, '\n') === -1) {
      const joined = arrayJoin(lines, ', ');
      if (stringIndexOf(joined, '\n') === -1) return `${base}${shape.open} ${joined} ${shape.close}`;
    }
  }
  const indentation = `\n${stringRepeat(' ', state.indentation)}`;
  const joined = arrayJoin(lines, `,${indentation}  `);
  return `${base}${shape.open}${indentation}  ${joined}${indentation}${shape.close}`;
}

function shapeOf(state: State, value: object, name: string | null, tag: string): Shape {
  if (isArray(value)) {
    const prefix = name === 'Array' && tag === '' ? '' : prefixOf(name, tag, 'Array', `(${value.length})`);
    return listShape(value, value.length, `${prefix}[`, false);
  }
  const typed = typedArrayName(value);
  if (typed !== undefined) {
    const list = value as unknown as ArrayLike<unknown>;
    return listShape(list, list.length, `${prefixOf(name, tag, typed, `(${list.length})`)}[`, true);
  }
  if (typeof value === 'function') return plain(functionBase(value as Callable, name, tag));
  const collection = collectionShape(value, name, tag);
  if (collection !== undefined) return collection;
  if (isError(value)) return describeError(value, state.stackOf, state.indentation);
  const wrapped = describeWrapped(value, name, tag) ?? describeHostObject(value, name);
  if (wrapped !== undefined) return wrapped;
  if (objectToString(value) === '[object Arguments]' && name === 'Object') {
    return { base: '', open: '[Arguments] {', close: '}', kind: 'object' };
  }
  const open = name === 'Object' && tag === '' ? '{' : `${prefixOf(name, tag, 'Object', '')}{`;
  return { base: '', open, close: '}', kind: 'object' };
}

function plain(base: string): Shape {
  return { base, open: '{', close: '}', kind: 'object' };
}

function listShape(list: ArrayLike<unknown>, length: number, open: string, dense: boolean): Shape {
  if (length === 0) return { base: '', open, close: ']', kind: 'array' };
  let numeric = true;
  for (let index = 0; index < length && numeric; index += 1) {
    const item = getOwnPropertyDescriptor(list, index)?.value as unknown;
    numeric = typeof item === 'number' || typeof item === 'bigint';
  }
  return {
    base: '',
    open,
    close: ']',
    kind: 'array',
    numeric,
    more: length > maxItems,
    entries: (show, entries) => {
      let holes = 0;
      let index = 0;
      for (; index < length && entries.length < maxItems; index += 1) {
        if (!dense && !hasOwn(list, index)) {
          holes += 1;
          continue;
        }
        if (holes > 0) append(entries, holesText(holes));
        holes = 0;
        if (entries.length >= maxItems) break;
        const descriptor = getOwnPropertyDescriptor(list, index);
        append(
          entries,
          descriptor !== undefined && !hasOwn(descriptor, 'value') ? '[Getter]' : show(descriptor?.value),
        );
      }
      if (holes > 0) append(entries, holesText(holes));
      if (index < length) append(entries, moreText(length - index));
    },
  };
}

const holesText = (count: number): string => `<${count} empty item${count > 1 ? 's' : ''}>`;
const moreText = (count: number): string => `... ${count} more item${count > 1 ? 's' : ''}`;

function collectionShape(value: object, name: string | null, tag: string): Shape | undefined {
  const isMap = sizeOr(mapSize, value);
  if (isMap !== undefined) {
    const open = `${prefixOf(name, tag, 'Map', `(${isMap})`)}{`;
    if (isMap === 0) return { base: '', open, close: '}', kind: 'object' };
    return {
      base: '',
      open,
      close: '}',
      kind: 'object',
      entries: (show, entries) => {
        mapForEach(value, (item, key) => {
          if (entries.length < maxItems) append(entries, `${show(key)} => ${show(item)}`);
        });
        if (isMap > maxItems) append(entries, moreText(isMap - maxItems));
      },
    };
  }
  const isSet = sizeOr(setSize, value);
  if (isSet === undefined) return undefined;
  const open = `${prefixOf(name, tag, 'Set', `(${isSet})`)}{`;
  if (isSet === 0) return { base: '', open, close: '}', kind: 'object' };
  return {
    base: '',
    open,
    close: '}',
    kind: 'object',
    entries: (show, entries) => {
      setForEach(value, (item) => {
        if (entries.length < maxItems) append(entries, show(item));
      });
      if (isSet > maxItems) append(entries, moreText(isSet - maxItems));
    },
  };
}

function sizeOr(size: (value: unknown) => unknown, value: object): number | undefined {
  try {
    return size(value) as number;
  } catch {
    return undefined; // not one of these: the getter checks its object
  }
}

function functionBase(value: Callable, name: string | null, tag: string): string {
  const source = functionToString(value);
  const own = getOwnPropertyDescriptor(value, 'name')?.value as unknown;
  const title = typeof own === 'string' && own !== '' ? own : '';
  const extra = tag === '' || tag === name ? '' : ` [${tag}]`;
  if (stringStartsWith(source, 'class') && stringEndsWith(source, '}')) {
    const parent = getPrototypeOf(value) as { name?: unknown } | null;
    const parentName =
      parent === null ? undefined : (getOwnPropertyDescriptor(parent, 'name')?.value as unknown);
    const heritage =
      parent === null
        ? ' extends null'
        : typeof parentName === 'string' && parentName !== ''
          ? ` extends ${parentName}`
          : '';
    return `[class ${title === '' ? '(anonymous)' : title}${extra}${heritage}]`;
  }
  const kind =
    name === 'AsyncFunction' || name === 'GeneratorFunction' || name === 'AsyncGeneratorFunction'
      ? name
      : 'Function';
  const prototype = name === null ? ' (null prototype)' : '';
  return `[${kind}${prototype}${title === '' ? ' (anonymous)' : `: ${title}`}]${name === kind ? '' : extra}`;
}

function tooDeepName(value: object, name: string | null, tag: string): string {
  const title = prefixOf(name, tag, isArray(value) ? 'Array' : 'Object', '');
  return stringSlice(title, 0, -1);
}

/** The name of the nearest constructor up the prototype chain; null without one. */
function constructorName(value: object): string | null {
  let object: object | null = value;
  for (let steps = 0; object !== null && steps < 64; steps += 1) {
    const constructor = getOwnPropertyDescriptor(object, 'constructor')?.value as unknown;
    if (typeof constructor === 'function' && isInstance(value, constructor)) {
      const name = getOwnPropertyDescriptor(constructor, 'name')?.value as unknown;
      if (typeof name === 'string' && name !== '') return name;
    }
    object = getPrototypeOf(object) as object | null;
  }
  return null;
}

function isInstance(value: object, constructor: object): boolean {
  const prototype = getOwnPropertyDescriptor(constructor, 'prototype')?.value as unknown;
  return typeof prototype !== 'object' || prototype === null || isPrototypeOf(prototype, value);
}

/** `Symbol.toStringTag` when it says more than the constructor's name and is not among the properties. */
function tagOf(value: object, name: string | null): string {
  const tag = (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
  if (typeof tag !== 'string' || tag === '' || tag === name) return '';
  return getOwnPropertyDescriptor(value, Symbol.toStringTag)?.enumerable === true ? '' : tag;
}

function ownKeys(value: object): (string | symbol)[] {
  const keys: (string | symbol)[] = objectKeys(value);
  const symbols = getOwnPropertySymbols(value);
  for (let index = 0; index < symbols.length; index += 1) {
    const symbol = symbols[index] as symbol;
    if (getOwnPropertyDescriptor(value, symbol)?.enumerable === true) append(keys, symbol);
  }
  return keys;
}
