// A thread of build-compiler.mjs: runs clang or wasm-ld, as the first of `args` says, and answers with what it wrote.
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { parentPort, threadId, workerData } from 'node:worker_threads';
import { WASI } from 'node:wasi';

let module;

parentPort.on('message', (message) => {
  if (message.module !== undefined) module = message.module;
  else parentPort.postMessage(run(message));
});

function run({ args, preopens }) {
  const file = `${workerData.cache}/messages-${process.pid}-${threadId}`;
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
