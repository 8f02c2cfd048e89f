// A static file server with ranges: enough for the demos and for the tests' other origins.
import { createReadStream, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.md': 'text/plain; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.py': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ts': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/**
 * Answers with a file below `root`.
 * @param {string} pathname URL path relative to `root`, as in the URL (percent-encoded)
 * @param {Record<string, string>} headers added to the answer
 */
export function sendFile(request, response, root, pathname, headers = {}) {
  const file = locate(root, pathname);
  if (file === null) return sendText(response, 404, `not found: ${pathname}\n`, headers);
  if (typeof file === 'string') return sendText(response, 301, '', { ...headers, location: file });
  const head = {
    'content-type': types[path.extname(file.path)] ?? 'application/octet-stream',
    'accept-ranges': 'bytes',
    'cache-control': 'no-cache',
    etag: `"${file.size.toString(36)}-${file.mtimeMs.toString(36)}"`,
    ...headers,
  };
  if (request.headers['if-none-match'] === head.etag) return response.writeHead(304, head).end();
  const range = requestedRange(request.headers.range, file.size);
  if (range === 'unsatisfiable')
    return response.writeHead(416, { ...head, 'content-range': `bytes */${file.size}` }).end();
  const { start, end } = range ?? { start: 0, end: file.size - 1 };
  if (range) head['content-range'] = `bytes ${start}-${end}/${file.size}`;
  response.writeHead(range ? 206 : 200, { ...head, 'content-length': String(end - start + 1) });
  if (request.method === 'HEAD' || file.size === 0) return response.end();
  const stream = createReadStream(file.path, { start, end });
  stream.on('error', () => response.destroy());
  response.on('close', () => stream.destroy());
  return stream.pipe(response);
}

export function sendText(response, status, text, headers = {}) {
  return response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(text);
}

/** A file, the location to redirect to (a folder without its slash), or null. */
function locate(root, pathname) {
  let decoded;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return null; // not percent-encoded text: no such file
  }
  const file = path.join(root, path.posix.normalize(`/${decoded}`));
  if (decoded.includes('\0') || decoded.split('/').some((part) => part.startsWith('.git'))) return null;
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isDirectory())
    return decoded.endsWith('/') ? locate(root, `${pathname}index.html`) : `${pathname.split('/').pop()}/`;
  return stat?.isFile() ? { path: file, size: stat.size, mtimeMs: stat.mtimeMs } : null;
}

function requestedRange(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start <= end ? { start, end } : 'unsatisfiable';
}

/** Starts an http server on `port` (0: any free one) and resolves with it once it listens. */
export function listen(handler, port = 0, host = undefined) {
  const server = http.createServer(handler);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}
