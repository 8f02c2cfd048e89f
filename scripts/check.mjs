// npm run check: everything that needs no browser. Runs all of it, then says what failed.
import { existsSync } from 'node:fs';
import { build } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { inRoot, root, tool } from './paths.mjs';
import { run } from './run.mjs';

await ensureInstalled();

const sources = ['elements', 'kernel-core', 'runtime-loaders', 'demos', 'test'].filter((name) =>
  existsSync(inRoot(name)),
);
const checks = [
  ['types and build', () => build()],
  [
    'eslint',
    'eslint/bin/eslint.js',
    '--max-warnings',
    '0',
    '--cache',
    '--cache-location',
    'build/.eslintcache',
    '.',
  ],
  ['prettier', 'prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
  [
    'layers',
    'dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.cjs',
    ...sources,
  ],
  ['dead code', 'knip/bin/knip.js', '--no-progress'],
  ['sizes', 'size-limit/bin.js'],
  ['elements manifest', '@custom-elements-manifest/analyzer/cem.js', 'analyze', '--quiet'],
  ['package', 'publint/src/cli.js', '--strict'],
];

const failed = [];
for (const [name, ...command] of checks) {
  console.log(`\n— ${name}`);
  const ok =
    typeof command[0] === 'function'
      ? await command[0]()
      : (await run('node', [tool(command[0]), ...command.slice(1)], { cwd: root })) === 0;
  if (!ok) failed.push(name);
}

console.log(failed.length === 0 ? '\nall checks passed' : `\nfailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
