// client/archive: parts of a file that lies elsewhere.
import { fetchOrExplain } from '../file-tree.js';
import { KernelError } from '../kernel-error.js';

/** Bytes `from` up to but without `to`; fewer at the end of the file. */
export interface Range {
  read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>>;
}

export class BlobRange implements Range {
  readonly blob: Blob;

  constructor(blob: Blob) {
    this.blob = blob;
  }

  async read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.blob.slice(from, to).arrayBuffer());
  }
}

/** Asked for at first: a small file is complete then. */
const headBytes = 64 * 1024;

/** A file at an address. Where the server does not answer ranges (206), it is all fetched: a `BlobRange`. */
export async function openRange(url: URL, what: string, path: string): Promise<Range> {
  const head = await fetchOrExplain(url, what, path, rangeInit(0, headBytes));
  const bytes = await head.blob();
  if (head.status !== 206) return new BlobRange(bytes);
  const total = Number(/\/(\d+)$/.exec(head.headers.get('Content-Range') ?? '')?.[1]);
  // The header cannot be read from every other origin; a short answer is all there is.
  if (total === bytes.size || bytes.size < headBytes) return new BlobRange(bytes);
  return new HttpRange(url, what, path, bytes);
}

class HttpRange implements Range {
  readonly #url: URL;
  readonly #what: string;
  readonly #path: string;
  readonly #head: Blob;

  constructor(url: URL, what: string, path: string, head: Blob) {
    this.#url = url;
    this.#what = what;
    this.#path = path;
    this.#head = head;
  }

  async read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    if (to <= this.#head.size) return new BlobRange(this.#head).read(from, to);
    const response = await fetchOrExplain(this.#url, this.#what, this.#path, rangeInit(from, to));
    if (response.status !== 206) {
      throw new KernelError('ENETWORK', `${this.#url.href} stopped answering ranges.`, { path: this.#path });
    }
    try {
      return new Uint8Array(await response.arrayBuffer());
    } catch (cause) {
      throw new KernelError('ENETWORK', `${this.#url.href}, ${this.#what}, was cut off.`, {
        path: this.#path,
        hint: 'Try again.',
        cause,
      });
    }
  }
}

/** `no-store`: some caches answer a range with what another range got. */
function rangeInit(from: number, to: number): RequestInit {
  return { headers: { Range: `bytes=${from}-${to - 1}` }, cache: 'no-store' };
}
