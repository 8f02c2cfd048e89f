// runtime-loaders/python: what the page and the kernel know of Python. Data only; the code is loader.ts.
import type { Runtime } from '../runtime.js';
import { assets as assets312, version as version312 } from './assets/3.12.js';
import { assets as assets313, version as version313 } from './assets/3.13.js';
import { assets as assets314, version as version314 } from './assets/3.14.js';

const parts = ['prompt'];

/** CPython by pyodide. */
export const pythonRuntime: Runtime = {
  name: 'python',
  aliases: ['py', 'python3', 'pip', 'pip3'],
  title: 'Python',
  kind: 'process',
  versions: [
    { version: version314, aliases: ['python3.14', 'pip3.14'], loader: 'python', parts, assets: assets314 },
    { version: version313, aliases: ['python3.13', 'pip3.13'], loader: 'python', parts, assets: assets313 },
    { version: version312, aliases: ['python3.12', 'pip3.12'], loader: 'python', parts, assets: assets312 },
  ],
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
