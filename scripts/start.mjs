// npm start: installs, builds, lays out the runtimes and serves the demos.
//   --port 8080   where the demos are (the next port is the other origin)
import { parseArgs } from 'node:util';
import { buildAssets } from './assets.mjs';
import { build } from './build.mjs';
import { fileFor, pageHeaders } from './page-headers.mjs';
import { inRoot, root } from './paths.mjs';
import { listen, sendFile } from './static-server.mjs';

const { values } = parseArgs({ options: { port: { type: 'string', default: '8080' } } });

await buildAssets();
if (!(await build())) process.exit(1);

const demos = await listenFrom(Number(values.port), serveDemos);
const library = await listenFrom(demos.address().port + 1, serveLibrary);
console.log(`\n  demos                  http://localhost:${demos.address().port}/`);
console.log(`  dist/ on another origin http://localhost:${library.address().port}/  (CORS *)\n`);

function serveDemos(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  // The page about two origins asks where the other one is: its port is not known before the start.
  if (pathname === '/other-origin.json') {
    const body = JSON.stringify({ dist: `http://127.0.0.1:${library.address().port}/` });
    return response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  }
  const file =
    pathname.startsWith('/dist/') || pathname.startsWith('/demos/') ? fileFor(pathname) : `/demos${pathname}`;
  return sendFile(request, response, root, file, pageHeaders(pathname));
}

function serveLibrary(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  const headers = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };
  if (request.method === 'OPTIONS')
    return response.writeHead(204, { ...headers, 'access-control-allow-headers': '*' }).end();
  return sendFile(request, response, inRoot('dist'), pathname, headers);
}

/** Listens on the first free port from `port` on. */
async function listenFrom(port, handler) {
  for (let candidate = port; ; candidate++) {
    try {
      return await listen(handler, candidate);
    } catch (error) {
      if (error.code !== 'EADDRINUSE' || candidate > port + 50) throw error;
    }
  }
}
