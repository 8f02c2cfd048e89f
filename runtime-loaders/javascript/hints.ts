// javascript loader: one sentence below "x is not defined" for names people expect to be there.

const noPage =
  'This program runs in a worker, without a page. Use runtime="html" for code that works on a document.';
const nodeOnly = "This is the browser's engine, not Node.js: write an ES module with import instead.";
const noStorage = 'Nothing is stored here: a program runs in a sandbox of its own. Keep values in variables.';
const useFetch = 'Use fetch(), which reaches the hosts the network attribute names.';
const oneThread = 'A program has one worker and cannot start others.';

const hints: Readonly<Record<string, string>> = {
  window: noPage,
  document: noPage,
  HTMLElement: noPage,
  customElements: noPage,
  requestAnimationFrame: noPage,
  Image: noPage,
  Audio: noPage,
  localStorage: noStorage,
  sessionStorage: noStorage,
  indexedDB: noStorage,
  caches: noStorage,
  require: nodeOnly,
  module: nodeOnly,
  exports: nodeOnly,
  __dirname: 'Use import.meta.dirname, or new URL(name, import.meta.url) for a file beside this one.',
  __filename: 'Use import.meta.filename.',
  Buffer: "This is the browser's engine, not Node.js: use Uint8Array and TextEncoder.",
  setImmediate: 'Use setTimeout(f, 0) or queueMicrotask(f).',
  Deno: "This is the browser's engine, not Deno.",
  Bun: "This is the browser's engine, not Bun.",
  XMLHttpRequest: useFetch,
  WebSocket: `A program has no sockets to outside. ${useFetch}`,
  EventSource: useFetch,
  WebTransport: useFetch,
  Worker: oneThread,
  SharedWorker: oneThread,
  BroadcastChannel: 'A program has nobody to broadcast to: it cannot reach other programs or the page.',
  postMessage: 'A program has nobody to post to: it cannot reach other programs or the page.',
  importScripts: 'Use import, or import().',
};

/** What to do about a missing name, where we know. */
export function hintFor(error: object): string | undefined {
  const { name, message } = error as { name?: unknown; message?: unknown };
  if (name !== 'ReferenceError' || typeof message !== 'string') return undefined;
  const missing = /^(?:Can't find variable: )?([\w$]+)(?: is not defined)?$/.exec(message)?.[1] ?? '';
  return Object.hasOwn(hints, missing) ? hints[missing] : undefined;
}
