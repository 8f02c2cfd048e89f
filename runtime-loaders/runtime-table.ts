// runtime-loaders: every runtime there is, in the order they are named to people. Data only: a runtime's
// code is its loader, which a process imports when it starts.
import type { Runtime } from '../kernel-core/abi/runtime.js';
import { cppRuntime, cRuntime } from './c/runtime.js';
import { htmlRuntime } from './html/runtime.js';
import { javascriptRuntime, typescriptRuntime } from './javascript/runtime.js';
import { pythonRuntime } from './python/runtime.js';
import { shellRuntime } from './shell/runtime.js';
import { wasiRuntime } from './wasi/runtime.js';

export const runtimeTable: readonly Runtime[] = [
  pythonRuntime,
  javascriptRuntime,
  typescriptRuntime,
  htmlRuntime,
  shellRuntime,
  cRuntime,
  cppRuntime,
  wasiRuntime,
];
