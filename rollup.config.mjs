// What dist/ holds and how each file is made. `scripts/build.mjs` calls these in order; every function
// resolves with the files it wrote, relative to dist/.
//
//   wasm-elements.js, wasm-*.js          one file each, no static import: what a page pays up front
//   kernel.js, runtimes.js, chunks/*     code-split, reached by dynamic import (or imported by name)
//   image/*.worker.js                    one classic script each: blob workers in an opaque origin
//   image/loaders/*.js                   one module each without imports: import(blobUrl) in a process
//   image/zstd.wasm                      what the kernel decompresses assets with
//   LICENSES.txt                         of the packages that are in all these
import { writePageBundles } from './scripts/rollup/page-bundles.mjs';
import { writeWorkerImages } from './scripts/rollup/worker-images.mjs';
import { writeLoaders } from './scripts/rollup/loaders.mjs';
import { writeZstdDecoder } from './scripts/rollup/zstd-decoder.mjs';
import { writeLicences } from './scripts/rollup/licences.mjs';

export default [writePageBundles, writeWorkerImages, writeLoaders, writeZstdDecoder, writeLicences];
