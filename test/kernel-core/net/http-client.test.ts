import { expect } from 'chai';
import { readiness } from '../../../kernel-core/file/open-file.js';
import { kernelCaller } from '../../../kernel-core/file/wait-queue.js';
import { HttpClient } from '../../../kernel-core/net/http-client.js';
import { HttpError, type HttpRequest, type HttpResponse } from '../../../kernel-core/net/http-message.js';
import { Loopback } from '../../../kernel-core/net/loopback.js';
import type { StreamSocket } from '../../../kernel-core/net/sockets.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const port = 3000;
const get: HttpRequest = { method: 'GET', target: '/', headers: [] };

/** A server whose every word the test says. */
function setup() {
  const loopback = new Loopback();
  const listener = loopback.socket('inet');
  listener.bind({ family: 'inet', host: '127.0.0.1', port });
  listener.listen(10);
  let alarms: (() => void)[] = [];
  const client = new HttpClient({
    connect: (to) => loopback.dial(to),
    after: (_, act) => {
      alarms.push(act);
      return () => {
        alarms = alarms.filter((other) => other !== act);
      };
    },
  });
  const accept = async (): Promise<Peer> => new Peer(await listener.accept(kernelCaller));
  const ask = (change: Partial<HttpRequest> = {}): Promise<HttpResponse> =>
    client.request(port, { ...get, ...change });
  return { client, listener, accept, ask, alarms: () => alarms };
}

class Peer {
  readonly socket: StreamSocket;
  constructor(socket: StreamSocket) {
    this.socket = socket;
  }

  say(text: string): this {
    this.socket.write(encoder.encode(text), () => undefined);
    return this;
  }

  /** What the client sends, until it ends with `end`. */
  async hear(end = '\r\n\r\n'): Promise<string> {
    let text = '';
    while (!text.endsWith(end)) {
      const bytes = await this.socket.read(1 << 20, kernelCaller);
      if (bytes.length === 0) break;
      text += decoder.decode(bytes);
    }
    return text;
  }
}

async function bodyOf({ body }: HttpResponse): Promise<string> {
  return body === null ? 'null' : new Response(body).text();
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not fail');
}

describe('HttpClient', () => {
  it('asks and answers', async () => {
    const { ask, accept } = setup();
    const asking = ask({ target: '/a?b=c', headers: [['Accept', 'text/*']] });
    const server = await accept();
    expect(await server.hear()).to.equal(
      'GET /a?b=c HTTP/1.1\r\nHost: localhost:3000\r\nAccept: text/*\r\n\r\n',
    );
    server.say('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nSet-Cookie: a\r\nset-cookie: b\r\n');
    server.say('Content-Length: 5\r\n\r\nhello');
    const answer = await asking;
    expect(answer.status).to.equal(200);
    expect(answer.statusText).to.equal('OK');
    expect(answer.headers).to.deep.equal([
      ['Content-Type', 'text/plain'],
      ['Set-Cookie', 'a'],
      ['set-cookie', 'b'],
      ['Content-Length', '5'],
    ]);
    expect(await bodyOf(answer)).to.equal('hello');
  });

  it('reads bodies by length, by chunks, and to the end of the connection', async () => {
    const answers: [string, string][] = [
      ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc', 'abc'],
      ['HTTP/1.1 200 OK\nContent-Length: 3, 3\n\nabc', 'abc'],
      ['HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nX: t\r\n\r\n', 'abc'],
      ['HTTP/1.0 200 Fine\r\n\r\nabc', 'abc'],
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc', 'abc'],
      [
        'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
        'abc',
      ],
      ['HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n', 'null'],
      ['HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n', 'null'],
      ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nabc', 'abc'],
      ['HTTP/1.1 200 OK\r\nX: a\r\n  b\r\nContent-Length: 0\r\n\r\n', ''],
    ];
    for (const [text, body] of answers) {
      for (const step of [text.length, 1]) {
        const { ask, accept } = setup();
        const asking = ask();
        const server = await accept();
        await server.hear();
        for (let at = 0; at < text.length; at += step) {
          server.say(text.slice(at, at + step));
          await Promise.resolve();
        }
        server.socket.shutdown('write');
        expect(await bodyOf(await asking), text).to.equal(body);
      }
    }
  });

  it('unfolds a header that goes on in the next line', async () => {
    const { ask, accept } = setup();
    const asking = ask();
    (await accept()).say('HTTP/1.1 200 OK\r\nX: a\r\n  b\r\nEmpty:\r\nContent-Length : 0\r\n\r\n');
    expect((await asking).headers).to.deep.equal([
      ['X', 'a b'],
      ['Empty', ''],
      ['Content-Length', '0'],
    ]);
  });

  it('knows that the answer to HEAD has no body', async () => {
    const { ask, accept, client } = setup();
    const asking = ask({ method: 'HEAD' });
    (await accept()).say('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
    expect((await asking).body).to.equal(null);
    expect(client.idle).to.equal(1);
  });

  describe('request bodies', () => {
    it('have a length where it is known', async () => {
      const { ask, accept } = setup();
      const asking = ask({ method: 'POST', body: encoder.encode('a=b') });
      const server = await accept();
      expect(await server.hear('a=b')).to.match(/\r\nContent-Length: 3\r\n\r\na=b$/);
      server.say('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      expect((await asking).status).to.equal(200);
      void ask({ method: 'POST' }).catch(() => undefined);
      expect(await server.hear()).to.include('Content-Length: 0\r\n');
    });

    it('are sent in chunks where it is not', async () => {
      const { ask, accept } = setup();
      const body = new Blob(['hello ', 'world']).stream();
      void ask({ method: 'PUT', body }).catch(() => undefined);
      const heard = await (await accept()).hear('0\r\n\r\n');
      expect(heard)
        .to.include('Transfer-Encoding: chunked\r\n\r\n')
        .and.to.include('b\r\nhello world\r\n0\r\n\r\n');
    });

    it('flow as fast as the server reads', async () => {
      const { ask, accept } = setup();
      let pulled = 0;
      const body = new ReadableStream<Uint8Array>(
        {
          pull: (controller) => {
            pulled += 1;
            controller.enqueue(new Uint8Array(64 << 10));
            if (pulled === 100) controller.close();
          },
        },
        { highWaterMark: 0 },
      );
      void ask({ method: 'PUT', body, headers: [['content-length', `${100 * (64 << 10)}`]] }).catch(
        () => undefined,
      );
      const server = await accept();
      await settled();
      expect(pulled).to.be.below(8);
      let received = 0;
      while (received <= 100 * (64 << 10))
        received += (await server.socket.read(1 << 20, kernelCaller)).length;
      expect(pulled).to.equal(100);
    });

    it('end early when the server answers without reading them', async () => {
      const { ask, accept, client } = setup();
      let cancelled = false;
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(64 << 10)),
        cancel: () => {
          cancelled = true;
        },
      });
      const asking = ask({ method: 'POST', body });
      (await accept()).say('HTTP/1.1 413 Too much\r\nContent-Length: 2\r\n\r\nno');
      const answer = await asking;
      expect(await bodyOf(answer)).to.equal('no');
      await settled();
      expect(cancelled).to.be.true;
      expect(client.idle).to.equal(0);
    });

    it('that fail are why the request fails', async () => {
      const { ask } = setup();
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.error(new Error('disk')),
      });
      expect((await failure(ask({ method: 'POST', body }))).message).to.equal('disk');
      const short = ask({
        method: 'POST',
        body: new Blob(['a']).stream(),
        headers: [['Content-Length', '2']],
      });
      expect((await failure(short)).message).to.include('shorter than its content-length');
    });
  });

  it('streams an answer as it is read', async () => {
    const { ask, accept } = setup();
    const asking = ask();
    const server = await accept();
    await server.hear();
    server.say('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n');
    const reader = (await asking).body?.getReader();
    expect(decoder.decode((await reader?.read())?.value)).to.equal('data: 1\n\n');
    const next = reader?.read();
    server.say('data: 2\n\n');
    expect(decoder.decode((await next)?.value)).to.equal('data: 2\n\n');
    let taken = 0;
    server.socket.write(new Uint8Array(1 << 20), (bytes) => {
      taken += bytes;
    });
    await settled();
    expect(taken, 'nobody reads, so nothing is taken').to.equal(0);
    await reader?.cancel();
    expect(taken).to.equal(1 << 20);
    expect(server.socket.ready & readiness.hangup, 'cancelling closes the connection').to.not.equal(0);
    expect(
      (await failure(Promise.resolve().then(() => server.socket.read(1, kernelCaller)))).message,
    ).to.include('ECONNRESET');
  });

  describe('connections', () => {
    const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

    it('carry one request after the other', async () => {
      const { ask, accept, client } = setup();
      const first = ask();
      const server = await accept();
      for (let i = 0; i < 3; i += 1) {
        const asking = i === 0 ? first : ask();
        await server.hear();
        server.say(ok);
        expect(await bodyOf(await asking)).to.equal('ok');
        expect(client.idle).to.equal(1);
      }
    });

    it('are closed after a while without use', async () => {
      const { ask, accept, client, alarms } = setup();
      const asking = ask();
      const server = await accept();
      await server.hear();
      server.say(ok);
      await bodyOf(await asking);
      alarms()[0]?.();
      expect(client.idle).to.equal(0);
      expect(alarms()).to.deep.equal([]);
      expect(await server.hear()).to.equal('');
    });

    it('are not kept when the server says so, has more to say, or leaves', async () => {
      for (const text of [
        'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
        'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok',
        `${ok}unasked`,
        'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
      ]) {
        const { ask, accept, client } = setup();
        const asking = ask();
        (await accept()).say(text);
        expect(await bodyOf(await asking)).to.equal('ok');
        expect(client.idle, text).to.equal(0);
      }
      const { ask, accept, client, alarms } = setup();
      const asking = ask();
      const server = await accept();
      server.say(ok);
      await bodyOf(await asking);
      server.socket.close();
      expect(client.idle).to.equal(0);
      expect(alarms()).to.deep.equal([]);
    });

    it('do not keep a server busy that others wait for', async () => {
      const { ask, accept, client } = setup();
      const first = ask();
      const second = ask();
      const server = await accept();
      server.say(ok);
      await bodyOf(await first);
      expect(client.idle).to.equal(0);
      (await accept()).say(ok);
      await bodyOf(await second);
      expect(client.idle).to.equal(1);
    });

    it('that turn out stale cost a repeatable request nothing', async () => {
      const { ask, accept } = setup();
      const reuse = async (change: Partial<HttpRequest>): Promise<Promise<HttpResponse>[]> => {
        const asking = ask();
        const server = await accept();
        await server.hear();
        server.say(ok);
        await bodyOf(await asking);
        const again = ask(change);
        await server.hear();
        server.socket.close();
        return [again];
      };
      const [repeated] = await reuse({ target: '/again' });
      const server = await accept();
      expect(await server.hear()).to.include('/again');
      server.say('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
      expect((await repeated)?.status).to.equal(200);
      const [posted] = await reuse({ method: 'POST' });
      expect((await failure(Promise.resolve(posted))).message).to.include('before it answered');
    });

    it('close with the client', async () => {
      const { ask, accept, client } = setup();
      const asking = failure(ask());
      await accept();
      client.close();
      expect((await asking).message).to.include('closed the connection');
    });

    it('that the client closes do not look like bodies that ended', async () => {
      const { ask, accept, client } = setup();
      const asking = ask();
      (await accept()).say('HTTP/1.1 200 OK\r\n\r\nabc');
      const reader = (await asking).body?.getReader();
      await reader?.read();
      const rest = failure(Promise.resolve(reader?.read()));
      client.close();
      expect(await rest).to.have.property('code', 'cut');
    });
  });

  describe('failures', () => {
    it('say what happened in one sentence', async () => {
      const { client } = setup();
      const refused = await failure(client.request(81, get));
      expect(refused).to.be.instanceOf(HttpError);
      expect(refused.message).to.equal('Nothing accepts connections on port 81 in this sandbox.');
      const answers: [string, string, string][] = [
        ['', 'closed', 'The server on port 3000 closed the connection before it answered.'],
        ['HTTP/1.1 20', 'closed', 'before it answered'],
        ['HTTP/1.1 200 OK\r\nX: y', 'cut', 'in the middle of its answer'],
        ['SSH-2.0-OpenSSH_9\r\n', 'malformed', 'it begins with “SSH-2.0-OpenSSH_9”'],
        ['HTTP/1.1 200 OK\r\n: x\r\n\r\n', 'malformed', 'the header'],
        ['HTTP/1.1 200 OK\r\n X: y\r\n\r\n', 'malformed', 'begin with a space'],
        ['HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n', 'malformed', 'control characters'],
        ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 'malformed', 'a length'],
        ['HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', 'malformed', 'a length'],
        ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n', 'malformed', 'more than once'],
        ['HTTP/1.1 101 Switching Protocols\r\n\r\n', 'malformed', 'unasked'],
        [`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(70_000)}`, 'head-too-large', '64 KB'],
        ['HTTP/1.1 100 Continue\r\n\r\n'.repeat(4000), 'head-too-large', '64 KB'],
        ['\r\n'.repeat(40_000), 'head-too-large', '64 KB'],
      ];
      for (const [text, code, sentence] of answers) {
        const { ask, accept } = setup();
        const asking = failure(ask());
        const server = await accept();
        await server.hear();
        server.say(text).socket.close();
        const error = await asking;
        expect(error.message).to.include(sentence);
        expect(error).to.have.property('code', code);
      }
    });

    it('in a body fail the stream that reads it', async () => {
      for (const [text, code] of [
        ['Content-Length: 9\r\n\r\nabc', 'cut'],
        ['Transfer-Encoding: chunked\r\n\r\n9\r\nabc', 'cut'],
        ['Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', 'cut'],
        ['Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n', 'malformed'],
        ['Transfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n', 'malformed'],
        [`Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(5000)}\r\n`, 'malformed'],
      ]) {
        const { ask, accept } = setup();
        const asking = ask();
        const server = await accept();
        await server.hear();
        server.say(`HTTP/1.1 200 OK\r\n${text}`).socket.close();
        const reader = (await asking).body?.getReader();
        const error = await failure(
          (async () => {
            while ((await reader?.read())?.done === false) continue;
          })(),
        );
        expect(error, text).to.have.property('code', code);
      }
    });

    it('take the answer of a server that left without reading the request', async () => {
      const { ask, accept } = setup();
      const asking = ask({ method: 'POST', body: new Uint8Array(1000) });
      const server = await accept();
      server.say('HTTP/1.1 400 Bad\r\nContent-Length: 2\r\n\r\nno').socket.close();
      expect(await bodyOf(await asking)).to.equal('no');
    });
  });

  it('gives up when told, before the answer and within it', async () => {
    const { ask, accept, client } = setup();
    const controller = new AbortController();
    const asking = failure(ask({ signal: controller.signal }));
    const server = await accept();
    await server.hear();
    controller.abort(new Error('enough'));
    expect((await asking).message).to.equal('enough');
    expect(
      (await failure(Promise.resolve().then(() => server.socket.read(1, kernelCaller)))).message,
    ).to.include('ECONNRESET');
    expect((await failure(ask({ signal: controller.signal }))).message).to.equal('enough');

    const second = new AbortController();
    const answering = ask({ signal: second.signal });
    (await accept()).say('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc');
    const reader = (await answering).body?.getReader();
    await reader?.read();
    const waiting = failure(Promise.resolve(reader?.read()));
    second.abort(new Error('enough of that'));
    expect((await waiting).message).to.equal('enough of that');
    expect(client.idle).to.equal(0);
  });

  it('is not disturbed by a signal that comes after the end', async () => {
    const { ask, accept, client } = setup();
    const controller = new AbortController();
    const asking = ask({ signal: controller.signal });
    (await accept()).say('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    const answer = await asking;
    controller.abort();
    expect(await bodyOf(answer)).to.equal('');
    expect(client.idle).to.equal(1);
  });

  it('hands over the connection of an upgrade', async () => {
    const { ask, accept } = setup();
    const asking = ask({
      headers: [
        ['Connection', 'keep-alive, Upgrade'],
        ['Upgrade', 'websocket'],
      ],
    });
    const server = await accept();
    expect(await server.hear())
      .to.include('Connection: Upgrade\r\n')
      .and.to.include('Upgrade: websocket\r\n');
    server.say('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nfirst');
    const { upgraded, status } = await asking;
    expect(status).to.equal(101);
    expect(decoder.decode(upgraded?.head)).to.equal('first');
    upgraded?.socket.write(encoder.encode('frame'), () => undefined);
    expect(await server.hear('frame')).to.equal('frame');
  });

  it('sends nothing that would be more than one request', async () => {
    const { ask } = setup();
    for (const change of [
      { method: 'GET / HTTP/1.1\r\nX:' },
      { target: '/a b' },
      { target: '/\r\nHost: x' },
      { target: 'http://elsewhere/' },
      { headers: [['X', 'a\r\nY: b']] },
      { headers: [['X\r\n', 'a']] },
      { headers: [['X', '\u{1f600}']] },
    ] as Partial<HttpRequest>[]) {
      expect(await failure(ask(change))).to.have.property('code', 'bad-request');
    }
  });
});

/** Everything that can go on without anybody's doing has done so. */
async function settled(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  for (let turn = 0; turn < 3; turn += 1) {
    const message = new Promise((resolve) => {
      port1.onmessage = resolve;
    });
    port2.postMessage(null);
    await message;
  }
  port1.close();
}
