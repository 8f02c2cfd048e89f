// client: makes a `PackedTree`, entry by entry.
import {
  noMode,
  packedKinds,
  type PackBlocks,
  type PackedKind,
  type PackedTree,
} from '../protocol/packed-tree.js';

const chunkBytes = 1024 * 1024;
/** Contents from here on are chunks of their own and are not copied. */
const ownChunkBytes = 256 * 1024;

export interface EntryAttributes {
  /** Permission bits. */
  readonly mode?: number | undefined;
  /** Milliseconds since 1970. */
  readonly modifiedMs?: number | undefined;
}

export class TreePacker {
  readonly #paths: string[] = [];
  readonly #kind: number[] = [];
  readonly #mode: number[] = [];
  readonly #modified: number[] = [];
  readonly #chunk: number[] = [];
  readonly #offset: number[] = [];
  readonly #length: number[] = [];
  readonly #targets = new Map<number, string>();
  readonly #chunks: (Uint8Array | Blob)[] = [];
  readonly #encoder = new TextEncoder();
  /** The chunk being filled and its place among the chunks. */
  #open = { index: -1, bytes: new Uint8Array(0), used: 0 };
  readonly #copied: boolean;
  #bytes = 0;

  /** `copied`: long contents are copied too. */
  constructor(copied = false) {
    this.#copied = copied;
  }

  get count(): number {
    return this.#paths.length;
  }

  /** Of all contents. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a file. Bytes of some length are kept, not copied: they must not change until the tree is sent. */
  file(path: string, content: string | Uint8Array | Blob, attributes: EntryAttributes = {}): void {
    if (typeof content === 'string') {
      this.#text(path, content, attributes);
      return;
    }
    if (content instanceof Blob) {
      this.#own(path, content, content.size, attributes);
    } else if (content.length >= ownChunkBytes) {
      // A part of a buffer would be sent with all of it.
      const whole = content.byteLength === content.buffer.byteLength && content.buffer instanceof ArrayBuffer;
      const own = this.#copied || !whole ? content.slice() : content;
      this.#own(path, own, own.length, attributes);
    } else {
      this.#room(content.length).set(content);
      this.#stored(path, content.length, attributes);
    }
  }

  /** A file whose content lies in a pack, from `offset` of its content on. */
  fileInPack(path: string, offset: number, length: number, attributes: EntryAttributes): void {
    this.#add(path, 'file', attributes, 0, offset, length);
  }

  directory(path: string, attributes: EntryAttributes = {}): void {
    this.#add(path, 'directory', attributes, 0, 0, 0);
  }

  symlink(path: string, target: string, attributes: EntryAttributes = {}): void {
    this.#targets.set(this.count, target);
    this.#add(path, 'symlink', attributes, 0, 0, 0);
  }

  /** A hard link to the entry of that path. */
  link(path: string, target: string): void {
    this.#targets.set(this.count, target);
    this.#add(path, 'link', {}, 0, 0, 0);
  }

  /** `blocks`: of the pack that files lie in. */
  finish(blocks?: PackBlocks): PackedTree {
    this.#close();
    const end = this.#paths.length === 0 ? '' : '\0';
    return {
      paths: this.#paths.join('\0') + end,
      kind: Uint8Array.from(this.#kind),
      mode: Uint16Array.from(this.#mode),
      modifiedMs: Float64Array.from(this.#modified),
      chunk: Uint32Array.from(this.#chunk),
      offset: Uint32Array.from(this.#offset),
      length: Uint32Array.from(this.#length),
      targets: this.#targets,
      chunks: this.#chunks,
      ...(blocks === undefined ? {} : { blocks }),
    };
  }

  #text(path: string, text: string, attributes: EntryAttributes): void {
    // UTF-8 takes at most three bytes for each code unit.
    if (text.length * 3 >= ownChunkBytes) {
      const bytes = this.#encoder.encode(text);
      this.#own(path, bytes, bytes.length, attributes);
      return;
    }
    this.#stored(path, this.#encoder.encodeInto(text, this.#room(text.length * 3)).written, attributes);
  }

  #own(path: string, content: Uint8Array | Blob, length: number, attributes: EntryAttributes): void {
    this.#add(path, 'file', attributes, this.#chunks.push(content) - 1, 0, length);
  }

  /** Takes what was just written into `#room` as a file. */
  #stored(path: string, length: number, attributes: EntryAttributes): void {
    this.#add(path, 'file', attributes, this.#open.index, this.#open.used, length);
    this.#open.used += length;
  }

  #room(length: number): Uint8Array {
    if (this.#open.index < 0 || this.#open.used + length > this.#open.bytes.length) {
      this.#close();
      const bytes = new Uint8Array(chunkBytes);
      this.#open = { index: this.#chunks.push(bytes) - 1, bytes, used: 0 };
    }
    return this.#open.bytes.subarray(this.#open.used);
  }

  /** A chunk that stays far from full is cut, so that what is sent is what is used. */
  #close(): void {
    const { index, bytes, used } = this.#open;
    if (index >= 0 && used < bytes.length) this.#chunks[index] = bytes.slice(0, used);
    this.#open = { index: -1, bytes: new Uint8Array(0), used: 0 };
  }

  #add(
    path: string,
    kind: PackedKind,
    { mode, modifiedMs }: EntryAttributes,
    chunk: number,
    offset: number,
    length: number,
  ): void {
    this.#paths.push(path);
    this.#kind.push(packedKinds.indexOf(kind));
    this.#mode.push(mode === undefined ? noMode : mode & 0o7777);
    this.#modified.push(modifiedMs ?? NaN);
    this.#chunk.push(chunk);
    this.#offset.push(offset);
    this.#length.push(length);
    this.#bytes += length;
  }
}

/** The buffers of a tree that only the kernel needs from now on. */
export function buffersOf(tree: PackedTree): ArrayBuffer[] {
  return tree.chunks.flatMap((chunk) =>
    chunk instanceof Blob ||
    !(chunk.buffer instanceof ArrayBuffer) ||
    chunk.byteLength !== chunk.buffer.byteLength
      ? []
      : [chunk.buffer],
  );
}
