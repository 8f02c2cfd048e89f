// runtime-loaders/python: what the page and the kernel know of Python. Data only; the code is loader.ts.
import type { Runtime } from '../runtime.js';
import { pythonAssets, pythonVersion } from './assets.js';

/** CPython by pyodide. */
export const pythonRuntime: Runtime = {
  name: 'python',
  aliases: ['py', 'python3', 'pip', 'pip3'],
  title: 'Python',
  kind: 'process',
  versions: [{ version: pythonVersion, loader: 'python', assets: pythonAssets }],
  extensions: ['.py'],
  language: 'python',
  entry: 'main.py',
  spare: true,
  interruptible: true,
  cells: true,
  setup: true,
  lastExpression: true,
  interactive: true,
};
