// What the compiler, its headers and its libraries are made of; their package carries no texts.
import { licenceTexts } from '../../scripts/licence-texts.mjs';

export const licences = () =>
  licenceTexts([
    {
      name: 'LLVM, clang, lld, compiler-rt, libc++, libc++abi, libunwind',
      copyright: 'Copyright (c) the LLVM Project authors',
      source: 'https://github.com/llvm/llvm-project',
      licence: 'Apache-2.0 WITH LLVM-exception',
    },
    {
      name: 'YoWASP’s build of it as WebAssembly',
      copyright: 'Copyright (c) the YoWASP authors',
      source: 'https://github.com/YoWASP/clang',
      licence: 'ISC',
    },
    {
      name: 'wasi-libc',
      copyright: 'Copyright (c) the wasi-libc authors',
      source: 'https://github.com/WebAssembly/wasi-libc',
      licence: 'Apache-2.0 WITH LLVM-exception OR MIT',
    },
    {
      name: 'musl, in wasi-libc',
      copyright: 'Copyright (c) 2005-2020 Rich Felker, et al.',
      source: 'https://musl.libc.org',
      licence: 'MIT',
    },
    {
      name: 'cloudlibc, in wasi-libc',
      copyright: 'Copyright (c) 2015-2020 Nuxi',
      source: 'https://github.com/WebAssembly/wasi-libc/tree/main/libc-bottom-half/cloudlibc',
      licence: 'BSD-2-Clause',
    },
    {
      name: 'libpreopen, in wasi-libc',
      copyright: 'Copyright (c) 2016-2017 Jonathan Anderson',
      source: 'https://github.com/musec/libpreopen',
      licence: 'BSD-2-Clause',
    },
    {
      name: 'dlmalloc, in wasi-libc',
      copyright: 'By Doug Lea, who put it into the public domain',
      source: 'https://gee.cs.oswego.edu/dl/html/malloc.html',
      licence: 'CC0-1.0',
    },
  ]);
