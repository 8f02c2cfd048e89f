// runtime-loaders: closes a process worker's realm before untrusted code runs in it.
// The CSP contains the network; this removes what a worker could reach another worker, the kernel worker or
// storage by, and makes the process port unreachable through patched prototypes.
// Must always hold: after `sealRealm()` the process port is only in closures of the process worker.

/** Ways out of the realm, and constructors that only serve them. Deleted from `self` and its prototypes. */
const removedGlobals = new Set([
  'postMessage',
  'onmessage',
  'onmessageerror',
  'close',
  'importScripts',
  'BroadcastChannel',
  'Worker',
  'SharedWorker',
  'ServiceWorker',
  'ServiceWorkerContainer',
  'ServiceWorkerRegistration',
  'caches',
  'Cache',
  'CacheStorage',
  'indexedDB',
  'cookieStore',
  'sharedStorage',
  'XMLHttpRequest',
  'XMLHttpRequestEventTarget',
  'XMLHttpRequestUpload',
  'EventSource',
  'Lock',
  'LockManager',
  'StorageManager',
  'StorageBucketManager',
  'Directory',
  'Notification',
  'onrtctransform',
  'dump',
  'requestAnimationFrame',
  'cancelAnimationFrame',
]);

/** Families of interfaces of which no member is of use without what was removed, or that reach a device. */
const removedFamilies = new RegExp(
  `^(?:${[
    ...[
      'IDB',
      'RTC',
      'WebSocket',
      'WebTransport',
      'FileSystem',
      'webkit(?:Request|Resolve)',
      'Storage',
      'Cookie',
    ],
    ...['ServiceWorker', 'Push', 'BackgroundFetch', 'PeriodicSync', 'SyncManager', 'NavigationPreload'],
    ...[
      'Serial',
      'USB',
      'HID',
      'Bluetooth',
      'GPU',
      'WGSL',
      'Sensor',
      'Pressure',
      'IdleDetector',
      'Credential',
    ],
    ...[
      'MediaSource',
      'SourceBuffer',
      'MediaCapabilities',
      'MediaStream',
      'Permission',
      'NetworkInformation',
    ],
    ...['Presentation', 'WakeLock', 'LanguageModel', 'LanguageDetector', 'Translator', 'Summarizer'],
  ].join('|')})`,
);

/** What remains of `navigator`: plain facts. */
const navigatorFacts = new Set([
  'constructor',
  'hardwareConcurrency',
  'appCodeName',
  'appName',
  'appVersion',
  'platform',
  'product',
  'userAgent',
  'userAgentData',
  'language',
  'languages',
  'onLine',
]);

let sealed = false;

/**
 * Seals this realm; later calls do nothing. To be called once the process port has arrived and the loader
 * has been imported (loaders take what they need of the removed globals while they are evaluated), before
 * `loader.run`.
 */
export function sealRealm(): void {
  if (sealed) return;
  sealed = true;
  removeGlobals();
  reduceNavigator();
  lockMessaging();
}

function removeGlobals(): void {
  for (let object: object | null = globalThis; object !== null; object = prototypeOf(object)) {
    if (object === Object.prototype) break;
    for (const name of Object.getOwnPropertyNames(object)) {
      if (removedGlobals.has(name) || removedFamilies.test(name)) remove(object, name);
    }
  }
}

function reduceNavigator(): void {
  const { navigator } = globalThis;
  for (let object: object | null = navigator; object !== null; object = prototypeOf(object)) {
    if (object === Object.prototype) break;
    for (const name of Object.getOwnPropertyNames(object)) {
      if (!navigatorFacts.has(name)) remove(object, name);
    }
  }
}

function prototypeOf(object: object): object | null {
  return Object.getPrototypeOf(object) as object | null;
}

function remove(object: object, name: string): void {
  if (!Reflect.deleteProperty(object, name)) {
    throw new Error(`This browser does not let go of ${name}, so untrusted code cannot be run safely.`);
  }
}

/**
 * Whoever replaced `MessagePort.prototype.postMessage` or the getter of `MessageEvent.prototype.data` would
 * be called with the process port as `this`, or with an event whose `target` is it. Nobody has a good reason
 * to replace them, so they become constant, and the code of the process worker can be written plainly.
 * What instrumentation does replace (`addEventListener`, `preventDefault`) stays free.
 */
function lockMessaging(): void {
  for (const name of Object.getOwnPropertyNames(MessagePort.prototype)) lock(MessagePort.prototype, name);
  for (const prototype of [MessageEvent.prototype, Event.prototype]) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      const isAccessor = Object.getOwnPropertyDescriptor(prototype, name)?.get !== undefined;
      if (isAccessor || name === 'composedPath') lock(prototype, name);
    }
  }
}

function lock(object: object, name: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(object, name);
  if (descriptor?.configurable !== true) return;
  if ('value' in descriptor) descriptor.writable = false;
  Object.defineProperty(object, name, { ...descriptor, configurable: false });
}

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
  const generator = (prototypeOf(function* () {}) as { prototype: object }).prototype;
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
