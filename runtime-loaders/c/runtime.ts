// runtime-loaders/c: what the page and the kernel know of C and C++. Data only: compiler and linker are WASI programs,
// and so is what they make.
import type { Runtime, RuntimeVersion } from '../../kernel-core/abi/runtime.js';
import { assets, programs, sysrootId, version } from './assets.js';

const common = {
  version,
  loader: 'wasi',
  assets,
  files: [{ path: '/opt/clang', asset: 'sysroot', id: sysrootId }],
} satisfies RuntimeVersion;

/** clang; a program that is run is compiled first, and `cc`, `c++` and the tools of LLVM are commands. */
export const cRuntime: Runtime = {
  name: 'c',
  aliases: [],
  title: 'C',
  kind: 'process',
  reusable: true,
  versions: [{ ...common, programs: programs.c }],
  extensions: ['.c'],
  language: 'c',
  entry: 'main.c',
};

export const cppRuntime: Runtime = {
  ...cRuntime,
  name: 'cpp',
  title: 'C++',
  versions: [{ ...common, programs: programs.cpp }],
  extensions: ['.cpp', '.cc', '.cxx'],
  entry: 'main.cpp',
};
