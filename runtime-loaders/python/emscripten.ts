// runtime-loaders/python: the parts of pyodide's Emscripten module that this loader touches, as types.
// They describe pyodide 314.0.7; in what older ones differ is pyodide-versions.ts. The tests check all of them.
import type { HandleSource } from '../wasi/streams.js';

/** A name in Emscripten's file system. */
export interface FsNode {
  id: number;
  name: string;
  mode: number;
  rdev: number;
  parent: FsNode;
  mount: FsMount | undefined;
  mounted: FsMount | null;
  node_ops: Partial<NodeOperations>;
  stream_ops: Partial<StreamOperations>;
}

export interface FsMount {
  readonly type: unknown;
}

export interface FsStream {
  fd: number;
  node: FsNode;
  position: number;
  seekable: boolean;
  flags: number;
  stream_ops: Partial<StreamOperations>;
  /** The open file description: one object for all duplicates. `source`: it is the kernel's (`handle-streams.ts`). */
  readonly shared: { source?: HandleSource };
  /** Whether no child gets it; absent: as it was opened. */
  closeOnExec?: boolean;
  tty?: { readonly ops: { ioctl_tiocgwinsz(): [rows: number, columns: number] } };
}

export interface Attributes {
  dev: number;
  ino: number;
  mode: number;
  nlink: number;
  uid: number;
  gid: number;
  rdev: number;
  size: number;
  atime: Date;
  mtime: Date;
  ctime: Date;
  blksize: number;
  blocks: number;
}

export interface NodeOperations {
  getattr(node: FsNode): Attributes;
  setattr(node: FsNode, attributes: AttributeChange): void;
  lookup(parent: FsNode, name: string): FsNode;
  mknod(parent: FsNode, name: string, mode: number, device: number): FsNode;
  rename(node: FsNode, newParent: FsNode, newName: string): void;
  unlink(parent: FsNode, name: string): void;
  rmdir(parent: FsNode, name: string): void;
  readdir(node: FsNode): string[];
  symlink(parent: FsNode, name: string, target: string): FsNode;
  readlink(node: FsNode): string;
  statfs(): Record<string, number>;
}

/** Times in milliseconds since 1970. */
export interface AttributeChange {
  readonly mode?: number | null;
  readonly atime?: number | null;
  readonly mtime?: number | null;
  readonly size?: number;
}

export interface StreamOperations {
  getattr(stream: FsStream): Attributes;
  open(stream: FsStream): void;
  close(stream: FsStream): void;
  dup(stream: FsStream): void;
  read(stream: FsStream, buffer: Int8Array, offset: number, length: number, position: number): number;
  write(stream: FsStream, buffer: Int8Array, offset: number, length: number, position: number): number;
  llseek(stream: FsStream, offset: number, whence: number): number;
  mmap(stream: FsStream, length: number, position: number): { ptr: number; allocated: boolean };
  msync(stream: FsStream, buffer: Uint8Array, offset: number, length: number): number;
  poll(stream: FsStream): number;
}

export interface LookupOptions {
  /** A symbolic link at the end of the path, too. */
  readonly follow?: boolean;
  /** The directory of what the path names. */
  readonly parent?: boolean;
  /** What is not there is no error: there is its path, and no node. */
  readonly noent_okay?: boolean;
  /** Of pyodide 0.27, where a link leads on. */
  readonly recurse_count?: number;
}

export interface FoundPath {
  /** Absolute, without symbolic links before the last name. */
  readonly path: string;
  readonly node: FsNode;
}

export interface EmscriptenFs {
  root: FsNode | null;
  nameTable: unknown[];
  nextInode: number;
  streams: (FsStream | null | undefined)[];
  filesystems: { readonly MEMFS: unknown };
  readonly ErrnoError: new (errno: number) => { readonly errno: number };
  readonly FSNode: new (parent: FsNode | null, name: string, mode: number, device: number) => FsNode;
  createStream(stream: Pick<FsStream, 'node' | 'flags' | 'seekable' | 'stream_ops'>, fd?: number): FsStream;
  dupStream(stream: FsStream, fd?: number): FsStream;
  close(stream: FsStream): void;
  closeStream(fd: number): void;
  createNode(parent: FsNode | null, name: string, mode: number, device: number): FsNode;
  hashAddNode(node: FsNode): void;
  mount(type: unknown, options: object, mountpoint: string): FsNode;
  mkdir(path: string, mode?: number): FsNode;
  mkdirTree(path: string): void;
  mkdev(path: string, mode: number, device: number): FsNode;
  makedev(major: number, minor: number): number;
  registerDevice(device: number, operations: Partial<StreamOperations>): void;
  symlink(target: string, path: string): FsNode;
  open(path: string, flags: number): FsStream;
  chdir(path: string): void;
  cwd(): string;
  writeFile(path: string, bytes: Uint8Array, options?: { canOwn?: boolean }): void;
  lookupPath(path: string, options?: LookupOptions): FoundPath;
  lookupNode(parent: FsNode, name: string): FsNode;
  isDir(mode: number): boolean;
  isLink(mode: number): boolean;
  getStream(fd: number): FsStream | null | undefined;
  createStandardStreams(): void;
  createDefaultDevices(): void;
  createSpecialDirectories(): void;
}

/** Functions wasm imports; numbers are pointers, descriptors and WASI error numbers. */
export type WasmImport = (...args: number[]) => number;
export type WasmImports = Record<string, Record<string, unknown>>;

/** What pyodide keeps of one suspended call: its C stack and its Python thread state. */
export type SavedState = object;

export interface PyodideModule {
  readonly FS: EmscriptenFs;
  readonly API: PyodideApi;
  readonly ENV: Record<string, string | undefined>;
  readonly HEAPU8: Uint8Array;
  readonly HEAP8: Int8Array;
  readonly HEAPU32: Uint32Array;
  readonly _Py_Version: number;
  /** Pointer to a byte: whether CPython asks for signals. */
  readonly _Py_EMSCRIPTEN_SIGNAL_HANDLING: number;
  /**
   * Pointer to how many turns the evaluation loop does before it asks for signals, while the byte above is set. Before
   * 3.14 nobody else can see it.
   */
  readonly __Py_emscripten_signal_clock?: number;
  readonly jspiSupported: boolean;
  promisingRunMain(): Promise<number>;
  _run_main(): number;
  _emscripten_stack_get_base(): number;
  _emscripten_stack_set_limits(base: number, end: number): void;
  _Py_FinalizeEx(): number;
  /** Whether the code that runs now was entered by a promising call with no JavaScript in between. */
  readonly validSuspender: { value: boolean };
  /** What pyodide's internals return in place of a result; before 0.28 that was null. */
  readonly error?: unknown;
  /** Puts a function of these types into the table of wasm; returns its index. */
  addFunction(call: WasmImport | ((...args: number[]) => void), types: string): number;
  getWasmTableEntry(index: number): WasmImport;
  /** Pointer to C's errno. */
  ___errno_location(): number;
  mmapAlloc(bytes: number): number;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _PyMem_RawMalloc(bytes: number): number;
  /** Pointer to the interpreter's PyConfig. */
  __Py_GetConfig(): number;
  /** Pointers to the C library's timezone, daylight and tzname. */
  readonly ___timezone: number;
  readonly ___daylight: number;
  readonly ___tzname: number;
  readonly __PyRuntime: number;
  /** Pointer to where in _PyRuntime the function is kept that calls C functions; its name before 314. */
  readonly __PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET?: number;
  readonly __PyEM_EMSCRIPTEN_COUNT_ARGS_OFFSET?: number;
  growMemory(bytes: number): number | undefined;
  _PyGILState_Ensure(): number;
  _Py_IsFinalizing(): number;
  /** Pointer to the thread state that runs, or has let go of the lock for a moment. */
  _PyGILState_GetThisThreadState(): number;
  _PyGILState_Release(state: number): void;
}

export interface PyodideApi {
  pyVersionTuple?: readonly number[];
  sitePackages?: string;
  on_fatal?: (error: Error) => void;
  /** `restored`: the JavaScript objects a restored interpreter holds. */
  finalizeBootstrap(restored?: object): PublicApi;
  /** Runs statements in __main__ before there is anything of pyodide's; answers [failed, what was printed]. */
  rawRun(code: string): [failed: number, output: string];
  readonly packageIndexReady: Promise<void>;
  /** The namespace of __main__. */
  readonly globals: PyReference;
  /** Where pyodide itself ran lines that imported __main__. */
  readonly runPythonInternal_dict: PyReference & { delete(name: string): void };
  /** Python's module sys, from finalizeBootstrap on. */
  readonly sys: Readonly<Record<string, unknown>>;
}

/** A Python object that stays as long as this does. */
export interface PyReference {
  destroy(): void;
}

/** A Python function. `callPromising` lets it suspend. */
export interface PyFunction {
  (...args: unknown[]): unknown;
  callPromising(...args: unknown[]): Promise<unknown>;
  /** The namespace it was defined in. */
  readonly __globals__: unknown;
}

export interface PublicApi {
  registerJsModule(name: string, module: object): void;
  unregisterJsModule(name: string): void;
  runPython(code: string, options: { readonly globals: unknown; readonly filename: string }): unknown;
  toPy(value: unknown): { destroy(): void };
}

export interface ModuleSettings {
  /** Whether to stop before CPython starts. */
  readonly noInitialRun: boolean;
  readonly API: object;
  readonly arguments: readonly string[];
  readonly thisProgram: string;
  readonly preRun: ((module: PyodideModule) => void)[];
  readonly print: (text: string) => void;
  readonly printErr: (text: string) => void;
  readonly onExit: (code: number) => void;
  readonly quit: (code: number, unwind: Error) => never;
  readonly locateFile: (name: string) => string;
  readonly instantiateWasm: (
    imports: WasmImports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ) => object;
  readonly noImageDecoding: true;
  readonly noAudioDecoding: true;
  readonly noWasmDecoding: false;
}

export type CreatePyodideModule = (settings: ModuleSettings) => Promise<PyodideModule>;
