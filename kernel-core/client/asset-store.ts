// client: the one place where anything is downloaded (DESIGN §8). Fetched by the page: progress in bytes,
// integrity, retry, Cache Storage, offline. Must always hold: bytes are handed out only after the
// integrity check; a failed download leaves nothing behind, so that trying again starts clean.
import type { Asset } from '../abi/runtime.js';
import { read as readSettings } from './configuration.js';
import { KernelError } from './kernel-error.js';

export interface Progress {
  readonly loadedBytes: number;
  readonly totalBytes: number;
  /** Everything came from the browser's cache. */
  readonly cached: boolean;
}

const cacheName = 'wasm-elements-assets-1';
/** A download that brings nothing for so long is given up. */
const stallMs = 30_000;
/** Beside the first try. A download that broke off is worth another go, a 404 is not. */
const retries = 1;

interface Download {
  /** Its bytes, with progress told to one more listener from now on. */
  for(onBytes: OnBytes): Promise<Blob>;
}

/** `totalBytes`: what the server announced, where the asset does not know. */
export type OnBytes = (loadedBytes: number, cached: boolean, totalBytes?: number) => void;

const running = new Map<string, Download>();
/** Assets of this page, until the kernel has taken them. */
const held = new Map<string, Blob>();
/** What the page's kernel has and keeps for its processes. */
const taken = new Set<string>();

/** The bytes of an asset, checked; gzip is decompressed, zstd is the kernel's to decompress. Rejects with a `KernelError`. */
export async function fetchAsset(asset: Asset, onBytes: OnBytes = () => undefined): Promise<Blob> {
  const url = addressOf(asset);
  const key = cacheKey(url, asset);
  const here = held.get(key);
  if (here !== undefined) {
    onBytes(asset.bytes, true);
    return here;
  }
  const joined = running.get(key);
  let blob: Blob;
  try {
    blob = await (joined ?? start(url, key, asset)).for(onBytes);
  } catch (error) {
    if (joined === undefined) throw error;
    // What was under way began before whoever asks now tried again: its failure is not the answer to that.
    blob = await (running.get(key) ?? start(url, key, asset)).for(onBytes);
  }
  if (!taken.has(key)) held.set(key, blob);
  return blob;
}

/** Where an asset is. */
export const addressOf = ({ path }: Asset): string => new URL(path, readSettings().assets).href;

/** Sees to it that an asset is here or with the kernel, which will not ask again for what it has. */
export async function bringAsset(asset: Asset, onBytes: OnBytes): Promise<void> {
  if (taken.has(keyOf(asset))) onBytes(asset.bytes, true);
  else await fetchAsset(asset, onBytes);
}

function start(url: string, key: string, asset: Asset): Download {
  const listeners = new Set<OnBytes>();
  const bytes = load(url, asset, (loadedBytes, cached, totalBytes) => {
    for (const listener of listeners) listener(loadedBytes, cached, totalBytes);
  }).finally(() => running.delete(key));
  const download: Download = {
    for: (onBytes) => {
      listeners.add(onBytes);
      return bytes;
    },
  };
  running.set(key, download);
  return download;
}

/** Lets go of an asset that has been read. It stays in the browser's cache. */
export function releaseAsset(asset: Asset): void {
  held.delete(keyOf(asset));
}

/** As `releaseAsset`, for the kernel, which keeps it. */
export function handOverAsset(asset: Asset): void {
  releaseAsset(asset);
  taken.add(keyOf(asset));
}

/** The kernel is gone, and with it what it had. */
export function forgetHandedOver(): void {
  taken.clear();
}

/** How many bytes of these assets the browser has already. */
export async function cachedBytes(assets: readonly Asset[]): Promise<number> {
  const cache = await openCache();
  const sizes = await Promise.all(
    assets.map(async (asset) => {
      const key = keyOf(asset);
      if (held.has(key) || taken.has(key)) return asset.bytes;
      return (await cache?.match(key)) === undefined ? 0 : asset.bytes;
    }),
  );
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

async function load(url: string, asset: Asset, tell: OnBytes): Promise<Blob> {
  const cache = await openCache();
  const key = cacheKey(url, asset);
  const kept = await cache?.match(key);
  if (kept !== undefined) {
    const bytes = new Uint8Array(await kept.arrayBuffer());
    if (await matches(bytes, asset)) {
      tell(asset.bytes || bytes.length, true);
      return decode(bytes, asset);
    }
    // A cache someone else wrote to, or a disk that failed.
    await cache?.delete(key);
  }
  const bytes = await download(url, asset, (loaded, total) => tell(loaded, false, total));
  // A full disk only costs the next reader's time.
  cache?.put(key, new Response(bytes)).catch(() => undefined);
  return decode(bytes, asset);
}

async function download(
  url: string,
  asset: Asset,
  tell: (loadedBytes: number, totalBytes?: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await downloadOnce(url, asset, tell);
    } catch (error) {
      const final = !(error instanceof KernelError) || error.code !== 'ENETWORK' || attempt >= retries;
      if (final) throw error;
      tell(0);
    }
  }
}

async function downloadOnce(
  url: string,
  asset: Asset,
  tell: (loadedBytes: number, totalBytes?: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const stalled = new AbortController();
  const response = await request(url, asset, stalled.signal);
  if (!response.ok) {
    throw new KernelError(
      'ENOTFOUND',
      `${url} answered ${response.status} ${response.statusText}.`.replace(' .', '.'),
      {
        hint: 'Are the runtime assets where configure({ assets }) says? `npm run assets` writes them.',
      },
    );
  }
  const bytes = await readBody(response, url, asset, tell, stalled);
  if (!(await matches(bytes, asset))) {
    throw new KernelError(
      'EINTEGRITY',
      `${url} is not the file this version of the library expects (${bytes.length} bytes instead of ${asset.bytes}, or other content).`,
      {
        hint: response.headers.has('content-encoding')
          ? 'The server must send .gz and .zst files as they are, without Content-Encoding.'
          : 'Copy the assets of the same version again; a proxy or server may have changed the file.',
      },
    );
  }
  return bytes;
}

async function request(url: string, asset: Asset, signal: AbortSignal): Promise<Response> {
  try {
    // Where there is no crypto.subtle (plain http) the browser itself checks the bytes.
    return await fetch(url, {
      credentials: 'omit',
      cache: 'no-cache',
      signal,
      ...(hasDigest() ? {} : { integrity: asset.integrity }),
    });
  } catch (cause) {
    throw networkError(url, cause);
  }
}

async function readBody(
  response: Response,
  url: string,
  asset: Asset,
  tell: (loadedBytes: number, totalBytes?: number) => void,
  stalled: AbortController,
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array(asset.bytes);
  let length = 0;
  const announced = Number(response.headers.get('content-length') ?? 0);
  const total = asset.bytes || announced || undefined;
  try {
    const reader = response.body?.getReader();
    for (;;) {
      const timer = setTimeout(() => stalled.abort(), stallMs);
      const next = await reader?.read().finally(() => clearTimeout(timer));
      if (next === undefined || next.done) break;
      const { value } = next;
      if (length + value.length > bytes.length) {
        const grown = new Uint8Array(Math.max(length + value.length, bytes.length * 2));
        grown.set(bytes.subarray(0, length));
        bytes = grown;
      }
      bytes.set(value, length);
      length += value.length;
      tell(asset.bytes === 0 ? length : Math.min(length, asset.bytes), total);
    }
  } catch (cause) {
    throw networkError(url, cause);
  }
  // WebKit ends the body of a cut connection without an error.
  if (length < announced && !response.headers.has('content-encoding')) throw networkError(url, undefined);
  return bytes.length === length ? bytes : bytes.slice(0, length);
}

function networkError(url: string, cause: unknown): KernelError {
  if (!navigator.onLine) {
    return new KernelError('EOFFLINE', `The browser is offline and ${url} is not in its cache yet.`, {
      hint: 'Connect and try again.',
      cause,
    });
  }
  return new KernelError('ENETWORK', `${url} could not be downloaded: the connection failed.`, {
    hint: 'Try again. From another origin the server must send Access-Control-Allow-Origin.',
    cause,
  });
}

async function decode(bytes: Uint8Array<ArrayBuffer>, asset: Asset): Promise<Blob> {
  const blob = new Blob([bytes]);
  if (asset.encoding !== 'gzip') return blob;
  return new Response(blob.stream().pipeThrough(new DecompressionStream('gzip'))).blob();
}

function hasDigest(): boolean {
  return typeof crypto.subtle?.digest === 'function';
}

async function matches(bytes: Uint8Array<ArrayBuffer>, asset: Asset): Promise<boolean> {
  if (!hasDigest()) return asset.bytes === 0 || bytes.length === asset.bytes;
  const algorithm = asset.integrity.slice(0, asset.integrity.indexOf('-'));
  const digest = await crypto.subtle.digest(algorithm.replace('sha', 'SHA-'), bytes);
  return asset.integrity === `${algorithm}-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}

function keyOf(asset: Asset): string {
  return cacheKey(new URL(asset.path, readSettings().assets).href, asset);
}

/** The key names the content, so that another version at the same address is another entry. */
function cacheKey(url: string, asset: Asset): string {
  const key = new URL(url);
  key.searchParams.set('integrity', asset.integrity);
  return key.href;
}

/**
 * A text that changes, such as what a package index says of a package: from the network, or what was there last
 * time where that cannot be reached. `missing`: the server has no such page. Rejects with `KernelError` ENETWORK,
 * EOFFLINE, ENOTFOUND (any other answer).
 */
export async function fetchText(
  url: string,
  accept: string,
): Promise<{ readonly text: string; readonly type: string } | 'missing'> {
  const cache = await openCache();
  try {
    const response = await fetch(url, {
      credentials: 'omit',
      cache: 'no-cache',
      headers: { accept },
      signal: AbortSignal.timeout(stallMs),
    });
    if (response.status === 404 || response.status === 410) return 'missing';
    if (!response.ok) throw new KernelError('ENOTFOUND', `${url} answered ${response.status}.`);
    const kept = response.clone();
    const text = await response.text();
    cache?.put(url, kept).catch(() => undefined);
    return { text, type: typeOf(response) };
  } catch (cause) {
    const kept = cause instanceof KernelError ? undefined : await cache?.match(url);
    if (kept !== undefined) return { text: await kept.text(), type: typeOf(kept) };
    throw cause instanceof KernelError ? cause : networkError(url, cause);
  }
}

const typeOf = ({ headers }: Response): string =>
  (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** What the browser keeps of downloads; undefined where it keeps nothing. */
export async function openCache(): Promise<Cache | undefined> {
  // Absent on plain http; forbidden in some private windows.
  if (typeof caches === 'undefined') return undefined;
  return caches.open(cacheName).catch(() => undefined);
}
