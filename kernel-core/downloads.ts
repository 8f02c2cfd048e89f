// kernel: what processes need from outside, fetched and checked by the page, kept here once for all of
// them: loader source, assets, compiled modules. Must always hold: a failed download is forgotten, so
// that the next process tries again.
import type { Runtime, RuntimeVersion } from './abi/runtime.js';
import type { PackagesReply } from './abi/syscalls.js';
import { compileErrorReason, wasmProblem } from './abi/wasm-binary.js';
import type { Answer, PageService, SandboxId, WireError } from './protocol/kernel-service.js';
import { decompressZstd } from './zstd.js';

/** An error the page sent, on its way back to the page. */
export class DownloadError extends Error {
  readonly wire: WireError;
  constructor(wire: WireError) {
    super(wire.message);
    this.wire = wire;
  }
}

/** A file that is no WebAssembly program. The sentence is for a reader. */
export class InvalidProgram extends Error {}

/** Bytes of what a first run needs are held here: a Blob's content goes through the browser each time it is read. */
export type LoadedAsset =
  { readonly module: WebAssembly.Module } | { readonly bytes: Blob | Uint8Array<ArrayBuffer> };

export interface SpareParts {
  readonly loader: Promise<Blob>;
  readonly assets: readonly { readonly name: string; readonly content: Promise<LoadedAsset> }[];
}

export class Downloads {
  readonly runtimes: readonly Runtime[];
  readonly #page: PageService;
  /** Rewrites a program's memory limit before it is compiled. */
  readonly #limitMemory: (bytes: Uint8Array, memoryBytes: number) => Uint8Array;
  readonly #kept = new Map<string, Promise<unknown>>();
  #decompressing: Promise<unknown> = Promise.resolve();
  /** Last used first. */
  readonly #programs: { bytes: Uint8Array; memoryBytes: number; module: WebAssembly.Module }[] = [];

  constructor(
    page: PageService,
    runtimes: readonly Runtime[],
    limitMemory: (bytes: Uint8Array, memoryBytes: number) => Uint8Array,
  ) {
    this.#page = page;
    this.runtimes = runtimes;
    this.#limitMemory = limitMemory;
  }

  loader(name: string): Promise<Blob> {
    return this.#keep(`loader ${name}`, async () => own(unwrap(await this.#page.loader(name))));
  }

  asset(runtime: Runtime, version: RuntimeVersion, name: string): Promise<LoadedAsset> {
    const { kind, encoding, later } = version.assets.find((asset) => asset.name === name) ?? {};
    return this.#keep(`asset ${runtime.name}@${version.version} ${name}`, async () => {
      const page = this.#page.asset(runtime.name, version.version, name);
      const use = async (bytes: Uint8Array<ArrayBuffer>): Promise<LoadedAsset> => {
        if (kind === 'wasm') return { module: await WebAssembly.compile(bytes) };
        return { bytes: later === true ? new Blob([bytes]) : bytes.slice() };
      };
      return encoding === 'zstd' ? this.#decompressed(page, use) : use(await bytesOf(page));
    });
  }

  /**
   * One after another, each in a task of its own and used before the next: who waits for the first can begin with it.
   * The decoder is asked for while the asset is on its way.
   */
  async #decompressed<T>(
    page: Promise<Answer<Blob>>,
    use: (bytes: Uint8Array<ArrayBuffer>) => Promise<T>,
  ): Promise<T> {
    const [decoder, bytes] = await Promise.all([
      this.#keep('zstd decoder', async () => WebAssembly.compile(await bytesOf(this.#page.zstdDecoder()))),
      bytesOf(page),
    ]);
    const done = this.#decompressing
      .then(nextTask)
      .then(async () => use(await decompressZstd(decoder, bytes)));
    this.#decompressing = done.catch(() => undefined);
    return done;
  }

  /** What a spare of this runtime is made of: all that a first run downloads, as it comes. */
  forSpare(runtime: Runtime, version: RuntimeVersion): SpareParts {
    const first = version.assets.filter(({ later }) => later !== true);
    const loader = this.loader(version.loader);
    // Its worker begins with the loader, and need not wait for the kernel to have time again.
    this.#decompressing = Promise.allSettled([this.#decompressing, loader]);
    return {
      loader,
      assets: first.map(({ name }) => ({ name, content: this.asset(runtime, version, name) })),
    };
  }

  /** Blocks of packs. The page keeps those on their way, and what the browser's cache holds of them. */
  async blocks(
    blocks: readonly number[],
  ): Promise<readonly { readonly block: number; readonly bytes: Uint8Array }[]> {
    return unwrap(await this.#page.blocks(blocks));
  }

  /** The page mounts what a runtime has for a path into a sandbox's tree. */
  async provideFiles(
    sandbox: SandboxId,
    runtime: Runtime,
    version: RuntimeVersion,
    path: string,
  ): Promise<void> {
    unwrap(await this.#page.provideFiles(sandbox, `${runtime.name}@${version.version}`, path));
  }

  /** The page installs packages into a sandbox's tree. Bytes of a `PackagesReply`; what fails is in there. */
  async installPackages(
    sandbox: SandboxId,
    runtime: Runtime,
    version: RuntimeVersion,
    requirements: readonly string[],
  ): Promise<Uint8Array> {
    const answer = await this.#page.installPackages(
      sandbox,
      `${runtime.name}@${version.version}`,
      requirements,
    );
    const reply: PackagesReply = answer.ok
      ? { installed: answer.value }
      : { error: [answer.error.message, answer.error.hint ?? ''].join(' ').trim() };
    return new TextEncoder().encode(JSON.stringify(reply));
  }

  /** Compiles a program that comes with a runtime. */
  provided(
    runtime: Runtime,
    version: RuntimeVersion,
    name: string,
    memoryBytes: number,
  ): Promise<WebAssembly.Module> {
    return this.#keep(`program ${runtime.name}@${version.version} ${name} ${memoryBytes}`, async () => {
      const asset = await this.asset(runtime, version, name);
      if ('module' in asset) return asset.module;
      const { bytes } = asset;
      const whole = bytes instanceof Blob ? new Uint8Array(await bytes.arrayBuffer()) : bytes;
      const limited = this.#limitMemory(whole, memoryBytes);
      return WebAssembly.compile(limited as Uint8Array<ArrayBuffer>);
    });
  }

  /** Compiles a program of the tree. The same bytes again (by content) cost a comparison only. */
  async program(bytes: Uint8Array, memoryBytes: number): Promise<WebAssembly.Module> {
    const known = this.#programs.find((each) => each.memoryBytes === memoryBytes && equal(each.bytes, bytes));
    if (known !== undefined) return known.module;
    const problem = wasmProblem(bytes);
    if (problem !== undefined) throw new InvalidProgram(`This file ${problem}.`);
    try {
      const limited = this.#limitMemory(bytes, memoryBytes);
      const module = await WebAssembly.compile(limited as Uint8Array<ArrayBuffer>);
      this.#programs.unshift({ bytes, memoryBytes, module });
      this.#programs.length = Math.min(this.#programs.length, programsKept);
      return module;
    } catch (error) {
      const why = compileErrorReason(error instanceof Error ? error.message : String(error));
      throw new InvalidProgram(`This file is not a valid WebAssembly program: ${why}.`);
    }
  }

  #keep<T>(key: string, load: () => Promise<T>): Promise<T> {
    const kept = this.#kept.get(key) as Promise<T> | undefined;
    if (kept !== undefined) return kept;
    const loading = load();
    this.#kept.set(key, loading);
    loading.catch(() => this.#kept.delete(key));
    return loading;
  }
}

const programsKept = 16;

const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Read at once: see `own`. */
async function bytesOf(answer: Promise<Answer<Blob>>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await unwrap(await answer).arrayBuffer());
}

/**
 * A copy made here. In Firefox a Blob that came from the page reads as empty, without an error, some time
 * after the page has let go of it.
 */
async function own(blob: Blob): Promise<Blob> {
  return new Blob([await blob.arrayBuffer()], { type: blob.type });
}

function unwrap<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw new DownloadError(answer.error);
}

/** Whole words first: programs are megabytes. Both arrays begin their buffers. */
function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const words = a.length >> 2;
  const left = new Uint32Array(a.buffer, a.byteOffset, words);
  const right = new Uint32Array(b.buffer, b.byteOffset, words);
  for (let index = 0; index < words; index += 1) if (left[index] !== right[index]) return false;
  for (let index = words * 4; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}
