// Makes the programs that tests run: test/fixtures/**/*.wat and **/*.c become build/test-fixtures/**/*.wasm.
// The compiler is a WebAssembly program itself, so nothing need be installed but npm packages. Those that wait are made
// once more, as <name>.asyncify.wasm, for browsers in which they could not. The tests of the shell's own sources go there
// too.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeShellSuites } from '../test/conformance/shell/suites.mjs';
import { asyncify } from './asyncify.mjs';
import { inRoot } from './paths.mjs';

/** Features that every browser has; the assembler checks nothing else. */
const features = {
  exceptions: true,
  threads: true,
  bulk_memory: true,
  sign_extension: true,
  mutable_globals: true,
};
const folder = inRoot('test/fixtures');
/** Those that wait. */
const asyncified = /^(c\/.*\.c|wasi\/(cat|wait-for-.*)\.wat)$/;
const include = inRoot('runtime-loaders/wasi/include/wasm-elements.h');

export async function buildTestFixtures() {
  writeShellSuites();
  const sources = readdirSync(folder, { recursive: true }).map(String);
  const headers = [
    include,
    ...sources.filter((each) => each.endsWith('.h')).map((each) => path.join(folder, each)),
  ];
  const stale = sources.filter((source) => /\.(wat|c)$/.test(source) && isStale(source, headers));
  if (stale.length === 0) return;
  await assemble(stale.filter((source) => source.endsWith('.wat')));
  await compile(stale.filter((source) => source.endsWith('.c')));
  for (const source of stale.filter((each) => asyncified.test(each)))
    writeFileSync(asyncifiedOf(source), await asyncify(readFileSync(outputOf(source))));
  console.log(`${stale.length} test programs made`);
}

/** With names in their name sections. */
async function assemble(sources) {
  if (sources.length === 0) return;
  const { default: loadWabt } = await import('wabt');
  const wabt = await loadWabt();
  for (const source of sources) {
    const module = wabt.parseWat(source, readFileSync(path.join(folder, source), 'utf8'), features);
    const { buffer } = module.toBinary({ write_debug_names: true });
    module.destroy();
    write(source, buffer);
  }
}

async function compile(sources) {
  for (const source of sources) write(source, await compileC(path.join(folder, source)));
}

/** A C program, with the headers beside it and ours, as the bytes of a WASI program. */
export async function compileC(file, flags = ['-Os']) {
  const { commands } = await import('@yowasp/clang');
  const name = path.basename(file);
  const files = { [name]: readFileSync(file, 'utf8'), 'wasm-elements.h': readFileSync(include, 'utf8') };
  for (const each of readdirSync(path.dirname(file)))
    if (each.endsWith('.h')) files[each] = readFileSync(path.join(path.dirname(file), each), 'utf8');
  const args = ['--target=wasm32-wasip1', ...flags, '-Wall', '-Werror', '-I.', '-o', 'out.wasm', name];
  const messages = [];
  const stderr = (bytes) => bytes && messages.push(Buffer.from(bytes).toString());
  try {
    const made = await commands.clang(args, files, { stderr, fetchProgress: () => undefined });
    return made['out.wasm'];
  } catch (error) {
    throw new Error(`${name} does not compile: ${messages.join('')}`, { cause: error });
  }
}

function write(source, bytes) {
  mkdirSync(path.dirname(outputOf(source)), { recursive: true });
  writeFileSync(outputOf(source), bytes);
}

const outputOf = (source) => inRoot('build/test-fixtures', source.replace(/\.(wat|c)$/, '.wasm'));

const asyncifiedOf = (source) => outputOf(source).replace(/wasm$/, 'asyncify.wasm');

function isStale(source, headers) {
  const output = outputOf(source);
  if (!existsSync(output) || (asyncified.test(source) && !existsSync(asyncifiedOf(source)))) return true;
  const made = statSync(output).mtimeMs;
  const from = [path.join(folder, source), ...(source.endsWith('.c') ? headers : [])];
  return from.some((file) => statSync(file).mtimeMs > made);
}

if (process.argv[1] === inRoot('scripts/test-fixtures.mjs')) await buildTestFixtures();
