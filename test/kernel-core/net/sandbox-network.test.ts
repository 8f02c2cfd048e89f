import { expect } from 'chai';
import { FetchExchange } from '../../../kernel-core/client/fetch-exchange.js';
import { prepareFetch } from '../../../kernel-core/client/fetch-request.js';
import { kernelCaller } from '../../../kernel-core/file/wait-queue.js';
import { SandboxNetwork, listeningPorts } from '../../../kernel-core/net/sandbox-network.js';
import type { StreamSocket } from '../../../kernel-core/net/sockets.js';
import type { PortMessage } from '../../../kernel-core/protocol/network.js';

const port = 3000;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Both halves of `sandbox.fetch`, the port between them, and a server whose every word the test says. */
function setup() {
  const network = new SandboxNetwork();
  const listener = network.loopback.socket('inet');
  listener.bind({ family: 'inet', host: '127.0.0.1', port });
  listener.listen(5);
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const { request, body, signal } = await prepareFetch(port, path, init);
    const { port1, port2 } = new MessageChannel();
    const exchange = new FetchExchange(port1, body, signal, () => undefined);
    return exchange.response(await network.fetch(request, port2));
  };
  const accept = async (): Promise<StreamSocket> => listener.accept(kernelCaller);
  return { network, listener, ask, accept };
}

function say(socket: StreamSocket, text: string): void {
  socket.write(encoder.encode(text), () => undefined);
}

/** What comes until it ends with `end`, or until the connection does. */
async function hear(socket: StreamSocket, end: string): Promise<string> {
  let text = '';
  while (!text.endsWith(end)) {
    const bytes = await socket.read(1 << 20, kernelCaller);
    if (bytes.length === 0) break;
    text += decoder.decode(bytes);
  }
  return text;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: { code: string }) => error.code,
  );
}

describe('A request of the page', () => {
  it('streams both ways at once', async () => {
    const { ask, accept } = setup();
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const input = writable.getWriter();
    const answer = ask('/talk', { method: 'POST', body: readable });
    const server = await accept();
    expect(await hear(server, '\r\n\r\n')).to.contain('Transfer-Encoding: chunked');
    await input.write(encoder.encode('ping'));
    expect(await hear(server, 'ping\r\n')).to.equal('4\r\nping\r\n');
    say(server, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npong\r\n');
    const { body } = await answer;
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    expect(decoder.decode((await reader.read()).value)).to.equal('pong');
    await input.close();
    expect(await hear(server, '0\r\n\r\n')).to.equal('0\r\n\r\n');
    say(server, '0\r\n\r\n');
    expect((await reader.read()).done).to.equal(true);
  });

  it('takes of an answer what the page reads, and a little', async () => {
    const { ask, accept } = setup();
    const answer = ask('/');
    const server = await accept();
    await hear(server, '\r\n\r\n');
    let taken = 0;
    server.write(encoder.encode('HTTP/1.1 200 OK\r\n\r\n'), () => undefined);
    server.write(new Uint8Array(4 << 20), (bytes) => (taken += bytes));
    const { body } = await answer;
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    let read = 0;
    while (read < 1 << 20) read += (await reader.read()).value?.length ?? 0;
    expect(taken - read).to.be.within(0, 512 << 10);
    await reader.cancel();
    expect(await codeOf(hear(server, 'never'))).to.equal('ECONNRESET');
  });

  it('stops sending a body that the server does not want', async () => {
    const { ask, accept } = setup();
    let cancelled: () => void;
    const stopped = new Promise<void>((resolve) => (cancelled = resolve));
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
      cancel: () => cancelled(),
    });
    const answer = ask('/', { method: 'PUT', body });
    const server = await accept();
    await server.read(100, kernelCaller);
    say(server, 'HTTP/1.1 413 Too much\r\nContent-Length: 0\r\n\r\n');
    expect((await answer).status).to.equal(413);
    await stopped;
  });

  it('tells a page that comes late which ports listen', async () => {
    const { network, listener } = setup();
    expect(listeningPorts([listener])).to.deep.equal([port]);
    const { port1, port2 } = new MessageChannel();
    const told: PortMessage[] = [];
    const closed = new Promise<void>((resolve) => {
      port1.onmessage = ({ data }: MessageEvent<PortMessage>) => {
        told.push(data);
        if (data.type === 'close') resolve();
      };
    });
    network.watch(port2);
    listener.close();
    await closed;
    expect(told).to.deep.equal([
      { type: 'listen', port },
      { type: 'close', port },
    ]);
    network.close();
  });
});
