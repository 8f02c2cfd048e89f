// runtime-loaders/python: the cap on the interpreter's memory. Past it an allocation fails and CPython
// raises MemoryError, which a program may catch.
import type { PyodideModule, WasmImport } from './emscripten.js';

const pageBytes = 64 * 1024;

export class MemoryLimit {
  readonly #bytes: number;
  #refused = false;

  constructor(bytes: number) {
    this.#bytes = Math.floor(bytes / pageBytes) * pageBytes;
  }

  /** Whether the program ever asked for more than it may have. */
  get reached(): boolean {
    return this.#refused;
  }

  get sentence(): string {
    const mebibytes = Math.floor(this.#bytes / (1024 * 1024));
    return `Python ran out of memory: it may use ${mebibytes} MB. Set memory="…" to more than that, or keep less at once.`;
  }

  /** `emscripten_resize_heap`: (bytes asked for) → whether memory was grown. */
  resize(module: PyodideModule, original: WasmImport): WasmImport {
    return (asked = 0) => {
      const wanted = asked >>> 0;
      if (wanted > this.#bytes) {
        this.#refused = true;
        return 0;
      }
      // The original grows by a fifth more than asked for; near the limit, only up to it.
      if (module.HEAPU8.length * 1.2 < this.#bytes && wanted * 1.2 < this.#bytes) return original(asked);
      return module.growMemory(this.#bytes) === 1 ? 1 : 0;
    };
  }
}
