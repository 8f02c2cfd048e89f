// elements/markup: the files of an element, from its markup or from `element.files = …`.
import type { RuntimeLabel } from 'virtual:runtime-labels';
import type { FileContent, FileTree } from '../../kernel-core/client/index.js';

export interface SourceFile {
  /** Path as written; '' for code without a name, which is called what its runtime calls an entry file. */
  readonly name: string;
  /** What the author gave. A URL is read at the first run. */
  content: FileContent;
  /** What the reader made of it. */
  edit?: string | undefined;
  /** The author's own block, a child of the element, that shows this file in place. */
  shown?: Element | null;
  readonly hidden?: boolean;
  readonly selected?: boolean;
  readonly readonly?: boolean;
  /** From markup, where a final line feed cannot be told: it gets one when written. */
  readonly markup?: boolean;
}

/** What the file holds now, '' for what is no text (yet). */
export function textOf(file: SourceFile | undefined): string {
  return file?.edit ?? (typeof file?.content === 'string' ? file.content : '');
}

/** The runtime that an attribute or a class name (`py`, `python@3.14`) names. */
export function labelNamed(labels: readonly RuntimeLabel[], spec: string): RuntimeLabel | undefined {
  const name = spec.split('@')[0]?.trim().toLowerCase() ?? '';
  return labels.find((label) => label.name === name || label.aliases.includes(name));
}

/** What a first run of this runtime, at the version asked for, downloads. */
export function bytesOf(label: RuntimeLabel | undefined, spec: string): number {
  const version = spec.split('@')[1] ?? '';
  return label?.versions.find((one) => `${one.version}.`.startsWith(version && `${version}.`))?.bytes ?? 0;
}

/** The runtime that the extension of a file name belongs to. */
export function labelOfFile(labels: readonly RuntimeLabel[], name: string): RuntimeLabel | undefined {
  return labels.find((label) => label.extensions.some((extension) => name.endsWith(extension)));
}

/** The file to run: the one asked for, the one called as the runtime's entry, the first of its language. */
export function entryOf(
  files: readonly SourceFile[],
  label: RuntimeLabel | undefined,
  asked: string | null,
): SourceFile | undefined {
  if (asked) return files.find((file) => file.name === asked);
  return (
    files.find((file) => !file.name || file.name === label?.entry) ??
    files.find((file) => label?.extensions.some((extension) => file.name.endsWith(extension))) ??
    files[0]
  );
}

/** Nested trees become paths; every name keeps its order. */
export function filesOf(tree: FileTree, folder = ''): SourceFile[] {
  return Object.entries(tree).flatMap(([name, value]): SourceFile[] => {
    const path = folder + name;
    return typeof value === 'string' ||
      value instanceof Uint8Array ||
      value instanceof Blob ||
      value instanceof URL
      ? [{ name: path, content: value }]
      : filesOf(value, `${path}/`);
  });
}
