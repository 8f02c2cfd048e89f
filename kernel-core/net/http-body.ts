// net: how long the body of an answer is, and its bytes (RFC 9112, 6 and 7).
import { readFields, type ResponseHead } from './http-head.js';
import { HttpError, membersOf, valuesOf } from './http-message.js';
import type { HttpReader } from './http-reader.js';

export type Framing =
  | { readonly by: 'none' }
  | { readonly by: 'length'; readonly bytes: number }
  | { readonly by: 'chunks' }
  /** The body is what comes until the connection ends. */
  | { readonly by: 'close' };

/** Bytes of a chunk's line, with its extensions; of all trailer fields. */
const chunkLineMax = 4096;
const trailerMax = 64 << 10;
const pieceMax = 64 << 10;

/** RFC 9112, 6.3. */
export function framingOf(head: ResponseHead, method: string, port: number): Framing {
  if (method === 'HEAD' || head.status < 200 || head.status === 204 || head.status === 304)
    return { by: 'none' };
  const codings = membersOf(head.headers, 'transfer-encoding');
  if (codings.length > 0) {
    if (codings.slice(0, -1).includes('chunked')) {
      throw new HttpError('malformed', port, 'a body chunked more than once');
    }
    return codings.at(-1) === 'chunked' ? { by: 'chunks' } : { by: 'close' };
  }
  const lengths = valuesOf(head.headers, 'content-length').flatMap((value) => value.split(','));
  const [first] = lengths;
  if (first === undefined) return { by: 'close' };
  const bytes = Number(first.trim());
  const valid = lengths.every((other) => /^[ \t]*\d{1,16}[ \t]*$/.test(other) && Number(other) === bytes);
  if (!valid || !Number.isSafeInteger(bytes)) throw new HttpError('malformed', port, 'a length that is none');
  return { by: 'length', bytes };
}

/** The bytes of a body, piece by piece; undefined at its end. Fails with `cut` and `malformed`. */
export function bodyPieces(
  reader: HttpReader,
  framing: Framing,
  port: number,
): () => Promise<Uint8Array | undefined> {
  switch (framing.by) {
    case 'none':
      return async () => undefined;
    case 'length':
      return counted(reader, framing.bytes, port);
    case 'chunks':
      return chunked(reader, port);
    case 'close':
      return async () => {
        const piece = await reader.some(pieceMax);
        return piece.length === 0 ? undefined : piece;
      };
  }
}

function counted(reader: HttpReader, bytes: number, port: number): () => Promise<Uint8Array | undefined> {
  let left = bytes;
  return async () => {
    if (left === 0) return undefined;
    const piece = await reader.some(Math.min(left, pieceMax));
    if (piece.length === 0) throw new HttpError('cut', port);
    left -= piece.length;
    return piece;
  };
}

/**
 *     1a;extension CRLF
 *     26 bytes CRLF
 *     0 CRLF
 *     trailer fields CRLF
 *     CRLF
 */
function chunked(reader: HttpReader, port: number): () => Promise<Uint8Array | undefined> {
  let left = 0;
  let ended = false;
  let trailerLeft = trailerMax;
  const line = async (max: number): Promise<string> => {
    const next = await reader.line(max);
    if (next === 'end') throw new HttpError('cut', port);
    if (next === 'too-long') throw new HttpError('malformed', port, 'a chunk without a length');
    return next.text;
  };
  const begin = async (): Promise<void> => {
    const size = /^([0-9A-Fa-f]{1,13})[ \t]*(?:;.*)?$/.exec(await line(chunkLineMax))?.[1];
    if (size === undefined) throw new HttpError('malformed', port, 'a chunk without a length');
    left = Number.parseInt(size, 16);
    if (left > 0) return;
    ended = true;
    await readFields(async () => {
      const text = await line(trailerLeft);
      trailerLeft -= text.length + 2;
      return text;
    }, port);
  };
  return async () => {
    if (!ended && left === 0) await begin();
    if (ended) return undefined;
    const piece = await reader.some(Math.min(left, pieceMax));
    if (piece.length === 0) throw new HttpError('cut', port);
    left -= piece.length;
    if (left === 0 && (await line(2)) !== '')
      throw new HttpError('malformed', port, 'a chunk of another length');
    return piece;
  };
}
