// javascript loader: setTimeout and setInterval that keep the program alive.
// Must always hold: every timer that can still fire has one unreleased hold.
import { apply, mapDelete, mapGet, mapSet, NativeMap } from './intrinsics.js';
import type { EventLoop } from './event-loop.js';

type Callback = (...args: unknown[]) => unknown;

const setNativeTimeout = setTimeout.bind(globalThis) as (callback: () => void, ms: unknown) => number;
const setNativeInterval = setInterval.bind(globalThis) as (callback: () => void, ms: unknown) => number;
const clearNative = clearTimeout.bind(globalThis);
const evaluate = eval;

/** Replaces the timer functions of this realm. */
export function installTimers(loop: EventLoop): void {
  const active = new NativeMap<number, () => void>();

  const clear = (id?: unknown): void => {
    const number = Number(id);
    const release = mapGet(active, number);
    mapDelete(active, number);
    clearNative(number);
    release?.();
  };

  const call = (handler: unknown, args: readonly unknown[]): void => {
    if (typeof handler === 'function') apply(handler as Callback, globalThis, args);
    else evaluate(String(handler));
  };

  Object.assign(globalThis, {
    setTimeout(handler: unknown, ms?: unknown, ...args: unknown[]): number {
      const id = setNativeTimeout(() => {
        const release = mapGet(active, id);
        mapDelete(active, id);
        try {
          call(handler, args);
        } finally {
          release?.();
        }
      }, ms);
      mapSet(active, id, loop.hold());
      return id;
    },
    setInterval(handler: unknown, ms?: unknown, ...args: unknown[]): number {
      const id = setNativeInterval(() => call(handler, args), ms);
      mapSet(active, id, loop.hold());
      return id;
    },
    clearTimeout: clear,
    clearInterval: clear,
  });
}
