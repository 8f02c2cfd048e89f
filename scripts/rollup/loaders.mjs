// Loaders: <runtime>/loader.ts → image/loaders/<runtime>.js, and each lazily loaded part of it,
// <runtime>/<name>.part.ts → image/loaders/<runtime>.<name>.js. One module each, without any import.
import { existsSync, readdirSync } from 'node:fs';
import { rollup } from 'rollup';
import { each } from './each.mjs';
import { compiledAtOnce, inputPlugins, minify, onwarn } from './plugins.mjs';
import { idsOf, unlessUnchanged } from './unless-unchanged.mjs';

export async function writeLoaders({ root }) {
  const folder = `${root}/build/runtime-loaders`;
  const written = [];
  await each(existsSync(folder) ? loaderFiles(folder) : [], async ([input, file, banner]) => {
    await unlessUnchanged(root, file, () => writeLoader(root, input, file, banner));
    written.push(file);
  });
  return written;
}

async function writeLoader(root, input, file, banner) {
  const bundle = await rollup({ input, plugins: inputPlugins(root), onwarn });
  const { output } = await bundle.write({
    file: `${root}/dist/${file}`,
    format: 'es',
    inlineDynamicImports: true,
    sourcemap: 'hidden',
    ...(banner === undefined ? {} : { banner }),
    plugins: [minify()],
  });
  await bundle.close();
  const imports = output[0].imports;
  if (imports.length > 0)
    throw new Error(`dist/${file} must not import anything; it imports ${imports.join(', ')}`);
  return { files: [file], modules: idsOf(bundle) };
}

function* loaderFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    for (const name of readdirSync(`${folder}/${entry.name}`)) {
      const input = `${folder}/${entry.name}/${name}`;
      const part = /^(.+)\.part\.js$/.exec(name)?.[1];
      if (name === 'loader.js') yield [input, `image/loaders/${entry.name}.js`, compiledAtOnce];
      else if (part) yield [input, `image/loaders/${entry.name}.${part}.js`];
    }
  }
}
