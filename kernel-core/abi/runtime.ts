// abi: the data half of a runtime, known to the page, the kernel and the loaders alike. Imports nothing.
// Everything here can be posted and written as JSON; the code half is the loader (`runtime-loaders/`).

/** A file a runtime downloads. */
export interface Asset {
  /** The name the loader asks for: `asm.wasm`. */
  readonly name: string;
  /** Where it is, relative to the base of assets: `python/3.14/asm.wasm.gz`. */
  readonly path: string;
  /** Size as it is downloaded, in bytes. */
  readonly bytes: number;
  /** Subresource-integrity string (`sha384-…`) of the bytes as downloaded. */
  readonly integrity: string;
  /** What the file is inside. `gzip` is decompressed by the page, `zstd` by the kernel, both after the integrity check. */
  readonly encoding?: 'gzip' | 'zstd';
  /** `wasm`: compiled once by the kernel, handed to processes as a `WebAssembly.Module`. */
  readonly kind: 'wasm' | 'bytes';
  /** Not part of a first run: downloaded when a program turns out to need it. */
  readonly later?: true;
  /**
   * Name of the asset it stands for where nothing else lets a program wait (transport `local`): the same program by
   * `wasm-opt --asyncify`. It is `later`, and part of a first run there if that asset is.
   */
  readonly insteadOf?: string;
  /** The loader can do without it: a first run goes on when it cannot be had. */
  readonly dispensable?: true;
}

/** A WASI program that comes with a runtime. */
export interface ProvidedProgram {
  /** Name of the asset that is the program; of kind `bytes`, for the kernel compiles it within a process's limits. */
  readonly asset: string;
  /** What it is started as; it may do something else under each name (argv[0]). */
  readonly commands: readonly string[];
}

/** Files that the programs of a runtime find in the tree. */
export interface ProvidedFiles {
  /** The directory they are mounted at when the first program starts. */
  readonly path: string;
  /** Name of the asset, a pack (docs/reference/pack.md), fetched as it is read. */
  readonly asset: string;
  /** SHA-256 of its index, in hex. */
  readonly id: string;
}

export interface RuntimeVersion {
  /** `3.14.0`; `runtime="python@3.14"` resolves to the newest version that begins so. */
  readonly version: string;
  /** Further names that mean the runtime at this version (`python3.13`); programs of those names, too. */
  readonly aliases?: readonly string[];
  /** The file of loader code, `image/loaders/<loader>.js` in the distribution. */
  readonly loader: string;
  readonly assets: readonly Asset[];
  /**
   * Names of its lazily loaded parts, `image/loaders/<loader>.<part>.js`. A process gets these and no others:
   * it must not be able to make the page ask a server for names of its choice.
   */
  readonly parts?: readonly string[];
  /** What it is instead of a loader's program: its commands are files in /usr/bin, the first one is the runtime's own. */
  readonly programs?: readonly ProvidedProgram[];
  /** What these programs need in the tree. */
  readonly files?: readonly ProvidedFiles[];
}

/** A language at its versions, newest first. */
export interface Runtime {
  /** `python`: what `runtime="…"` and `spawn` accept, alone or as `name@version`. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** For people: `Python`. */
  readonly title: string;
  /**
   * `process`: a loader runs it in a process worker.
   * `page`: the entry file is a document shown in a preview frame (`html`).
   */
  readonly kind: 'process' | 'page';
  /**
   * A worker that ran a program of this runtime to a clean end may run another one, of any sandbox. Only
   * where programs cannot touch the realm's JavaScript (WASI). The loader has to agree at each end.
   */
  readonly reusable?: true;
  /** Its loader has `prepare`: after a run a worker with the runtime up waits for the next one. */
  readonly spare?: true;
  /** Its programs take SIGINT as what unwinds them (KeyboardInterrupt): Stop sends that first. */
  readonly interruptible?: true;
  /** Its interpreter runs cells one after the other (`cells.ts`). */
  readonly cells?: true;
  /** It runs a block before a program (`setupArguments`). */
  readonly setup?: true;
  /** It shows the value of a program's last expression where that is wanted. */
  readonly lastExpression?: true;
  /** Without a file to run it reads what is typed: a terminal starts it so. */
  readonly interactive?: true;
  readonly versions: readonly RuntimeVersion[];
  /** Files that say which runtime is meant: extensions of the entry file, with the dot. */
  readonly extensions: readonly string[];
  /** Name of the editor's language: `python`, `javascript`, `typescript`, `html`, `shell`, `c` or ''. */
  readonly language: string;
  /** What the entry file is called when the code was given without a name: `main.py`. */
  readonly entry: string;
}

/** How a process blocks; chosen at spawn (DESIGN §6). */
export type Transport = 'shared' | 'suspending' | 'local';
