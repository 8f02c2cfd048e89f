// javascript loader: `fetch` over the kernel's grant, and over the sandbox's files for `file:` URLs.
// Bodies are whole: the request's is read before it is sent, the response's is there when it resolves.
import { normalize } from '../../kernel-core/abi/path.js';
import type { OutboundResponse } from '../../kernel-core/abi/outbound.js';
import type { Outbound } from '../outbound.js';
import type { View } from '../view/view.js';
import type { EventLoop } from './event-loop.js';
import { isErrno } from './specifier.js';

const NativeRequest = Request;
const NativeResponse = Response;
/** Statuses whose response has no body by definition; the constructor insists. */
const withoutBody = new Set([101, 103, 204, 205, 304]);

export interface FetchOptions {
  readonly outbound: Outbound;
  readonly view: View;
  readonly loop: Pick<EventLoop, 'track'>;
}

/** Replaces `fetch`. */
export function installFetch({ outbound, view, loop }: FetchOptions): void {
  const fetchNow = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = addressOf(input);
    if (url.protocol === 'file:') return readFile(view, url);
    if (url.protocol === 'data:') return readDataUrl(url.href);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new TypeError(
        `fetch cannot read ${url.protocol} URLs here, only https:, http:, data: and file:.`,
      );
    }
    const request = new NativeRequest(input instanceof NativeRequest ? input : url.href, init);
    const { signal } = request;
    signal.throwIfAborted();
    const body = new Uint8Array(await request.arrayBuffer());
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    const answer = outbound.fetch({
      url: url.href,
      method: request.method,
      headers: [...request.headers],
      body: body.length > 0 ? body : null,
    });
    try {
      return responseOf(await Promise.race([answer, aborted]), url.href);
    } catch (error) {
      if (signal.aborted) throw error;
      throw new TypeError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  };
  const fetch = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> =>
    loop.track(fetchNow(input, init));
  Object.defineProperty(globalThis, 'fetch', {
    value: fetch,
    writable: true,
    configurable: true,
    enumerable: true,
  });
}

function addressOf(input: RequestInfo | URL): URL {
  const text = input instanceof NativeRequest ? input.url : String(input);
  try {
    return new URL(text);
  } catch {
    throw new TypeError(
      `fetch('${text}'): a program has no address of its own that this could be relative to. Give a whole URL, ` +
        `or new URL('${text}', import.meta.url) for a file beside this one.`,
    );
  }
}

function responseOf(answer: OutboundResponse, asked: string): Response {
  const { status, statusText } = answer;
  const headers = new Headers();
  for (const [name, value] of answer.headers) headers.append(name, value);
  const body = withoutBody.has(status) ? null : (answer.body as Uint8Array<ArrayBuffer>);
  const response = new NativeResponse(body, { status, statusText, headers });
  return addressed(response, answer.url, answer.url !== new URL(asked).href);
}

/** `url` and `redirected` are read-only and empty on a response that was made. */
function addressed(response: Response, url: string, redirected = false): Response {
  Object.defineProperty(response, 'url', { value: url, configurable: true });
  Object.defineProperty(response, 'redirected', { value: redirected, configurable: true });
  return response;
}

const mediaTypes: Readonly<Record<string, string>> = {
  json: 'application/json',
  txt: 'text/plain',
  csv: 'text/csv',
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  wasm: 'application/wasm',
};

function readFile(view: View, url: URL): Response {
  const path = normalize(decodeURIComponent(url.pathname));
  try {
    const bytes = view.contents(view.resolve(path)).slice();
    const type = mediaTypes[/\.(\w+)$/.exec(path)?.[1] ?? ''];
    return addressed(
      new NativeResponse(bytes, type === undefined ? {} : { headers: { 'content-type': type } }),
      url.href,
    );
  } catch (error) {
    if (isErrno(error)) throw new TypeError(`fetch cannot read ${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** `data:[<type>][;base64],<data>`; the CSP of this realm lets the engine's own fetch read nothing. */
function readDataUrl(href: string): Response {
  const match = /^data:([^,]*?)(;base64)?,([^#]*)/is.exec(href);
  if (match === null) throw new TypeError('fetch: this data: URL has no comma.');
  const [, type = '', base64, data = ''] = match;
  const text = decodeURIComponent(data.replace(/%(?![\da-f]{2})/gi, '%25'));
  const bytes =
    base64 === undefined
      ? new TextEncoder().encode(text)
      : Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return addressed(
    new NativeResponse(bytes, {
      headers: { 'content-type': type === '' ? 'text/plain;charset=US-ASCII' : type },
    }),
    href,
  );
}
