// javascript loader: work the browser does for the program counts as pending until its promise settles.
// Functions that promise something are wrapped; where an end cannot be seen (streams, message ports) the
// use alone gives the program a little more time.
import type { EventLoop } from './event-loop.js';
import { apply, NativePromise } from './intrinsics.js';

type Method = (this: unknown, ...args: unknown[]) => unknown;

const body = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'];
const subtle = ['encrypt', 'decrypt', 'sign', 'verify', 'digest', 'generateKey', 'deriveKey', 'deriveBits'];

/** Interface → methods that return promises. `self` is the global object, `WebAssembly` the namespace. */
const promising: Readonly<Record<string, readonly string[]>> = {
  Blob: ['arrayBuffer', 'bytes', 'text'],
  Request: body,
  Response: body,
  SubtleCrypto: [...subtle, 'importKey', 'exportKey', 'wrapKey', 'unwrapKey'],
  OffscreenCanvas: ['convertToBlob'],
  ImageDecoder: ['decode'],
  VideoFrame: ['copyTo'],
  VideoDecoder: ['flush'],
  VideoEncoder: ['flush'],
  AudioDecoder: ['flush'],
  AudioEncoder: ['flush'],
  FontFace: ['load'],
  Scheduler: ['postTask', 'yield'],
};
const staticPromising: Readonly<Record<string, readonly string[]>> = {
  WebAssembly: ['compile', 'instantiate', 'compileStreaming', 'instantiateStreaming'],
};

/** Interface → methods and getters after whose use something may follow that cannot be counted. */
const touching: Readonly<Record<string, readonly string[]>> = {
  Blob: ['stream'],
  Request: ['body'],
  Response: ['body'],
  ReadableStreamDefaultReader: ['read'],
  WritableStreamDefaultWriter: ['write', 'close'],
};
const fileReading = ['readAsArrayBuffer', 'readAsText', 'readAsDataURL', 'readAsBinaryString'];
const touchingConstructors = ['CompressionStream', 'DecompressionStream'];

export function installHostPromises(loop: EventLoop): void {
  const global = globalThis as unknown as Record<string, unknown>;
  for (const [name, methods] of Object.entries(promising)) {
    const target = prototypeOf(global[name]);
    if (target !== undefined) for (const method of methods) trackMethod(loop, target, method);
  }
  for (const [name, methods] of Object.entries(staticPromising)) {
    for (const method of methods) trackMethod(loop, global[name] as object, method);
  }
  if ('createImageBitmap' in globalThis) {
    const native = createImageBitmap as unknown as Method;
    replace(globalThis, 'createImageBitmap', (...args) => track(loop, apply(native, globalThis, args)));
  }
  trackWaitAsync(loop);
  for (const [name, members] of Object.entries(touching)) {
    const target = prototypeOf(global[name]);
    if (target !== undefined) for (const member of members) touchMember(loop, target, member);
  }
  for (const name of touchingConstructors) touchConstructor(loop, name);
  for (const name of fileReading) holdUntilRead(loop, name);
  replaceMessageChannel(loop);
}

function prototypeOf(constructor: unknown): object | undefined {
  return typeof constructor === 'function' ? (constructor as { prototype?: object }).prototype : undefined;
}

function track(loop: EventLoop, result: unknown): unknown {
  return result instanceof NativePromise ? loop.track(result as Promise<unknown>) : result;
}

function trackMethod(loop: EventLoop, target: object, name: string): void {
  wrap(target, name, (native) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      return track(loop, apply(native, this, args));
    };
  });
}

/** Replaces a method or getter where there is one, keeping its name. */
function wrap(target: object, name: string, wrapping: (native: Method) => Method): void {
  const descriptor = Object.getOwnPropertyDescriptor(target, name);
  if (descriptor === undefined) return;
  const native = (descriptor.get ?? descriptor.value) as Method | undefined;
  if (typeof native !== 'function') return;
  const wrapped = wrapping(native);
  Object.defineProperty(wrapped, 'name', { value: native.name });
  Object.defineProperty(wrapped, 'length', { value: native.length });
  if (descriptor.get !== undefined) Object.defineProperty(target, name, { ...descriptor, get: wrapped });
  else Object.defineProperty(target, name, { ...descriptor, value: wrapped });
}

function replace(target: object, name: string, value: Method): void {
  wrap(target, name, () => value);
}

/** `Atomics.waitAsync` gives its promise inside an object. */
function trackWaitAsync(loop: EventLoop): void {
  wrap(Atomics, 'waitAsync', (native) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const result = apply(native, Atomics, args) as { async: boolean; value: unknown };
      return result.async ? { ...result, value: track(loop, result.value) } : result;
    };
  });
}

function touchMember(loop: EventLoop, target: object, name: string): void {
  wrap(target, name, (native) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      loop.touch();
      return apply(native, this, args);
    };
  });
}

/** FileReader tells its end by an event. */
function holdUntilRead(loop: EventLoop, name: string): void {
  const add = FileReader.prototype.addEventListener as unknown as Method;
  wrap(FileReader.prototype, name, (native) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const result = apply(native, this, args);
      apply(add, this, ['loadend', loop.hold(), { once: true }]);
      return result;
    };
  });
}

function touchConstructor(loop: EventLoop, name: string): void {
  const global = globalThis as unknown as Record<string, unknown>;
  const native = global[name] as (new (...args: unknown[]) => object) | undefined;
  if (native === undefined) return;
  global[name] = new Proxy(native, {
    construct(target, args, newTarget) {
      loop.touch();
      return Reflect.construct(target, args, newTarget) as object;
    },
  });
}

/** Messages between the program's own ports: each one sent gives it more time. */
function replaceMessageChannel(loop: EventLoop): void {
  const native = MessageChannel;

  const post = MessagePort.prototype.postMessage as unknown as Method;
  globalThis.MessageChannel = new Proxy(native, {
    construct(target, args, newTarget) {
      const channel = Reflect.construct(target, args, newTarget) as MessageChannel;
      for (const port of [channel.port1, channel.port2]) {
        Object.defineProperty(port, 'postMessage', {
          value(this: unknown, ...sent: unknown[]): unknown {
            loop.touch();
            return apply(post, this, sent);
          },
          configurable: true,
          writable: true,
        });
      }
      return channel;
    },
  });
}
