// Derives the assets of a Python from the npm package of pyodide it is pinned to, and writes what they are (names,
// sizes, hashes) into assets/<series>.ts, which is committed. The same package gives the same bytes on every machine,
// but for the snapshot: what an engine leaves in memory differs between versions of Node, and then that file says
// what this machine made. Assets are therefore made before the library is bundled, which holds those lists.
//
//   asm.mjs, asm.wasm              as they are; asm.mjs as a module where the package has a script
//   lock.json                      and where pyodide has the packages it lists
//   snapshot                       memory with the usual modules imported (build-snapshot.mjs)
//   stdlib.zip                     the sources, stored anew: 14 % smaller once gzipped whole
//   library.rest, library.usual    the same modules compiled (build-library.mjs)
//
// What the kernel reads is zstd inside (decision 24); lock.json, which the page reads, gzip without time and name.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { endPyodide, fixedMs } from './build-interpreter.mjs';
import { compileLibrary, layOutLibrary } from './build-library.mjs';
import { licences } from './build-licences.mjs';
import { moduleSource } from './build-module.mjs';
import { makeSnapshot } from './build-snapshot.mjs';

/** A series of Python → the npm package it is made from. The newest is the one that `python` is. */
const packages = new Map([
  ['3.14', 'pyodide'],
  ['3.13', 'pyodide-3.13'],
  ['3.12', 'pyodide-3.12'],
]);
const [newest] = packages.keys();

/** The series, and what only its assets depend on. */
export const versions = Object.fromEntries(
  [...packages].map(([series, name]) => [series, [name, `runtime-loaders/python/assets/${series}.ts`]]),
);

/** Names what the loader wants of pyodide's module. */
const usedSource = 'runtime-loaders/python/emscripten.ts';

export const inputs = [
  'fflate',
  '@hpcc-js/wasm-zstd',
  'scripts/licence-texts.mjs',
  'runtime-loaders/python/python-side.ts',
  'runtime-loaders/python/python-network-side.ts',
  'runtime-loaders/python/python-process-side.ts',
  'runtime-loaders/python/python-files-side.ts',
  'runtime-loaders/python/python-socket-side.ts',
  'runtime-loaders/python/python-event-loop-side.ts',
  'runtime-loaders/python/python-packages-side.ts',
  'runtime-loaders/python/python-signals-side.ts',
  'runtime-loaders/python/python-display-side.ts',
  usedSource,
];

/** The budget for a first Python run, our own code included. */
const bytesMax = 5_800_000;

/** The highest. */
const zstdLevel = 22;

/**
 * What the snapshot has imported beside CPython's and pyodide's own start (json, re, random, asyncio, typing,
 * dataclasses, pathlib, inspect, logging, tempfile, subprocess, … are among that).
 */
const usualModules = (
  'array bisect calendar cmath csv datetime hashlib itertools math operator pprint statistics string ' +
  'textwrap timeit ' +
  // What our half imports where nothing can wait for a download; older pyodides have not imported all of it.
  'ast asyncio binascii inspect json linecache weakref'
).split(' ');

export default async function build({ root, outDir, packageDir, log, version: series }) {
  const folder = packageDir(packages.get(series));
  const version = JSON.parse(readFileSync(`${folder}/pyodide-lock.json`, 'utf8')).info.python;
  if (!version.startsWith(`${series}.`)) throw new Error(`${packages.get(series)} holds Python ${version}.`);
  // The newest is what /usr/bin/python3 starts.
  const executable = series === newest ? '/usr/bin/python3' : `/usr/bin/python${series}`;
  const archive = `/lib/python${version.split('.', 2).join('')}.zip`;
  mkdirSync(`${outDir}/${version}`, { recursive: true });
  writeFileSync(`${outDir}/${version}/LICENSES.txt`, licences());
  // Names of time zones must not depend on where this runs.
  process.env.TZ = 'UTC';

  // Nor the times of the files pyodide makes in memory, which importlib remembers.
  const { now } = Date;
  Date.now = () => fixedMs;
  try {
    return await derive({ root, outDir, folder, executable, series, version, archive, log });
  } finally {
    Date.now = now;
  }
}

async function derive({ root, outDir, folder, executable, series, version, archive, log }) {
  const start = { folder, executable };
  const program = readFileSync(`${folder}/pyodide.asm.wasm`);
  const sources = await stored(readFileSync(`${folder}/python_stdlib.zip`));
  const compiled = await compileLibrary({ ...start, sources, archive });
  const side = await readSide(root);
  const everything = await layOutLibrary({ sources, compiled, isUsual: () => false });
  const library = Buffer.concat([sources, everything.rest, everything.usual]);
  const first = await makeSnapshot({ ...start, library, modules: usualModules, side, id: '' });
  // Offsets in the zip are part of the snapshot, and which modules it holds decides about them.
  const parts = await layOutLibrary({ sources, compiled, isUsual: (name) => first.files.has(name) });
  const zip = Buffer.concat([sources, parts.rest, parts.usual]);
  const id = createHash('sha256');
  for (const each of [program, zip, ...side.sources, ...usualModules]) id.update(each);
  const buildId = id.digest('hex').slice(0, 16);
  const snapshot = await makeSnapshot({ ...start, library: zip, modules: usualModules, side, id: buildId });
  endPyodide();

  const files = [
    {
      name: 'asm.mjs',
      file: 'pyodide.asm.mjs',
      kind: 'bytes',
      raw: Buffer.from(moduleSource(folder, readFileSync(path.join(root, usedSource), 'utf8'))),
    },
    { name: 'asm.wasm', file: 'pyodide.asm.wasm', kind: 'wasm', raw: program },
    { name: 'snapshot', file: 'snapshot.bin', kind: 'bytes', raw: snapshot.bytes, dispensable: true },
    {
      name: 'lock.json',
      file: 'pyodide-lock.json',
      kind: 'bytes',
      raw: lockFile(folder),
      encoding: 'gzip',
      later: true,
    },
    { name: 'library.usual', file: 'library-usual.bin', kind: 'bytes', raw: parts.usual, later: true },
    { name: 'library.rest', file: 'library-rest.bin', kind: 'bytes', raw: parts.rest, later: true },
    { name: 'stdlib.zip', file: 'python_stdlib.zip', kind: 'bytes', raw: sources, later: true },
  ];
  const encode = await encoders();
  const assets = files.map(({ name, file, kind, raw, encoding = 'zstd', ...flags }) => {
    const { suffix, compress } = encode[encoding];
    const bytes = compress(raw);
    writeFileSync(`${outDir}/${version}/${file}${suffix}`, bytes);
    return {
      name,
      path: `python/${version}/${file}${suffix}`,
      bytes: bytes.length,
      integrity: `sha384-${createHash('sha384').update(bytes).digest('base64')}`,
      encoding,
      kind,
      ...flags,
    };
  });
  const total = assets.reduce((sum, asset) => sum + (asset.later ? 0 : asset.bytes), 0);
  for (const { name, bytes, later } of assets)
    log(`${name}: ${(bytes / 1e6).toFixed(2)} MB${later ? ', on demand' : ''}`);
  log(`${version}, ${buildId}: ${(total / 1e6).toFixed(2)} MB for a first run`);
  if (total > bytesMax) throw new Error(`Python's assets are ${total} bytes, more than ${bytesMax}.`);

  const libraryParts = [
    { asset: 'stdlib.zip', bytes: sources.length },
    { asset: 'library.rest', bytes: parts.rest.length },
    { asset: 'library.usual', bytes: parts.usual.length },
  ];
  const listFile = path.join(root, `runtime-loaders/python/assets/${series}.ts`);
  mkdirSync(path.dirname(listFile), { recursive: true });
  const list = await listing(
    { name: packages.get(series), version, buildId, assets, libraryParts },
    listFile,
  );
  if (existsSync(listFile) && readFileSync(listFile, 'utf8') === list) return;
  writeFileSync(listFile, list);
  log(`assets/${series}.ts rewritten: commit it where the pinned package or what is derived from it changed`);
}

/** libzstd in WebAssembly gives the same bytes on every machine, and it is there for every Node. */
async function encoders() {
  const { gzipSync } = await import('fflate');
  const { Zstd } = await import('@hpcc-js/wasm-zstd');
  const zstd = await Zstd.load();
  return {
    gzip: { suffix: '.gz', compress: (raw) => gzipSync(raw, { level: 9, mem: 12, mtime: 0 }) },
    zstd: { suffix: '.zst', compress: (raw) => zstd.compress(raw, zstdLevel) },
  };
}

/**
 * The packages of the distribution, and the folder it has them in, which is in the code of pyodide's own loader. The
 * page downloads from there unless it is configured otherwise.
 */
function lockFile(folder) {
  const lock = JSON.parse(readFileSync(`${folder}/pyodide-lock.json`, 'utf8'));
  const { version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const [, before, after] =
    /`(https:\/\/[^`$]+)\$\{[\w.]+\}(\/full\/)`/.exec(readFileSync(`${folder}/pyodide.mjs`, 'utf8')) ?? [];
  if (before === undefined) throw new Error('It is not found where pyodide has its packages.');
  lock.info.packages_url = `${before}${version}${after}`;
  return Buffer.from(JSON.stringify(lock));
}

/** The same zip without compression, its times all the same. */
async function stored(zip) {
  const { unzipSync, zipSync } = await import('fflate');
  const files = Object.entries(unzipSync(zip)).filter(([name]) => !name.endsWith('/'));
  return zipSync(Object.fromEntries(files), { level: 0, mtime: new Date(1980, 0, 1) });
}

/** Our Python half, out of the TypeScript it is kept in. */
async function readSide(root) {
  const { transform } = await import('sucrase');
  const load = (name) => {
    const source = readFileSync(path.join(root, 'runtime-loaders/python', name), 'utf8');
    const { code } = transform(source, { transforms: ['typescript'] });
    return import(`data:text/javascript,${encodeURIComponent(code)}`);
  };
  const { pythonSide, pythonSideFile, pythonBaseline } = await load('python-side.ts');
  const { pythonNetwork } = await load('python-network-side.ts');
  const { pythonProcesses } = await load('python-process-side.ts');
  const { pythonFiles } = await load('python-files-side.ts');
  const { pythonSockets } = await load('python-socket-side.ts');
  const { pythonEventLoop } = await load('python-event-loop-side.ts');
  const { pythonPackages } = await load('python-packages-side.ts');
  const { pythonSignals } = await load('python-signals-side.ts');
  const { pythonDisplay } = await load('python-display-side.ts');
  const sources = [
    ...[pythonSide, pythonNetwork, pythonPackages, pythonProcesses],
    ...[pythonFiles, pythonSockets, pythonEventLoop, pythonSignals, pythonDisplay],
  ];
  return { file: pythonSideFile, baseline: pythonBaseline, sources };
}

async function listing({ name, version, buildId, assets, libraryParts }, file) {
  const prettier = await import('prettier');
  const source = `// Generated by build.mjs (\`npm run assets\`) from the npm package ${name}; do not edit.
import type { Asset } from '../../../kernel-core/abi/runtime.js';

/** The CPython these assets hold. */
export const version = '${version}';

/** Names what the snapshot was made of. */
export const buildId = '${buildId}';

/** The zip of the standard library is these assets one after another, of so many bytes. */
export const libraryParts: readonly { readonly asset: string; readonly bytes: number }[] = ${JSON.stringify(libraryParts)};

export const assets: readonly Asset[] = ${JSON.stringify(assets)};
`;
  return prettier.format(source, { ...(await prettier.resolveConfig(file)), filepath: file });
}
