// frame/preview: the files of the shown site, by the URL they seem to have. A file becomes a blob: URL of
// this document (a blob: URL made by the page would not load in an opaque origin), made when first asked for.
import { previewOrigin, type PreviewFile } from '../../protocol/preview.js';

/** What a reference in a document, style sheet or script leads to. */
export type Target =
  | { readonly kind: 'file'; readonly path: string; readonly suffix: string }
  /** A place on our own origin where no file is. */
  | { readonly kind: 'missing'; readonly path: string }
  /** Another origin, data:, blob:, or no URL at all. */
  | { readonly kind: 'elsewhere'; readonly url: string };

/** A text as it is loaded, and the way back to the author's columns where it has them. */
export interface Loadable {
  readonly text: string;
  readonly column?: (line: number, column: number) => number;
}

/** How the text of a kind of file is changed before it is loaded. */
export type Transform = (text: string, path: string) => Loadable;

/** A place in a file, as its author sees it. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const extensionOf = (path: string): string => /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';

const types: Readonly<Record<string, string>> = {
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  js: 'text/javascript',
  mjs: 'text/javascript',
  json: 'application/json',
  xml: 'application/xml',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  vtt: 'text/vtt',
  wasm: 'application/wasm',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  ico: 'image/x-icon',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  mp4: 'video/mp4',
  webm: 'video/webm',
  woff: 'font/woff',
  woff2: 'font/woff2',
  ttf: 'font/ttf',
  otf: 'font/otf',
  pdf: 'application/pdf',
};

/** Media type by the file's extension, without parameters. */
export function typeOf(path: string): string {
  return types[extensionOf(path)] ?? 'application/octet-stream';
}

/** The URL a file seems to have. */
export function urlOf(path: string): string {
  return new URL(path.split('/').map(encodeURIComponent).join('/'), `${previewOrigin}/`).href;
}

export class SiteFiles {
  readonly #files: ReadonlyMap<string, string | Uint8Array | Blob>;
  readonly #transforms: Readonly<Record<string, Transform>>;
  readonly #loadable = new Map<string, string>();
  readonly #names = new Map<string, { readonly path: string; readonly column?: Loadable['column'] }>();
  /** Paths that were referred to and told to be missing. */
  readonly missed = new Set<string>();
  /** Being transformed: a style sheet that imports itself ends here. */
  readonly #open = new Set<string>();

  /** Transforms by extension; they run when a file is first referred to. */
  constructor(files: readonly PreviewFile[], transforms: Readonly<Record<string, Transform>>) {
    this.#files = new Map(files);
    this.#transforms = transforms;
  }

  get paths(): string[] {
    return [...this.#files.keys()];
  }

  /** `index.html, app.js and 3 more`, for sentences. */
  describe(): string {
    const paths = this.paths;
    const shown = paths.slice(0, 6).join(', ');
    return paths.length > 6 ? `${shown} and ${paths.length - 6} more` : shown;
  }

  /** Texts come as strings; see `readTexts`. */
  text(path: string): string | undefined {
    const content = this.#files.get(path);
    return typeof content === 'string' ? content : undefined;
  }

  content(path: string): Blob | undefined {
    const content = this.#files.get(path);
    if (content === undefined) return undefined;
    return new Blob([content as BlobPart], { type: typeOf(path) });
  }

  resolve(reference: string, base: string): Target {
    let url: URL;
    try {
      url = new URL(reference.trim(), base);
    } catch {
      return { kind: 'elsewhere', url: reference };
    }
    if (url.origin !== previewOrigin) return { kind: 'elsewhere', url: url.href };
    let path: string;
    try {
      path = decodeURIComponent(url.pathname.slice(1));
    } catch {
      path = url.pathname.slice(1);
    }
    if (path === '' || path.endsWith('/')) path += 'index.html';
    return this.#files.has(path)
      ? { kind: 'file', path, suffix: url.hash }
      : { kind: 'missing', path: path + url.search };
  }

  /** A URL that loads the file here. */
  load(path: string): string {
    let url = this.#loadable.get(path);
    if (url !== undefined) return url;
    const text = this.text(path);
    const transform = this.#transforms[extensionOf(path)];
    if (text === undefined || transform === undefined) {
      url = this.name(this.content(path) ?? new Blob(), path);
    } else {
      if (this.#open.has(path)) return 'data:,';
      this.#open.add(path);
      const { text: changed, column } = transform(text, path);
      this.#open.delete(path);
      url = this.name(new Blob([changed], { type: typeOf(path) }), path, column);
    }
    this.#loadable.set(path, url);
    return url;
  }

  /** A URL for content that errors shall name `path`: an inline script of that file, a worker's prelude. */
  name(content: Blob, path: string, column?: Loadable['column']): string {
    const url = URL.createObjectURL(content);
    this.#names.set(url, column === undefined ? { path } : { path, column });
    return url;
  }

  /** Where a line and column of a URL made here are in the author's file. */
  place(url: string, line: number, column: number): Place | undefined {
    const named = this.#names.get(url);
    return named && { file: named.path, line, column: named.column?.(line, column) ?? column };
  }

  /** The file behind a URL made here. */
  nameOf(url: string): string | undefined {
    return this.#names.get(url.split('#')[0] ?? url)?.path;
  }
}

const textual = new Set(['html', 'htm', 'css', 'js', 'mjs', 'svg']);

/** Reads what is rewritten, so that nothing after it has to wait. */
export async function readTexts(files: readonly PreviewFile[]): Promise<PreviewFile[]> {
  return Promise.all(
    files.map(async ([path, content]): Promise<PreviewFile> => {
      if (typeof content === 'string' || !textual.has(extensionOf(path))) return [path, content];
      const text = content instanceof Blob ? await content.text() : new TextDecoder().decode(content);
      return [path, text];
    }),
  );
}
