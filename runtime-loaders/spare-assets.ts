// runtime-loaders: what a runtime that is brought up in advance is given, each piece as the kernel gets it.
import type { SpareAssetMessage } from '../kernel-core/abi/messages.js';

type Content = Uint8Array | WebAssembly.Module;

export class SpareAssets {
  readonly #pieces = new Map<
    string,
    { readonly content: Promise<Content>; resolve(content: Promise<Content>): void }
  >();

  asset(name: string): Promise<Content> {
    return this.#piece(name).content;
  }

  deliver({ name, module, bytes }: SpareAssetMessage): void {
    this.#piece(name).resolve(contentOf(name, module, bytes));
  }

  #piece(name: string): { readonly content: Promise<Content>; resolve(content: Promise<Content>): void } {
    let piece = this.#pieces.get(name);
    if (piece === undefined) {
      let resolve!: (content: Promise<Content>) => void;
      const content = new Promise<Content>((settle) => (resolve = settle));
      // Who needs it asks, and is told then.
      content.catch(() => undefined);
      piece = { content, resolve };
      this.#pieces.set(name, piece);
    }
    return piece;
  }
}

async function contentOf(name: string, module: unknown, bytes: unknown): Promise<Content> {
  if (module instanceof WebAssembly.Module) return module;
  if (bytes instanceof Uint8Array) return bytes;
  if (!(bytes instanceof Blob)) throw new Error(`The asset “${name}” could not be had.`);
  return new Uint8Array(await bytes.arrayBuffer());
}
