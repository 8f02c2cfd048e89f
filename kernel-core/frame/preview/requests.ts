// frame/preview: fetch, XMLHttpRequest, Worker and elements made by scripts, for files of the site.
// Everything else goes to the browser's own, and so to the policy.
import type { Channel } from './channel.js';
import { loadingAttributes, loads, opensConnection, translate } from './element-references.js';
import { urlOf, type SiteFiles, type Target } from './files.js';
import { turnName } from './loop-guard.js';
import { rewriteFragment } from './markup.js';
import { resolverName } from './script-references.js';
import { rewriteStyle } from './style-references.js';

// Taken before the patched ones below take their place.
const native = {
  getAttribute: Element.prototype.getAttribute,
  setAttribute: Element.prototype.setAttribute,
};

export function serveRequests(channel: Channel, files: SiteFiles): void {
  const missing = (path: string): void => {
    if (files.missed.has(path)) return;
    files.missed.add(path);
    channel.print({
      level: 'error',
      text: `${path} is not among the files of this page (${files.describe()}).`,
    });
  };
  const resolve = (reference: string): Target => {
    const target = files.resolve(reference, document.baseURI);
    if (target.kind === 'missing') missing(target.path);
    return target;
  };
  serveFetch(files, resolve);
  serveXhr(files, resolve);
  serveWorkers(channel, files, resolve);
  serveProperties(files, resolve);
  serveMarkup(files, missing);
  serveInserted(files, missing);
}

function serveFetch(files: SiteFiles, resolve: (reference: string) => Target): void {
  const nativeFetch = window.fetch.bind(window);
  window.fetch = async function fetch(input, init) {
    const target = resolve(input instanceof Request ? input.url : String(input));
    if (target.kind === 'elsewhere') return nativeFetch(input, init);
    const method = (init?.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase();
    (init?.signal ?? (input instanceof Request ? input.signal : undefined))?.throwIfAborted();
    const found = target.kind === 'file' ? files.content(target.path) : undefined;
    const response =
      method !== 'GET' && method !== 'HEAD'
        ? new Response('A page’s files can only be read.', { status: 405, statusText: 'Method Not Allowed' })
        : found === undefined
          ? new Response('There is no such file.', { status: 404, statusText: 'Not Found' })
          : new Response(method === 'HEAD' ? null : found, { headers: { 'content-type': found.type } });
    Object.defineProperty(response, 'url', { value: urlOf(target.path) });
    return response;
  };
}

function serveXhr(files: SiteFiles, resolve: (reference: string) => Target): void {
  const nativeOpen = XMLHttpRequest.prototype.open as (...parameters: unknown[]) => void;
  XMLHttpRequest.prototype.open = function open(
    this: XMLHttpRequest,
    method: string,
    url: string | URL,
    ...rest: unknown[]
  ) {
    const target = resolve(String(url));
    const place =
      target.kind === 'file' ? files.name(files.content(target.path) ?? new Blob(), target.path) : url;
    nativeOpen.call(this, method, place, ...(rest.length === 0 ? [true] : rest));
  };
}

/** Classic workers; their importScripts and fetch know the site's files too. */
function serveWorkers(channel: Channel, files: SiteFiles, resolve: (reference: string) => Target): void {
  window.Worker = new Proxy(Worker, {
    construct(worker, [url, options]: [string | URL, WorkerOptions?]) {
      const target = resolve(String(url));
      if (target.kind !== 'file') return new worker(url, options);
      if (options?.type === 'module') {
        const text = `${target.path} was to be a module worker: only classic workers start in a page shown here.`;
        channel.print({ level: 'error', text });
        throw new DOMException(text, 'NotSupportedError');
      }
      const map = Object.fromEntries(files.paths.map((path) => [urlOf(path), files.load(path)]));
      const parameters = [urlOf(target.path), map, turnName, resolverName].map((each) =>
        JSON.stringify(each),
      );
      const prelude = `(${workerPrelude.toString()})(${parameters.join()});`;
      const source = new Blob([prelude, files.text(target.path) ?? ''], { type: 'text/javascript' });
      return new worker(files.name(source, target.path), options);
    },
  });
}

/** Runs in the worker, on the line of the author's first: it must stand for itself. */
function workerPrelude(base: string, map: Record<string, string>, turn: string, resolver: string): void {
  const scope = globalThis as unknown as {
    importScripts(...urls: string[]): void;
    fetch(input: unknown, init?: unknown): Promise<Response>;
  };
  const { importScripts, fetch } = scope;
  const at = (url: unknown): string => {
    const absolute = new URL(String(url), base).href;
    return map[absolute] ?? absolute;
  };
  // Scripts of the site call these; a worker freezes nobody.
  Object.assign(scope, { [turn]: () => undefined, [resolver]: (specifier: unknown) => at(specifier) });
  scope.importScripts = (...urls) => importScripts(...urls.map(at));
  scope.fetch = (input, init) => fetch(input instanceof Request ? input : at(input), init);
}

/** `image.src = 'cat.png'`, and reading it back. */
function serveProperties(files: SiteFiles, resolve: (reference: string) => Target): void {
  const load = (value: string): string => {
    if (value === '' || value.startsWith('#')) return value;
    const target = resolve(value);
    return target.kind === 'file' ? files.load(target.path) + target.suffix : value;
  };
  const properties: [{ prototype: object }, string][] = [
    [HTMLImageElement, 'src'],
    [HTMLScriptElement, 'src'],
    [HTMLMediaElement, 'src'],
    [HTMLVideoElement, 'poster'],
    [HTMLSourceElement, 'src'],
    [HTMLTrackElement, 'src'],
    [HTMLInputElement, 'src'],
    [HTMLLinkElement, 'href'],
  ];
  for (const [{ prototype }, name] of properties) {
    const accessor = Object.getOwnPropertyDescriptor(prototype, name);
    if (accessor?.get === undefined || accessor.set === undefined) continue;
    const { get, set } = accessor as { get: () => string; set: (value: string) => void };
    Object.defineProperty(prototype, name, {
      ...accessor,
      get(this: Element) {
        const url = get.call(this);
        const path = files.nameOf(url);
        return path === undefined ? url : urlOf(path);
      },
      set(this: Element, value: unknown) {
        set.call(this, load(String(value)));
      },
    });
  }
  const rel = Object.getOwnPropertyDescriptor(HTMLLinkElement.prototype, 'rel');
  const setRel = rel?.set as ((relation: string) => void) | undefined;
  Object.defineProperty(HTMLLinkElement.prototype, 'rel', {
    ...rel,
    set(this: Element, relation: unknown) {
      if (!opensConnection(String(relation))) setRel?.call(this, String(relation));
    },
  });
  Element.prototype.setAttribute = function setAttribute(this: Element, name: string, value: string) {
    const attribute = String(name).toLowerCase();
    if (attribute === 'rel' && opensConnection(String(value))) return;
    const translated =
      attribute !== 'style' && loads(this.localName, attribute)
        ? translate(files, document.baseURI, attribute, String(value), (path) => void resolve(urlOf(path)))
        : undefined;
    native.setAttribute.call(this, name, translated ?? value);
  };
  Element.prototype.getAttribute = function getAttribute(this: Element, name: string) {
    const value = native.getAttribute.call(this, name);
    return (value?.startsWith('blob:') ? files.nameOf(value) : undefined) ?? value;
  };
}

/** HTML given as text: changed before it is parsed, for what loads starts loading there and then. */
function serveMarkup(files: SiteFiles, missing: (path: string) => void): void {
  // Trusted types and numbers are HTML too: whatever it is, the browser would make a string of it.
  const rewrite = (html: unknown): string =>
    rewriteFragment(html === null ? '' : `${html as string}`, files, document.baseURI, missing);
  for (const [prototype, name] of [
    [Element.prototype, 'innerHTML'],
    [Element.prototype, 'outerHTML'],
    [ShadowRoot.prototype, 'innerHTML'],
  ] as const) {
    const accessor = Object.getOwnPropertyDescriptor(prototype, name);
    const set = accessor?.set as ((html: string) => void) | undefined;
    if (accessor === undefined || set === undefined) continue;
    Object.defineProperty(prototype, name, {
      ...accessor,
      set(this: Element, html: unknown) {
        set.call(this, rewrite(html));
      },
    });
  }
  const insert = Element.prototype.insertAdjacentHTML;
  Element.prototype.insertAdjacentHTML = function insertAdjacentHTML(this: Element, position, html) {
    insert.call(this, position, rewrite(html));
  };
}

/** What came in any other way, `style` attributes and style elements: changed right after it was inserted. */
function serveInserted(files: SiteFiles, missing: (path: string) => void): void {
  const attribute = (element: Element, name: string): void => {
    const value = loads(element.localName, name) ? native.getAttribute.call(element, name) : null;
    if (value === null || files.nameOf(value) !== undefined || /^(blob|data):/.test(value)) return;
    const loadable = translate(files, document.baseURI, name, value, missing);
    if (loadable !== undefined) native.setAttribute.call(element, name, loadable);
  };
  const styleText = (element: Element): void => {
    const css = element.textContent ?? '';
    if (!/url\(|@import/i.test(css)) return;
    const changed = rewriteStyle(css, (reference) => {
      const target = files.resolve(reference, document.baseURI);
      if (target.kind === 'missing') missing(target.path);
      return target.kind === 'file' ? files.load(target.path) + target.suffix : undefined;
    });
    if (changed !== css) element.textContent = changed;
  };
  const element = (each: Element): void => {
    for (const name of loadingAttributes) attribute(each, name);
    if (each.localName === 'style') styleText(each);
    // An unprivileged page can open connections by these, and no policy stops it (PLATFORM.md).
    if (each.localName === 'link' && /preconnect|dns-prefetch/i.test(each.getAttribute('rel') ?? ''))
      each.remove();
  };
  const observer = new MutationObserver((records) => {
    for (const record of records) {
      if (record.type === 'attributes') {
        attribute(record.target as Element, record.attributeName ?? '');
        continue;
      }
      if (record.target instanceof HTMLStyleElement) styleText(record.target);
      for (const node of record.addedNodes) {
        if (!(node instanceof Element)) continue;
        element(node);
        for (const inner of node.querySelectorAll('[src],[srcset],[href],[poster],[style],style'))
          element(inner);
      }
    }
  });
  const observe = (root: Node): void =>
    observer.observe(root, {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: loadingAttributes,
    });
  observe(document);
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function attachShadow(this: Element, init: ShadowRootInit) {
    const root = attach.call(this, init);
    observe(root);
    return root;
  };
}
