// protocol: many files in one message. Small contents lie one after the other in a few chunks, and what is
// known of each entry stands in columns: an object and a buffer a file would cost the page 40 µs each.

/** What an entry is. A `link` is a hard link; `symlink` and `link` have a target. */
export type PackedKind = 'file' | 'directory' | 'symlink' | 'link';

/** The numbers of the `kind` column. */
export const packedKinds: readonly PackedKind[] = ['file', 'directory', 'symlink', 'link'];

/** In the `mode` column: none was given. */
export const noMode = 0xffff;

/** Content of a pack as segments (`abi/pack-blocks.ts`). */
export interface PackBlocks {
  readonly first: number;
  /** Of the whole content. */
  readonly bytes: number;
}

/** Entries in the order in which they take effect: of two of one name the later one counts. */
export interface PackedTree {
  /** As many as the columns are long, each ended by NUL. Absolute, or relative to where the tree is put. */
  readonly paths: string;
  readonly kind: Uint8Array<ArrayBuffer>;
  /** Permission bits, or `noMode`. */
  readonly mode: Uint16Array<ArrayBuffer>;
  /** Milliseconds since 1970; NaN: now. */
  readonly modifiedMs: Float64Array<ArrayBuffer>;
  /** Of a file: where its content lies. */
  readonly chunk: Uint32Array<ArrayBuffer>;
  readonly offset: Uint32Array<ArrayBuffer>;
  readonly length: Uint32Array<ArrayBuffer>;
  /** By entry: where a symbolic link points; the path of the entry a hard link is of. */
  readonly targets: ReadonlyMap<number, string>;
  readonly chunks: readonly (Uint8Array | Blob)[];
  /** Of a pack that is fetched as it is read: where the contents lie instead of in chunk 0. Then there are no chunks. */
  readonly blocks?: PackBlocks;
}
