// Page bundles. The element entries are single files; what they import lazily is bundled once, together
// with kernel.js and runtimes.js, and shared by everyone:
//
//   wasm-elements.js ─┐ import()   ┌─ kernel.js ──┐
//   wasm-runnable.js ─┴──────────► ├─ chunks/a.js ├─► chunks/shared.js
//                                  └─ runtimes.js ┘
//
// An element entry is never imported by a chunk: a page that loads it as `wasm-elements.js?v=2` would
// otherwise get a second copy of it.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { rollup } from 'rollup';
import { minifyTemplates } from './minify-templates.mjs';
import { inputPlugins, minify, onwarn } from './plugins.mjs';
import { idsOf, unlessUnchanged } from './unless-unchanged.mjs';

const elementEntries = {
  'wasm-elements': 'elements/wasm-elements.js',
  'wasm-runnable': 'elements/wasm-runnable.js',
  'wasm-terminal': 'elements/wasm-terminal.js',
};
const libraryEntries = {
  kernel: 'kernel-core/client/index.js',
  runtimes: 'runtime-loaders/index.js',
};

export function writePageBundles({ root }) {
  return unlessUnchanged(root, 'page', () => makePageBundles(root));
}

async function makePageBundles(root) {
  const lazy = new Set();
  const elements = await Promise.all(
    present(root, elementEntries).map(async ([name, input]) => ({
      name,
      bundle: await rollup({
        input: { [name]: input },
        plugins: [lazyStaysOutside(lazy), minifyTemplates(root), ...inputPlugins(root)],
        onwarn,
      }),
    })),
  );
  const { files, fileOf, modules } = await writeLibrary(root, lazy);
  for (const { name, bundle } of elements) {
    const { output } = await bundle.write({
      dir: `${root}/dist`,
      format: 'es',
      sourcemap: true,
      entryFileNames: '[name].js',
      paths: (id) => fileOf.get(id) ?? id,
      plugins: [distIsTheBase(), minify()],
    });
    await bundle.close();
    const chunks = output.filter((file) => file.type === 'chunk');
    if (chunks.length !== 1 || chunks[0].imports.length > 0)
      throw new Error(
        `dist/${name}.js must be one file without static imports; it imports ${chunks[0].imports.join(', ')}`,
      );
    files.push(`${name}.js`);
    modules.push(...idsOf(bundle));
  }
  return { files, modules };
}

/** Library entries plus every lazy import of the elements; `fileOf` is module id → './file'. */
async function writeLibrary(root, lazy) {
  const entries = present(root, libraryEntries);
  const named = new Set(entries.map(([, id]) => id));
  const others = [...lazy].filter((id) => !named.has(id));
  if (named.size + others.length === 0) return { files: [], fileOf: new Map(), modules: [] };
  const bundle = await rollup({
    input: Object.fromEntries(entries),
    plugins: [lazyEntries(others), ...inputPlugins(root)],
    onwarn,
  });
  const { output } = await bundle.write({
    dir: `${root}/dist`,
    format: 'es',
    sourcemap: true,
    entryFileNames: (chunk) => (named.has(chunk.facadeModuleId) ? '[name].js' : 'chunks/[name]-[hash].js'),
    chunkFileNames: 'chunks/[name]-[hash].js',
    plugins: [distIsTheBase(), minify()],
  });
  await bundle.close();
  const chunks = output.filter((file) => file.type === 'chunk');
  const loadable = chunks.filter((chunk) => chunk.facadeModuleId !== null);
  const fileOf = new Map(loadable.map((chunk) => [chunk.facadeModuleId, `./${chunk.fileName}`]));
  for (const id of lazy) if (!fileOf.has(id)) throw new Error(`no chunk was written for ${id}`);
  return { files: chunks.map((chunk) => chunk.fileName), fileOf, modules: idsOf(bundle) };
}

/** Nobody imports these by name, so they may export more to each other: no chunk that only re-exports. */
function lazyEntries(ids) {
  return {
    name: 'lazy-entries',
    buildStart() {
      for (const id of ids)
        this.emitFile({
          type: 'chunk',
          id,
          name: path.basename(id, '.js'),
          preserveSignature: 'allow-extension',
        });
    },
  };
}

function present(root, entries) {
  return Object.entries(entries).flatMap(([name, file]) => {
    const id = `${root}/build/${file}`;
    if (existsSync(id)) return [[name, id]];
    console.log(`skipped dist/${name}.js: build/${file} does not exist yet`);
    return [];
  });
}

/** Dynamic imports of the element entries become external; their names are filled in when written. */
function lazyStaysOutside(lazy) {
  return {
    name: 'lazy-stays-outside',
    async resolveDynamicImport(specifier, importer) {
      if (typeof specifier !== 'string') return null;
      const resolved = await this.resolve(specifier, importer);
      if (!resolved || resolved.external)
        throw new Error(`${importer}: cannot resolve import('${specifier}')`);
      lazy.add(resolved.id);
      return { id: resolved.id, external: 'absolute' };
    },
  };
}

/** `import.meta.url` reads as if the code stood in dist/ itself, whatever chunk it landed in. */
function distIsTheBase() {
  return {
    name: 'dist-is-the-base',
    resolveImportMeta(property, { chunkId }) {
      if (property !== 'url' || !chunkId.startsWith('chunks/')) return null;
      return `new URL('../kernel.js', import.meta.url).href`;
    },
  };
}
