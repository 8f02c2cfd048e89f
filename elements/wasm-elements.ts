// elements: the one-tag entry. Defines every element; what they need is imported when it is needed.
export { WasmRunnable } from './wasm-runnable.js';
export { WasmTerminal } from './wasm-terminal.js';
export type {
  CheckResult,
  ElementState,
  WasmElement,
  WasmElementDetails,
  WasmElementEventMap,
} from './types.js';
export type { WasmElementAttributes, WasmElements } from './jsx.js';
