// A process of build-compiler.mjs: runs clang or wasm-ld, as the first of `args` says, and answers with what it wrote.
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { WASI } from 'node:wasi';

const [, , core, cache] = process.argv;
const module = new WebAssembly.Module(readFileSync(core));

process.on('message', (message) => process.send(run(message)));

function run({ args, preopens }) {
  const file = `${cache}/messages-${process.pid}`;
  const stderr = openSync(file, 'w');
  let code;
  try {
    const wasi = new WASI({ version: 'preview1', args, preopens, stderr, stdout: stderr, env: {} });
    code = wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()));
  } finally {
    closeSync(stderr);
  }
  const text = readFileSync(file, 'utf8');
  rmSync(file);
  return { code, text };
}
