// runtime-loaders: what a loader is given and what it gives back.
// A loader is the code half of a runtime: one self-contained ES module, imported by the process worker
// when a process of that runtime starts. The data half, `Runtime`, is in the abi, for the page knows it too.
import type { Runtime, Transport } from '../kernel-core/abi/runtime.js';
import type { CloneImage, StartDescriptor } from '../kernel-core/abi/messages.js';
import type { Handles } from './handles.js';
import type { Signals } from './signals.js';
import type { Syscalls } from './syscalls.js';
import type { View } from './view/view.js';
import type { Stdio } from './stdio.js';
import type { Outbound } from './outbound.js';

export type { Runtime, Transport };

/** How a program ended, as its loader saw it. Signals are the kernel's business. */
export interface ProgramEnd {
  /** Exit code, 0–255. */
  readonly code: number;
  /** Why, when it was not the program's own choice. */
  readonly reason?: 'trap' | 'memory';
  /** One sentence for a reader, shown below the output. */
  readonly message?: string;
}

/** What every `image/loaders/<name>.js` exports. */
export interface Loader {
  /**
   * Runs one program from start to end. Called once in a realm's life, but for loaders that declare
   * `reusable`. Resolves when the program has ended by itself (natural exit, `exit()`, uncaught error,
   * trap). Everything the program printed must have been handed to `context.stdio` by then.
   * A rejection is a defect of the loader and is told to the reader as an internal error.
   */
  run(context: ProcessContext): Promise<ProgramEnd>;
  /**
   * Brings the runtime up as far as it can be without a program, in a realm that has not run one: a spare.
   * `run` follows, at once or much later, and copes with a preparation that failed or goes on.
   */
  prepare?(surroundings: Surroundings): Promise<void>;
  /** Of a reusable loader: called when the end of a program was told, to get ready what the next one will want. */
  rest?(): void;
  /** True when the loader calls `context.begin()` itself, because its runtime is slow to start (Python). */
  readonly begins?: boolean;
  /** True when a realm may run another program after this one ended cleanly (WASI). Absent: never. */
  readonly reusable?: boolean;
  /**
   * True when the loader deals with `error` events of the realm itself, by a listener in the capture phase
   * that was there before any code of the program and prevents the default. Absent: the first one ends
   * the process.
   */
  readonly handlesErrors?: boolean;
}

/** What a realm has before there is a process in it. */
export interface Surroundings {
  readonly runtime: ProcessContext['runtime'];
  /** An asset that a first run downloads; rejects for any other. */
  asset(name: string): Promise<Uint8Array | WebAssembly.Module>;
}

/** Everything a process has. There is no other way out of the realm. */
export interface ProcessContext {
  readonly pid: number;
  /** argv[0] is the command as spawned; the rest its arguments. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path, no trailing slash but for `/`. */
  readonly cwd: string;
  readonly runtime: { readonly name: string; readonly version: string };
  readonly transport: Transport;
  /** On `local`: the program can be suspended although the engine cannot do it; the transport is `suspending` from here on. */
  suspends(): void;
  /** `local`: no other process of the sandbox was alive when it started. Of those alive, one at most has this. */
  readonly alone: boolean;
  readonly limits: {
    /** of one process's wasm memory */
    readonly memoryBytes: number;
    /** open descriptors at a time */
    readonly openFiles: number;
  };
  /**
   * Directories a WASI program is given: guest path → path in the tree. Absent: the whole tree at `/`
   * and the working directory at `.`; `{}`: none.
   */
  readonly preopens?: Readonly<Record<string, string>>;
  /** The process's replica of the file tree. Synchronous; see `view/view.ts`. */
  readonly view: View;
  /** fds 0, 1, 2 and sleeping. */
  readonly stdio: Stdio;
  /** HTTP to outside through the sandbox's grant. */
  readonly outbound: Outbound;
  /** For a program that is a file (`\0asm`): the compiled module, in place of reading argv[0] again. */
  readonly program?: WebAssembly.Module;
  /** That program comes with a runtime: what it says of itself is true. */
  readonly isProvided?: true;
  /** A program that is a copy of its parent: where it goes on. */
  readonly clone?: CloneImage;
  /** An asset of this runtime version: bytes, or the compiled module for `kind: 'wasm'`. */
  asset(name: string): Promise<Uint8Array | WebAssembly.Module>;
  /**
   * Imports a lazily loaded part of the loader, `runtime-loaders/<loader>/<name>.part.ts`
   * (in the distribution `image/loaders/<loader>.<name>.js`). Rejects with an Errno when it cannot be fetched.
   */
  part(name: string): Promise<unknown>;
  /** Says that the runtime is up and the program begins: its time limit counts from here. */
  begin(): void;
  /** The parent's pid at the start; 0: the page. */
  readonly parent: number;
  /** Permission bits that what it creates does not get. */
  readonly umask: number;
  /** Signals it ignores from the start. */
  readonly ignored: readonly number[];
  /** And those blocked, which it catches until it says otherwise. */
  readonly blocked: readonly number[];
  /** What its file descriptors are at the start. */
  readonly descriptors: readonly StartDescriptor[];
  /** Open files the kernel owns. */
  readonly handles: Handles;
  /** On `shared`: the memory for a pipe this process makes, where the kernel said that it is the pipe's; once. */
  readonly takePipeMemory: () => SharedArrayBuffer | undefined;
  /** Signals it catches. Without `set` the kernel's default action applies. */
  readonly signals: Signals;
  /** Every other call (`kernel-core/abi/syscalls.ts`). */
  readonly syscalls: Syscalls;
}
