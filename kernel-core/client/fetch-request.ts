// client: what `sandbox.fetch` was asked for, as a request that the kernel can send (`protocol/network.ts`).
import type { FetchRequest } from '../protocol/network.js';
import { KernelError } from './kernel-error.js';

export interface PreparedFetch {
  readonly request: FetchRequest;
  /** Where the request says `stream`. */
  readonly body: ReadableStream<Uint8Array> | undefined;
  readonly signal: AbortSignal | undefined;
  /** It asks for another protocol, which takes the place of a body. */
  readonly upgrade: boolean;
}

/** Longer bodies go in pieces. */
const wholeBytesMax = 1024 * 1024;
/** Methods that `fetch` knows however they are spelled. */
const normalized = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);

/** Throws EINVAL for what is no request. */
export async function prepareFetch(
  port: number,
  input: string | Request,
  init: RequestInit,
): Promise<PreparedFetch> {
  mustBePort(port);
  const given = typeof input === 'string' ? undefined : input;
  const { pathname, search } = urlOf(typeof input === 'string' ? input : input.url);
  const spelled = init.method ?? given?.method ?? 'GET';
  const method = normalized.has(spelled.toUpperCase()) ? spelled.toUpperCase() : spelled;
  // No Request is made of them: it would drop `host`, `cookie` and `origin`.
  const headers = headersOf(init.headers ?? given?.headers);
  const body = await bodyOf(init, given);
  if (body !== undefined && (method === 'GET' || method === 'HEAD'))
    throw invalid(`A ${method} request has no body.`);
  if (body?.type !== undefined && !headers.has('content-type')) headers.set('content-type', body.type);
  const { content } = body ?? {};
  if (content instanceof Blob) headers.set('content-length', String(content.size));
  const upgrade = asksForUpgrade(headers);
  if (upgrade && content !== undefined) throw invalid('A request for another protocol has no body.');
  const fields = [...headers];
  if (!headers.has('host')) fields.unshift(['host', `localhost:${port}`]);
  return {
    request: {
      port,
      method,
      target: pathname + search,
      headers: fields,
      body: upgrade
        ? 'stream'
        : content === undefined || content instanceof Uint8Array
          ? (content ?? null)
          : 'stream',
    },
    body:
      content instanceof Blob ? content.stream() : content instanceof ReadableStream ? content : undefined,
    signal: init.signal ?? given?.signal,
    upgrade,
  };
}

/** RFC 9110, 7.8. */
function asksForUpgrade(headers: Headers): boolean {
  const options = (headers.get('connection') ?? '').toLowerCase().split(',');
  return headers.has('upgrade') && options.some((option) => option.trim() === 'upgrade');
}

/** Throws EINVAL. */
export function mustBePort(port: number): void {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw invalid(`A port is a number from 1 to 65535, not ${String(port)}.`);
}

function urlOf(input: string): URL {
  // A path may begin with two slashes; as a relative URL those would name a host.
  const url = parse(input.startsWith('/') ? `http://localhost${input}` : input, 'http://localhost/');
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw invalid(`“${input}” is neither a path nor an http URL.`);
  return url;
}

function parse(text: string, base: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

function headersOf(init: HeadersInit | undefined): Headers {
  try {
    return new Headers(init);
  } catch (error) {
    throw invalid(`The request's headers are not valid: ${(error as Error).message}`);
  }
}

interface Body {
  readonly content: Uint8Array | Blob | ReadableStream<Uint8Array>;
  readonly type: string | undefined;
}

/** Streams stay streams; what has a length is sent with it, as simple servers know no other way. */
async function bodyOf(init: RequestInit, given: Request | undefined): Promise<Body | undefined> {
  const { body } = init;
  if (body instanceof ReadableStream) return { content: body, type: undefined };
  if (body instanceof Blob && body.size > wholeBytesMax)
    return { content: body, type: body.type || undefined };
  if (body === null || (body === undefined && !hasBody(given))) return undefined;
  const source = body === undefined && given !== undefined ? given : new Response(body);
  if (source.bodyUsed) throw invalid('The body of the request has been read already.');
  // Firefox has no Request.body, and the length would be unknown.
  const bytes = new Uint8Array(await source.arrayBuffer());
  const type = source.headers.get('content-type') ?? undefined;
  return { content: bytes.length > wholeBytesMax ? new Blob([bytes]) : bytes, type };
}

const hasBody = (request: Request | undefined): boolean =>
  request !== undefined && request.method !== 'GET' && request.method !== 'HEAD' && request.body !== null;

function invalid(message: string): KernelError {
  return new KernelError('EINVAL', message);
}
