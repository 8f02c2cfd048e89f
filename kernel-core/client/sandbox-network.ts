// client: the network of a sandbox: its listening ports as events, and requests to them.
// Must always hold: each `listen` is followed by one `close`, should the kernel be lost too.
import { transfer, type Remote } from 'comlink';
import type { Answer, KernelService } from '../protocol/kernel-service.js';
import type { FetchReply, PortMessage } from '../protocol/network.js';
import type { Connection } from './connection.js';
import { FetchExchange } from './fetch-exchange.js';
import { mustBePort, prepareFetch } from './fetch-request.js';
import { KernelError } from './kernel-error.js';
import { PortEvent } from './port-event.js';
import { UpgradedResponse, type DuplexStream } from './upgraded-response.js';

type Attach = () => Promise<{ connection: Connection; id: number }>;
type Call = (service: Remote<KernelService>, id: number, port: MessagePort) => Promise<Answer<FetchReply>>;

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

  async fetch(attach: Attach, port: number, input: string | Request, init: RequestInit): Promise<Response> {
    const { request, body, signal, upgrade } = await prepareFetch(port, input, init);
    const out = upgrade ? new TransformStream<Uint8Array, Uint8Array>() : undefined;
    const { exchange, reply } = await this.#ask(attach, out?.readable ?? body, signal, (service, id, to) =>
      service.fetch(id, request, to),
    );
    if (!reply.upgraded || out === undefined) return exchange.response(reply);
    return new UpgradedResponse(reply, { readable: exchange.stream(), writable: out.writable });
  }

  async connect(attach: Attach, port: number, signal: AbortSignal | undefined): Promise<DuplexStream> {
    mustBePort(port);
    const { readable: outgoing, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const { exchange } = await this.#ask(attach, outgoing, signal, (service, id, to) =>
      service.connect(id, port, to),
    );
    return { readable: exchange.stream(), writable };
  }

  /** Resolves with the head of the answer; rejects with the signal's reason when it is aborted before. */
  async #ask(
    attach: Attach,
    outgoing: ReadableStream<Uint8Array> | undefined,
    signal: AbortSignal | undefined,
    call: Call,
  ): Promise<{ exchange: FetchExchange; reply: FetchReply }> {
    signal?.throwIfAborted();
    const { connection, id } = await attach();
    const { port1, port2 } = new MessageChannel();
    const exchange = new FetchExchange(port1, outgoing, signal, () => this.#exchanges.delete(exchange));
    this.#exchanges.add(exchange);
    if (signal?.aborted === true) exchange.fail(signal.reason);
    try {
      const answered = connection.call((service) => call(service, id, transfer(port2, [port2])));
      return { exchange, reply: await Promise.race([answered, exchange.failed]) };
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
