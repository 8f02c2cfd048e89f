// Serves the repository under /, the peers under /peers/, pages made by the measures under /page/<name>,
// and counts what each page was sent, as gzip would send it.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { listen, sendFile } from '../../scripts/static-server.mjs';

export async function startBenchServer({ root }) {
  const pages = new Map();
  /** Files by their names in URLs. */
  let sent = new Map();
  /** What answers take their time over, while there is one (slow-line.mjs). */
  let line;

  const server = await listen((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const page = pages.get(pathname);
    if (page !== undefined) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...page.headers });
      return response.end(page.html);
    }
    const peer = pathname.startsWith('/peers/');
    const base = peer ? path.join(root, 'build/bench/node_modules') : root;
    const name = peer ? pathname.slice('/peers'.length) : pathname;
    count(base, name);
    const headers = { 'cross-origin-resource-policy': 'cross-origin' };
    if (line !== undefined)
      return void line.send(response, path.join(base, decodeURIComponent(name)), headers);
    return sendFile(request, response, base, name, headers);
  });

  function count(base, name) {
    const file = path.join(base, decodeURIComponent(name));
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) sent.set(name, file);
  }

  return {
    folder: path.join(root, 'build/bench'),
    origin: `http://localhost:${server.address().port}`,
    /** Puts a page at a URL; returns the URL. */
    page(name, html, headers = {}) {
      pages.set(`/page/${name}`, { html, headers });
      return `http://localhost:${server.address().port}/page/${name}`;
    },
    set line(slow) {
      line = slow;
    },
    /** Bytes (gzip) and names of the files sent since the last call. Compresses them: not while something is timed. */
    takeSent() {
      const files = [...sent.keys()];
      const bytes = [...sent.values()]
        .map((file) => gzipSync(readFileSync(file)).length)
        .reduce((sum, each) => sum + each, 0);
      sent = new Map();
      return { bytes, files };
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
