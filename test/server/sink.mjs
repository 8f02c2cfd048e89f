// The network sink: whatever arrives here has left the sandbox. Everything is answered and logged.
//
//   any method /hit/<id>[.js|.css|.json|.html…]   logged under <id>; the answer fits the extension
//   /redirect?to=<url>&id=<id>    logged, then 302
//   /api                          { "ok": true }
//   WebSocket on /hit/<id>        accepted and logged
//   UDP on the same port          its senders are counted (WebTransport, STUN)
//   GET  /__sink/hits?id=<id>     Hit[] of that id, of all without id; `since` is an index
//   GET  /__sink/totals           { connections, senders, hits }
//   POST /__sink/reset[?id=<id>]  forgets
import { createSocket } from 'node:dgram';
import { listen } from '../../scripts/static-server.mjs';
import { acceptWebSocket } from './sink-websocket.mjs';

const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
  'access-control-allow-methods': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': 'no-store',
};

const answers = {
  js: ['text/javascript', 'globalThis.__sinkReached = true;\n'],
  css: ['text/css', 'body { --sink-reached: 1 }\n'],
  json: ['application/json', '{"ok":true}'],
  html: ['text/html', '<!doctype html><title>sink</title>sink'],
  svg: ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
};

export async function startSink() {
  let hits = [];
  const totals = { connections: 0 };
  // A connection that nobody answers repeats itself for seconds, and always from its own port.
  const senders = new Set();

  const log = (kind, request) => {
    const url = new URL(request.url, 'http://localhost');
    const id = /^\/hit\/([^/.]+)/.exec(url.pathname)?.[1] ?? url.searchParams.get('id');
    const { origin, referer, cookie } = request.headers;
    hits.push({ id, kind, method: request.method, path: url.pathname + url.search, origin, referer, cookie });
    return url;
  };

  const server = await listen((request, response) => {
    const url = new URL(request.url, 'http://localhost');
    const control = controls[`${request.method} ${url.pathname}`];
    if (control) return respondJson(response, control(url.searchParams));
    if (request.method === 'OPTIONS') {
      log('preflight', request);
      return response.writeHead(204, cors).end();
    }
    log('http', request);
    if (url.pathname === '/redirect') return redirect(response, url.searchParams.get('to'));
    if (request.headers.accept?.includes('text/event-stream'))
      return response.writeHead(200, { ...cors, 'content-type': 'text/event-stream' }).end('data: sink\n\n');
    const extension = url.pathname === '/api' ? 'json' : url.pathname.split('.').pop();
    const [type, body] = answers[extension] ?? ['text/plain', 'sink\n'];
    return response.writeHead(200, { ...cors, 'content-type': type }).end(body);
  });

  const controls = {
    'GET /__sink/hits': (query) => {
      const id = query.get('id');
      return hits.slice(Number(query.get('since') ?? 0)).filter((hit) => id === null || hit.id === id);
    },
    'GET /__sink/totals': () => ({ ...totals, senders: senders.size, hits: hits.length }),
    'POST /__sink/reset': (query) => {
      const id = query.get('id');
      hits = id === null ? [] : hits.filter((hit) => hit.id !== id);
      return { ok: true };
    },
  };

  server.on('connection', () => totals.connections++);
  server.on('upgrade', (request, socket) => {
    log('websocket', request);
    acceptWebSocket(request, socket);
  });
  const { port } = server.address();
  const udp = createSocket('udp4');
  udp.on('message', (_, { address, port: from }) => senders.add(`${address} ${from}`));
  udp.bind(port);
  return port;
}

function redirect(response, to) {
  if (!to) return response.writeHead(400, cors).end('redirect needs ?to=');
  return response.writeHead(302, { ...cors, location: to }).end();
}

function respondJson(response, value) {
  response.writeHead(200, { ...cors, 'content-type': 'application/json' }).end(JSON.stringify(value));
}
