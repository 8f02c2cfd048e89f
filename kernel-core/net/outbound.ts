// net: HTTP to outside, handed to the broker frame whose port the page gave this sandbox.
// Must always hold: a request without an answer is in `#waiting`, and `close` leaves none.
import type { OutboundFailure, OutboundRequest, OutboundResponse } from '../abi/outbound.js';
import type { BrokerReply, BrokerRequest } from '../protocol/broker.js';
import { refusal, type Grant } from './grant.js';

export type OutboundAnswer =
  | { readonly ok: true; readonly response: OutboundResponse }
  | { readonly ok: false; readonly failure: OutboundFailure };

/** Requests of one sandbox under way at the same time; further ones wait their turn. */
const concurrentMax = 16;

export class OutboundHttp {
  readonly #grant: Grant;
  readonly #port: MessagePort | undefined;
  readonly #waiting = new Map<number, (answer: OutboundAnswer) => void>();
  readonly #queue: (() => void)[] = [];
  #next = 1;

  constructor(grant: Grant, port: MessagePort | undefined) {
    this.#grant = grant;
    this.#port = port;
    if (port !== undefined) port.onmessage = ({ data }: MessageEvent<BrokerReply>) => this.#reply(data);
  }

  fetch(request: OutboundRequest): Promise<OutboundAnswer> {
    const message = refusal(this.#grant, request.url);
    const port = this.#port;
    if (message !== undefined || port === undefined) {
      const text = message ?? 'This sandbox has no network.';
      return Promise.resolve({ ok: false, failure: { code: 'EACCES', message: text } });
    }
    return new Promise((resolve) => {
      const send = (): void => {
        const id = this.#next;
        this.#next += 1;
        this.#waiting.set(id, resolve);
        const outgoing: BrokerRequest = { type: 'fetch', id, request };
        port.postMessage(outgoing);
      };
      if (this.#waiting.size < concurrentMax) send();
      else this.#queue.push(send);
    });
  }

  close(): void {
    this.#queue.length = 0;
    for (const resolve of this.#waiting.values()) {
      resolve({ ok: false, failure: { code: 'ECONNREFUSED', message: 'The sandbox was disposed.' } });
    }
    this.#waiting.clear();
    this.#port?.close();
  }

  #reply(reply: BrokerReply): void {
    const resolve = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    resolve?.(
      reply.type === 'response'
        ? { ok: true, response: reply.response }
        : { ok: false, failure: reply.failure },
    );
    this.#queue.shift()?.();
  }
}
