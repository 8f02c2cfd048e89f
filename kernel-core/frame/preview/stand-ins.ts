// frame/preview: what an opaque origin refuses, where something honest can stand in for it, and what would
// reach past the frame: dialogs, windows, the session history.
import type { Channel } from './channel.js';

export function standIns(channel: Channel): void {
  const told = new Set<string>();
  const tell = (about: string, text: string): void => {
    if (told.has(about)) return;
    told.add(about);
    channel.print({ level: 'info', text });
  };
  storage(tell);
  dialogs(channel);
  history(tell);
}

/** localStorage throws in an opaque origin; lists of to-dos want one. */
function storage(tell: (about: string, text: string) => void): void {
  for (const name of ['localStorage', 'sessionStorage']) {
    const area = memoryStorage();
    Object.defineProperty(window, name, {
      configurable: true,
      get: () => {
        tell(name, `${name} lasts here until the page is shown again.`);
        return area;
      },
    });
  }
}

function memoryStorage(): Storage {
  const items = new Map<string, string>();
  const methods = {
    getItem: (key: unknown) => items.get(String(key)) ?? null,
    setItem: (key: unknown, value: unknown) => void items.set(String(key), String(value)),
    removeItem: (key: unknown) => void items.delete(String(key)),
    clear: () => items.clear(),
    key: (index: unknown) => [...items.keys()][Number(index)] ?? null,
  };
  return new Proxy(Object.create(Storage.prototype) as Storage, {
    get(_target, key) {
      if (key === 'length') return items.size;
      if (typeof key === 'string' && Object.hasOwn(methods, key)) return methods[key as keyof typeof methods];
      return typeof key === 'string' ? items.get(key) : undefined;
    },
    set(_target, key, value) {
      items.set(String(key), String(value));
      return true;
    },
    deleteProperty(_target, key) {
      items.delete(String(key));
      return true;
    },
    has: (_target, key) => items.has(String(key)) || Object.hasOwn(methods, key),
    ownKeys: () => [...items.keys()],
    getOwnPropertyDescriptor(_target, key) {
      const value = items.get(String(key));
      return value === undefined
        ? undefined
        : { value, writable: true, enumerable: true, configurable: true };
    },
  });
}

/** A dialog of an embedded page would stop the reader's whole tab. */
function dialogs(channel: Channel): void {
  const say = (name: string, text: unknown, answer: string): void =>
    channel.print({
      level: 'info',
      text: `${name}: ${text === undefined ? '' : `${text as string}`}${answer}`,
    });
  Object.assign(window, {
    alert: (text?: unknown) => say('alert', text, ''),
    confirm: (text?: unknown) => {
      say('confirm', text, ' (no dialogs here: answered “Cancel”)');
      return false;
    },
    prompt: (text?: unknown) => {
      say('prompt', text, ' (no dialogs here: answered “Cancel”)');
      return null;
    },
    open: (url?: unknown) => {
      say('window.open', url, ' (a page shown here opens no windows)');
      return null;
    },
    print: () => say('print', 'a page shown here is not printed', ''),
  });
}

/** The session history is the reader's: an entry made here would make their Back button seem dead. */
function history(tell: (about: string, text: string) => void): void {
  const { prototype } = History;
  const replace = prototype.replaceState.bind(window.history);
  const quietly = (state: unknown): void => {
    tell('pushState', 'history.pushState keeps the state here but not the URL: a page shown here has none.');
    replace(state, '');
  };
  const still = (): void => tell('history', 'history.back and history.go do nothing here.');
  Object.assign(prototype, {
    pushState: quietly,
    replaceState: quietly,
    back: still,
    forward: still,
    go: still,
  });
}
