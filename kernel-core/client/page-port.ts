// client: the port on which the page answers the kernel. comlink walks any path its other end names, and
// from any function it is two steps to `Function`: whoever took over the kernel would run code in the page.
// Must always hold: what gets through is a call of one of the named functions with plain arguments.
import type { Endpoint } from 'comlink';

/** An endpoint for `expose` that hears nothing but calls of `names`. */
export function onlyCallsOf(names: readonly string[], port: MessagePort): Endpoint {
  const heard = new Map<unknown, (event: Event) => void>();
  return {
    postMessage: (message, transfer) => port.postMessage(message, transfer ?? []),
    addEventListener: (type, listener) => {
      const hear = (event: Event): void => {
        if (!isCall((event as MessageEvent<unknown>).data, names)) return;
        if (typeof listener === 'function') listener(event);
        else listener.handleEvent(event);
      };
      heard.set(listener, hear);
      port.addEventListener(type, hear);
    },
    removeEventListener: (type, listener) => {
      const hear = heard.get(listener);
      if (hear !== undefined) port.removeEventListener(type, hear);
      heard.delete(listener);
    },
    start: () => port.start(),
  };
}

function isCall(data: unknown, names: readonly string[]): boolean {
  if (typeof data !== 'object' || data === null) return false;
  const { type, path, argumentList } = data as Record<string, unknown>;
  if (type !== 'APPLY' || !Array.isArray(path) || path.length !== 1) return false;
  if (typeof path[0] !== 'string' || !names.includes(path[0]) || !Array.isArray(argumentList)) return false;
  return argumentList.every((argument) => (argument as { type?: unknown } | null)?.type === 'RAW');
}
