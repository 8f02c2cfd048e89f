// Worker images: one self-contained classic script each. Opaque origins start no blob module workers in
// Chromium, and import(blobUrl) of a file with imports has nothing to resolve them against.
import { existsSync } from 'node:fs';
import { rollup } from 'rollup';
import { each } from './each.mjs';
import { compiledAtOnce, inputPlugins, minify, onwarn } from './plugins.mjs';
import { idsOf, unlessUnchanged } from './unless-unchanged.mjs';

const images = {
  'image/kernel.worker.js': { source: 'kernel-core/kernel.worker.js' },
  'image/process.worker.js': { source: 'runtime-loaders/process.worker.js', banner: compiledAtOnce },
};

export async function writeWorkerImages({ root }) {
  const written = [];
  await each(Object.entries(images), async ([file, { source, banner }]) => {
    const input = `${root}/build/${source}`;
    if (!existsSync(input)) {
      console.log(`skipped dist/${file}: build/${source} does not exist yet`);
      return;
    }
    await unlessUnchanged(root, file, () => writeImage(root, input, file, banner));
    written.push(file);
  });
  return written;
}

async function writeImage(root, input, file, banner) {
  const bundle = await rollup({ input, plugins: inputPlugins(root), onwarn });
  // The map lies beside the image but is not named in it: a blob: URL cannot resolve the name.
  await bundle.write({
    file: `${root}/dist/${file}`,
    format: 'iife',
    inlineDynamicImports: true,
    sourcemap: 'hidden',
    ...(banner === undefined ? {} : { banner }),
    plugins: [minify()],
  });
  await bundle.close();
  return { files: [file], modules: idsOf(bundle) };
}
