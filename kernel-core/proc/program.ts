// proc: from a command to what runs it, as exec does: a runtime's name, or a file that begins with
// "\0asm" or "#!". An empty file in /usr/bin stands for the runtime of its name.
import { Errno } from '../abi/errno.js';
import type { Inode } from '../abi/inode-table.js';
import { NotFetched } from '../abi/pack-blocks.js';
import { normalize, walk } from '../abi/path.js';
import { resolveRuntime } from '../abi/resolve-runtime.js';
import type { Runtime, RuntimeVersion } from '../abi/runtime.js';
import type { Tree } from '../fs/tree.js';

export interface Program {
  readonly runtime: Runtime;
  readonly version: RuntimeVersion;
  readonly argv: readonly string[];
  /** A WASI program that is a file of the tree. */
  readonly file?: Inode;
  /** A WASI program that comes with another runtime. */
  readonly provided?: Provided;
}

export interface Provided {
  readonly runtime: Runtime;
  readonly version: RuntimeVersion;
  /** Name of the asset. */
  readonly asset: string;
  /** What it was started as. */
  readonly command: string;
}

export interface Command {
  /** A path where it has a slash, else the name of a runtime or of a file in `searchPath`. */
  readonly command: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Directories, as PATH has them; undefined: none. */
  readonly searchPath: string | undefined;
  /** Whether a runtime of that name goes before a file: so it is for the page, which names runtimes. */
  readonly runtimesFirst: boolean;
}

/** A command nothing answers to; the sentence is for a reader. */
export class CommandNotFound extends Error {}

/** What the file begins with is not here yet: it lies in a pack. */
export class ProgramNotFetched extends NotFetched {
  readonly file: Inode;

  constructor(file: Inode) {
    super();
    this.file = file;
  }
}

/** Interpreters of interpreters, as Linux allows. */
const interpretersMax = 4;
const headBytes = 256;

/** `isModule`: whether a file is known to be WebAssembly, so that it need not be looked into. */
export function resolveProgram(
  tree: Tree,
  runtimes: readonly Runtime[],
  command: Command,
  isModule: (file: Inode) => boolean = () => false,
  depth = 0,
): Program {
  if (command.runtimesFirst && resolveRuntime(runtimes, command.command).found) {
    return runtimeProgram(runtimes, command.command, command.argv);
  }
  const found = command.command.includes('/')
    ? { ...existing(tree, command), path: command.command }
    : search(tree, command);
  if (found === undefined) return runtimeProgram(runtimes, command.command, command.argv);
  const { inode, path, name } = found;
  const asModule = (): Program => ({ ...runtimeProgram(runtimes, 'wasi', command.argv), file: inode });
  if (isModule(inode)) return asModule();
  if (tree.missingBlocks([inode], 0, headBytes).length > 0) throw new ProgramNotFetched(inode);
  const head = new Uint8Array(headBytes);
  const start = head.subarray(0, tree.table.read(inode, 0, head));
  if (start[0] === 0 && start[1] === 0x61 && start[2] === 0x73 && start[3] === 0x6d) {
    return asModule();
  }
  if (start[0] === 0x23 && start[1] === 0x21 && depth < interpretersMax) {
    const [line = ''] = new TextDecoder().decode(start.subarray(2)).split('\n', 1);
    const [interpreter = '', ...options] = line.trim().split(/\s+/);
    const [, ...args] = command.argv;
    // `env` finds a program by its name, and so do scripts that expect an interpreter in another folder.
    const byName = interpreter.endsWith('/env') ? (options.shift() ?? '') : nameOf(interpreter);
    const argv = [byName, ...options, path, ...args];
    return resolveProgram(tree, runtimes, { ...command, command: byName, argv }, isModule, depth + 1);
  }
  if (inode.size === 0) {
    try {
      return runtimeProgram(runtimes, name, command.argv);
    } catch (error) {
      // A script of nothing, which a shell runs itself.
      if (!(error instanceof CommandNotFound) || !command.command.includes('/')) throw error;
    }
  }
  throw new Errno('ENOEXEC', command.command);
}

function runtimeProgram(runtimes: readonly Runtime[], name: string, argv: readonly string[]): Program {
  const provided = findProvided(runtimes, name);
  if (provided !== undefined) return { ...runtimeProgram(runtimes, 'wasi', argv), provided };
  const resolved = resolveRuntime(runtimes, name);
  if (!resolved.found) throw new CommandNotFound(resolved.message.replace('runtime', 'program'));
  if (resolved.runtime.kind === 'page') {
    throw new CommandNotFound(
      `${resolved.runtime.title} is shown as a page; it cannot be started as a process.`,
    );
  }
  return { runtime: resolved.runtime, version: resolved.version, argv };
}

/** A command of a runtime that has programs: one of theirs, or a name of the runtime itself. */
function findProvided(runtimes: readonly Runtime[], name: string): Provided | undefined {
  const resolved = resolveRuntime(runtimes, name);
  const candidates = resolved.found
    ? [resolved]
    : runtimes.flatMap((runtime) => runtime.versions.map((version) => ({ runtime, version })));
  for (const { runtime, version } of candidates) {
    const { programs = [] } = version;
    const program =
      programs.find(({ commands }) => commands.includes(name)) ?? (resolved.found ? programs[0] : undefined);
    if (program !== undefined) return { runtime, version, asset: program.asset, command: name };
  }
  return undefined;
}

/** A file, and its own name where a link led to it. */
interface Found {
  readonly inode: Inode;
  readonly name: string;
}

function existing(tree: Tree, { command, cwd }: Command): Found {
  const { inode, name } = walk(tree.table, tree.table.root, normalize(command, cwd), { follow: true });
  if (inode === undefined) throw new Errno('ENOENT', command);
  if (inode.type === 'directory') throw new Errno('EACCES', command);
  return { inode, name };
}

/** The first file of that name in the search path. */
function search(
  tree: Tree,
  { command, cwd, searchPath }: Command,
): (Found & { readonly path: string }) | undefined {
  if (command === '' || searchPath === undefined) return undefined;
  for (const directory of searchPath.split(':')) {
    try {
      const path = normalize(command, normalize(directory, cwd));
      const { inode, name } = walk(tree.table, tree.table.root, path, { follow: true });
      if (inode !== undefined && inode.type === 'file') return { inode, path, name };
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  return undefined;
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
