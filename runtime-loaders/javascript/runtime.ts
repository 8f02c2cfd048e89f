// javascript: the data half of the runtimes `javascript` and `typescript`. One loader runs both.
// Nothing is downloaded: the engine is the browser's.
import type { Runtime } from '../../kernel-core/abi/runtime.js';

const versions = [
  { version: '1.0.0', loader: 'javascript', assets: [], parts: ['syntax', 'typescript', 'crypto'] },
];

/** Modules and scripts on the browser's own engine. */
export const javascriptRuntime: Runtime = {
  name: 'javascript',
  aliases: ['js', 'mjs'],
  title: 'JavaScript',
  kind: 'process',
  setup: true,
  versions,
  extensions: ['.js', '.mjs', '.cjs', '.jsx'],
  language: 'javascript',
  entry: 'main.js',
};

/** The same after its types were stripped. */
export const typescriptRuntime: Runtime = {
  name: 'typescript',
  aliases: ['ts'],
  title: 'TypeScript',
  kind: 'process',
  setup: true,
  versions,
  extensions: ['.ts', '.mts', '.cts', '.tsx'],
  language: 'typescript',
  entry: 'main.ts',
};
