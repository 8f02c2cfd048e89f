// protocol: page ↔ kernel about the network of a sandbox: which ports listen, and HTTP requests and connections to them.
//
// One request, over a MessagePort of its own (no transferable streams: WebKit has none); both bodies are pulled
// piece by piece by whoever reads them, so that neither side holds more than a piece:
//
//   page                                          kernel
//     │ ── KernelService.fetch(…, port) ───────────▶ │
//     │ ◀── body-pull ─── body, body-end, -failed ─▶ │   the request's body, if it is a stream
//     │ ◀── body-cancel ──────────────────────────── │   the server wants no more of it
//     │ ◀── FetchReply (the call's answer) ───────── │
//     │ ── pull ─── chunk, end, failed ◀──────────── │   the answer's body, if it has one
//     │                                              │   (after 101, and for `connect`: both at once, to the end)
//     │ ── abort ──────────────────────────────────▶ │   at any time: the connection is closed
import type { WireError } from './kernel-service.js';

/** Kernel → page: a port has its first listener, or has lost its last. */
export interface PortMessage {
  readonly type: 'listen' | 'close';
  readonly port: number;
}

export interface FetchRequest {
  readonly port: number;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** `content-length` where the length of a streamed body is known. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** `stream` where the headers ask for another protocol: it begins when the server has agreed. */
  readonly body: Uint8Array | 'stream' | null;
}

/** The head of an answer. */
export interface FetchReply {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly hasBody: boolean;
  /** The connection is the page's: what it streams goes out as it is, and what follows comes as the body. */
  readonly upgraded: boolean;
}

/** Page → kernel. */
export type ToFetch =
  | { readonly type: 'pull' }
  | { readonly type: 'abort' }
  | { readonly type: 'body'; readonly bytes: Uint8Array }
  | { readonly type: 'body-end' }
  | { readonly type: 'body-failed'; readonly message: string };

/** Kernel → page. */
export type FromFetch =
  | { readonly type: 'chunk'; readonly bytes: Uint8Array }
  | { readonly type: 'end' }
  | { readonly type: 'failed'; readonly error: WireError }
  | { readonly type: 'body-pull' }
  | { readonly type: 'body-cancel' };
