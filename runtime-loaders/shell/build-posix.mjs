// The POSIX layer that the shell and its tools are compiled against: wasi-libc, what it lacks (posix/*.c, headers in
// posix/include), and our extension header. Recipes (build-mksh.mjs, build-toybox.mjs …) compile and link through this.
import { readdirSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(import.meta.dirname, 'posix');
const extension = path.join(import.meta.dirname, '../wasi/include');

/** Calls of libc that ours stand before (`__wrap_stat` in posix/, which calls `__real_stat`). */
const wrapped = (
  'stat lstat fstat fstatat access faccessat open openat opendir opendirat chmod fchmod fchmodat mkdir mkdirat ' +
  'unlinkat linkat renameat symlinkat readlinkat utimensat'
).split(' ');

export class Posix {
  #compiler;

  constructor(compiler) {
    this.#compiler = compiler;
  }

  /** As `Compiler.compile`; headers of ours are found first. */
  compile(sources, { flags = [], includes = [], ...rest } = {}) {
    return this.#compiler.compile(sources, {
      ...rest,
      flags: ['-Oz', '-w', ...flags],
      includes: [path.join(folder, 'include'), extension, ...includes],
    });
  }

  /** As `Compiler.link`, with this layer. */
  async link(objects, { flags = [] } = {}) {
    const sources = readdirSync(folder).filter((each) => each.endsWith('.c'));
    const own = await this.#compiler.compile(
      sources.map((each) => path.join(folder, each)),
      { flags: ['-Oz', '-Wall'], includes: [path.join(folder, 'include'), extension] },
    );
    return this.#compiler.link([...objects, ...own], {
      flags: [
        ...wrapped.flatMap((name) => [`--wrap=${name}`, '-u', name]),
        '--wrap=regcomp',
        '--export-if-defined=__clone_entry',
        '--export-if-defined=__wasm_elements_signal',
        '--export=__stack_pointer',
        ...flags,
      ],
    });
  }
}
