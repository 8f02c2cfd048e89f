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
