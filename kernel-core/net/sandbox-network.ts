// net: the network of a sandbox as the page sees it: which ports listen, and HTTP requests to them.
// Must always hold: the page is told of every change of a port in the order they happened.
import { isErrno } from '../abi/errno.js';
import type { OpenFile } from '../file/open-file.js';
import type { FetchReply, FetchRequest, PortMessage } from '../protocol/network.js';
import { HttpClient } from './http-client.js';
import { HttpError } from './http-message.js';
import { Loopback } from './loopback.js';
import { PageExchange, fetchFailure } from './page-exchange.js';
import { StreamSocket } from './sockets.js';

export class SandboxNetwork {
  readonly loopback = new Loopback({
    listen: (port) => this.#portChanged({ type: 'listen', port }),
    close: (port) => this.#portChanged({ type: 'close', port }),
  });
  readonly #client = new HttpClient({ connect: (port) => this.loopback.dial(port) });
  readonly #changed: (message: PortMessage) => void;
  #page: MessagePort | undefined;

  /** `changed` is told of every port, whether the page looks or not. */
  constructor(changed: (message: PortMessage) => void = () => undefined) {
    this.#changed = changed;
  }

  /** Tells the page from now on which ports listen, those that do already included. */
  watch(page: MessagePort): void {
    this.#page = page;
    for (const port of this.loopback.ports) this.#tell({ type: 'listen', port });
  }

  /** Makes a request; resolves with the head of its answer, `101` included. Throws a `FetchFailure`. */
  async fetch(request: FetchRequest, port: MessagePort): Promise<FetchReply> {
    const exchange = new PageExchange(request, port, () => this.loopback.ports);
    try {
      return exchange.serve(await this.#client.request(request.port, exchange.request));
    } catch (error) {
      exchange.close();
      throw fetchFailure(error, request.port, this.loopback.ports);
    }
  }

  /** Connects to a port, bytes both ways over `port`. Throws a `FetchFailure`. */
  connect(to: number, port: MessagePort): FetchReply {
    const request: FetchRequest = { port: to, method: 'CONNECT', target: '', headers: [], body: 'stream' };
    const exchange = new PageExchange(request, port, () => this.loopback.ports);
    try {
      const upgraded = { socket: this.loopback.dial(to), head: new Uint8Array(0) };
      return exchange.serve({ status: 200, statusText: '', headers: [], body: null, upgraded });
    } catch (error) {
      exchange.close();
      throw fetchFailure(isErrno(error) ? new HttpError('refused', to) : error, to, this.loopback.ports);
    }
  }

  close(): void {
    this.#client.close();
    this.#page?.close();
    this.#page = undefined;
  }

  #portChanged(message: PortMessage): void {
    this.#changed(message);
    this.#tell(message);
  }

  #tell(message: PortMessage): void {
    this.#page?.postMessage(message);
  }
}

/** The ports on which any of these files listens, in order. */
export function listeningPorts(files: Iterable<OpenFile>): number[] {
  const ports = new Set<number>();
  for (const file of files) {
    if (!(file instanceof StreamSocket) || file.listener === undefined) continue;
    const address = file.localAddress;
    if (address.family !== 'unix') ports.add(address.port);
  }
  return [...ports].sort((one, other) => one - other);
}
