// Programs that can suspend themselves, for engines that cannot do it for them (docs/decisions/0025): Binaryen, as the
// npm package pinned in package.json, turns each into one that gives its stack away and takes it back. Any of its imports may wait.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { inRoot, packageDir } from './paths.mjs';

/** Of WebAssembly, those that clang uses for our programs; every engine has them. */
const features = [
  'MutableGlobals',
  'SignExt',
  'NontrappingFPToInt',
  'BulkMemory',
  'BulkMemoryOpt',
  'Multivalue',
  'ReferenceTypes',
  'CallIndirectOverlong',
  'ExtendedConst',
  // Of setjmp.
  'ExceptionHandling',
];

/** Where `asyncify` keeps what it made, by what it was made from. */
const kept = inRoot('build/.asyncify');

/** The program, made fit to be suspended where the engine does not do it. The same bytes everywhere. */
export async function asyncify(bytes) {
  const { version } = JSON.parse(readFileSync(`${packageDir('binaryen')}/package.json`, 'utf8'));
  const hash = createHash('sha256')
    .update(`${version}\0${features.join('\0')}\0`)
    .update(bytes)
    .digest('hex');
  const file = `${kept}/${hash}.wasm`;
  if (existsSync(file)) return readFileSync(file);
  const made = await transform(bytes);
  mkdirSync(kept, { recursive: true });
  writeFileSync(`${file}.part`, made);
  renameSync(`${file}.part`, file);
  return made;
}

async function transform(bytes) {
  const { default: binaryen } = await import('binaryen');
  const module = binaryen.readBinary(bytes);
  try {
    module.setFeatures(features.reduce((all, name) => all | binaryen.Features[name], 0));
    binaryen.setOptimizeLevel(2);
    binaryen.setShrinkLevel(0);
    module.optimize();
    module.runPasses(['asyncify']);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}
