// The page every test file runs in, and what the test server adds to WTR's own.
import { readFileSync } from 'node:fs';
import { fileFor, pageHeaders } from '../../scripts/page-headers.mjs';
import { virtualModules } from '../../scripts/rollup/virtual-modules.mjs';
import { sendFile } from '../../scripts/static-server.mjs';
import { suiteFolders } from '../server/conformance-suites.mjs';
import { referenceAnswers } from '../server/reference-files.mjs';
import { requestedHeaders } from '../server/with-headers.mjs';

const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'cross-origin',
};

export const testPage = (testConfig) => (testFramework) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>test</title>
    <script>window.__testConfig = ${JSON.stringify(testConfig).replaceAll('<', '\\u003c')};</script>
  </head>
  <body>
    <script type="module" src="${testFramework}"></script>
  </body>
</html>`;

/**
 * dist/, demos/ and test/fixtures/ go out byte for byte, as a static host would send them; only build/ and
 * node_modules pass through WTR, which resolves bare imports there.
 */
export function serveVerbatim({ root, isolated, testConfig }) {
  const always = isolated ? isolation : {};
  return async (context, next) => {
    const { headers, pathname } = requestedHeaders(context.path);
    if (pathname === '/test-config.json') {
      context.set(always);
      context.body = testConfig;
    } else if (pathname === '/reference-files') {
      context.set(always);
      context.body = referenceAnswers(JSON.parse(await textOf(context.req)));
    } else if (pathname === '/other-origin.json') {
      // As scripts/start.mjs answers: a demo asks for it.
      context.set(always);
      context.body = { dist: `${testConfig.otherOrigin}/cors/dist/` };
    } else if (pathname.startsWith('/__suites/')) {
      const [, index, file] = /^\/__suites\/(\d+)(\/.*)$/.exec(pathname) ?? [];
      context.respond = false;
      sendFile(context.req, context.res, suiteFolders()[index] ?? root, file ?? '/', always);
    } else if (headers || /^\/(dist|demos|test\/fixtures)\//.test(pathname)) {
      context.respond = false;
      sendFile(context.req, context.res, root, fileFor(pathname), {
        ...always,
        ...pageHeaders(pathname),
        ...headers,
      });
    } else {
      context.set(always);
      await next();
    }
  };
}

async function textOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Tests import the package by its own name and get the bundles: `import … from 'wasm-elements/kernel'`. */
export function packageByName(root) {
  const { name, exports } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
  const served = new Map(
    Object.entries(exports).flatMap(([entry, target]) =>
      target.default ? [[name + entry.slice(1), target.default.slice(1)]] : [],
    ),
  );
  return { name: 'package-by-name', resolveImport: ({ source }) => served.get(source) };
}

/** Tests import modules of build/ one by one; the virtual ones among them are made as for the bundles. */
export function virtualByUrl(root) {
  const folder = '/__virtual/';
  const made = virtualModules(root);
  return {
    name: 'virtual-by-url',
    resolveImport: ({ source }) =>
      source.startsWith('virtual:') ? `${folder}${source.slice(8)}.js` : undefined,
    async serve({ path }) {
      const name = path.startsWith(folder) ? path.slice(folder.length).replace(/\.js$/, '') : undefined;
      const body = name === undefined ? null : await made.load(`\0virtual:${name}`);
      return body === null ? undefined : { body, type: 'js' };
    },
  };
}
