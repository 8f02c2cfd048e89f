// proc: from a command to what runs it, as exec does: a runtime's name, or a file that begins with
// "\0asm" or "#!".
import { Errno } from '../abi/errno.js';
import type { Inode } from '../abi/inode-table.js';
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
}

/** A command nothing answers to; the sentence is for a reader. */
export class CommandNotFound extends Error {}

/** Interpreters of interpreters, as Linux allows. */
const interpretersMax = 4;

export function resolveProgram(
  tree: Tree,
  runtimes: readonly Runtime[],
  cwd: string,
  command: string,
  args: readonly string[],
  depth = 0,
): Program {
  if (!command.includes('/')) {
    const resolved = resolveRuntime(runtimes, command);
    if (!resolved.found) throw new CommandNotFound(resolved.message.replace('runtime', 'program'));
    if (resolved.runtime.kind === 'page') {
      throw new CommandNotFound(
        `${resolved.runtime.title} is shown as a page; it cannot be started as a process.`,
      );
    }
    return { runtime: resolved.runtime, version: resolved.version, argv: [command, ...args] };
  }
  const path = normalize(command, cwd);
  const { inode } = walk(tree.table, tree.table.root, path, { follow: true });
  if (inode === undefined) throw new Errno('ENOENT', command);
  if (inode.type === 'directory') throw new Errno('EACCES', command);
  const head = new Uint8Array(256);
  const start = head.subarray(0, tree.table.read(inode, 0, head));
  if (start[0] === 0 && start[1] === 0x61 && start[2] === 0x73 && start[3] === 0x6d) {
    const wasi = resolveRuntime(runtimes, 'wasi');
    if (!wasi.found) throw new CommandNotFound(wasi.message);
    return { runtime: wasi.runtime, version: wasi.version, argv: [command, ...args], file: inode };
  }
  if (start[0] === 0x23 && start[1] === 0x21 && depth < interpretersMax) {
    const [line = ''] = new TextDecoder().decode(start.subarray(2)).split('\n', 1);
    const [interpreter = '', ...options] = interpreterOf(line);
    return resolveProgram(tree, runtimes, cwd, interpreter, [...options, command, ...args], depth + 1);
  }
  throw new Errno('ENOEXEC', command);
}

/** `#!/usr/bin/env python -u` and `#!/usr/bin/python -u` both mean the program called python. */
function interpreterOf(line: string): string[] {
  const words = line.trim().split(/\s+/);
  if (words[0]?.endsWith('/env')) words.shift();
  const [interpreter = '', ...options] = words;
  return [interpreter.slice(interpreter.lastIndexOf('/') + 1), ...options];
}
