// npm run build: TypeScript → build/, then rollup → dist/.
//   --keep-going   bundle what can be bundled even when types or a bundle fail (the exit code still tells)
import { pathToFileURL } from 'node:url';
import { ensureInstalled } from './install.mjs';
import { withBuildLock } from './build-lock.mjs';
import { inRoot, root, tool } from './paths.mjs';
import { pruneBuild } from './prune-build.mjs';
import { run } from './run.mjs';

/** Resolves with false when types did not check or a bundle could not be made. */
export async function build({ keepGoing = false } = {}) {
  await ensureInstalled();
  return withBuildLock(async () => {
    pruneBuild();
    const typesOk = (await run('node', [tool('typescript/bin/tsc'), '--build'], { cwd: root })) === 0;
    if (!typesOk && !keepGoing) return false;
    return (await bundle(keepGoing)) && typesOk;
  });
}

async function bundle(keepGoing) {
  // Imported here, because they need installed packages.
  const { default: bundles } = await import(pathToFileURL(inRoot('rollup.config.mjs')).href);
  const { writeTypes } = await import('./write-types.mjs');
  const { pruneChunks } = await import('./prune-chunks.mjs');
  const started = Date.now();
  const written = new Set();
  let complete = true;
  for (const write of bundles) {
    try {
      for (const file of await write({ root })) written.add(file);
    } catch (error) {
      if (!keepGoing) throw error;
      console.error(`${write.name}: ${error.message}`);
      complete = false;
    }
  }
  if (complete) pruneChunks(written);
  writeTypes();
  console.log(`dist/ written in ${((Date.now() - started) / 1000).toFixed(1)} s (${written.size} files)`);
  return complete;
}

if (process.argv[1] === inRoot('scripts/build.mjs')) {
  const ok = await build({ keepGoing: process.argv.includes('--keep-going') });
  process.exitCode = ok ? 0 : 1;
}
