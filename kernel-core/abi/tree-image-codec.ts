// abi: a whole tree as bytes, for a view that goes on with it where it cannot be posted one: it waits in place
// (transport `shared`) and has missed more than the journal remembers. Contents are not in it.
// Layout: length of the text (u32), the text (JSON: all that is no column), then the columns, each from a multiple of 8 on.
import { bytesOfText, textOfBytes } from './byte-text.js';
import type { InodeNumber, TreeImage } from './journal.js';

/** A tree as one process is to go on with it. */
export interface ViewImage {
  readonly tree: TreeImage;
  /** How many records of the process are in it, or were refused. */
  readonly processed: number;
  /** Numbers it chose for what another process had made first, and the inodes they stand for. */
  readonly aliases: readonly (readonly [InodeNumber, InodeNumber])[];
}

const columns = {
  number: Uint32Array,
  kind: Uint16Array,
  links: Uint32Array,
  size: Float64Array,
  modified: Float64Array,
  accessed: Int32Array,
  changed: Int32Array,
  a: Uint32Array,
  b: Uint32Array,
  c: Uint32Array,
  entry: Uint32Array,
  entryDirectory: Uint32Array,
  entryInode: Uint32Array,
  entryNext: Uint32Array,
  entryPrevious: Uint32Array,
  entryName: Uint32Array,
  names: Uint8Array,
} as const;

type ColumnName = keyof typeof columns;
const columnNames = Object.keys(columns) as ColumnName[];

/** All of an image that is text. */
interface Text extends Pick<TreeImage, 'sequence' | 'counts' | 'bytes' | 'orphans'>, Omit<ViewImage, 'tree'> {
  readonly targets: [number, string][];
  readonly oddTimes: [number, readonly [number, number]][];
  readonly lengths: readonly number[];
}

export function encodeViewImage({ tree, processed, aliases }: ViewImage): Uint8Array<ArrayBuffer> {
  const { sequence, counts, bytes, orphans } = tree;
  const text: Text = {
    ...{ sequence, counts, bytes, orphans, processed, aliases },
    targets: [...tree.targets],
    oddTimes: [...tree.oddTimes],
    lengths: columnNames.map((name) => tree[name].length),
  };
  const head = bytesOfText(JSON.stringify(text));
  const start = aligned(4 + head.length);
  const length = columnNames.reduce((end, name) => end + aligned(tree[name].byteLength), start);
  const encoded = new Uint8Array(length);
  new DataView(encoded.buffer).setUint32(0, head.length, true);
  encoded.set(head, 4);
  let at = start;
  for (const name of columnNames) {
    const { buffer, byteOffset, byteLength } = tree[name];
    encoded.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += aligned(byteLength);
  }
  return encoded;
}

/** `encoded` begins its buffer, which is the image's from then on. */
export function decodeViewImage({ buffer }: Uint8Array<ArrayBuffer>): ViewImage {
  const headLength = new DataView(buffer).getUint32(0, true);
  const head = textOfBytes(new Uint8Array(buffer, 4, headLength));
  const { lengths, targets, oddTimes, processed, aliases, ...rest } = JSON.parse(head) as Text;
  let at = aligned(4 + headLength);
  const found = columnNames.map((name, index) => {
    const column = new columns[name](buffer, at, lengths[index]);
    at += aligned(column.byteLength);
    return [name, column] as const;
  });
  const tree = {
    ...rest,
    ...(Object.fromEntries(found) as unknown as Pick<TreeImage, ColumnName>),
    targets: new Map(targets),
    oddTimes: new Map(oddTimes),
  };
  return { tree, processed, aliases };
}

const aligned = (bytes: number): number => (bytes + 7) & ~7;
