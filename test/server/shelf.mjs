// What tests put here is served as it is: they play package index and CDN with it.
//
//   PUT  /<path>            keeps the body and its content-type; an empty body takes the file away; with the header
//                           x-delay it is answered so many milliseconds late
//   GET  /<path>            what was put there, CORS *; 404 otherwise
//   GET  /__shelf/real-wheel?requirement=&platform=&abi=   a wheel from the index that pip is set up for; 404: none
//   GET  /__shelf/requests?path=<beginning>   paths asked for that begin so
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen, sendText } from '../../scripts/static-server.mjs';

const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
  'access-control-allow-methods': '*',
  'access-control-expose-headers': 'x-file',
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': 'no-store',
};

export async function startShelf() {
  const files = new Map();
  const requests = [];
  const server = await listen(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    if (request.method === 'OPTIONS') return response.writeHead(204, cors).end();
    if (pathname === '/__shelf/requests') {
      const found = requests.filter((each) => each.startsWith(searchParams.get('path')));
      return sendText(response, 200, JSON.stringify(found), cors);
    }
    if (pathname === '/__shelf/real-wheel') {
      const wheel = await realWheel(searchParams).catch(() => undefined);
      if (wheel === undefined) return sendText(response, 404, 'pip found none\n', cors);
      response.writeHead(200, { ...cors, 'content-type': 'application/zip', 'x-file': wheel.name });
      return response.end(wheel.body);
    }
    if (request.method === 'PUT') {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      if (body.length === 0) files.delete(pathname);
      else {
        const type = request.headers['content-type'] ?? 'application/octet-stream';
        files.set(pathname, { body, type, delayMs: Number(request.headers['x-delay'] ?? 0) });
      }
      return sendText(response, 200, 'ok', cors);
    }
    requests.push(pathname);
    const file = files.get(pathname);
    if (file === undefined) return sendText(response, 404, `not found: ${pathname}\n`, cors);
    if (file.delayMs > 0) await sleep(file.delayMs);
    const head = { ...cors, 'content-type': file.type, 'content-length': String(file.body.length) };
    return response.writeHead(200, head).end(file.body);
  });
  return server.address().port;
}

/** By the ordinary pip of this machine, where it has one and that finds something. */
async function realWheel(parameters) {
  const [requirement, platform, abi] = ['requirement', 'platform', 'abi'].map((name) => parameters.get(name));
  const folder = await mkdtemp(path.join(tmpdir(), 'wasm-elements-wheel-'));
  try {
    const options = ['--no-deps', '--only-binary', ':all:', '--implementation', 'cp', '--dest', folder];
    const target = ['--python-version', abi.slice(2), '--abi', abi, '--platform', platform];
    const args = ['-m', 'pip', 'download', '--quiet', ...options, ...target, requirement];
    await new Promise((resolve, reject) => {
      execFile('python3', args, { timeout: 30_000 }, (error) => (error ? reject(error) : resolve()));
    });
    const [name] = await readdir(folder);
    return { name, body: await readFile(path.join(folder, name)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
