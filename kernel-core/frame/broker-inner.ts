// frame: the inner document of a broker frame. It performs the HTTP requests of one network grant; the
// document's CSP (connect-src) holds it to that grant on every hop of a redirect. Origin is `null`.
import { responseBytesMax, type BrokerReply, type BrokerRequest } from '../protocol/broker.js';
import type { OutboundFailure, OutboundRequest, OutboundResponse } from '../abi/outbound.js';
import { opened } from './opened.js';

opened((_payload, [port]) => {
  if (port === undefined) return;
  const running = new Map<number, AbortController>();
  /** URLs the policy refused lately; a refused fetch rejects without saying why. */
  const refused = new Set<string>();
  addEventListener('securitypolicyviolation', (event) => {
    refused.add(origin(event.blockedURI));
  });

  port.onmessage = ({ data }: MessageEvent<BrokerRequest>) => {
    if (data.type === 'abort') {
      running.get(data.id)?.abort();
      return;
    }
    const { id, request } = data;
    const controller = new AbortController();
    running.set(id, controller);
    void answer(request, controller.signal, refused)
      .then(
        (response): [BrokerReply, Transferable[]] => [
          { type: 'response', id, response },
          [response.body.buffer],
        ],
        async (failure: unknown): Promise<[BrokerReply, Transferable[]]> => {
          // The violation event comes after the rejection, in a task of its own.
          await new Promise((resolve) => setTimeout(resolve));
          return [{ type: 'failure', id, failure: describe(failure, request, refused) }, []];
        },
      )
      .then(([reply, transfer]) => port.postMessage(reply, transfer))
      .finally(() => running.delete(id));
  };
});

class TooLarge extends Error {}

async function answer(
  request: OutboundRequest,
  signal: AbortSignal,
  refused: Set<string>,
): Promise<OutboundResponse & { body: Uint8Array<ArrayBuffer> }> {
  refused.delete(origin(request.url));
  const response = await fetch(request.url, {
    method: request.method,
    headers: request.headers.map(([name, value]) => [name, value] as [string, string]),
    body: request.body === null ? null : new Blob([request.body as Uint8Array<ArrayBuffer>]),
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    cache: 'no-store',
    signal,
  });
  return {
    url: response.url,
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers],
    body: await read(response),
  };
}

async function read(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array(0);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > responseBytesMax) {
      await reader.cancel();
      throw new TooLarge();
    }
    chunks.push(value);
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}

function describe(failure: unknown, request: OutboundRequest, refused: Set<string>): OutboundFailure {
  if (failure instanceof TooLarge) {
    return { code: 'EFBIG', message: `The answer of ${request.url} is larger than 256 MB.` };
  }
  if (refused.delete(origin(request.url))) {
    // The kernel refuses what is outside the grant at once, so only a redirect gets as far as this. The
    // browser names the first URL of the chain, never the one it was stopped at.
    return {
      code: 'EACCES',
      message: `${origin(request.url)} redirected to a host that the network grant of this sandbox does not include.`,
    };
  }
  return {
    code: 'ECONNREFUSED',
    message:
      `${origin(request.url)} could not be reached, or does not allow requests from web pages ` +
      '(its answers carry no Access-Control-Allow-Origin header).',
  };
}

function origin(url: string): string {
  try {
    return new URL(url).origin;
  } catch {
    return url;
  }
}
