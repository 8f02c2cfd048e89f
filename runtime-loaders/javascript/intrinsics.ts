// javascript loader: the built-in functions the loader goes on using while untrusted code runs in its realm.
// Taken when the loader is evaluated, that is before user code, so that a program that replaces
// `Array.prototype.push` or `Promise.prototype.then` changes its own behaviour and never ours.
// Must always hold: console, inspect, timers, liveness and exit call built-ins through this file only;
// no for…of, spread or array destructuring there, for they call `Array.prototype[Symbol.iterator]`.

/** Taken as it is: calls `f` with `this` and a list of arguments without looking anything up on `f`. */
export const apply = Reflect.apply as <This, Args extends readonly unknown[], Result>(
  f: (this: This, ...args: Args) => Result,
  self: unknown,
  args: readonly unknown[],
) => Result;

/** Turns a method into a function of its object. */
export function uncurry<This, Args extends unknown[], Result>(
  method: (this: This, ...args: Args) => Result,
): (self: This, ...args: Args) => Result {
  return (self, ...args) => apply(method, self, args);
}

/** The getter of an accessor, as a function of its object; it throws on objects without the brand. */
export function getterOf(prototype: object | undefined, name: PropertyKey): (self: unknown) => unknown {
  const getter = prototype && Object.getOwnPropertyDescriptor(prototype, name)?.get;
  if (getter === undefined) {
    return () => {
      throw new TypeError('no such accessor');
    };
  }
  return (self) => apply(getter as () => unknown, self, []);
}

export const arrayJoin = uncurry(Array.prototype.join);
export const { isArray } = Array;

export const stringSlice = uncurry(String.prototype.slice);
export const stringIndexOf = uncurry(String.prototype.indexOf);
export const stringLastIndexOf = uncurry(String.prototype.lastIndexOf);
export const stringCharCodeAt = uncurry(String.prototype.charCodeAt);
export const stringCodePointAt = uncurry(String.prototype.codePointAt);
export const stringRepeat = uncurry(String.prototype.repeat);
export const stringPadStart = uncurry(String.prototype.padStart);
export const stringPadEnd = uncurry(String.prototype.padEnd);
export const stringStartsWith = uncurry(String.prototype.startsWith);
export const stringEndsWith = uncurry(String.prototype.endsWith);
export const stringTrim = uncurry(String.prototype.trim);
export const stringToLowerCase = uncurry(String.prototype.toLowerCase);
export const stringToUpperCase = uncurry(String.prototype.toUpperCase);
export const stringFromCharCode = String.fromCharCode;
export const numberToString = uncurry(Number.prototype.toString);
export const numberToFixed = uncurry(Number.prototype.toFixed);
export const symbolToString = uncurry(Symbol.prototype.toString);
export const functionToString = uncurry(Function.prototype.toString);
export const objectToString = uncurry(Object.prototype.toString);
export const regExpExec = uncurry(RegExp.prototype.exec);
export const regExpToString = uncurry(RegExp.prototype.toString);
export const dateToISOString = uncurry(Date.prototype.toISOString);
export const dateGetTime = uncurry(Date.prototype.getTime);
export const numberValueOf = uncurry(Number.prototype.valueOf);
export const stringValueOf = uncurry(String.prototype.valueOf);
export const booleanValueOf = uncurry(Boolean.prototype.valueOf);
export const bigintValueOf = uncurry(BigInt.prototype.valueOf);
export const symbolValueOf = uncurry(Symbol.prototype.valueOf);

export const mapGet = uncurry(Map.prototype.get) as <K, V>(map: ReadonlyMap<K, V>, key: K) => V | undefined;
export const mapSet = uncurry(Map.prototype.set) as <K, V>(map: Map<K, V>, key: K, value: V) => unknown;
export const mapDelete = uncurry(Map.prototype.delete) as <K>(map: Map<K, unknown>, key: K) => boolean;
export const mapForEach = uncurry(Map.prototype.forEach) as (
  map: unknown,
  callback: (value: unknown, key: unknown) => void,
) => void;
export const setForEach = uncurry(Set.prototype.forEach) as (
  set: unknown,
  callback: (value: unknown) => void,
) => void;
export const promiseThen = uncurry(Promise.prototype.then);
export const textEncode = uncurry(TextEncoder.prototype.encode);
export const textDecode = uncurry(TextDecoder.prototype.decode);

export const mapSize = getterOf(Map.prototype, 'size');
export const setSize = getterOf(Set.prototype, 'size');
const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;
/** The name of a typed array's type, undefined for everything else. */
export const typedArrayName = getterOf(typedArrayPrototype, Symbol.toStringTag) as (
  value: unknown,
) => string | undefined;
export const regExpSource = getterOf(RegExp.prototype, 'flags');
export const arrayBufferByteLength = getterOf(ArrayBuffer.prototype, 'byteLength');
export const dataViewByteLength = getterOf(DataView.prototype, 'byteLength');

export const {
  keys: objectKeys,
  getOwnPropertyDescriptor,
  getOwnPropertySymbols,
  getOwnPropertyNames,
  getPrototypeOf,
  defineProperty,
  freeze,
  create: objectCreate,
  is: objectIs,
} = Object;
export const { stringify } = JSON;
export const { floor, min, max, sqrt, round } = Math;
export const { isInteger } = Number;
export const NativePromise = Promise;
export const NativeMap = Map;
export const NativeError = Error;
export const NativeUint8Array = Uint8Array;
export const now = performance.now.bind(performance);
const { hasOwn: nativeHasOwn } = Object;
export const hasOwn = nativeHasOwn;
export const isPrototypeOf = uncurry(Object.prototype.isPrototypeOf);

/** Appends without `push`; `define` rather than assignment, for `Array.prototype` may have setters by then. */
export function append<T>(list: T[], value: T): void {
  defineProperty(list, list.length, { value, writable: true, enumerable: true, configurable: true });
}

/**
 * `promise.then(done, failed)` by the built-in `then`. The promise's `constructor` is hidden first, or a
 * replaced `Promise.prototype.constructor` would be consulted. Only for promises the program does not hold.
 */
export function settle<T>(
  promise: Promise<T>,
  done: (value: T) => void,
  failed: (reason: unknown) => void,
): void {
  void defineProperty(promise, 'constructor', { value: undefined, configurable: true });
  void promiseThen(promise as Promise<unknown>, done as (value: unknown) => void, failed);
}
