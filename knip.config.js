// Dead files, exports and dependencies. Entries are what rollup, the pages and the runner start from.
export default {
  entry: [
    'elements/wasm-*.ts',
    'kernel-core/client/index.ts',
    'kernel-core/kernel.worker.ts',
    'kernel-core/frame/{outer,*-inner,preview-document}.ts',
    'runtime-loaders/index.ts',
    'runtime-loaders/process.worker.ts',
    'runtime-loaders/*/loader.ts',
    'runtime-loaders/*/*.part.ts',
    'runtime-loaders/*/build.mjs',
    // Recipes that build.mjs imports by their names.
    'runtime-loaders/shell/build-*.mjs',
    'scripts/{start,test,build,assets,check,bench,conformance,lock-packages,make-pack}.mjs',
    'web-test-runner.config.mjs',
    'custom-elements-manifest.config.mjs',
    'test/**/*.test.ts',
    'test/bench/*.mjs',
  ],
  project: ['{elements,kernel-core,runtime-loaders,scripts,test}/**/*.{ts,mjs}', '*.mjs'],
  ignoreExportsUsedInFile: true,
  // abi is a table of numbers: it is complete even where nobody needs a number yet.
  ignoreIssues: { 'kernel-core/abi/**': ['exports', 'types'] },
  ignoreUnresolved: ['virtual:.*'],
  // What a benchmark is measured against.
  ignoreBinaries: ['dash'],
  ignoreDependencies: [
    // Tools that scripts/ start by the path of their entry script.
    '@custom-elements-manifest/analyzer',
    '@web/test-runner',
    'dependency-cruiser',
    'publint',
    // Named in test/tsconfig.json.
    '@types/mocha',
    // Its files are laid out by runtime-loaders/python/build.mjs.
    'pyodide',
    'pyodide-3.12',
    'pyodide-3.13',
    // And this one's by scripts/rollup/zstd-decoder.mjs.
    'zstandard-wasm',
    // scripts/licence-texts.mjs reads what is in it.
    'spdx-license-list',
  ],
};
