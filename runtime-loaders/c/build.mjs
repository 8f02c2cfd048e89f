// Derives the assets of C and C++ from the npm package @yowasp/clang, which is LLVM as one WASI program with a sysroot,
// and writes what they are (names, sizes, hashes) into assets.ts, which is committed.
//
//   llvm           clang, wasm-ld and the other tools, by the name they are started as
//   driver         `cc`, `c++` and `ld`, which start them one after the other (driver.c); they wait, so there is another one by asyncify
//   sysroot.pack   headers and libraries, mounted at /opt/clang and fetched as they are read; in it are also our
//                  extension header and streams.pch, the usual headers of C++ compiled in advance
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makePack } from '../../scripts/make-pack.mjs';
import { asyncify } from '../../scripts/asyncify.mjs';
import { compileC } from '../../scripts/test-fixtures.mjs';
import { licences } from './build-licences.mjs';

const version = '22.1.0';
/** Where the pack is mounted; driver.c says so, too. */
const home = '/opt/clang';

export const inputs = [
  '@yowasp/clang',
  '@hpcc-js/wasm-zstd',
  'binaryen',
  'fflate',
  'scripts/asyncify.mjs',
  'scripts/make-pack.mjs',
  'scripts/licence-texts.mjs',
  'runtime-loaders/c/driver.c',
  'runtime-loaders/c/assets.ts',
  'runtime-loaders/wasi/include/wasm-elements.h',
];

/** Of the compiler's own headers, those that mean anything for WebAssembly. */
const headers =
  /^(__std|__float|std|float|limits|inttypes|iso646|tgmath|varargs|unwind|wasm_simd128|__stddef|module\.modulemap)/;
/** What `#include <iostream>` is mostly seen together with. */
const streamHeaders = (
  'algorithm cmath cstdint cstdio cstdlib cstring fstream functional iomanip iostream map memory numeric set sstream ' +
  'string unordered_map utility vector'
).split(' ');
/** As driver.c compiles C++ where nothing else is asked for. */
const flags = [
  ...['--target=wasm32-wasip1', '-resource-dir', home, `--sysroot=${home}`, '-isystem', `${home}/extension`],
  ...['-mllvm', '-wasm-enable-sjlj', '-mllvm', '-wasm-use-legacy-eh=true'],
  ...['SIGNAL', 'PROCESS_CLOCKS', 'GETPID', 'MMAN'].map((each) => `-D_WASI_EMULATED_${each}`),
  ...['-fno-exceptions', '-D_LIBCPP_REMOVE_TRANSITIVE_INCLUDES', '-O1'],
];

const llvmTools =
  'clang-22 wasm-ld ar ranlib nm objdump objcopy strip size readobj addr2line c++filt dwarfdump symbolizer'.split(
    ' ',
  );
const programs = {
  c: [
    { asset: 'driver', commands: ['c', 'cc', 'gcc', 'clang', 'c++', 'g++', 'clang++', 'ld'] },
    { asset: 'llvm', commands: llvmTools },
  ],
  cpp: [{ asset: 'driver', commands: ['cpp'] }],
};

export default async function build({ root, outDir, packageDir, log }) {
  const { gzipSync } = await import('fflate');
  const gzip = (raw) => gzipSync(raw, { level: 9, mem: 12, mtime: 0 });
  const folder = await layOut({ root, resources: `${packageDir('@yowasp/clang')}/gen/llvm-resources.tar` });
  const pack = makePack(folder, { compress: gzip, modifiedMs: 0 });
  mkdirSync(`${outDir}/${version}`, { recursive: true });
  const { Zstd } = await import('@hpcc-js/wasm-zstd');
  const zstd = await Zstd.load();
  const llvm = readFileSync(`${packageDir('@yowasp/clang')}/gen/llvm.core.wasm`);
  const driver = await compileC(`${root}/runtime-loaders/c/driver.c`, ['-Oz', '-s']);
  const assets = [
    { name: 'driver', file: 'driver.wasm.gz', bytes: gzip(driver), encoding: 'gzip', kind: 'bytes' },
    {
      ...{ name: 'driver.asyncify', file: 'driver.asyncify.wasm.gz', bytes: gzip(await asyncify(driver)) },
      ...{ encoding: 'gzip', kind: 'bytes', later: true, insteadOf: 'driver' },
    },
    {
      ...{ name: 'llvm', file: 'llvm.wasm.zst', bytes: zstd.compress(llvm, zstdLevel) },
      ...{ encoding: 'zstd', kind: 'bytes' },
    },
    { name: 'sysroot', file: 'sysroot.pack', bytes: pack.bytes, kind: 'bytes', later: true },
  ].map(({ name, file, bytes, ...rest }) => {
    writeFileSync(`${outDir}/${version}/${file}`, bytes);
    log(`${name}: ${(bytes.length / 1e6).toFixed(2)} MB`);
    const integrity = `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
    return { name, path: `c/${version}/${file}`, bytes: bytes.length, integrity, ...rest };
  });
  writeFileSync(`${outDir}/${version}/LICENSES.txt`, licences());
  await writeList({ root, log, assets, packId: pack.id });
}

/** At 22 a compressed program of this size takes two minutes to make, and is 3 % smaller. */
const zstdLevel = 19;

/** The content of the pack. */
async function layOut({ root, resources }) {
  const folder = `${root}/build/.clang/home`;
  const from = `${root}/build/.clang/unpacked`;
  rmSync(`${root}/build/.clang`, { recursive: true, force: true });
  mkdirSync(from, { recursive: true });
  execFileSync('tar', ['-xf', resources, '-C', from]);
  for (const each of readdirSync(`${from}/include`))
    if (headers.test(each)) copy(from, folder, `include/${each}`);
  copy(from, folder, 'include/wasm32-wasip1');
  copy(from, folder, 'include/c++', (name) => !name.includes('__cxx03'));
  copy(from, folder, 'lib', (name) => !/\.so$|profile|experimental|\.modules\.json$/.test(name));
  mkdirSync(`${folder}/extension`);
  cpSync(`${root}/runtime-loaders/wasi/include/wasm-elements.h`, `${folder}/extension/wasm-elements.h`);
  writeFileSync(`${folder}/streams.hpp`, streamHeaders.map((each) => `#include <${each}>\n`).join(''));
  const { commands } = await import('@yowasp/clang');
  const header = [`${home}/streams.hpp`, '-o', 'streams.pch'];
  const made = await commands['clang++'](
    ['-x', 'c++-header', ...flags, '-Xclang', '-fno-pch-timestamp', ...header],
    // What it finds there is where the program that uses it will find it.
    { opt: { clang: treeOf(folder) } },
    { fetchProgress: () => undefined },
  );
  writeFileSync(`${folder}/streams.pch`, made['streams.pch']);
  return folder;
}

/** A folder as the compiler takes it. */
function treeOf(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => {
      const file = path.join(folder, entry.name);
      return [entry.name, entry.isDirectory() ? treeOf(file) : readFileSync(file)];
    }),
  );
}

function copy(from, to, name, isWanted = () => true) {
  cpSync(path.join(from, name), path.join(to, name), {
    recursive: true,
    filter: (source) => isWanted(path.basename(source)),
  });
}

async function writeList({ root, log, assets, packId }) {
  const prettier = await import('prettier');
  const file = path.join(root, 'runtime-loaders/c/assets.ts');
  const source = `// Generated by build.mjs (\`npm run assets\`) from the npm package @yowasp/clang; do not edit.
import type { Asset, ProvidedProgram } from '../../kernel-core/abi/runtime.js';

/** Of LLVM. */
export const version = '${version}';

/** SHA-256 of the index of the pack of headers and libraries. */
export const sysrootId = '${packId}';

/** What each program is started as, by runtime. */
export const programs: Readonly<Record<${Object.keys(programs)
    .map((each) => `'${each}'`)
    .join(' | ')}, readonly ProvidedProgram[]>> = ${JSON.stringify(programs)};

export const assets: readonly Asset[] = ${JSON.stringify(assets)};
`;
  const list = await prettier.format(source, { ...(await prettier.resolveConfig(file)), filepath: file });
  if (existsSync(file) && readFileSync(file, 'utf8') === list) return;
  writeFileSync(file, list);
  log('assets.ts rewritten: commit it where the package or what is made of it changed');
}
