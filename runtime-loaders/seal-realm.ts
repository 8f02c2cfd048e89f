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

/** Families of interfaces of which no member is of use without what was removed. */
const removedFamilies =
  /^(?:IDB|RTC|WebSocket|WebTransport|FileSystem|webkit(?:Request|Resolve)|Push|BackgroundFetch|PeriodicSync|SyncManager|NavigationPreload|Serial|USB|HID|Bluetooth)/;

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
  for (let object: object | null = globalThis; object !== null; object = Object.getPrototypeOf(object)) {
    if (object === Object.prototype) break;
    for (const name of Object.getOwnPropertyNames(object)) {
      if (removedGlobals.has(name) || removedFamilies.test(name)) remove(object, name);
    }
  }
}

function reduceNavigator(): void {
  const { navigator } = globalThis;
  for (let object: object | null = navigator; object !== null; object = Object.getPrototypeOf(object)) {
    if (object === Object.prototype) break;
    for (const name of Object.getOwnPropertyNames(object)) {
      if (!navigatorFacts.has(name)) remove(object, name);
    }
  }
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
 */
function lockMessaging(): void {
  for (const prototype of [MessagePort.prototype, MessageEvent.prototype, Event.prototype]) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
      if (descriptor === undefined || descriptor.configurable !== true) continue;
      if ('value' in descriptor) descriptor.writable = false;
      Object.defineProperty(prototype, name, { ...descriptor, configurable: false });
    }
  }
  for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) {
    Object.defineProperty(EventTarget.prototype, name, { writable: false, configurable: false });
  }
}

interface Snapshot {
  readonly object: object;
  readonly name: PropertyKey;
  readonly descriptor: PropertyDescriptor;
}

const snapshots: Snapshot[] = [];
takeSnapshots();

function takeSnapshots(): void {
  const iterators = [[][Symbol.iterator](), new Map().entries(), new Set().values(), ''[Symbol.iterator]()];
  const generator = Object.getPrototypeOf(function* () {}).prototype as object;
  const objects: object[] = [
    ...[Object, Function, Array, String, Number, Boolean, Symbol, BigInt, RegExp, Date, Error, Promise],
    ...[Map, Set, WeakMap, WeakSet, ArrayBuffer, DataView, Uint8Array, TextEncoder, TextDecoder, Blob, URL],
    Object.getPrototypeOf(Uint8Array) as object,
  ].flatMap((constructor) => [constructor, (constructor as { prototype: object }).prototype]);
  objects.push(generator, Object.getPrototypeOf(generator) as object);
  for (const iterator of iterators) objects.push(Object.getPrototypeOf(iterator) as object);
  objects.push(Math, JSON, Reflect);
  for (const object of objects) {
    for (const name of Reflect.ownKeys(object)) {
      const descriptor = Object.getOwnPropertyDescriptor(object, name);
      // Legacy accessors such as RegExp.$1 differ at every look.
      if (descriptor?.configurable === true) snapshots[snapshots.length] = { object, name, descriptor };
    }
  }
}

const { defineProperty } = Object;

/**
 * Puts back the built-in properties that the program replaced, as far as it did not freeze them.
 * Called when a program has come to its end, so that telling about it works as written.
 */
export function restoreIntrinsics(): void {
  for (let index = 0; index < snapshots.length; index += 1) {
    const { object, name, descriptor } = snapshots[index] as Snapshot;
    try {
      defineProperty(object, name, descriptor);
    } catch {
      // Frozen by the program; the caller does without.
    }
  }
}
