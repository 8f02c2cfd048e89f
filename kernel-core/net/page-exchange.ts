// net: one request or connection of the page's, over its MessagePort (`protocol/network.ts`).
// Must always hold: at most one piece of either body is here; a request that the page gave up is aborted.
import { isErrno } from '../abi/errno.js';
import type { FetchReply, FetchRequest, FromFetch, ToFetch } from '../protocol/network.js';
import type { WireError } from '../protocol/kernel-service.js';
import { HttpError, type HttpErrorCode, type HttpRequest, type HttpResponse } from './http-message.js';
import { asksForUpgrade } from './http-sender.js';
import { joinStreams } from './raw-connection.js';

/** Why there is no answer, as the page is told. */
export class FetchFailure extends Error {
  readonly wire: WireError;

  constructor(wire: WireError) {
    super(wire.message);
    this.wire = wire;
  }
}

export class PageExchange {
  readonly request: HttpRequest;
  readonly #port: MessagePort;
  readonly #to: number;
  readonly #listening: () => readonly number[];
  readonly #abort = new AbortController();
  /** What the page streams: the request's body or, where that asks for another protocol, what follows the answer. */
  readonly #outgoing: ReadableStream<Uint8Array>;
  #answer: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #body: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** The piece of the request's body that is on its way. */
  #arrived: (() => void) | undefined;

  constructor(request: FetchRequest, port: MessagePort, listening: () => readonly number[]) {
    const { method, target, headers, body } = request;
    this.#port = port;
    this.#to = request.port;
    this.#listening = listening;
    this.#outgoing = this.#streamedBody();
    this.request = {
      method,
      target,
      headers,
      body: asksForUpgrade(headers) || body === null ? undefined : body === 'stream' ? this.#outgoing : body,
      signal: this.#abort.signal,
    };
    port.onmessage = ({ data }: MessageEvent<ToFetch>) => this.#receive(data);
  }

  /** The head for the page; the body follows as it is pulled. */
  serve({ status, statusText, headers, body, upgraded }: HttpResponse): FetchReply {
    const incoming =
      upgraded === undefined ? body : joinStreams(upgraded, this.#outgoing, this.#abort.signal);
    this.#answer = incoming?.getReader();
    return {
      status,
      statusText,
      headers,
      hasBody: incoming !== null,
      upgraded: upgraded !== undefined,
    };
  }

  close(): void {
    this.#port.onmessage = null;
    this.#port.close();
  }

  #streamedBody(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#body = controller;
        },
        pull: () =>
          new Promise((resolve) => {
            this.#arrived = resolve;
            this.#tell({ type: 'body-pull' });
          }),
        cancel: () => {
          this.#body = undefined;
          this.#tell({ type: 'body-cancel' });
        },
      },
      { highWaterMark: 0 },
    );
  }

  #receive(message: ToFetch): void {
    switch (message.type) {
      case 'pull':
        void this.#next();
        return;
      case 'abort':
        this.#abort.abort();
        return this.close();
      case 'body':
        this.#body?.enqueue(message.bytes);
        break;
      case 'body-end':
        this.#body?.close();
        this.#body = undefined;
        break;
      case 'body-failed':
        this.#body?.error(new FetchFailure({ code: 'EIO', message: message.message }));
        this.#body = undefined;
        break;
    }
    this.#arrived?.();
  }

  async #next(): Promise<void> {
    try {
      const piece = await this.#answer?.read();
      if (piece?.value === undefined) return this.#tell({ type: 'end' });
      this.#tell({ type: 'chunk', bytes: piece.value }, [piece.value.buffer as ArrayBuffer]);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.#tell({ type: 'failed', error: fetchFailure(error, this.#to, this.#listening()).wire });
    }
  }

  #tell(message: FromFetch, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}

const codes: Readonly<Record<HttpErrorCode, string>> = {
  refused: 'ECONNREFUSED',
  closed: 'ECONNRESET',
  cut: 'ECONNRESET',
  malformed: 'EPROTO',
  'head-too-large': 'EPROTO',
  'bad-request': 'EINVAL',
};

/** What became of a request to `port`, for the page; `listening`: the ports where there is somebody. */
export function fetchFailure(error: unknown, port: number, listening: readonly number[]): FetchFailure {
  if (error instanceof FetchFailure) return error;
  if (isErrno(error)) {
    const message = `The server on port ${port} broke off the connection.`;
    return new FetchFailure({ code: error.code, message });
  }
  if (!(error instanceof HttpError)) {
    const message = error instanceof Error ? error.message : String(error);
    return new FetchFailure({ code: 'EIO', message });
  }
  const code = codes[error.code];
  if (error.code !== 'refused') return new FetchFailure({ code, message: error.message });
  if (listening.includes(port)) {
    const message = `The server on port ${port} has too many connections that it has not accepted yet.`;
    return new FetchFailure({ code, message });
  }
  const message = `Nothing listens on port ${port} of this sandbox; ${others(listening)}.`;
  return new FetchFailure({ code, message, hint: 'Start a server first, and wait for its listen event.' });
}

function others(ports: readonly number[]): string {
  const [first, ...rest] = ports.slice(0, 8);
  if (first === undefined) return 'no port has a server';
  if (rest.length === 0) return `port ${first} does`;
  return `ports ${[first, ...rest.slice(0, -1)].join(', ')} and ${rest.at(-1)} do`;
}
