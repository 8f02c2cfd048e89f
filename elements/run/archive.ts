// elements/run: files-src. Unpacks .zip, .tar, .tar.gz and JSON manifests in the page's memory.
//
//   manifest   { "files": ["main.py", "data/a.csv"] }                          relative to the manifest
//              { "files": { "main.py": "print(1)", "a.csv": { "src": "a.csv" } } }
import { KernelError, unpack as unpackArchive, type FileContent } from '../../kernel-core/client/index.js';

/** Rejects with KernelError EINVAL when the bytes are none of these. */
export async function unpack(
  url: URL,
  bytes: Uint8Array<ArrayBuffer>,
  signal: AbortSignal,
): Promise<Record<string, FileContent>> {
  try {
    if (!startsAsJson(bytes)) return await unpackArchive(new Blob([bytes]));
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

const whitespace = [0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf];

function startsAsJson(bytes: Uint8Array): boolean {
  return bytes.find((byte) => !whitespace.includes(byte)) === 0x7b;
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
