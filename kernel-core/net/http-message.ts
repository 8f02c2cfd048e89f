// net: what an HTTP exchange with a server in the sandbox is made of (RFC 9110, RFC 9112).
import type { StreamSocket } from './sockets.js';

/** Names as they were spelled; values in ISO 8859-1, as HTTP has them. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

export interface HttpRequest {
  readonly method: string;
  /** Path and query, `/` and what follows. */
  readonly target: string;
  /** `content-length` says how long a streamed body is; `transfer-encoding` and hop-by-hop fields are ours. */
  readonly headers: HeaderList;
  readonly body?: Uint8Array | ReadableStream<Uint8Array> | undefined;
  /** Aborting closes the connection, at any time before the answer's body has ended. */
  readonly signal?: AbortSignal | undefined;
}

/** The raw connection after `101 Switching Protocols`; `head` is what the server had sent on it already. */
export interface Upgraded {
  readonly socket: StreamSocket;
  readonly head: Uint8Array;
}

export interface HttpResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeaderList;
  /** Null where an answer cannot have one (HEAD, 101, 204, 304). Errors with an `HttpError` when it is cut. */
  readonly body: ReadableStream<Uint8Array> | null;
  readonly upgraded?: Upgraded;
}

/**
 * - `refused`: nobody listens, or too many wait
 * - `closed`: the connection ended before an answer
 * - `cut`: it ended within one
 * - `malformed`: what came is not HTTP
 * - `head-too-large`: more than 64 KB of header fields
 * - `bad-request`: the request cannot be sent as it is
 */
export type HttpErrorCode = 'refused' | 'closed' | 'cut' | 'malformed' | 'head-too-large' | 'bad-request';

/** Why there is no (whole) answer, in one sentence for a reader. */
export class HttpError extends Error {
  readonly code: HttpErrorCode;
  readonly port: number;

  constructor(code: HttpErrorCode, port: number, detail = '') {
    super(sentence(code, port, detail));
    this.name = 'HttpError';
    this.code = code;
    this.port = port;
  }
}

function sentence(code: HttpErrorCode, port: number, detail: string): string {
  const server = `The server on port ${port}`;
  switch (code) {
    case 'refused':
      return `Nothing accepts connections on port ${port} in this sandbox.`;
    case 'closed':
      return `${server} closed the connection before it answered.`;
    case 'cut':
      return `${server} closed the connection in the middle of its answer.`;
    case 'malformed':
      return `${server} sent something that is not HTTP: ${detail}.`;
    case 'head-too-large':
      return `${server} sent more than 64 KB of headers.`;
    case 'bad-request':
      return `The request to port ${port} cannot be sent: ${detail}.`;
  }
}

/** RFC 9110, 5.6.2. */
export const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** The values of a field, in order; each may be a list itself. */
export function valuesOf(headers: HeaderList, name: string): string[] {
  return headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);
}

/** The members of a field that is a comma-separated list, in lower case. */
export function membersOf(headers: HeaderList, name: string): string[] {
  return valuesOf(headers, name)
    .flatMap((value) => value.split(','))
    .map((member) => member.trim().toLowerCase())
    .filter((member) => member !== '');
}
