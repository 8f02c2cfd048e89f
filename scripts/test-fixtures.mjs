// Assembles test/fixtures/**/*.wat into build/test-fixtures/**/*.wasm, with names in their name sections.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './paths.mjs';

/** Features that every browser has; the assembler checks nothing else. */
const features = {
  exceptions: true,
  threads: true,
  bulk_memory: true,
  sign_extension: true,
  mutable_globals: true,
};

export async function buildTestFixtures() {
  const folder = inRoot('test/fixtures');
  const sources = readdirSync(folder, { recursive: true }).map(String);
  const stale = sources.filter((source) => source.endsWith('.wat') && isStale(source));
  if (stale.length === 0) return;
  const { default: loadWabt } = await import('wabt');
  const wabt = await loadWabt();
  for (const source of stale) {
    const module = wabt.parseWat(source, readFileSync(path.join(folder, source), 'utf8'), features);
    const { buffer } = module.toBinary({ write_debug_names: true });
    module.destroy();
    mkdirSync(path.dirname(outputOf(source)), { recursive: true });
    writeFileSync(outputOf(source), buffer);
  }
  console.log(`${stale.length} test fixtures assembled`);
}

const outputOf = (source) => inRoot('build/test-fixtures', source.replace(/\.wat$/, '.wasm'));

function isStale(source) {
  const output = outputOf(source);
  return !existsSync(output) || statSync(output).mtimeMs < statSync(inRoot('test/fixtures', source)).mtimeMs;
}

if (process.argv[1] === inRoot('scripts/test-fixtures.mjs')) await buildTestFixtures();
