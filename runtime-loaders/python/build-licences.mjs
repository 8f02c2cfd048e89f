// What pyodide's interpreter is made of; its package carries no texts.
import { licenceTexts } from '../../scripts/licence-texts.mjs';

export const licences = () =>
  licenceTexts([
    {
      name: 'CPython',
      copyright: 'Copyright (c) 2001 Python Software Foundation. All Rights Reserved.',
      source:
        'https://github.com/python/cpython, with what its documentation names under “Licenses for incorporated software”',
      licence: 'Python-2.0',
    },
    {
      name: 'Pyodide',
      copyright: 'Copyright (c) 2018-2026 Mozilla, the Pyodide contributors',
      source:
        'https://github.com/pyodide/pyodide; its JavaScript is used as it is, but for exports that nothing uses',
      licence: 'MPL-2.0',
    },
    {
      name: 'Emscripten’s runtime',
      copyright: 'Copyright (c) 2010-2026 the Emscripten authors',
      source: 'https://github.com/emscripten-core/emscripten',
      licence: 'MIT',
    },
    {
      name: 'musl, in Emscripten',
      copyright: 'Copyright (c) 2005-2020 Rich Felker, et al.',
      source: 'https://musl.libc.org',
      licence: 'MIT',
    },
    {
      name: 'compiler-rt, libc++ and libc++abi, in Emscripten',
      copyright: 'Copyright (c) the LLVM Project authors',
      source: 'https://github.com/llvm/llvm-project',
      licence: 'Apache-2.0 WITH LLVM-exception',
    },
    {
      name: 'libffi',
      copyright: 'Copyright (c) 1996-2026 Anthony Green, Red Hat, Inc and others',
      source: 'https://github.com/libffi/libffi',
      licence: 'MIT',
    },
    {
      name: 'Expat, in CPython',
      copyright:
        'Copyright (c) 1998-2000 Thai Open Source Software Center Ltd and Clark Cooper, 2001-2026 Expat maintainers',
      source: 'https://github.com/libexpat/libexpat',
      licence: 'MIT',
    },
    {
      name: 'libmpdec, in CPython',
      copyright: 'Copyright (c) 2008-2024 Stefan Krah',
      source: 'https://www.bytereef.org/mpdecimal/',
      licence: 'BSD-2-Clause',
    },
    {
      name: 'zlib',
      copyright: 'Copyright (c) 1995-2026 Jean-loup Gailly and Mark Adler',
      source: 'https://zlib.net',
      licence: 'Zlib',
    },
    {
      name: 'bzip2',
      copyright: 'Copyright (c) 1996-2019 Julian R Seward',
      source: 'https://sourceware.org/bzip2/',
      licence: 'bzip2-1.0.6',
    },
    {
      name: 'Zstandard (from Python 3.14 on)',
      copyright: 'Copyright (c) Meta Platforms, Inc. and affiliates',
      source: 'https://github.com/facebook/zstd',
      licence: 'BSD-3-Clause',
    },
    {
      name: 'SQLite, XZ’s liblzma',
      copyright: 'In the public domain',
      source: 'https://sqlite.org, https://tukaani.org/xz/',
    },
  ]);
