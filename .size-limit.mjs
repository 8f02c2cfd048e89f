// Ceilings, gzipped. wasm-elements.js is the promise of DESIGN §1; the others stop silent growth.
// A file that is not built is an error of its own: scripts/check.mjs names it.
import { existsSync } from 'node:fs';

const limits = {
  'dist/wasm-elements.js': '10 KB',
  'dist/wasm-runnable.js': '10 KB',
  'dist/kernel.js': '25 KB',
  'dist/image/kernel.worker.js': '60 KB',
  'dist/image/process.worker.js': '30 KB',
};

export default Object.entries(limits)
  .filter(([path]) => existsSync(path))
  .map(([path, limit]) => ({ path, limit, gzip: true }));
