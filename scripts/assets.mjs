// npm run assets: lets every runtime lay out its files in dist/assets/<runtime>/<version>/ from the npm
// packages it pins. A runtime's build.mjs default-exports
//   async build({ root, outDir, packageDir(name), log })
// where outDir is dist/assets/<runtime>, emptied (build makes the folder of each version in it), and may export
// `inputs`: files (relative to the repository) and package names its result depends on.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ensureInstalled } from './install.mjs';
import { withBuildLock } from './build-lock.mjs';
import { inRoot, packageDir, root } from './paths.mjs';

export async function buildAssets() {
  await ensureInstalled();
  await withBuildLock(async () => {
    for (const entry of readdirSync(inRoot('runtime-loaders'), { withFileTypes: true })) {
      const script = inRoot('runtime-loaders', entry.name, 'build.mjs');
      if (entry.isDirectory() && existsSync(script)) await buildRuntime(entry.name, script);
    }
  });
}

async function buildRuntime(name, script) {
  const { default: build, inputs = [] } = await import(pathToFileURL(script).href);
  const outDir = inRoot('dist/assets', name);
  const stamp = inRoot('dist/assets', name, '.stamp');
  const state = fingerprint(inRoot('runtime-loaders', name), inputs);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return;
  const started = Date.now();
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  await build({ root, outDir, packageDir, log: (text) => console.log(`  ${name}: ${text}`) });
  // It may have written an input of its own.
  writeFileSync(stamp, fingerprint(inRoot('runtime-loaders', name), inputs));
  console.log(`assets of ${name} written in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** Changes with the runtime's own build scripts and with everything it names in `inputs`. */
function fingerprint(folder, inputs) {
  const hash = createHash('sha256');
  for (const file of readdirSync(folder)
    .filter((file) => file.endsWith('.mjs'))
    .sort())
    hash.update(file).update(readFileSync(`${folder}/${file}`));
  for (const input of inputs) {
    const isFile = existsSync(inRoot(input));
    hash.update(input).update(readFileSync(isFile ? inRoot(input) : `${packageDir(input)}/package.json`));
  }
  return hash.digest('hex');
}

if (process.argv[1] === inRoot('scripts/assets.mjs')) await buildAssets();
