// image/zstd.wasm: libzstd's decoder as a WebAssembly module, which the kernel decompresses assets with. It comes ready
// made in the package zstandard-wasm (zstd 1.5.0, the build for speed: 50 KB, 20 KB gzip).
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { packageDir } from '../paths.mjs';
import { unlessUnchanged } from './unless-unchanged.mjs';

const files = {
  'image/zstd.wasm': () => `${packageDir('zstandard-wasm')}/zstd/zstd.speed.wasm`,
  'image/zstd.wasm.LICENSE.txt': (root) => `${root}/scripts/rollup/zstd-license.txt`,
};

export async function writeZstdDecoder({ root }) {
  for (const [file, source] of Object.entries(files)) {
    await unlessUnchanged(root, file, () => {
      const from = source(root);
      const to = `${root}/dist/${file}`;
      mkdirSync(path.dirname(to), { recursive: true });
      copyFileSync(from, to);
      return { files: [file], modules: [from] };
    });
  }
  return Object.keys(files);
}
