// client: large packed trees on their way to the kernel. Posting bytes into a frame of another process copies
// them in one go, on the page's thread; a Blob goes by reference, and is made a piece at a time.
import type { PackedTree } from '../protocol/packed-tree.js';
import { turn } from './archive/turn.js';

/** Trees with less than this are posted as they are. */
const leastBytes = 2 * 1024 * 1024;
const pieceBytes = 512 * 1024;

/** The same tree, with its contents in Blobs where there is much of it. Takes turns with the page's other tasks. */
export async function asBlobs(tree: PackedTree): Promise<PackedTree> {
  const bytes = tree.chunks.reduce((sum, chunk) => sum + (chunk instanceof Blob ? 0 : chunk.length), 0);
  if (bytes < leastBytes) return tree;
  const chunks: Blob[] = [];
  for (const chunk of tree.chunks) chunks.push(chunk instanceof Blob ? chunk : await blobOf(chunk));
  return { ...tree, chunks };
}

const held = new Set<unknown>();

/**
 * The result of `work`, to which something with Blobs in it was posted. Until it is there the page holds on to
 * them: Firefox (153) empties a Blob on its way once its own end lets go of it, and who reads it waits for ever.
 */
export async function holding<T>(posted: unknown, work: Promise<T>): Promise<T> {
  const entry = { posted };
  held.add(entry);
  try {
    return await work;
  } finally {
    held.delete(entry);
  }
}

async function blobOf(bytes: Uint8Array): Promise<Blob> {
  const pieces: Blob[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    pieces.push(new Blob([bytes.subarray(at, at + pieceBytes) as Uint8Array<ArrayBuffer>]));
    await turn();
  }
  return pieces.length === 1 ? (pieces[0] as Blob) : new Blob(pieces);
}
