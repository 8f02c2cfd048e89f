// npm run assets [-- python@3.13]: lets every runtime lay out its files in dist/assets/<runtime>/<version>/ from the
// npm packages it pins. A runtime's build.mjs default-exports
//   async build({ root, outDir, packageDir(name), log, version })
// where outDir is dist/assets/<runtime>, emptied (build makes the folder of each version in it), which resolves with false
// where something could not be had, and may export
// `inputs`: files (relative to the repository) and package names its result depends on. One that exports `versions`
// (`3.13` → inputs of that alone) is asked for one `version` after the other, and outDir holds the others meanwhile.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ensureInstalled } from './install.mjs';
import { withBuildLock } from './build-lock.mjs';
import { inRoot, packageDir, root } from './paths.mjs';

/** `only`: names of runtimes, or `name@version` of those made version by version; none: all. */
export async function buildAssets(only = []) {
  await ensureInstalled();
  await withBuildLock(async () => {
    for (const entry of readdirSync(inRoot('runtime-loaders'), { withFileTypes: true })) {
      const script = inRoot('runtime-loaders', entry.name, 'build.mjs');
      if (entry.isDirectory() && existsSync(script)) await buildRuntime(entry.name, script, only);
    }
  });
}

async function buildRuntime(name, script, only) {
  const { default: build, inputs = [], versions } = await import(pathToFileURL(script).href);
  const folder = inRoot('dist/assets', name);
  const wanted = (version) => only.length === 0 || only.includes(name) || only.includes(`${name}@${version}`);
  if (versions === undefined) {
    if (wanted('')) await buildUnlessFresh({ name, build, folder, inputs, stamp: '.stamp' });
    return;
  }
  const series = Object.keys(versions);
  removeOthers(folder, series);
  for (const version of series) {
    if (!wanted(version)) continue;
    const own = [...inputs, ...versions[version]];
    await buildUnlessFresh({ name, build, folder, inputs: own, stamp: `.stamp-${version}`, version });
  }
}

async function buildUnlessFresh({ name, build, folder, inputs, stamp, version }) {
  const file = `${folder}/${stamp}`;
  const state = () => fingerprint(inRoot('runtime-loaders', name), inputs);
  if (existsSync(file) && readFileSync(file, 'utf8') === state()) return;
  const started = Date.now();
  const title = version === undefined ? name : `${name}@${version}`;
  if (version === undefined) rmSync(folder, { recursive: true, force: true });
  else removeSeries(folder, version);
  mkdirSync(folder, { recursive: true });
  const isComplete = await build({
    root,
    outDir: folder,
    packageDir,
    log: (text) => console.log(`  ${title}: ${text}`),
    version,
  });
  // It said what it lacks; the next time it is tried again.
  if (isComplete === false) return;
  // It may have written an input of its own.
  writeFileSync(file, state());
  console.log(`assets of ${title} written in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

const belongsTo = (entry, version) =>
  entry === version || entry === `.stamp-${version}` || entry.startsWith(`${version}.`);

function removeSeries(folder, version) {
  for (const entry of existsSync(folder) ? readdirSync(folder) : [])
    if (belongsTo(entry, version)) rmSync(`${folder}/${entry}`, { recursive: true });
}

/** What a version left that is not made any more. */
function removeOthers(folder, series) {
  for (const entry of existsSync(folder) ? readdirSync(folder) : [])
    if (!series.some((version) => belongsTo(entry, version)))
      rmSync(`${folder}/${entry}`, { recursive: true });
}

/** Changes with the runtime's own build scripts and with everything it names in `inputs`. */
function fingerprint(folder, inputs) {
  const hash = createHash('sha256');
  for (const file of readdirSync(folder)
    .filter((file) => file.endsWith('.mjs'))
    .sort())
    hash.update(file).update(readFileSync(`${folder}/${file}`));
  for (const input of inputs) {
    hash.update(input);
    if (existsSync(inRoot(input))) hash.update(readFileSync(inRoot(input)));
    // A file that is not there yet is one the build writes.
    else if (!input.endsWith('.ts')) hash.update(readFileSync(`${packageDir(input)}/package.json`));
  }
  return hash.digest('hex');
}

if (process.argv[1] === inRoot('scripts/assets.mjs')) await buildAssets(process.argv.slice(2));
