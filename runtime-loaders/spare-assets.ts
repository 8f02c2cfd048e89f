// runtime-loaders: what a runtime that is brought up in advance is given, each piece as the kernel gets it.
import type { SpareAssetMessage } from '../kernel-core/abi/messages.js';

type Content = Uint8Array | WebAssembly.Module;

interface Piece {
  readonly content: Promise<Content>;
  resolve(content: Promise<Content>): void;
}

export class SpareAssets {
  readonly #pieces = new Map<string, Piece>();

  /** To be called once for each. */
  asset(name: string): Promise<Content> {
    return this.#meet(name).content;
  }

  deliver(message: SpareAssetMessage): void {
    this.#meet(message.name).resolve(contentOf(message));
  }

  /** The same piece for who asks and for who brings. Then it is forgotten, for it is megabytes. */
  #meet(name: string): Piece {
    const met = this.#pieces.get(name);
    if (met !== undefined) {
      this.#pieces.delete(name);
      return met;
    }
    let resolve!: (content: Promise<Content>) => void;
    const content = new Promise<Content>((settle) => (resolve = settle));
    // Who needs it asks, and is told then.
    content.catch(() => undefined);
    const piece = { content, resolve };
    this.#pieces.set(name, piece);
    return piece;
  }
}

async function contentOf({ name, module, bytes }: SpareAssetMessage): Promise<Content> {
  if (module instanceof WebAssembly.Module) return module;
  if (bytes instanceof Uint8Array) return bytes;
  if (!(bytes instanceof Blob)) throw new Error(`The asset “${name}” could not be had.`);
  return new Uint8Array(await bytes.arrayBuffer());
}
