// elements/run: what a run needs of files, read when it starts: src, for, files-src.
import { KernelError, type FileContent } from '../../kernel-core/client/index.js';
import { textIn } from '../markup/children.js';
import { whenParsed } from '../markup/parsed.js';
import { entryOf, type SourceFile } from '../markup/source-file.js';
import type { ElementHost } from './host.js';

export interface Sources {
  /** Paths relative to the working directory, or absolute. */
  readonly files: Readonly<Record<string, FileContent>>;
  /** The one to run; '' where there need not be one. */
  readonly entry: string;
}

/**
 * Collects the files of a run. `isNeeded`: whether there must be one to run, where no attribute names it. Addresses are read once; their text then stands in the element.
 * Rejects with KernelError: ENOENT (nothing to run), EINVAL (a name outside the tree), ENOTFOUND,
 * ENETWORK, EOFFLINE (downloads).
 */
export async function gather(host: ElementHost, signal: AbortSignal, isNeeded = true): Promise<Sources> {
  const { element } = host;
  // A click can come before the closing tag.
  await new Promise<void>((resolve) => whenParsed(element, resolve));
  const files: Record<string, FileContent> = {};
  const archive = element.getAttribute('files-src');
  if (archive !== null) {
    const { unpack } = await import('./archive.js');
    const url = address(archive, 'files-src');
    Object.assign(files, await unpack(url, await download(url, `files-src="${archive}"`, signal), signal));
  }
  await Promise.all(host.sample.files.map((file) => load(file, host, signal)));
  const own = host.sample.files.length > 0 ? host.sample.files : borrowedFile(host);
  const unnamed = host.sample.label?.entry ?? 'main';
  for (const file of own) files[checkedPath(file.name || unnamed)] = contentOf(file);
  const isNamed =
    ['entry', 'src'].some((name) => element.hasAttribute(name)) || own.some(({ name }) => !name);
  return { files, entry: isNeeded || isNamed ? entryName(host, own, files, unnamed) : '' };
}

/** Reads a file that is only an address yet. */
export async function load(file: SourceFile, host: ElementHost, signal: AbortSignal): Promise<void> {
  const url = file.content;
  if (!(url instanceof URL) || file.edit !== undefined) return;
  const bytes = await download(url, `src="${file.name}"`, signal);
  file.content = textOrBytes(file.name, bytes);
  if (typeof file.content === 'string' && file.shown && textIn(file.shown) !== file.content)
    file.shown = null;
  host.refresh();
}

function borrowedFile(host: ElementHost): SourceFile[] {
  const reference = host.element.getAttribute('for');
  if (host.sample.borrowed) return [{ name: '', content: textIn(host.sample.borrowed), markup: true }];
  if (reference === null) return [];
  throw new KernelError('ENOENT', `for="${reference}" names no element of this page.`, {
    hint: 'Write the id of a block of code, or a selector: for="example-1", for="#intro pre".',
  });
}

function entryName(
  host: ElementHost,
  own: readonly SourceFile[],
  files: Sources['files'],
  unnamed: string,
): string {
  const asked = host.element.getAttribute('entry');
  if (asked !== null) {
    if (asked in files) return asked;
    const names = Object.keys(files);
    throw new KernelError('ENOENT', `entry="${asked}" is not among the files of this sample.`, {
      hint: names.length > 0 ? `There are ${names.slice(0, 10).join(', ')}.` : 'It has none.',
    });
  }
  const all = own.length > 0 ? own : Object.keys(files).map((name) => ({ name, content: '' }));
  const entry = entryOf(all, host.sample.label, null);
  if (entry) return entry.name || unnamed;
  throw new KernelError('ENOENT', 'There is no code to run.', {
    hint: 'Put it between the tags, or name it: src="main.py", or for="id-of-a-block".',
  });
}

/** Files of the markup end with a line feed, as files do; what a script gave is taken as it is. */
function contentOf(file: SourceFile): FileContent {
  const content = file.edit ?? file.content;
  return file.markup && typeof content === 'string' && content !== '' && !content.endsWith('\n')
    ? `${content}\n`
    : content;
}

/** Relative paths start in /home/user, two steps below the root; none may climb above it. */
function checkedPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  let depth = path.startsWith('/') ? 0 : 2;
  const outside = parts.some((part) => (depth += part === '..' ? -1 : 1) < 0);
  if (!outside && parts.length > 0 && !path.includes('\0') && !path.endsWith('/')) return path;
  throw new KernelError('EINVAL', `filename="${path}" is not a file of the sandbox’s own tree.`, {
    hint: 'Write a path like filename="main.py" or filename="data/table.csv".',
    path,
  });
}

function address(text: string, attribute: string): URL {
  try {
    return new URL(text, document.baseURI);
  } catch (cause) {
    throw new KernelError('EINVAL', `${attribute}="${text}" is not an address.`, { cause });
  }
}

async function download(url: URL, what: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  let status: string;
  try {
    const response = await fetch(url, { signal });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    status = `${response.status} ${response.statusText}`.trim();
  } catch (cause) {
    signal.throwIfAborted();
    if (!navigator.onLine)
      throw new KernelError('EOFFLINE', `${what} could not be read: the browser is offline.`, { cause });
    throw new KernelError('ENETWORK', `${what} could not be downloaded from ${url.href}.`, {
      hint: 'From another origin the server must send Access-Control-Allow-Origin.',
      cause,
    });
  }
  throw new KernelError('ENOTFOUND', `${what} was not found: ${url.href} answered ${status}.`);
}

function textOrBytes(name: string, bytes: Uint8Array<ArrayBuffer>): FileContent {
  if (name.endsWith('.wasm')) return bytes;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? bytes : text;
  } catch {
    return bytes; // no text, then
  }
}
