// runtime-loaders/python: the standard library's zip as a file whose parts are downloaded when they are first
// read (build-library.mjs draws it). An import waits for its part where the program can be suspended; where
// nothing can wait, what imports need is loaded before the program begins.
import { errno } from '../../kernel-core/abi/errno.js';
import type { FsNode, PyodideModule, WasmImport } from './emscripten.js';
import type { Answer, Suspension } from './suspension.js';

interface Part {
  readonly asset: string;
  readonly from: number;
  readonly to: number;
  bytes: Uint8Array | undefined;
}

export class Library {
  readonly #parts: readonly Part[];
  readonly #asset: (name: string) => Promise<Uint8Array>;
  readonly #loading = new Map<Part, Promise<void>>();
  #node: FsNode | undefined;

  /** `layout`: the file is these assets one after another. */
  constructor(
    layout: readonly { readonly asset: string; readonly bytes: number }[],
    asset: (name: string) => Promise<Uint8Array>,
  ) {
    let at = 0;
    this.#parts = layout.map(({ asset: name, bytes }) => {
      const from = at;
      at += bytes;
      return { asset: name, from, to: at, bytes: undefined };
    });
    this.#asset = asset;
  }

  /** Loads parts before anything reads them. */
  async load(...names: string[]): Promise<void> {
    await Promise.all(
      this.#parts.filter(({ asset }) => names.includes(asset)).map((part) => this.#load(part)),
    );
  }

  /** Puts the file into a folder of Emscripten's own. */
  mount(module: PyodideModule, path: string): void {
    module.FS.writeFile(path, new Uint8Array(0));
    const node = module.FS.lookupPath(path).node;
    const notHere: unknown = new module.FS.ErrnoError(errno.EIO);
    const size = this.#parts.at(-1)?.to ?? 0;
    const attributes = node.node_ops.getattr?.bind(node.node_ops);
    node.node_ops = {
      ...node.node_ops,
      getattr: (each) => ({ ...(attributes?.(each) as object), size }) as never,
    };
    node.stream_ops = {
      ...node.stream_ops,
      llseek: (stream, offset, whence) => offset + (whence === 1 ? stream.position : whence === 2 ? size : 0),
      read: (stream, buffer, offset, length, position) => {
        const part = this.#at(position);
        if (part === undefined || length === 0) return 0;
        if (part.bytes === undefined) throw notHere;
        const bytes = part.bytes.subarray(position - part.from, position - part.from + length);
        buffer.set(bytes, offset);
        return bytes.length;
      },
    };
    this.#node = node;
  }

  /** `fd_read` of preview1, which waits for the part it reads. */
  readCall(
    module: PyodideModule,
    suspension: Suspension,
    original: WasmImport,
  ): (...args: number[]) => Answer {
    return (fd = 0, ...rest) => {
      const stream = this.#node === undefined ? undefined : module.FS.getStream(fd);
      if (stream == null || stream.node !== this.#node) return original(fd, ...rest);
      const part = this.#at(stream.position);
      if (part === undefined || part.bytes !== undefined || !suspension.possible)
        return original(fd, ...rest);
      return suspension.wait(
        this.#load(part),
        () => original(fd, ...rest),
        () => errno.EIO,
      );
    };
  }

  #at(position: number): Part | undefined {
    return this.#parts.find(({ from, to }) => position >= from && position < to);
  }

  #load(part: Part): Promise<void> {
    let loading = this.#loading.get(part);
    if (loading === undefined) {
      loading = this.#asset(part.asset).then((bytes) => {
        part.bytes = bytes;
      });
      this.#loading.set(part, loading);
      // Whoever reads it next tries again.
      loading.catch(() => this.#loading.delete(part));
    }
    return loading;
  }
}
