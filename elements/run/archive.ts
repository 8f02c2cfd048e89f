// elements/run: files-src. Unpacks .zip, .tar, .tar.gz and JSON manifests in the page's memory.
//
//   manifest   { "files": ["main.py", "data/a.csv"] }                          relative to the manifest
//              { "files": { "main.py": "print(1)", "a.csv": { "src": "a.csv" } } }
import { gunzipSync, unzipSync } from 'fflate';
import { KernelError, type FileContent } from '../../kernel-core/client/index.js';

/** Rejects with KernelError EINVAL when the bytes are none of these. */
export async function unpack(
  url: URL,
  bytes: Uint8Array<ArrayBuffer>,
  signal: AbortSignal,
): Promise<Record<string, FileContent>> {
  try {
    if (bytes[0] === 0x50 && bytes[1] === 0x4b) return withoutFolders(unzipSync(bytes));
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return untar(gunzipSync(bytes));
    if (isTar(bytes)) return untar(bytes);
    const manifest: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return readManifest(manifest, url);
  } catch (cause) {
    signal.throwIfAborted();
    throw new KernelError('EINVAL', `files-src: ${url.href} is no .zip, no .tar.gz and no manifest.`, {
      hint: 'A manifest is JSON like { "files": ["main.py", "data.csv"] }.',
      cause,
    });
  }
}

function withoutFolders(entries: Record<string, Uint8Array>): Record<string, Uint8Array> {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => !name.endsWith('/')));
}

const blockBytes = 512;
const isTar = (bytes: Uint8Array): boolean => textAt(bytes, 257, 5) === 'ustar';

/** POSIX ustar with GNU and pax long names; anything that is no plain file is left out. */
function untar(bytes: Uint8Array): Record<string, Uint8Array> {
  if (!isTar(bytes)) throw new RangeError('not a tar file');
  const files: Record<string, Uint8Array> = {};
  let longName = '';
  for (let at = 0; at + blockBytes <= bytes.length && bytes[at] !== 0;) {
    const size = parseInt(textAt(bytes, at + 124, 12), 8) || 0;
    const type = String.fromCharCode(bytes[at + 156] ?? 0);
    const prefix = textAt(bytes, at + 345, 155);
    const name = longName || (prefix && `${prefix}/`) + textAt(bytes, at, 100);
    const content = bytes.subarray(at + blockBytes, at + blockBytes + size);
    longName = '';
    if (type === 'L') longName = textAt(content, 0, size);
    else if (type === 'x') longName = /\d+ path=(.*)\n/.exec(new TextDecoder().decode(content))?.[1] ?? '';
    else if (type === '0' || type === '\0') files[name.replace(/^(\.\/)+/, '')] = content.slice();
    at += blockBytes + Math.ceil(size / blockBytes) * blockBytes;
  }
  return files;
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  const text = new TextDecoder().decode(bytes.subarray(at, at + length));
  return text.split('\0', 1)[0] ?? '';
}

function readManifest(manifest: unknown, base: URL): Record<string, FileContent> {
  const files = isRecord(manifest) ? manifest['files'] : undefined;
  if (Array.isArray(files))
    return Object.fromEntries(
      (files as unknown[]).map((name) => [String(name), new URL(String(name), base)]),
    );
  if (!isRecord(files)) throw new RangeError('no "files"');
  const entries = Object.entries(files).map(([name, value]): [string, FileContent] => {
    if (typeof value === 'string') return [name, value];
    if (isRecord(value) && typeof value['content'] === 'string') return [name, value['content']];
    if (isRecord(value) && typeof value['src'] === 'string') return [name, new URL(value['src'], base)];
    throw new RangeError(`"${name}" has neither content nor src`);
  });
  return Object.fromEntries(entries);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
