// client: one request of `sandbox.fetch` under way: its port, its two bodies and how it is given up.
// Must always hold: the port is closed once nothing more can come over it.
import type { FetchReply, FromFetch, ToFetch } from '../protocol/network.js';
import { KernelError } from './kernel-error.js';

/** A piece of the request's body that is posted at once, bytes. */
const pieceBytes = 256 * 1024;
/** Answers that have no body whatever was sent. */
const withoutBody = new Set([204, 205, 304]);

export class FetchExchange {
  /** Rejects when it is given up or the kernel is lost; never resolves. */
  readonly failed: Promise<never>;
  readonly #port: MessagePort;
  readonly #signal: AbortSignal | undefined;
  readonly #ended: () => void;
  readonly #body: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #rest: Uint8Array = new Uint8Array(0);
  #answer: ReadableStreamDefaultController<Uint8Array> | undefined;
  #arrived: (() => void) | undefined;
  #fail!: (error: unknown) => void;
  #over = false;
  readonly #abort = (): void => this.fail(this.#signal?.reason);

  /** `ended` is called once, when it is over. */
  constructor(
    port: MessagePort,
    body: ReadableStream<Uint8Array> | undefined,
    signal: AbortSignal | undefined,
    ended: () => void,
  ) {
    this.#port = port;
    this.#signal = signal;
    this.#ended = ended;
    this.#body = body?.getReader();
    this.failed = new Promise((_resolve, reject) => {
      this.#fail = reject;
    });
    // Whoever still waits for the answer sees it.
    this.failed.catch(() => undefined);
    port.onmessage = ({ data }: MessageEvent<FromFetch>) => this.#receive(data);
    signal?.addEventListener('abort', this.#abort);
  }

  /** The answer, whose body is read from the server as it is read here. */
  response({ status, statusText, headers, hasBody }: FetchReply): Response {
    const init = {
      status,
      statusText,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
    };
    if (!hasBody || withoutBody.has(status)) {
      if (hasBody) this.#send({ type: 'abort' });
      this.#end();
      return new Response(null, init);
    }
    return new Response(this.#answerBody(), init);
  }

  /** What the server sends on a connection that is the page's own. */
  stream(): ReadableStream<Uint8Array> {
    return this.#answerBody();
  }

  /** Gives it up: the connection is closed, whoever waits or reads gets `error`. */
  fail(error: unknown): void {
    if (this.#over) return;
    this.#send({ type: 'abort' });
    this.#end();
    this.#fail(error);
    this.#answer?.error(error);
  }

  #answerBody(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#answer = controller;
      },
      pull: () =>
        new Promise((resolve) => {
          this.#arrived = resolve;
          this.#send({ type: 'pull' });
        }),
      cancel: () => {
        this.#send({ type: 'abort' });
        this.#end();
      },
    });
  }

  #receive(message: FromFetch): void {
    switch (message.type) {
      case 'chunk':
        this.#answer?.enqueue(message.bytes);
        this.#arrived?.();
        return;
      case 'end':
        this.#answer?.close();
        return this.#end();
      case 'failed':
        this.#answer?.error(KernelError.from(message.error));
        return this.#end();
      case 'body-pull':
        void this.#sendPiece();
        return;
      case 'body-cancel':
        this.#body?.cancel().catch(ignored);
    }
  }

  async #sendPiece(): Promise<void> {
    try {
      while (this.#rest.length === 0) {
        const { done, value } = (await this.#body?.read()) ?? { done: true, value: undefined };
        if (done) return this.#send({ type: 'body-end' });
        if (!(value instanceof Uint8Array)) throw new TypeError('a piece of it is no Uint8Array');
        this.#rest = value;
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#body?.cancel(error).catch(ignored);
      return this.#send({ type: 'body-failed', message: `The body of the request failed: ${why}.` });
    }
    // A copy: a view would bring its whole buffer.
    const piece = this.#rest.slice(0, pieceBytes);
    this.#rest = this.#rest.subarray(piece.length);
    this.#send({ type: 'body', bytes: piece });
  }

  #send(message: ToFetch): void {
    if (!this.#over) this.#port.postMessage(message);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#port.close();
    this.#body?.cancel().catch(ignored);
    this.#arrived?.();
    this.#ended();
  }
}

/** A stream that is over or failed cannot be cancelled, and need not be. */
const ignored = (): void => undefined;
