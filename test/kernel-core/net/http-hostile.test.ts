import { expect } from 'chai';
import * as fc from 'fast-check';
import { kernelCaller } from '../../../kernel-core/file/wait-queue.js';
import { HttpClient } from '../../../kernel-core/net/http-client.js';
import { HttpError } from '../../../kernel-core/net/http-message.js';
import { Loopback } from '../../../kernel-core/net/loopback.js';

const encoder = new TextEncoder();
const port = 3000;

/** What a server that says `bytes`, `step` at a time, and then leaves makes of a request: body bytes, or an error. */
async function exchange(bytes: Uint8Array, step: number): Promise<Uint8Array | HttpError> {
  const loopback = new Loopback();
  const listener = loopback.socket('inet');
  listener.bind({ family: 'inet', host: '127.0.0.1', port });
  listener.listen(1);
  const client = new HttpClient({ connect: (to) => loopback.dial(to) });
  const asking = client.request(port, { method: 'GET', target: '/', headers: [] });
  const outcome = asking.then(
    async ({ body }) => {
      const reader = body?.getReader();
      const pieces: number[] = [];
      try {
        for (;;) {
          const next = await reader?.read();
          if (next === undefined || next.done) return Uint8Array.from(pieces);
          pieces.push(...next.value);
        }
      } catch (error) {
        if (error instanceof HttpError) return error;
        throw error;
      }
    },
    (error: unknown) => {
      if (error instanceof HttpError) return error;
      throw error;
    },
  );
  const server = await listener.accept(kernelCaller);
  await server.read(1 << 16, kernelCaller);
  for (let at = 0; at < bytes.length; at += step) {
    try {
      server.write(bytes.slice(at, at + step), () => undefined);
    } catch {
      break; // The client has had enough of it.
    }
    if (at % 64 === 0) await Promise.resolve();
  }
  server.close();
  const result = await outcome;
  client.close();
  expect(client.idle).to.equal(0);
  return result;
}

const heads = [
  'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 26\r\n\r\nabcdefghijklmnopqrstuvwxyz',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nT: x\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nX: a\r\n b\r\nConnection: close\r\n\r\nnothing',
  'HTTP/1.0 200 OK\r\n\r\nto the end',
].map((text) => encoder.encode(text));

describe('HttpClient and hostile servers', () => {
  it('ends with a body or a typed error, whatever is changed in an answer', async () => {
    const change = fc.record({
      at: fc.nat(120),
      remove: fc.nat(6),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 4 }),
        fc
          .constantFrom(
            '\r\n',
            '\r\n\r\n',
            '\n',
            ':',
            ' ',
            '\0',
            'ffffffff',
            '-1',
            '0',
            'Content-Length: 9\r\n',
          )
          .map((text) => encoder.encode(text)),
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...heads),
        fc.array(change, { maxLength: 4 }),
        fc.constantFrom(1, 3, 7, 1000),
        async (head, changes, step) => {
          let bytes = [...head];
          for (const { at, remove, insert } of changes) bytes.splice(at, remove, ...insert);
          bytes = bytes.slice(0, 1000);
          const result = await exchange(Uint8Array.from(bytes), step);
          if (result instanceof HttpError) expect(result.message).to.match(/^The server on port 3000 .*\.$/s);
          else expect(result.length).to.be.at.most(bytes.length);
        },
      ),
      { numRuns: 800 },
    );
  });

  it('ends with random bytes too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(await exchange(bytes, 1000)).to.be.instanceOf(HttpError);
      }),
      { numRuns: 300 },
    );
  });

  it('reads the same body however it is chunked and delivered', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 8 }),
        fc.constantFrom(1, 2, 5, 1000),
        async (chunks, step) => {
          const parts: number[] = [
            ...encoder.encode('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'),
          ];
          for (const chunk of chunks) {
            parts.push(...encoder.encode(`${chunk.length.toString(16)}\r\n`), ...chunk, 13, 10);
          }
          parts.push(...encoder.encode('0\r\n\r\n'));
          const result = await exchange(Uint8Array.from(parts), step);
          expect(result).to.deep.equal(Uint8Array.from(chunks.flatMap((chunk) => [...chunk])));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('believes no length before its bytes have come', async () => {
    for (const length of ['9007199254740991', '99999999999']) {
      const counted = encoder.encode(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\nabc`);
      expect(await exchange(counted, 1000)).to.have.property('code', 'cut');
    }
    const chunked = encoder.encode(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffff\r\nabc',
    );
    expect(await exchange(chunked, 1000)).to.have.property('code', 'cut');
  });
});
