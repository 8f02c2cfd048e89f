// runtime-loaders: the realm's built-in functions as they were before any program ran in it.
// A program may replace them; our own code, which runs in the same realm, may be called while it has. It is
// written plainly and runs inside `withIntrinsics`, or after `restoreIntrinsics`.
// Must always hold: this file is evaluated before user code, and calls nothing that user code could replace.

interface Snapshot {
  readonly object: object;
  readonly name: PropertyKey;
  readonly descriptor: PropertyDescriptor;
}

/** Names our own code goes on looking up. */
const globals = [
  ...[
    'Object',
    'Function',
    'Array',
    'String',
    'Number',
    'Boolean',
    'Symbol',
    'BigInt',
    'RegExp',
    'Date',
    'Promise',
  ],
  ...['Error', 'TypeError', 'RangeError', 'SyntaxError', 'DOMException', 'Map', 'Set', 'WeakMap', 'WeakSet'],
  ...[
    'ArrayBuffer',
    'SharedArrayBuffer',
    'DataView',
    'Uint8Array',
    'Int32Array',
    'Uint32Array',
    'Float64Array',
  ],
  ...[
    'Math',
    'JSON',
    'Reflect',
    'Atomics',
    'WebAssembly',
    'Infinity',
    'globalThis',
    'parseInt',
    'parseFloat',
  ],
  ...['isNaN', 'isFinite', 'encodeURI', 'encodeURIComponent', 'decodeURI', 'decodeURIComponent', 'Proxy'],
  ...[
    'TextEncoder',
    'TextDecoder',
    'Blob',
    'URL',
    'FileReaderSync',
    'MessagePort',
    'MessageChannel',
    'queueMicrotask',
  ],
];

const snapshots: Snapshot[] = [];
takeSnapshots();

function takeSnapshots(): void {
  const iterators = [[][Symbol.iterator](), new Map().entries(), new Set().values(), ''[Symbol.iterator]()];
  const generator = (Object.getPrototypeOf(function* () {}) as { prototype: object }).prototype;
  const objects: object[] = [
    ...[Object, Function, Array, String, Number, Boolean, Symbol, BigInt, RegExp, Date, Error, Promise],
    ...[Map, Set, WeakMap, WeakSet, ArrayBuffer, DataView, Uint8Array, TextEncoder, TextDecoder, Blob, URL],
    Object.getPrototypeOf(Uint8Array) as object,
  ].flatMap((constructor) => [constructor, (constructor as { prototype: object }).prototype]);
  objects.push(generator, Object.getPrototypeOf(generator) as object);
  for (const iterator of iterators) objects.push(Object.getPrototypeOf(iterator) as object);
  objects.push(Math, JSON, Reflect, Atomics, WebAssembly);
  for (const object of objects) {
    for (const name of Reflect.ownKeys(object)) takeSnapshot(object, name);
  }
  for (const name of globals) takeSnapshot(globalThis, name);
}

function takeSnapshot(object: object, name: PropertyKey): void {
  const descriptor = Object.getOwnPropertyDescriptor(object, name);
  if (descriptor?.configurable === true) snapshots[snapshots.length] = { object, name, descriptor };
}

const { defineProperty, getOwnPropertyDescriptor, is } = Object;
const { deleteProperty } = Reflect;
const objectPrototype = Object.prototype;
const nativeError = Error;

/** What our own code calls most; a program that replaced none of these is taken to have replaced nothing. */
const watched: readonly (readonly [object, PropertyKey, unknown])[] = [
  ...watch(Array.prototype, ['push', 'slice', 'map', 'concat', 'join', 'shift', 'splice', 'at', 'includes']),
  ...watch(Array.prototype, ['forEach', 'filter', 'find', 'indexOf', 'entries', Symbol.iterator]),
  ...watch(Map.prototype, ['get', 'set', 'has', 'delete', Symbol.iterator]),
  ...watch(Set.prototype, ['add', 'has', 'delete', Symbol.iterator]),
  ...watch(Object.getPrototypeOf([][Symbol.iterator]()) as object, ['next']),
  ...watch(Object.getPrototypeOf(new Map().entries()) as object, ['next']),
  ...watch(Object.getPrototypeOf(Uint8Array.prototype) as object, ['set', 'slice', 'subarray']),
  ...watch(Promise.prototype, ['then', 'catch', 'finally', 'constructor']),
  ...watch(Function.prototype, ['call', 'apply', 'bind']),
  ...watch(String.prototype, ['slice', 'startsWith', 'split', 'indexOf', 'replace']),
  ...watch(globalThis, [
    'Object',
    'Array',
    'Map',
    'Set',
    'Promise',
    'Uint8Array',
    'Math',
    'Error',
    'URL',
    'Blob',
  ]),
  ...watch(Object.prototype, ['then', 'get', 'set', 'value']),
];

function watch(object: object, names: readonly PropertyKey[]): (readonly [object, PropertyKey, unknown])[] {
  return names.map((name) => [object, name, (object as Record<PropertyKey, unknown>)[name]]);
}

/**
 * Calls `action` with the built-in functions in their places, whatever the program put there, and puts the
 * program's back afterwards. For our own code that a running program calls into: printing, above all.
 */
export function withIntrinsics<T>(action: () => T): T {
  if (!isTampered()) return action();
  const theirs: (Snapshot | undefined)[] = [];
  let count = 0;
  for (let index = 0; index < snapshots.length; index += 1) {
    const { object, name, descriptor } = snapshots[index] as Snapshot;
    const current = getOwnPropertyDescriptor(object, name);
    if (current !== undefined && isSame(current, descriptor)) continue;
    if (!attempt(object, name, descriptor)) continue;
    // A slot of our own list is written, not pushed: nothing of the program's is called.
    defineProperty(theirs, count, { value: { object, name, descriptor: current }, configurable: true });
    count += 1;
  }
  try {
    return action();
  } finally {
    for (let index = 0; index < count; index += 1) {
      const { object, name, descriptor } = theirs[index] as {
        object: object;
        name: PropertyKey;
        descriptor?: PropertyDescriptor;
      };
      if (descriptor === undefined) deleteProperty(object, name);
      else attempt(object, name, descriptor);
    }
  }
}

function isTampered(): boolean {
  for (let index = 0; index < watched.length; index += 1) {
    const entry = watched[index] as (typeof watched)[number];
    if ((entry[0] as Record<PropertyKey, unknown>)[entry[1]] !== entry[2]) return true;
  }
  return false;
}

function isSame(one: PropertyDescriptor, other: PropertyDescriptor): boolean {
  return is(one.value, other.value) && one.get === other.get && one.set === other.set;
}

/** False where the program made the property constant. */
function attempt(object: object, name: PropertyKey, descriptor: PropertyDescriptor): boolean {
  try {
    defineProperty(object, name, descriptor);
    return true;
  } catch {
    return false;
  }
}

/**
 * Puts back the built-in properties that the program replaced, as far as it did not freeze them.
 * Called when a program has come to its end, so that telling about it works as written.
 */
export function restoreIntrinsics(): void {
  // `await` asks every object it is given for this one.
  deleteProperty(objectPrototype, 'then');
  // V8 asks this one to write stacks.
  deleteProperty(nativeError, 'prepareStackTrace');
  for (let index = 0; index < snapshots.length; index += 1) {
    const { object, name, descriptor } = snapshots[index] as Snapshot;
    attempt(object, name, descriptor);
  }
}
