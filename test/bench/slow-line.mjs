// A line of so many bits a second and so long a way, shared by all answers of the bench server. What is not compressed
// inside is sent as gzip, as hosts do.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const pieceMs = 5;
const types = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};
const squeezed = new Map();

export class SlowLine {
  #bytesPerMs;
  #wayMs;
  /** When the line is free again. */
  #freeMs = 0;
  bytes = 0;

  constructor({ megabits, wayMs }) {
    this.#bytesPerMs = (megabits * 1e6) / 8 / 1000;
    this.#wayMs = wayMs;
  }

  async send(response, file, headers) {
    if (!existsSync(file)) return response.writeHead(404, headers).end();
    const isCompressed = /\.(gz|zst)$/.test(file);
    const body = isCompressed ? readFileSync(file) : gzipOf(file);
    await pause(this.#wayMs);
    response.writeHead(200, {
      'content-type': types[path.extname(file)] ?? 'application/octet-stream',
      'content-length': body.length,
      ...(isCompressed ? {} : { 'content-encoding': 'gzip' }),
      ...headers,
    });
    this.bytes += body.length;
    const piece = Math.ceil(this.#bytesPerMs * pieceMs);
    for (let at = 0; at < body.length; at += piece) {
      const now = performance.now();
      this.#freeMs = Math.max(now, this.#freeMs) + pieceMs;
      await pause(this.#freeMs - now);
      if (!response.write(body.subarray(at, at + piece)))
        await new Promise((resolve) => {
          response.once('drain', resolve);
          response.once('close', resolve);
        });
    }
    return response.end();
  }
}

function gzipOf(file) {
  let body = squeezed.get(file);
  if (body === undefined) squeezed.set(file, (body = gzipSync(readFileSync(file), { level: 9 })));
  return body;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
