// net: requests to the servers of a sandbox, which is how a page reaches them (`sandbox.fetch`).
// Must always hold: an idle connection is watched, has a clock, and belongs to nobody's request.
import { isErrno } from '../abi/errno.js';
import { HttpConnection, type PreparedRequest } from './http-connection.js';
import { HttpError, type HttpRequest, type HttpResponse } from './http-message.js';
import { lengthOf, requestHead } from './http-sender.js';
import type { StreamSocket } from './sockets.js';

export interface HttpClientOptions {
  /** Connects to a port; ECONNREFUSED when nobody listens there. */
  readonly connect: (port: number) => StreamSocket;
  /** Calls `act` after so many milliseconds, once; the result withdraws that. */
  readonly after?: (ms: number, act: () => void) => () => void;
}

/** An idle connection is kept so long: servers that serve one connection at a time wait for its end. */
const idleMs = 4000;
const idlePerPort = 8;

/** RFC 9110, 9.2.2: sending them twice does what sending them once does. */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

interface Idle {
  readonly connection: HttpConnection;
  readonly stop: () => void;
}

export class HttpClient {
  readonly #options: Required<HttpClientOptions>;
  readonly #open = new Set<HttpConnection>();
  readonly #idle = new Map<number, Idle[]>();
  /** Requests of each port that have no answer yet. */
  readonly #unanswered = new Map<number, number>();

  constructor(options: HttpClientOptions) {
    this.#options = { after: afterTimeout, ...options };
  }

  /**
   * Sends a request to a port. Resolves when the head of the answer is there; its body streams as it is read,
   * and holds its connection until it has ended or is cancelled. Rejects with an `HttpError`, or with the
   * reason of the request's signal.
   */
  async request(port: number, request: HttpRequest): Promise<HttpResponse> {
    try {
      request.signal?.throwIfAborted();
      const length = lengthOf(request, port);
      const prepared = { request, length, head: requestHead(request, length, port) };
      this.#unanswered.set(port, (this.#unanswered.get(port) ?? 0) + 1);
      try {
        return await this.#exchange(port, prepared);
      } finally {
        const left = (this.#unanswered.get(port) ?? 1) - 1;
        if (left > 0) this.#unanswered.set(port, left);
        else this.#unanswered.delete(port);
      }
    } catch (error) {
      const { body } = request;
      if (body instanceof ReadableStream && !body.locked) body.cancel(error).catch(() => undefined);
      throw error;
    }
  }

  /** Connections that wait for another request. */
  get idle(): number {
    let count = 0;
    for (const { length } of this.#idle.values()) count += length;
    return count;
  }

  /** Closes every connection; requests under way fail. */
  close(): void {
    for (const idle of [...this.#idle.values()].flat()) this.#drop(idle);
    for (const connection of this.#open) connection.close();
    this.#open.clear();
  }

  async #exchange(port: number, prepared: PreparedRequest): Promise<HttpResponse> {
    const { request } = prepared;
    const idle = this.#idle.get(port)?.at(-1);
    if (idle === undefined) return this.#connect(port).exchange(prepared);
    this.#unpark(idle);
    try {
      return await idle.connection.exchange(prepared);
    } catch (error) {
      // The server may have closed it just when the request was on its way (RFC 9112, 9.3.1).
      const stale = error instanceof HttpError && error.code === 'closed' && !idle.connection.answering;
      const repeatable = idempotent.has(request.method) && !(request.body instanceof ReadableStream);
      if (!stale || !repeatable) throw error;
      return await this.#connect(port).exchange(prepared);
    }
  }

  #connect(port: number): HttpConnection {
    let socket: StreamSocket;
    try {
      socket = this.#options.connect(port);
    } catch (error) {
      throw isErrno(error) ? new HttpError('refused', port) : error;
    }
    const connection = new HttpConnection(port, socket, (settled, reusable) =>
      this.#settled(settled, reusable),
    );
    this.#open.add(connection);
    return connection;
  }

  #settled(connection: HttpConnection, reusable: boolean): void {
    if (!reusable || !this.#open.has(connection)) {
      this.#open.delete(connection);
      return;
    }
    const parked = this.#idle.get(connection.port) ?? [];
    // A server that serves one connection at a time gets to the next only when this one ends.
    // An answer without a body settles while its own request still counts.
    const own = connection.answering ? 0 : 1;
    const othersWait = (this.#unanswered.get(connection.port) ?? 0) > own;
    if (othersWait || parked.length >= idlePerPort) {
      this.#open.delete(connection);
      connection.close();
      return;
    }
    this.#park(connection, parked);
  }

  #park(connection: HttpConnection, parked: Idle[]): void {
    const stops: (() => void)[] = [];
    const idle: Idle = { connection, stop: () => stops.forEach((stop) => stop()) };
    parked.push(idle);
    this.#idle.set(connection.port, parked);
    stops.push(this.#options.after(idleMs, () => this.#drop(idle)));
    let gone = false;
    stops.push(
      connection.watchIdle(() => {
        gone = true;
        if (stops.length === 2) this.#drop(idle);
      }),
    );
    if (gone) this.#drop(idle);
  }

  #unpark(idle: Idle): void {
    const { port } = idle.connection;
    idle.stop();
    const left = (this.#idle.get(port) ?? []).filter((other) => other !== idle);
    if (left.length > 0) this.#idle.set(port, left);
    else this.#idle.delete(port);
  }

  #drop(idle: Idle): void {
    this.#unpark(idle);
    this.#open.delete(idle.connection);
    idle.connection.close();
  }
}

function afterTimeout(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}
