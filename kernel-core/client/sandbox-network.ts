// client: the network of a sandbox: its listening ports as events, and requests to them.
// Must always hold: each `listen` is followed by one `close`, should the kernel be lost too.
import { transfer } from 'comlink';
import type { PortMessage } from '../protocol/network.js';
import type { Connection } from './connection.js';
import { FetchExchange } from './fetch-exchange.js';
import { prepareFetch } from './fetch-request.js';
import { KernelError } from './kernel-error.js';
import { PortEvent } from './port-event.js';

export class SandboxNetwork {
  readonly #target: EventTarget;
  readonly #listening = new Set<number>();
  readonly #exchanges = new Set<FetchExchange>();

  /** Events go to `target`. */
  constructor(target: EventTarget) {
    this.#target = target;
  }

  /** The sandbox exists on this kernel: listens for its ports until that is lost. */
  async attach(connection: Connection, id: number): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<PortMessage>) => this.#tell(data);
    void connection.lost.then((why) => {
      port1.close();
      for (const exchange of [...this.#exchanges]) exchange.fail(new KernelError('ELOST', why));
      for (const port of [...this.#listening]) this.#tell({ type: 'close', port });
    });
    await connection.call((service) => service.watchPorts(id, transfer(port2, [port2])));
  }

  async fetch(
    attach: () => Promise<{ connection: Connection; id: number }>,
    port: number,
    input: string | Request,
    init: RequestInit,
  ): Promise<Response> {
    const { request, body, signal } = await prepareFetch(port, input, init);
    signal?.throwIfAborted();
    const { connection, id } = await attach();
    const channel = new MessageChannel();
    const exchange = new FetchExchange(channel.port1, body, signal, () => this.#exchanges.delete(exchange));
    this.#exchanges.add(exchange);
    if (signal?.aborted === true) exchange.fail(signal.reason);
    try {
      const answered = connection.call((service) =>
        service.fetch(id, request, transfer(channel.port2, [channel.port2])),
      );
      return exchange.response(await Promise.race([answered, exchange.failed]));
    } catch (error) {
      exchange.fail(error);
      throw error;
    }
  }

  /** Nothing is under way any more. */
  dispose(): void {
    const error = new KernelError('ELOST', 'This sandbox has been disposed.');
    for (const exchange of [...this.#exchanges]) exchange.fail(error);
  }

  #tell({ type, port }: PortMessage): void {
    if (type === 'listen') this.#listening.add(port);
    else if (!this.#listening.delete(port)) return;
    this.#target.dispatchEvent(new PortEvent(type, port));
  }
}
