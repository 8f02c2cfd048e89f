// elements: the one-tag entry. Defines every element; what they need is imported when it is needed.
export { WasmRunnable } from './wasm-runnable.js';
