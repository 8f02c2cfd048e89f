// frame/preview: the author's HTML made self-contained. Nothing moves to another line. Scripts, inline ones
// too, become files of their own whose lines are the author's: what `document.write` parses has line numbers
// that no two browsers agree on.
import { previewOrigin } from '../../protocol/preview.js';
import { loads, opensConnection, translate } from './element-references.js';
import { urlOf, type Loadable, type SiteFiles } from './files.js';
import { encode, startTags, type Attribute, type StartTag } from './markup-tokens.js';
import { rewriteStyle } from './style-references.js';

export interface Site {
  readonly files: SiteFiles;
  /** A script of a file, made loadable; `base` is what its imports are relative to. */
  script(text: string, path: string, base: string): Loadable;
  /** Whether the grant lets a request to this URL through. */
  granted(url: string): boolean;
  /** Tells the author what is wrong with a file. */
  warn(text: string, file: string, line: number): void;
}

export interface Markup {
  /** For `document.write`. */
  readonly html: string;
  /** What relative references are relative to. */
  readonly base: string;
}

const scriptTypes = /^$|^(module|(text|application)\/(x-)?(java|ecma|j)script)$/;
const doctype = /^\ufeff?(?:\s|<!--[^]*?-->)*<!doctype[^>]*>/i;

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Rewrites one HTML file of the site. */
export function rewriteMarkup(site: Site, path: string): Markup {
  return new MarkupRewriter(site, path).rewrite();
}

/** HTML that a script inserts: what its elements load, and nothing else. */
export function rewriteFragment(
  html: string,
  files: SiteFiles,
  base: string,
  onMissing: (path: string) => void,
): string {
  if (!/\b(rel|src|srcset|href|poster|background|url)\b/i.test(html)) return html;
  let result = '';
  let from = 0;
  for (const tag of startTags(html)) {
    for (const { name, value, start, end } of tag.attributes) {
      if (name === 'rel' && opensConnection(value)) {
        result += `${html.slice(from, start)}data-not-applied-`;
        from = start;
        continue;
      }
      const loadable = loads(tag.name, name) ? translate(files, base, name, value, onMissing) : undefined;
      if (loadable === undefined) continue;
      result += `${html.slice(from, start)}${name}="${encode(loadable)}"`;
      from = end;
    }
  }
  return result + html.slice(from);
}

class MarkupRewriter {
  readonly #site: Site;
  readonly #path: string;
  readonly #html: string;
  readonly #edits: Edit[] = [];
  readonly #imports: Record<string, string> = {};
  readonly #scopes: Record<string, Record<string, string>> = {};
  #base: string;
  #baseSeen = false;

  constructor(site: Site, path: string) {
    this.#site = site;
    this.#path = path;
    this.#html = site.files.text(path) ?? '';
    this.#base = urlOf(path);
  }

  rewrite(): Markup {
    const tags = [...startTags(this.#html)];
    for (const tag of tags) if (tag.name === 'base') this.#baseTag(tag);
    for (const tag of tags) this.#tag(tag);

    let body = '';
    let from = 0;
    for (const { start, end, text } of this.#edits.sort((a, b) => a.start - b.start)) {
      body += this.#html.slice(from, start) + text;
      from = end;
    }
    body += this.#html.slice(from);
    // Edits before the doctype's end do not exist, so its length is the same in both texts.
    const head = doctype.exec(body)?.[0] ?? (/<html[\s>]/i.test(body) ? '' : '<!doctype html>');
    const rest = body.startsWith(head) ? body.slice(head.length) : body;
    return { html: head + this.#prelude() + rest, base: this.#base };
  }

  #prelude(): string {
    const { files } = this.#site;
    for (const path of files.paths) {
      if (/\.(js|mjs|json|css|wasm)$/i.test(path)) this.#imports[urlOf(path)] = files.load(path);
    }
    const map = JSON.stringify({ imports: this.#imports, scopes: this.#scopes }).replaceAll('<', '\\u003c');
    return (
      `<base href="${encode(this.#base)}"><meta charset="utf-8"><meta name="referrer" content="no-referrer">` +
      `<meta http-equiv="x-dns-prefetch-control" content="off"><script type="importmap">${map}</script>`
    );
  }

  #tag(tag: StartTag): void {
    switch (tag.name) {
      case 'script':
        return this.#script(tag);
      case 'style':
        return this.#style(tag);
      case 'link':
        return this.#link(tag);
      case 'meta':
        return this.#meta(tag);
      case 'iframe':
      case 'frame':
      case 'object':
      case 'embed': {
        const source = value(tag, 'src') ?? value(tag, 'data') ?? '';
        if (source !== '' && source !== 'about:blank') {
          this.#warn(tag.start, `<${tag.name}> is not loaded: a page shown here cannot hold other pages.`);
        }
        return;
      }
      default:
        return this.#references(tag);
    }
  }

  #references(tag: StartTag): void {
    for (const attribute of tag.attributes) {
      if (!loads(tag.name, attribute.name)) continue;
      const loadable = translate(this.#site.files, this.#base, attribute.name, attribute.value, (path) =>
        this.#missing(attribute.start, path),
      );
      if (loadable !== undefined) this.#set(attribute, loadable);
    }
  }

  #script(tag: StartTag): void {
    const type = (value(tag, 'type') ?? '').trim().toLowerCase();
    if (type === 'importmap') return this.#importMap(tag);
    if (type === 'speculationrules') return this.#disable(tag, 'type');
    if (!scriptTypes.test(type)) return;
    const source = value(tag, 'src');
    if (source !== undefined) {
      this.#references(tag);
      // The text that is loaded is not quite the file's, so its hash is another.
      if (this.#site.files.resolve(source, this.#base).kind === 'file')
        this.#drop(tag, 'integrity', 'crossorigin');
      return;
    }
    const content = this.#html.slice(tag.end, tag.contentEnd);
    if (content.trim() === '') return;
    if (type !== 'module') this.#drop(tag, 'async', 'defer');
    const { line, column } = this.#place(tag.end);
    const padding = '\n'.repeat(line - 1) + ' '.repeat(column - 1);
    const script = this.#site.script(padding + content, this.#path, this.#base);
    const blob = new Blob([script.text], { type: 'text/javascript' });
    const url = this.#site.files.name(blob, this.#path, script.column);
    this.#edit(tag.end - 1, tag.contentEnd, ` src="${url}">${content.replace(/[^\n]+/g, '')}`);
  }

  /** Import maps do not chain, so the author's is merged into ours with its files resolved. */
  #importMap(tag: StartTag): void {
    this.#disable(tag, 'type');
    let map: { imports?: Record<string, unknown>; scopes?: Record<string, Record<string, unknown>> };
    try {
      map = JSON.parse(this.#html.slice(tag.end, tag.contentEnd)) as typeof map;
    } catch (error) {
      return this.#warn(tag.start, `The import map is not valid JSON: ${(error as Error).message}`);
    }
    const add = (to: Record<string, string>, from: Record<string, unknown> = {}): void => {
      for (const [name, address] of Object.entries(from)) {
        const { files } = this.#site;
        const key = /^\.{0,2}\//.test(name) ? new URL(name, this.#base).href : name;
        const target = files.resolve(String(address), this.#base);
        if (name.endsWith('/') && target.kind !== 'elsewhere') {
          // A prefix ("lib/": "./lib/") is spelt out, one entry a file.
          const folder = target.path.replace(/index\.html$/, '');
          for (const path of files.paths) {
            if (path.startsWith(folder)) to[key + path.slice(folder.length)] = files.load(path);
          }
        } else if (target.kind === 'missing') {
          this.#missing(tag.start, target.path);
        } else {
          to[key] = target.kind === 'file' ? files.load(target.path) : target.url;
        }
      }
    };
    add(this.#imports, map.imports);
    for (const [scope, imports] of Object.entries(map.scopes ?? {})) {
      add((this.#scopes[new URL(scope, this.#base).href] ??= {}), imports);
    }
  }

  #style(tag: StartTag): void {
    const content = this.#html.slice(tag.end, tag.contentEnd);
    const style = rewriteStyle(content, (reference, offset) => {
      const target = this.#site.files.resolve(reference, this.#base);
      if (target.kind === 'file') return this.#site.files.load(target.path) + target.suffix;
      if (target.kind === 'missing') this.#missing(tag.end + offset, target.path);
      return undefined;
    });
    if (style !== content) this.#edit(tag.end, tag.contentEnd, style);
    this.#references(tag);
  }

  #link(tag: StartTag): void {
    const relations = (value(tag, 'rel') ?? '').toLowerCase().split(/\s+/);
    const href = value(tag, 'href') ?? '';
    const target = this.#site.files.resolve(href, this.#base);
    // No policy stops preconnect and dns-prefetch, and a preload of a file of the site has nothing to load.
    const hint = relations.find((relation) =>
      /^(preconnect|(dns-)?prefetch|prerender|(module)?preload)$/.test(relation),
    );
    if (hint !== undefined && (target.kind !== 'elsewhere' || !this.#site.granted(target.url))) {
      this.#disable(tag, 'rel');
      if (target.kind === 'elsewhere') {
        this.#warn(
          tag.start,
          `blocked: <link rel="${hint}"> to ${target.url} — this page has no network grant for it.`,
        );
      }
      return;
    }
    if (!relations.some((relation) => /^(stylesheet|icon|manifest)$/.test(relation))) return;
    this.#references(tag);
    if (target.kind === 'file') this.#drop(tag, 'integrity', 'crossorigin');
  }

  #meta(tag: StartTag): void {
    switch ((value(tag, 'http-equiv') ?? '').trim().toLowerCase()) {
      case 'refresh':
        this.#disable(tag, 'http-equiv');
        return this.#warn(
          tag.start,
          '<meta http-equiv="refresh"> is not followed: a page shown here stays where it is.',
        );
      case 'content-security-policy':
      case 'content-security-policy-report-only':
        // Its 'self' would be nobody: everything here is a blob: URL of an opaque origin.
        this.#disable(tag, 'http-equiv');
        return this.#warn(
          tag.start,
          'The page’s own Content-Security-Policy is not applied here; the grant’s is.',
        );
      default:
    }
  }

  #baseTag(tag: StartTag): void {
    const href = value(tag, 'href');
    if (href === undefined || this.#baseSeen) return;
    this.#baseSeen = true;
    this.#disable(tag, 'href');
    try {
      const base = new URL(href, this.#base);
      if (base.origin === previewOrigin) this.#base = base.href;
      else this.#warn(tag.start, `<base href="${href}"> is not applied: it leads out of this page’s files.`);
    } catch {
      this.#warn(tag.start, `<base href="${href}"> is not a URL.`);
    }
  }

  #missing(offset: number, path: string): void {
    if (this.#site.files.missed.has(path)) return;
    this.#site.files.missed.add(path);
    this.#warn(offset, `${path} is not among the files of this page (${this.#site.files.describe()}).`);
  }

  #warn(offset: number, text: string): void {
    this.#site.warn(text, this.#path, this.#place(offset).line);
  }

  /** Counting from 1. */
  #place(offset: number): { line: number; column: number } {
    const before = this.#html.slice(0, offset);
    const lastBreak = before.lastIndexOf('\n');
    return { line: before.split('\n').length, column: offset - lastBreak };
  }

  /** Keeps the attribute in sight under another name. */
  #disable(tag: StartTag, name: string): void {
    const attribute = tag.attributes.find((each) => each.name === name);
    if (attribute === undefined) return;
    // A script without a type would be JavaScript.
    const instead = name === 'type' ? 'type="application/json" ' : '';
    this.#edit(attribute.start, attribute.start, `${instead}data-not-applied-`);
  }

  #drop(tag: StartTag, ...names: string[]): void {
    for (const attribute of tag.attributes)
      if (names.includes(attribute.name)) this.#edit(attribute.start, attribute.end, '');
  }

  #set(attribute: Attribute, text: string): void {
    const original = this.#html.slice(attribute.start, attribute.end);
    const lines = original.replace(/[^\n]+/g, '');
    this.#edit(attribute.start, attribute.end, `${attribute.name}="${encode(text)}"${lines}`);
  }

  #edit(start: number, end: number, text: string): void {
    this.#edits.push({ start, end, text });
  }
}

function value(tag: StartTag, name: string): string | undefined {
  return tag.attributes.find((attribute) => attribute.name === name)?.value;
}
