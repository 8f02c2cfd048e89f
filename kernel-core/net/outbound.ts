// net: HTTP to outside, handed to the broker frame whose port the page gave this sandbox.
// Must always hold: a request without an answer is in `#waiting` or `#queue`; neither `close` nor the end of
// the process that made it leaves any.
import type { OutboundFailure, OutboundRequest, OutboundResponse } from '../abi/outbound.js';
import { responseBytesMax, type BrokerReply, type BrokerRequest } from '../protocol/broker.js';
import { refusal, type Grant } from './grant.js';

export type OutboundAnswer =
  | { readonly ok: true; readonly response: OutboundResponse }
  | { readonly ok: false; readonly failure: OutboundFailure };

/** Requests of one sandbox under way at the same time; further ones wait their turn. */
const concurrentMax = 16;
/** So many may wait; what is beyond them fails. */
const queuedMax = 256;

/** How often a sandbox may ask: at once, and per second in the long run. */
export const outboundRate = { burst: 200, perSecond: 50 } as const;

interface Pending {
  /** Who made it. */
  readonly owner: object;
  readonly request: OutboundRequest;
  readonly resolve: (answer: OutboundAnswer) => void;
}

export class OutboundHttp {
  readonly #grant: Grant;
  readonly #port: MessagePort | undefined;
  readonly #mayAsk: () => boolean;
  readonly #waiting = new Map<number, Pending>();
  #queue: Pending[] = [];
  #next = 1;

  /** `mayAsk` counts requests: false when one is too many for now. */
  constructor(grant: Grant, port: MessagePort | undefined, mayAsk: () => boolean) {
    this.#mayAsk = mayAsk;
    this.#grant = grant;
    this.#port = port;
    if (port !== undefined) port.onmessage = ({ data }: MessageEvent<BrokerReply>) => this.#reply(data);
  }

  /** Makes a request for `owner`, or answers why not. */
  fetch(request: OutboundRequest, owner: object): Promise<OutboundAnswer> {
    const message = refusal(this.#grant, request.url);
    const port = this.#port;
    if (message !== undefined || port === undefined) {
      const text = message ?? 'This sandbox has no network.';
      return Promise.resolve({ ok: false, failure: { code: 'EACCES', message: text } });
    }
    if (this.#queue.length >= queuedMax) {
      const text = `This sandbox has ${queuedMax + concurrentMax} requests under way; wait for answers before making more.`;
      return Promise.resolve({ ok: false, failure: { code: 'ECONNREFUSED', message: text } });
    }
    if (!this.#mayAsk()) {
      const text = `This sandbox makes more than ${outboundRate.perSecond} requests a second; wait a moment before the next.`;
      return Promise.resolve({ ok: false, failure: { code: 'ECONNREFUSED', message: text } });
    }
    return new Promise((resolve) => {
      this.#queue.push({ owner, request, resolve });
      this.#send();
    });
  }

  /** Gives up the requests of a process that has ended. */
  abandon(owner: object): void {
    this.#queue = this.#queue.filter((pending) => pending.owner !== owner);
    for (const [id, pending] of this.#waiting) {
      if (pending.owner !== owner) continue;
      this.#waiting.delete(id);
      const abort: BrokerRequest = { type: 'abort', id };
      this.#port?.postMessage(abort);
    }
    this.#send();
  }

  close(): void {
    for (const { resolve } of [...this.#waiting.values(), ...this.#queue]) {
      resolve({ ok: false, failure: { code: 'ECONNREFUSED', message: 'The sandbox was disposed.' } });
    }
    this.#queue = [];
    this.#waiting.clear();
    this.#port?.close();
  }

  #send(): void {
    while (this.#waiting.size < concurrentMax) {
      const pending = this.#queue.shift();
      if (pending === undefined) return;
      const id = this.#next;
      this.#next += 1;
      this.#waiting.set(id, pending);
      const outgoing: BrokerRequest = { type: 'fetch', id, request: pending.request };
      this.#port?.postMessage(outgoing);
    }
  }

  #reply(reply: BrokerReply): void {
    const pending = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    pending?.resolve(answerOf(reply));
    this.#send();
  }
}

/** The broker stops at the limit by itself; it is not the one who decides. */
function answerOf(reply: BrokerReply): OutboundAnswer {
  if (reply.type === 'failure') return { ok: false, failure: reply.failure };
  const { response } = reply;
  if (response.body.length <= responseBytesMax) return { ok: true, response };
  const megabytes = responseBytesMax / (1024 * 1024);
  const message = `The answer of ${response.url} is larger than ${megabytes} MB.`;
  return { ok: false, failure: { code: 'EFBIG', message } };
}
