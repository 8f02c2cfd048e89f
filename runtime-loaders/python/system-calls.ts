// runtime-loaders/python: which of the functions that Emscripten's module imports are ours. Until there is a process
// they are as they were; `connect` binds them to it. The calls themselves live with what they are about.
import type { Connection } from './connection.js';
import { descriptorCalls } from './descriptor-calls.js';
import type { PyodideModule, WasmImport } from './emscripten.js';
import { foreignCalls } from './foreign-calls.js';
import { socketCallNames, socketCalls } from './sockets.js';
import type { Answer, Suspension } from './suspension.js';
import { treeCalls, type TreeCalls } from './tree-calls.js';

type Call = (...args: number[]) => Answer;
type Imports = Record<string, WasmImport>;
type Parameters = readonly ('i32' | 'i64')[];

const numbers = (count: number): Parameters => Array.from({ length: count }, () => 'i32' as const);

/** Calls that look at the tree: others' changes arrive before, now and then. */
const looking = {
  __syscall_stat64: numbers(2),
  __syscall_lstat64: numbers(2),
  __syscall_newfstatat: numbers(4),
  __syscall_faccessat: numbers(4),
  __syscall_getdents64: numbers(3),
} as const;

/** Of `wasi_snapshot_preview1`, which numbers errors from 1; those of `env` answer with them negative. */
const wasi = {
  fd_read: numbers(4),
  fd_write: numbers(4),
  fd_seek: ['i32', 'i64', 'i32', 'i32'],
} as const;

/** Calls that may wait, by their parameters. */
const waiting = {
  ...wasi,
  ...looking,
  ...(Object.fromEntries(socketCallNames.map((name) => [name, numbers(6)])) as Record<
    SocketCall,
    Parameters
  >),
  __syscall_openat: numbers(4),
  __syscall_renameat: numbers(4),
  __syscall_poll: numbers(3),
  __syscall_pipe: numbers(1),
  __syscall_fcntl64: numbers(3),
  __syscall_ioctl: numbers(3),
  _try_shutdown: numbers(3),
  _Py_CheckEmscriptenSignals_Helper: numbers(0),
} as const;

/** Calls that never do. */
const atOnce = ['__syscall_umask_js', '__syscall_dup3', 'emscripten_resize_heap', 'getaddrinfo'] as const;

/** Asked so often that it is not to reach JavaScript each time. */
const gated = '_Py_CheckEmscriptenSignals_Helper';

type SocketCall = (typeof socketCallNames)[number];
type Name = keyof typeof waiting | (typeof atOnce)[number];
type Originals = Record<Name, WasmImport>;

const names = [...Object.keys(waiting), ...atOnce] as Name[];

export class SystemCalls {
  readonly #suspension: Suspension;
  #connection: Connection | undefined;
  #bind: (() => void) | undefined;

  constructor(suspension: Suspension) {
    this.#suspension = suspension;
  }

  connect(connection: Connection): void {
    this.#connection = connection;
    this.#bind?.();
  }

  /** What Emscripten prints itself; nobody reads it where there is no process. */
  print(fd: number, text: string): void {
    this.#connection?.context.stdio.write(fd, new TextEncoder().encode(`${text}\n`));
  }

  /** Of the imports given, those in whose place ours are to be. */
  replace(
    module: PyodideModule,
    env: Imports,
    preview1: Imports,
  ): { readonly env: Imports; readonly wasi: Imports } {
    const original = Object.fromEntries(
      names.map((name) => [name, name in wasi ? preview1[name] : env[name]]),
    ) as Originals;
    const bindings: ((calls: Record<Name, Call>) => void)[] = [];
    const replaced = (name: Name): WasmImport => {
      let bound: Call = original[name];
      bindings.push((calls) => {
        bound = calls[name];
      });
      // As many as the longest has: an array of them would be made for each call.
      const call: Call = (a = 0, b = 0, c = 0, d = 0, e = 0, f = 0) => bound(a, b, c, d, e, f);
      const types: Parameters | undefined = (waiting as Partial<Record<Name, Parameters>>)[name];
      return (
        types === undefined ? call : this.#suspension.wrapTyped(types, call, name === gated)
      ) as WasmImport;
    };
    const table = (of: (name: Name) => boolean): Imports =>
      Object.fromEntries(names.filter(of).map((name) => [name, replaced(name)]));
    const tables = {
      env: { ...table((name) => !(name in wasi)), ...foreignCalls(module, env) },
      wasi: table((name) => name in wasi),
    };
    this.#bind = () => {
      if (this.#connection === undefined) return;
      const calls = callsOf(module, this.#connection, original, this.#suspension);
      for (const bind of bindings) bind(calls);
    };
    this.#bind();
    return tables;
  }
}

function callsOf(
  module: PyodideModule,
  connection: Connection,
  original: Originals,
  suspension: Suspension,
): Record<Name, Call> {
  const { streams, handles, poll, memory, interrupts, library, umask, turns, locks } = connection;
  let made: TreeCalls | undefined;
  /** The file system is mounted after this. */
  const tree = (): TreeCalls => (made ??= treeCalls(module, connection.tree, locks, handles, original));
  const fileRead = turns.before(library.readCall(module, suspension, original.fd_read));
  const inputRead = streams.input.read(module, (fd) => streams.isInput(module, fd), fileRead);
  const streamWrite = handles.writeCall(module, streams.output.writeCall(original.fd_write));
  let write: Call = (...args) => {
    write = tree().write(streamWrite);
    return write(...args);
  };
  return {
    fd_read: handles.readCall(module, inputRead),
    fd_write: (fd = 0, vectors = 0, count = 0, result = 0) => write(fd, vectors, count, result),
    fd_seek: handles.seekCall(module, original.fd_seek) as never,
    ...(Object.fromEntries(
      (Object.keys(looking) as (keyof typeof looking)[]).map((name) => [name, turns.before(original[name])]),
    ) as Record<keyof typeof looking, Call>),
    __syscall_openat: turns.before((directory = 0, path = 0, flags = 0, varargs = 0) =>
      tree().__syscall_openat(directory, path, flags, varargs),
    ),
    __syscall_renameat: (...args) => tree().__syscall_renameat(...args),
    __syscall_poll: poll.call(module, original.__syscall_poll),
    __syscall_umask_js: (mask = 0) => {
      const before = umask.value;
      umask.value = mask & 0o777;
      return before;
    },
    _Py_CheckEmscriptenSignals_Helper: () => interrupts.ask(),
    emscripten_resize_heap: memory.resize(module, original.emscripten_resize_heap),
    ...descriptorCalls(module, handles, (...args) => tree().lock(...args), original),
    ...socketCalls(module, handles, umask, original.getaddrinfo),
  };
}
