// npm run conformance:python: CPython's own test suite, module by module, in our Python and in stock pyodide in a
// worker of the same browser, with the same driver. Prints how many tests passed, failed and were skipped in each.
//   --suite <tar.gz>    with a folder `test` in it (Debian: libpython3.14-testsuite and test/ of libpython3.14-stdlib)
//   --out <file>        where every test's outcome is written, as JSON
//   --only ours|stock   one side
//   --isolated          with the headers of an isolated page (transport `shared`)
//   [modules]           test_json test_re …
import { createServer } from 'node:http';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { launch, withPage } from '../../bench/browser.mjs';
import { fileFor, pageHeaders } from '../../../scripts/page-headers.mjs';
import { root } from '../../../scripts/paths.mjs';
import { sendFile } from '../../../scripts/static-server.mjs';

const usual = [
  ...[
    'json',
    're',
    'os',
    'posixpath',
    'io',
    'fileio',
    'file',
    'tempfile',
    'shutil',
    'pathlib',
    'glob',
    'stat',
    'mmap',
  ],
  ...[
    'zipfile',
    'zipimport',
    'tarfile',
    'sqlite3',
    'subprocess',
    'popen',
    'signal',
    'socket',
    'select',
    'httpservers',
  ],
  ...[
    'urllib',
    'urllib2_localnet',
    'asyncio',
    'time',
    'datetime',
    'random',
    'hash',
    'list',
    'dict',
    'set',
    'generators',
  ],
].map((name) => `test_${name}`);
/** Of a module; puppeteer waits for longer. */
const limitMs = 900_000;
/** How often a module is gone on with behind a test that ended the interpreter. */
const roundsMax = 8;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    suite: { type: 'string' },
    out: { type: 'string' },
    only: { type: 'string' },
    isolated: { type: 'boolean', default: false },
  },
});
if (values.suite === undefined) {
  console.log('name the suite: npm run conformance:python -- --suite <tar.gz> [test_json …]');
  process.exit(1);
}
const modules = positionals.length > 0 ? positionals : usual;
const archive = readFileSync(path.resolve(process.env.INIT_CWD ?? process.cwd(), values.suite));
const driver = readFileSync(path.join(root, 'test/conformance/python/driver.py'), 'utf8');

const headers = values.isolated
  ? { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }
  : {};
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/suite.tar.gz') return response.end(archive);
  if (pathname !== '/page.html')
    return sendFile(request, response, root, fileFor(pathname), pageHeaders(pathname));
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('content-type', 'text/html');
  response.end('<!doctype html><meta charset="utf-8"><title>suite</title>');
});
await new Promise((resolve) => server.listen(0, resolve));
const url = `http://localhost:${server.address().port}/page.html`;

/** In the page: lines of the driver's output, whatever became of the program. */
/* global location, Worker */
async function ours(name, driver, without, limitMs) {
  const { Kernel } = await import('/dist/kernel.js');
  const kernel = await Kernel.boot();
  const sandbox = await kernel.sandbox({ files: { 'driver.py': driver } });
  const response = await fetch('/suite.tar.gz');
  // Where children look, too, that take no notice of PYTHONPATH.
  const folder = '/usr/local/lib/python3.14/site-packages';
  await sandbox.fs.mount(folder, await response.blob());
  const process = await sandbox.spawn(
    'python',
    ['driver.py', name, '/tmp/out', folder, 'processes', 'without', ...without],
    {
      stdin: 'null',
      timeoutMs: limitMs,
    },
  );
  const drain = (stream) => new Response(stream).text();
  const [, stderr, { code, signal, reason, message }] = await Promise.all([
    drain(process.stdout),
    drain(process.stderr),
    process.exited,
  ]);
  const lines = await sandbox.fs.readFile('/tmp/out', 'utf-8').catch(() => '');
  await sandbox.dispose();
  return { lines, end: `${code ?? signal} ${reason ?? ''} ${message ?? ''} ${stderr.slice(-300)}` };
}

async function stock(name, driver, without, limitMs) {
  const source = `import { loadPyodide } from "${location.origin}/node_modules/pyodide/pyodide.mjs";
    onmessage = async ({ data: { name, driver, without, archive } }) => {
      const py = await loadPyodide({ stdout: () => undefined, stderr: () => undefined });
      const { FS } = py; // pyodide gives it to nobody once it has crashed
      py.unpackArchive(archive, 'gztar', { extractDir: '/suite' });
      try { py.runPython('import sys; sys.argv = ' + JSON.stringify(['driver.py', name, '/tmp/out', '/suite', 'without', ...without]) + '\\n' + driver); }
      catch (error) { postMessage({ end: String(error).slice(-300), lines: read(FS) }); return; }
      postMessage({ end: '0', lines: read(FS) });
    };
    const read = (FS) => { try { return FS.readFile('/tmp/out', { encoding: 'utf8' }); } catch { return ''; } };`;
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })), {
    type: 'module',
  });
  const archive = await (await fetch('/suite.tar.gz')).arrayBuffer();
  const result = await new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve({ end: message, lines: '' });
    setTimeout(() => resolve({ end: 'timeout', lines: '' }), limitMs);
    worker.postMessage({ name, driver, without, archive });
  });
  worker.terminate();
  return result;
}

const tests = {};
const browser = await launch('chromium', { protocolTimeout: limitMs * 1.2 });
const sides = Object.entries({ ours, stock }).filter(
  ([side]) => values.only === undefined || values.only === side,
);
console.log(['module'.padEnd(22), ...sides.map(([side]) => `${side}: pass fail skip`)].join('  '));
for (const name of modules) {
  const counts = [];
  for (const [side, work] of sides) {
    const count = { pass: 0, fail: 0, error: 0, skip: 0 };
    const tell = (kind, test, why) => {
      if (!(kind in count)) return;
      count[kind] += 1;
      ((tests[name] ??= {})[test] ??= {})[side] = [kind, why];
    };
    const begun = [];
    let cutShort = '';
    for (let round = 0; round < roundsMax; round += 1) {
      const { lines, end } = await withPage(browser, async (tab) => {
        await tab.goto(url);
        return tab.evaluate(work, name, driver, begun, limitMs);
      }).catch((error) => ({ lines: '', end: String(error) }));
      const records = lines
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      for (const [kind, test, why] of records) tell(kind, test, why);
      cutShort = '';
      if (records.some(([kind]) => kind === 'done')) break;
      // What ended the interpreter, or hung; the rest of the module comes up without it.
      const current = records.findLast(([kind]) => kind === 'begin')?.[1];
      cutShort = ` (ended in ${current ?? 'its import'}: ${end.trim()})`;
      if (current === undefined) break;
      tell('error', current, `the interpreter ended: ${end.trim().slice(-200)}`);
      for (const [kind, test] of records) if (kind === 'begin') begun.push(test);
    }
    counts.push(`${count.pass} ${count.fail + count.error} ${count.skip}${cutShort}`);
  }
  console.log([name.padEnd(22), ...counts].join('  '));
  // After each, for a run that is ended early.
  if (values.out !== undefined) writeFileSync(values.out, JSON.stringify(tests, undefined, 1));
}
await browser.close();
server.close();
