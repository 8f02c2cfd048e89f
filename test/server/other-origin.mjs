// The repository on another origin, with and without CORS:
//   /cors/dist/kernel.js   /no-cors/dist/kernel.js   /cors/with-headers/<JSON>/test/fixtures/page.html
import { fileFor, pageHeaders } from '../../scripts/page-headers.mjs';
import { listen, sendFile, sendText } from '../../scripts/static-server.mjs';
import { requestedHeaders } from './with-headers.mjs';

const corsHeaders = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };

export async function startOtherOrigin({ root }) {
  const server = await listen((request, response) => {
    const { pathname: full } = new URL(request.url, 'http://localhost');
    const [, mode, rest] = /^\/(cors|no-cors)(\/.*)$/.exec(full) ?? [];
    if (!mode) return sendText(response, 404, 'start with /cors/ or /no-cors/\n');
    const { headers, pathname } = requestedHeaders(rest);
    const all = { ...pageHeaders(pathname), ...(mode === 'cors' ? corsHeaders : {}), ...headers };
    if (request.method === 'OPTIONS') return response.writeHead(204, all).end();
    return sendFile(request, response, root, fileFor(pathname), all);
  });
  return server.address().port;
}
