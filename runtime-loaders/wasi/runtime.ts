// runtime-loaders/wasi: the data half of the `wasi` runtime. No assets: the program is the reader's own.
import type { Runtime } from '../runtime.js';

/** WebAssembly command modules of WASI preview 1; the version is that of the snapshot, not of a program. */
export const wasiRuntime: Runtime = {
  name: 'wasi',
  aliases: ['wasm'],
  title: 'WebAssembly (WASI)',
  kind: 'process',
  reusable: true,
  versions: [{ version: '1.0.0', loader: 'wasi', assets: [] }],
  extensions: ['.wasm'],
  language: '',
  entry: 'main.wasm',
};
