// Makes the programs of the shell (mksh as `sh`, toybox, awk, jq …) from Debian's source packages with the clang of
// npm, and writes what they are (names, sizes, hashes) into assets.ts, which is committed. Sources and compiler are
// pinned, so the same bytes come out everywhere; objects are kept in build/.sources, and a second build takes seconds.
//
// A program is made by a recipe: build-<name>.mjs, whose default export
//   async build({ sources, compiler, posix, log }) → Map of program name → bytes of a WASI program, or { bytes, commands }
// gets its source by `sources.debian(…)` and compiles and links by `posix`. Its `licences({ sources })` are the texts
// { name, text } that have to go with it, none for what is in the public domain; they end up in LICENSES.txt. Where the
// source packages cannot be had, this says so, makes the others, and leaves the committed list as it is.
// Each program is made a second time, by asyncify, for engines in which it could not wait otherwise.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { asyncify } from '../../scripts/asyncify.mjs';
import { Compiler } from './build-compiler.mjs';
import { Posix } from './build-posix.mjs';
import { Sources, SourcesUnavailable } from './build-sources.mjs';

/** In this order; the first two are there when the shell starts, the others when they are first run. */
const recipes = ['mksh', 'toybox', 'awk', 'jq', 'less', 'curl', 'sqlite', 'make', 'zip'];
/** One file of it takes the compiler minutes: made beside the others. */
const slow = new Set(['sqlite']);
const early = new Set(['mksh', 'toybox']);

/** Names the folder of the assets. */
const version = '59c';

/** What the programs are made of here: the files in folders, which have no dot in their own names. */
const own = readdirSync(import.meta.dirname, { recursive: true })
  .filter((file) => /\/.*\.[^/]+$/.test(file))
  .map((file) => `runtime-loaders/shell/${file}`)
  .sort();

export const inputs = [
  ...['@yowasp/clang', 'binaryen', 'fflate'],
  ...['scripts/asyncify.mjs', 'runtime-loaders/shell/assets.ts', ...own],
];

export default async function build({ root, outDir, packageDir, log }) {
  const kept = path.join(root, 'build/.sources');
  const sources = new Sources(kept, log);
  const compiler = new Compiler(`${kept}/compiler`, packageDir('@yowasp/clang'));
  const programs = new Map();
  const texts = [];
  let isComplete = true;
  try {
    const tools = { sources, compiler, posix: new Posix(compiler), log };
    const beside = recipes.filter((name) => slow.has(name)).map((name) => [name, make(name, tools)]);
    // It is awaited below.
    for (const [, making] of beside) making.catch(() => undefined);
    const made = new Map(beside);
    for (const name of recipes) if (!slow.has(name)) made.set(name, await make(name, tools));
    for (const name of recipes) {
      const recipe = await made.get(name);
      if (recipe === undefined) isComplete = false;
      for (const [program, result] of recipe?.programs ?? [])
        programs.set(program, result instanceof Uint8Array ? { bytes: result, commands: [program] } : result);
      texts.push(...(recipe?.licences ?? []));
    }
  } finally {
    await compiler.close();
  }
  await writeAssets({ root, outDir, log, programs, isComplete });
  const licences = texts.map(({ name, text }) => `${name}\n${'='.repeat(name.length)}\n\n${text.trim()}\n`);
  writeFileSync(`${outDir}/${version}/LICENSES.txt`, licences.join('\n\n'));
  return isComplete;
}

/** What a recipe makes; undefined where its source cannot be had, which is told. */
async function make(name, tools) {
  const { default: recipe, licences } = await import(path.join(import.meta.dirname, `build-${name}.mjs`));
  try {
    return { programs: await recipe(tools), licences: await licences?.(tools) };
  } catch (error) {
    if (!(error instanceof SourcesUnavailable)) throw error;
    tools.log(`${error.message} ${name} is not built.`);
    return undefined;
  }
}

async function writeAssets({ root, outDir, log, programs, isComplete }) {
  const { gzipSync } = await import('fflate');
  mkdirSync(`${outDir}/${version}`, { recursive: true });
  const assets = [];
  const add = (name, raw, rest) => {
    const bytes = gzipSync(raw, { level: 9, mem: 12, mtime: 0 });
    writeFileSync(`${outDir}/${version}/${name}.wasm.gz`, bytes);
    log(`${name}: ${(raw.length / 1e3).toFixed(0)} KB, ${(bytes.length / 1e3).toFixed(0)} KB gzip`);
    assets.push({
      name,
      path: `shell/${version}/${name}.wasm.gz`,
      bytes: bytes.length,
      integrity: `sha384-${createHash('sha384').update(bytes).digest('base64')}`,
      encoding: 'gzip',
      // The kernel compiles it within the limits of a process.
      kind: 'bytes',
      ...rest,
    });
  };
  for (const [name, { bytes }] of programs) {
    add(name, bytes, early.has(name) ? {} : { later: true });
    add(`${name}.asyncify`, await asyncify(bytes), { later: true, insteadOf: name });
  }
  const file = path.join(root, 'runtime-loaders/shell/assets.ts');
  if (!isComplete) return;
  const commands = [...programs].map(([asset, { commands }]) => ({ asset, commands }));
  const list = await listing(assets, commands, file);
  if (existsSync(file) && readFileSync(file, 'utf8') === list) return;
  writeFileSync(file, list);
  log('assets.ts rewritten: commit it where a source or what is made of it changed');
}

async function listing(assets, programs, file) {
  const prettier = await import('prettier');
  const source = `// Generated by build.mjs (\`npm run assets\`) from Debian's source packages; do not edit.
import type { Asset, ProvidedProgram } from '../../kernel-core/abi/runtime.js';

export const version = '${version}';

/** What each of them is started as. */
export const programs: readonly ProvidedProgram[] = ${JSON.stringify(programs)};

export const assets: readonly Asset[] = ${JSON.stringify(assets)};
`;
  return prettier.format(source, { ...(await prettier.resolveConfig(file)), filepath: file });
}
