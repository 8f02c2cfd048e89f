// runtime-loaders/python: CPython's command lines, as far as our start needs to know them. CPython reads its options
// while it starts; what comes after them (a file, `-c`, `-m`, nothing) can be set later, and some options, too.

export interface CommandLine {
  /** Letters of the options before what is run; `-W` and `-X` with their values left out. */
  readonly options: string;
  /** sys.argv as CPython makes it. */
  readonly argv: readonly string[];
  /** What Py_RunMain runs; nothing: standard input. */
  readonly run: { readonly field: 'command' | 'module' | 'filename'; readonly text: string } | undefined;
  /** The folder sys.path will begin with, if what is run is not a folder itself. */
  readonly folder: string;
}

/** Options without a value. */
const flags = 'bBdEiIOPqRsSuvx';
const withValue = 'WX';
/** Options a restored interpreter can be given. */
const settable = /^[uBq]*$/;

/** Reads `args` (without the executable); undefined: CPython answers it (`-h`, `--version`) or refuses it. */
export function readCommandLine(args: readonly string[], cwd: string): CommandLine | undefined {
  const [first = '', ...others] = args;
  if (args.length === 0) return { options: '', argv: [''], run: undefined, folder: cwd };
  if (first === '-') return { options: '', argv: args, run: undefined, folder: cwd };
  if (!first.startsWith('-')) {
    // As CPython makes `__file__` absolute: without normalizing.
    const path = first.startsWith('/') ? first : `${cwd === '/' ? '' : cwd}/${first.replace(/^\.\//, '')}`;
    const folder = path.slice(0, path.lastIndexOf('/')) || '/';
    return { options: '', argv: args, run: { field: 'filename', text: path }, folder };
  }
  return readOptions(first.slice(1), others, cwd);
}

/** One word of options, in which `c`, `m`, `W` and `X` take the rest of the word or the next one. */
function readOptions(word: string, others: readonly string[], cwd: string): CommandLine | undefined {
  for (const [index, letter] of [...word].entries()) {
    if (flags.includes(letter)) continue;
    const before = word.slice(0, index);
    const isHere = index + 1 < word.length;
    const value = isHere ? word.slice(index + 1) : others[0];
    const rest = isHere ? others : others.slice(1);
    if (value === undefined) return undefined;
    if (letter === 'c') {
      const run = { field: 'command', text: `${value}\n` } as const;
      return { options: before, argv: ['-c', ...rest], run, folder: cwd };
    }
    if (letter === 'm') {
      const run = { field: 'module', text: value } as const;
      return { options: before, argv: ['-m', ...rest], run, folder: cwd };
    }
    return withValue.includes(letter) ? withOptions(before + letter, readCommandLine(rest, cwd)) : undefined;
  }
  return word === '' ? undefined : withOptions(word, readCommandLine(others, cwd));
}

const withOptions = (options: string, line: CommandLine | undefined): CommandLine | undefined =>
  line === undefined ? undefined : { ...line, options: options + line.options };

/** Whether a restored interpreter can be given this: else CPython's own start has to read it. */
export function canBeSet(line: CommandLine, env: Readonly<Record<string, string>>): boolean {
  return settable.test(line.options) && !startDependsOn(env);
}

/** Whether CPython's start depends on the environment: hash seeds, paths, encodings. */
function startDependsOn(env: Readonly<Record<string, string>>): boolean {
  return Object.entries(env).some(
    ([name, value]) => name.startsWith('PYTHON') || (/^(LC_|LANG)/.test(name) && value !== 'C.UTF-8'),
  );
}
