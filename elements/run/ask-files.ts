// elements/run: names, addresses and files that a program names and a reader sees or keeps.
import type { FileSystem } from '../../kernel-core/client/index.js';

const nameLengthMax = 100;
const shownLengthMax = 200;

/** Control characters, and those that turn the direction of what follows: a name must look like what it is. */
const misleading = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** As one line that looks like what it is. */
export const plainText = (text: string): string => text.replaceAll(misleading, '_').slice(0, shownLengthMax);

/** The last part of a path, as a name of a file that is one, wherever it is saved. */
export function safeName(path: string): string {
  const last = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const name = last.replaceAll(misleading, '_').replaceAll(/[<>:"|?*]/g, '_');
  if (/^\.*$/.test(name)) return 'file';
  return name.length <= nameLengthMax ? name : name.slice(0, 60) + '…' + name.slice(-30);
}

/** What to call an address and where it leads; undefined for one that is not of the web or of mail. */
export function shownAddress(text: string): { href: string; text: string; place: string } | undefined {
  if (!URL.canParse(text)) return undefined;
  const { href, protocol, host, pathname } = new URL(text);
  const cut = href.length <= shownLengthMax ? href : `${href.slice(0, shownLengthMax)}…`;
  if (protocol === 'http:' || protocol === 'https:') return { href, text: cut, place: host };
  const place = `mail to ${decoded(pathname).replaceAll(misleading, '').slice(0, nameLengthMax)}`;
  return protocol === 'mailto:' ? { href, text: cut, place } : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A name that no file of the directory has: `a.txt`, `a (1).txt` … */
export async function freeName(files: FileSystem, directory: string, name: string): Promise<string> {
  const taken = new Set((await files.readdir(directory)).map((entry) => entry.name));
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  let free = name;
  for (let number = 1; taken.has(free); number += 1) free = `${stem} (${number})${extension}`;
  return free;
}

/** What the reader chooses, at a click; none where that was given up. */
export function chosenFiles(): Promise<readonly File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  return new Promise((resolve) => {
    const end = (): void => resolve([...(input.files ?? [])]);
    input.addEventListener('change', end);
    input.addEventListener('cancel', end);
    input.click();
  });
}

/** Saves bytes as a file of the reader's. */
export function saveFile(bytes: Uint8Array, name: string): void {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has the blob by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
