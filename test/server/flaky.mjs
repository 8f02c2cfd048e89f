// dist/ as a bad host would send it: /flaky/<mode>/<path in dist/>, CORS *.
//
//   ok            as it is                      404, 500     that status
//   wrong-bytes   one byte changed              html         200 with a page instead ("soft 404")
//   cut           half the body, then cut       offline      the connection is cut at once
//   stall         half the body, then silence   delay-<ms>   after a pause
//   slow-<bytes per second>                     switch-<name>   whatever POST /__flaky/mode?name=&mode= said last
//   <mode>@<text>   so for paths that hold the text, `ok` for the rest; more of them after commas
//   GET /__flaky/requests?name=<name>   paths asked for under switch-<name>
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen, sendFile, sendText } from '../../scripts/static-server.mjs';

const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': 'no-store',
};

export async function startFlaky({ root }) {
  const dist = `${root}/dist`;
  const switches = new Map();
  const requests = new Map();

  const server = await listen(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    if (request.method === 'OPTIONS') return response.writeHead(204, cors).end();
    const name = searchParams.get('name');
    if (pathname === '/__flaky/mode') {
      switches.set(name, searchParams.get('mode'));
      return sendText(response, 200, 'ok', cors);
    }
    if (pathname === '/__flaky/requests')
      return sendText(response, 200, JSON.stringify(requests.get(name) ?? []), cors);
    let [, mode, path] = /^\/flaky\/([^/]+)(\/.*)$/.exec(pathname) ?? [];
    if (!mode) return sendText(response, 404, 'start with /flaky/<mode>/\n', cors);
    const switched = /^switch-(.+)$/.exec(mode)?.[1];
    if (switched) {
      requests.set(switched, [...(requests.get(switched) ?? []), path]);
      mode = switches.get(switched) ?? 'ok';
    }
    return answer(modeFor(mode, path), path, request, response);
  });

  async function answer(mode, path, request, response) {
    const [, kind, amount] = /^([a-z]+)-(\d+)$/.exec(mode) ?? [null, mode, '0'];
    if (kind === 'offline') return request.socket.destroy();
    if (kind === '404' || kind === '500') return sendText(response, Number(kind), `status ${kind}\n`, cors);
    if (kind === 'html')
      return response.writeHead(200, { ...cors, 'content-type': 'text/html' }).end('<!doctype html>hello');
    if (kind === 'delay') await sleep(Number(amount));
    const file = `${dist}${decodeURIComponent(path)}`;
    const exists = statSync(file, { throwIfNoEntry: false })?.isFile();
    if (!exists || kind === 'ok' || kind === 'delay') return sendFile(request, response, dist, path, cors);
    const body = readFileSync(file);
    if (kind === 'wrong-bytes') body[body.length >> 1] ^= 0xff;
    response.writeHead(200, { ...cors, 'content-length': String(body.length) });
    if (kind === 'slow') return drip(response, body, Number(amount));
    if (kind === 'wrong-bytes') return response.end(body);
    if (kind !== 'cut' && kind !== 'stall') return response.destroy(new Error(`unknown mode ${mode}`));
    return response.write(body.subarray(0, body.length >> 1), () => kind === 'cut' && response.destroy());
  }

  return server.address().port;
}

function modeFor(modes, path) {
  if (!modes.includes('@')) return modes;
  const rules = modes.split(',').map((rule) => rule.split('@'));
  return rules.find(([, text]) => path.includes(text))?.[0] ?? 'ok';
}

async function drip(response, body, bytesPerSecond) {
  const step = Math.max(1, Math.floor(bytesPerSecond / 20));
  for (let offset = 0; offset < body.length && !response.destroyed; offset += step) {
    response.write(body.subarray(offset, offset + step));
    await sleep(50);
  }
  response.end();
}
