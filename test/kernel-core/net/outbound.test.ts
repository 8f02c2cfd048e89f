import { expect } from 'chai';
import { OutboundHttp, outboundRate } from '../../../kernel-core/net/outbound.js';
import { RateLimit } from '../../../kernel-core/proc/rate-limit.js';
import type { OutboundRequest, OutboundResponse } from '../../../kernel-core/abi/outbound.js';
import {
  responseBytesMax,
  type BrokerReply,
  type BrokerRequest,
} from '../../../kernel-core/protocol/broker.js';

const request: OutboundRequest = { url: 'https://example.com/', method: 'GET', headers: [], body: null };

/** Outbound requests of a sandbox, to a broker whose every answer the test says; the clock stands. */
function setup(answer: (request: BrokerRequest & { type: 'fetch' }) => BrokerReply) {
  const { port1, port2 } = new MessageChannel();
  port2.onmessage = ({ data }: MessageEvent<BrokerRequest>) => {
    if (data.type !== 'fetch') return;
    const reply = answer(data);
    port2.postMessage(reply, reply.type === 'response' ? [reply.response.body.buffer as ArrayBuffer] : []);
  };
  const limit = new RateLimit(outboundRate.burst, outboundRate.perSecond);
  let now = performance.now();
  const outbound = new OutboundHttp('*', port1, () => limit.take(now));
  return { outbound, pass: (ms: number) => (now += ms) };
}

const response = (bytes: number): OutboundResponse => ({
  url: request.url,
  status: 200,
  statusText: 'OK',
  headers: [],
  body: new Uint8Array(bytes),
});

describe('Requests to outside', () => {
  it('are counted: a burst, then so many a second', async () => {
    const { outbound, pass } = setup(({ id }) => ({ type: 'response', id, response: response(2) }));
    const ask = async (count: number): Promise<boolean[]> => {
      const answers: boolean[] = [];
      for (let i = 0; i < count; i += 1) answers.push((await outbound.fetch(request, {})).ok);
      return answers;
    };
    expect(await ask(outboundRate.burst)).not.to.include(false);
    const refused = await outbound.fetch(request, {});
    expect(refused).to.deep.equal({
      ok: false,
      failure: {
        code: 'ECONNREFUSED',
        message: 'This sandbox makes more than 50 requests a second; wait a moment before the next.',
      },
    });
    pass(1000);
    const next = await ask(outboundRate.perSecond + 1);
    expect(next.filter((ok) => ok)).to.have.length(outboundRate.perSecond);
    outbound.close();
  });

  it('fail when an answer is too large, whatever the broker thinks of it', async () => {
    const { outbound } = setup(({ id }) => ({
      type: 'failure',
      id,
      failure: { code: 'EFBIG', message: 'Large.' },
    }));
    expect(await outbound.fetch(request, {})).to.deep.equal({
      ok: false,
      failure: { code: 'EFBIG', message: 'Large.' },
    });
    outbound.close();
    const large = setup(({ id }) => ({ type: 'response', id, response: response(responseBytesMax + 1) }));
    expect(await large.outbound.fetch(request, {})).to.deep.equal({
      ok: false,
      failure: { code: 'EFBIG', message: 'The answer of https://example.com/ is larger than 256 MB.' },
    });
    large.outbound.close();
  });
});
