// Makes the programs that tests run: test/fixtures/**/*.wat and **/*.c become build/test-fixtures/**/*.wasm.
// The compiler is a WebAssembly program itself, so nothing need be installed but npm packages.
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
const folder = inRoot('test/fixtures');
const include = inRoot('runtime-loaders/wasi/include/wasm-elements.h');

export async function buildTestFixtures() {
  const sources = readdirSync(folder, { recursive: true }).map(String);
  const headers = [
    include,
    ...sources.filter((each) => each.endsWith('.h')).map((each) => path.join(folder, each)),
  ];
  const stale = sources.filter((source) => /\.(wat|c)$/.test(source) && isStale(source, headers));
  if (stale.length === 0) return;
  await assemble(stale.filter((source) => source.endsWith('.wat')));
  await compile(stale.filter((source) => source.endsWith('.c')));
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
  if (sources.length === 0) return;
  const { commands } = await import('@yowasp/clang');
  for (const source of sources) {
    const name = path.basename(source);
    const beside = path.dirname(path.join(folder, source));
    const files = {
      [name]: readFileSync(path.join(folder, source), 'utf8'),
      'wasm-elements.h': readFileSync(include, 'utf8'),
    };
    for (const each of readdirSync(beside))
      if (each.endsWith('.h')) files[each] = readFileSync(path.join(beside, each), 'utf8');
    const args = ['--target=wasm32-wasip1', '-Os', '-Wall', '-Werror', '-I.', '-o', 'out.wasm', name];
    const messages = [];
    try {
      const made = await commands.clang(args, files, {
        stderr: (bytes) => bytes && messages.push(Buffer.from(bytes).toString()),
        fetchProgress: () => undefined,
      });
      write(source, made['out.wasm']);
    } catch (error) {
      const said = messages.join('');
      throw new Error(
        `${source} does not compile: ${error.message}
${said}`,
        { cause: error },
      );
    }
  }
}

function write(source, bytes) {
  mkdirSync(path.dirname(outputOf(source)), { recursive: true });
  writeFileSync(outputOf(source), bytes);
}

const outputOf = (source) => inRoot('build/test-fixtures', source.replace(/\.(wat|c)$/, '.wasm'));

function isStale(source, headers) {
  const output = outputOf(source);
  if (!existsSync(output)) return true;
  const made = statSync(output).mtimeMs;
  const from = [path.join(folder, source), ...(source.endsWith('.c') ? headers : [])];
  return from.some((file) => statSync(file).mtimeMs > made);
}

if (process.argv[1] === inRoot('scripts/test-fixtures.mjs')) await buildTestFixtures();
