// runtime-loaders/python: the command lines a restored interpreter can be given. CPython reads its options
// while it starts; what comes after them (a file, `-c`, `-m`, nothing) can be set later.

export interface CommandLine {
  /** sys.argv as CPython makes it. */
  readonly argv: readonly string[];
  /** What Py_RunMain runs; nothing: standard input. */
  readonly run: { readonly field: 'command' | 'module' | 'filename'; readonly text: string } | undefined;
  /** The folder sys.path will begin with. */
  readonly folder: string;
}

/** Reads `args` (without the executable); undefined: there are options, which need a start of their own. */
export function readCommandLine(args: readonly string[], cwd: string): CommandLine | undefined {
  const [first, second, ...rest] = args;
  if (first === undefined || first === '-') {
    return { argv: first === undefined ? [''] : args, run: undefined, folder: cwd };
  }
  if (!first.startsWith('-')) {
    // As CPython makes `__file__` absolute: without normalizing.
    const path = first.startsWith('/') ? first : `${cwd === '/' ? '' : cwd}/${first.replace(/^\.\//, '')}`;
    const folder = path.slice(0, path.lastIndexOf('/')) || '/';
    return { argv: args, run: { field: 'filename', text: path }, folder };
  }
  if (second === undefined) return undefined;
  if (first === '-c') {
    return { argv: ['-c', ...rest], run: { field: 'command', text: `${second}\n` }, folder: cwd };
  }
  if (first === '-m') return { argv: ['-m', ...rest], run: { field: 'module', text: second }, folder: cwd };
  return undefined;
}

/** Whether CPython's start depends on the environment: hash seeds, paths, encodings. */
export function startDependsOn(env: Readonly<Record<string, string>>): boolean {
  return Object.entries(env).some(
    ([name, value]) => name.startsWith('PYTHON') || (/^(LC_|LANG)/.test(name) && value !== 'C.UTF-8'),
  );
}
