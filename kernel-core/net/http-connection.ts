// net: one connection to a server, and the exchanges it carries one after the other (RFC 9112, 9).
// Must always hold: an exchange ends exactly once, and then the connection is idle, somebody else's, or closed.
import { isErrno } from '../abi/errno.js';
import { readiness } from '../file/open-file.js';
import { kernelCaller } from '../file/wait-queue.js';
import { bodyPieces, framingOf, type Framing } from './http-body.js';
import { headMax, readHead, type ResponseHead } from './http-head.js';
import { HttpError, membersOf, type HttpRequest, type HttpResponse } from './http-message.js';
import { HttpReader } from './http-reader.js';
import { asksForUpgrade, BodySender, type BodyLength } from './http-sender.js';
import type { StreamSocket } from './sockets.js';

/** A request that has been checked, with its head as it is sent. */
export interface PreparedRequest {
  readonly request: HttpRequest;
  readonly head: Uint8Array;
  readonly length: BodyLength;
}

export class HttpConnection {
  readonly port: number;
  readonly #socket: StreamSocket;
  readonly #reader: HttpReader;
  /** Called when it may carry another exchange; or, with false, when it is over. */
  readonly #settled: (connection: HttpConnection, reusable: boolean) => void;
  #answering = false;
  #closed = false;

  constructor(
    port: number,
    socket: StreamSocket,
    settled: (connection: HttpConnection, reusable: boolean) => void,
  ) {
    this.port = port;
    this.#socket = socket;
    this.#reader = new HttpReader(socket, kernelCaller);
    this.#settled = settled;
  }

  /** Whether the server has sent anything in answer to the last request. */
  get answering(): boolean {
    return this.#answering;
  }

  /** While it is idle: calls `gone` when the server closes it or sends what nobody asked for. */
  watchIdle(gone: () => void): () => void {
    const look = (): void => {
      if ((this.#socket.ready & (readiness.read | readiness.hangup)) !== 0) gone();
    };
    const unwatch = this.#socket.watch(look);
    look();
    return unwatch;
  }

  /** Exchanges under way fail. */
  close(): void {
    this.#closed = true;
    this.#socket.close();
  }

  /** Sends a request and resolves when the head of its answer is there. Rejects with an HttpError or the abort's reason. */
  async exchange({ request, head, length }: PreparedRequest): Promise<HttpResponse> {
    const exchange = new Exchange(this.#socket, this.port, request.signal);
    const before = this.#reader.received;
    this.#answering = false;
    const finish = (reusable: boolean): void => {
      if (!exchange.end()) return;
      if (!reusable) this.#socket.close();
      this.#settled(this, reusable);
    };
    try {
      exchange.send(head, request.body, length);
      const answer = await this.#finalHead(request, exchange);
      if (answer.status === 101) {
        exchange.end();
        this.#settled(this, false);
        return {
          ...headOf(answer),
          body: null,
          upgraded: { socket: this.#socket, head: this.#reader.buffered.slice() },
        };
      }
      const framing = framingOf(answer, request.method, this.port);
      const reusable = (): boolean =>
        isPersistent(answer, framing) && exchange.sent && this.#reader.buffered.length === 0;
      if (framing.by === 'none') {
        finish(reusable());
        return { ...headOf(answer), body: null };
      }
      return { ...headOf(answer), body: this.#body(framing, exchange, finish, reusable) };
    } catch (error) {
      finish(false);
      throw exchange.reason(error, 'closed');
    } finally {
      this.#answering = this.#reader.received > before;
    }
  }

  /** The answer's head after the interim ones (RFC 9110, 15.2); together they have one budget. */
  async #finalHead(request: HttpRequest, exchange: Exchange): Promise<ResponseHead> {
    const budget = { bytes: headMax };
    for (;;) {
      const head = await readHead(this.#reader, budget, this.port);
      if (head === undefined || exchange.aborted) throw new HttpError('closed', this.port);
      if (head.status === 101 && !asksForUpgrade(request.headers)) {
        throw new HttpError('malformed', this.port, 'it changes the protocol unasked');
      }
      if (head.status >= 200 || head.status === 101) return head;
    }
  }

  #body(
    framing: Framing,
    exchange: Exchange,
    finish: (reusable: boolean) => void,
    reusable: () => boolean,
  ): ReadableStream<Uint8Array> {
    const next = bodyPieces(this.#reader, framing, this.port);
    if (framing.by === 'length' && framing.bytes === 0) finish(reusable());
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          exchange.onAbort = (reason) => {
            finish(false);
            controller.error(reason);
          };
        },
        pull: async (controller) => {
          try {
            const piece = await next();
            if (exchange.aborted) return;
            // An end that we made is not the server's.
            const cut = piece === undefined && framing.by === 'close' && this.#closed;
            if (cut) throw new HttpError('cut', this.port);
            if (piece !== undefined) controller.enqueue(whole(piece));
            else {
              finish(reusable());
              controller.close();
            }
          } catch (error) {
            if (exchange.aborted) return;
            finish(false);
            controller.error(exchange.reason(error, 'cut'));
          }
        },
        cancel: () => finish(false),
      },
      { highWaterMark: 0 },
    );
  }
}

/** What is under way on a connection: the request's body, and the wish to give up. */
class Exchange {
  readonly #socket: StreamSocket;
  readonly #port: number;
  readonly #sender: BodySender;
  readonly #signal: AbortSignal | undefined;
  onAbort: ((reason: unknown) => void) | undefined;
  /** Whether the server has got all of the request. */
  sent = false;
  #failure: { readonly error: unknown } | undefined;
  #ended = false;
  #aborted = false;
  readonly #abort = (): void => {
    this.#aborted = true;
    this.#socket.reset();
    this.onAbort?.(this.#signal?.reason);
  };

  constructor(socket: StreamSocket, port: number, signal: AbortSignal | undefined) {
    this.#socket = socket;
    this.#port = port;
    this.#sender = new BodySender(socket, port);
    this.#signal = signal;
    if (signal?.aborted === true) this.#abort();
    else signal?.addEventListener('abort', this.#abort);
  }

  /** Given up before it had ended. */
  get aborted(): boolean {
    return this.#aborted;
  }

  send(head: Uint8Array, body: HttpRequest['body'], length: BodyLength): void {
    try {
      // A copy: what is written belongs to the socket, and a request may be sent twice.
      this.#socket.write(head.slice(), () => undefined);
    } catch (error) {
      // The server may have said why before it left: its answer decides.
      if (!isErrno(error)) throw error;
      if (body instanceof ReadableStream) body.cancel().catch(() => undefined);
      return;
    }
    this.#sender.send(body, length).then(
      (all) => {
        this.sent = all;
      },
      (error: unknown) => {
        this.#failure = { error };
        this.#socket.reset();
      },
    );
  }

  /** False when it had ended before. */
  end(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#signal?.removeEventListener('abort', this.#abort);
    if (!this.sent) this.#sender.stop();
    return true;
  }

  /** Why it failed: the reader gave up, the request's body failed, or what the connection says. */
  reason(error: unknown, lost: 'closed' | 'cut'): unknown {
    if (this.#aborted) return this.#signal?.reason;
    if (this.#failure !== undefined) return this.#failure.error;
    return isErrno(error) ? new HttpError(lost, this.#port) : error;
  }
}

/** Bytes in a buffer of their own: who reads a stream may transfer it, and others' bytes may stand beside them. */
function whole(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

function headOf({ status, statusText, headers }: ResponseHead): Omit<HttpResponse, 'body'> {
  return { status, statusText, headers };
}

/** RFC 9112, 9.3; an answer with two lengths may be an attack, so nothing follows it (6.1). */
function isPersistent(head: ResponseHead, framing: Framing): boolean {
  if (framing.by === 'close') return false;
  const names = head.headers.map(([name]) => name.toLowerCase());
  const encoded = names.includes('transfer-encoding');
  if (encoded && (names.includes('content-length') || head.minor === 0)) return false;
  const options = membersOf(head.headers, 'connection');
  if (options.includes('close')) return false;
  return head.minor === 1 || options.includes('keep-alive');
}
