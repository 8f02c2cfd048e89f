// The `wasm-elements/runtimes` entry: the table of runtimes as data.
export type { Asset, Runtime, RuntimeVersion } from '../kernel-core/abi/runtime.js';
export { runtimeTable } from './runtime-table.js';
