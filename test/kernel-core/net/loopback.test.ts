import { expect } from 'chai';
import * as fc from 'fast-check';
import { errno, isErrno } from '../../../kernel-core/abi/errno.js';
import {
  ipOptions,
  optionLevels,
  socketOptions,
  socketTypes,
  tcpOptions,
} from '../../../kernel-core/abi/socket.js';
import { readiness } from '../../../kernel-core/file/open-file.js';
import { kernelCaller, type Caller } from '../../../kernel-core/file/wait-queue.js';
import type { SocketAddress } from '../../../kernel-core/abi/socket-address.js';
import { Loopback } from '../../../kernel-core/net/loopback.js';
import type { StreamSocket } from '../../../kernel-core/net/sockets.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const nobody = (): void => undefined;

const at = (port: number, host = '127.0.0.1'): SocketAddress => ({ family: 'inet', host, port });
const at6 = (port: number, host = '::1'): SocketAddress => ({ family: 'inet6', host, port });

function network() {
  const events: string[] = [];
  const loopback = new Loopback({
    listen: (port) => events.push(`listen ${port}`),
    close: (port) => events.push(`close ${port}`),
  });
  const listen = (address: SocketAddress, backlog = 5): StreamSocket => {
    const socket = loopback.socket(address.family);
    socket.bind(address);
    socket.listen(backlog);
    return socket;
  };
  const connect = (address: SocketAddress): StreamSocket => {
    const socket = loopback.socket(address.family);
    socket.connect(address);
    return socket;
  };
  return { loopback, events, listen, connect };
}

async function connected() {
  const { loopback, listen, connect } = network();
  const listener = listen(at(80));
  const client = connect(at(80));
  const server = await listener.accept(kernelCaller);
  return { loopback, listener, client, server };
}

async function failure(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (isErrno(error)) return error.code;
    throw error;
  }
  return 'none';
}

async function read(socket: StreamSocket, max = 1000): Promise<string> {
  return decoder.decode(await socket.read(max, kernelCaller));
}

function send(socket: StreamSocket, text: string): void {
  socket.write(encoder.encode(text), nobody);
}

class Interruptible implements Caller {
  readonly waits = new Set<() => void>();
  onInterrupt(giveUp: () => void): () => void {
    this.waits.add(giveUp);
    return () => this.waits.delete(giveUp);
  }
  interrupt(): void {
    for (const giveUp of [...this.waits]) {
      this.waits.delete(giveUp);
      giveUp();
    }
  }
}

describe('Loopback', () => {
  it('connects to a port that listens, both ways', async () => {
    const { listener, client, server } = await connected();
    send(client, 'ping');
    expect(await read(server)).to.equal('ping');
    send(server, 'pong');
    expect(await read(client)).to.equal('pong');
    expect(client.peerAddress).to.deep.equal(at(80));
    expect(server.peerAddress).to.deep.equal(client.localAddress);
    expect(client.localAddress).to.have.property('port').within(49_152, 65_535);
    expect(listener.localAddress).to.deep.equal(at(80));
  });

  it('lets accept wait, and be interrupted', async () => {
    const { listen, connect } = network();
    const listener = listen(at(80));
    const caller = new Interruptible();
    const interrupted = failure(() => listener.accept(caller));
    caller.interrupt();
    expect(await interrupted).to.equal('EINTR');
    const accepting = listener.accept(kernelCaller);
    const client = connect(at(80));
    expect((await accepting).peerAddress).to.deep.equal(client.localAddress);
    const ended = failure(() => listener.accept(caller));
    listener.close();
    expect(await ended).to.equal('EINVAL');
    expect(caller.waits.size).to.equal(0);
  });

  it('refuses where nobody listens and where the backlog is full', async () => {
    const { loopback, listen, connect } = network();
    expect(await failure(() => connect(at(80)))).to.equal('ECONNREFUSED');
    loopback.socket('inet').bind(at(81));
    expect(await failure(() => connect(at(81))), 'bound is not listening').to.equal('ECONNREFUSED');
    const listener = listen(at(80), 1);
    let accepted = 0;
    while ((await failure(() => connect(at(80)))) === 'none') accepted += 1;
    expect(accepted).to.equal(1024);
    await listener.accept(kernelCaller);
    expect(await failure(() => connect(at(80)))).to.equal('none');
    expect(await failure(() => connect(at(80, '192.168.0.1')))).to.equal('ENETUNREACH');
  });

  it('gives a port to one socket at a time, and frees it', async () => {
    const { listen, events } = network();
    const first = listen(at(3000, '0.0.0.0'));
    expect(await failure(() => listen(at(3000)))).to.equal('EADDRINUSE');
    expect(await failure(() => listen(at6(3000, '::'))), 'dual stack').to.equal('EADDRINUSE');
    const six = listen(at6(3000));
    first.close();
    expect(events).to.deep.equal(['listen 3000']);
    six.close();
    expect(events).to.deep.equal(['listen 3000', 'close 3000']);
    listen(at(3000)).close();
    expect(await failure(() => listen(at(80, '10.0.0.1')))).to.equal('EADDRNOTAVAIL');
    expect(await failure(() => listen(at(70_000)))).to.equal('EINVAL');
  });

  it('reaches a server on all addresses by either protocol', async () => {
    const { loopback, listen, connect } = network();
    const both = listen(at6(80, '::'));
    connect(at(80)).close();
    connect(at(80, 'localhost')).close();
    connect(at6(80)).close();
    connect(at6(80, '::ffff:127.0.0.1')).close();
    both.close();
    const only = loopback.socket('inet6');
    only.setOption(optionLevels.IPPROTO_IPV6, ipOptions.IPV6_V6ONLY, 1);
    only.bind(at6(80, '::'));
    only.listen(1);
    expect(await failure(() => connect(at(80)))).to.equal('ECONNREFUSED');
    expect(loopback.dial(80).peerAddress).to.deep.equal(at6(80));
  });

  it('chooses a free port where none is asked for', () => {
    const { listen, loopback } = network();
    const ports = [listen(at(0)), listen(at(0))].map(({ localAddress }) => localAddress);
    expect(new Set(ports.map((address) => 'port' in address && address.port)).size).to.equal(2);
    const unbound = loopback.socket('inet');
    unbound.listen(1);
    expect(unbound.localAddress).to.have.property('port').within(49_152, 65_535);
    expect(loopback.ports).to.have.length(3);
  });

  it('frees the ports of clients that are gone', () => {
    const { listen, connect } = network();
    const listener = listen(at(80));
    for (let i = 0; i < 20_000; i += 1) {
      connect(at(80)).close();
      void listener.listener?.accept(kernelCaller);
    }
  });

  it('connects unix sockets by name', async () => {
    const { loopback, listen, connect, events } = network();
    const address: SocketAddress = { family: 'unix', path: '/tmp/s' };
    const listener = listen(address);
    expect(await failure(() => listen(address))).to.equal('EADDRINUSE');
    const client = connect(address);
    const server = await listener.accept(kernelCaller);
    send(server, 'hello');
    expect(await read(client)).to.equal('hello');
    expect(client.peerAddress).to.deep.equal(address);
    expect(server.peerAddress).to.deep.equal({ family: 'unix', path: '' });
    listener.close();
    expect(await failure(() => connect(address))).to.equal('ECONNREFUSED');
    expect(await failure(() => loopback.socket('unix').listen(1))).to.equal('EDESTADDRREQ');
    expect(await failure(() => loopback.socket('inet').connect(address))).to.equal('EAFNOSUPPORT');
    expect(events).to.deep.equal([]);
  });

  it('resets the connections a closed listener never accepted', async () => {
    const { listen, connect } = network();
    const listener = listen(at(80));
    const client = connect(at(80));
    listener.close();
    expect(await failure(() => read(client))).to.equal('ECONNRESET');
    expect(await read(client)).to.equal('');
  });
});

describe('StreamSocket', () => {
  it('sends on after it has stopped reading, and the other way round', async () => {
    const { client, server } = await connected();
    client.shutdown('write');
    expect(await read(server)).to.equal('');
    send(server, 'answer');
    expect(await read(client)).to.equal('answer');
    expect(await failure(() => send(client, 'x'))).to.equal('EPIPE');
    expect(server.ready & readiness.hangup).to.equal(0);
    server.shutdown('write');
    expect(server.ready & readiness.hangup).to.not.equal(0);
  });

  it('delivers what was sent before closing, then the end', async () => {
    const { client, server } = await connected();
    send(server, 'last words');
    server.close();
    expect(await read(client)).to.equal('last words');
    expect(await read(client)).to.equal('');
    expect(await failure(() => send(client, 'x'))).to.equal('EPIPE');
  });

  it('resets the peer when it closes with bytes unread', async () => {
    const { client, server } = await connected();
    send(client, 'never read');
    send(server, 'sent before');
    server.close();
    expect(client.ready & readiness.error).to.not.equal(0);
    expect(await read(client)).to.equal('sent before');
    expect(await failure(() => read(client))).to.equal('ECONNRESET');
    expect(await read(client)).to.equal('');
    expect(await failure(() => send(client, 'x'))).to.equal('EPIPE');
  });

  it('resets with SO_LINGER of 0 seconds, and tells by SO_ERROR once', async () => {
    const { client, server } = await connected();
    server.setLinger(0);
    server.close();
    const { SOL_SOCKET } = optionLevels;
    expect(client.getOption(SOL_SOCKET, socketOptions.SO_ERROR)).to.equal(errno.ECONNRESET);
    expect(client.getOption(SOL_SOCKET, socketOptions.SO_ERROR)).to.equal(0);
    expect(await read(client)).to.equal('');
  });

  it('reports to the sender what its peer has read', async () => {
    const { client, server } = await connected();
    let taken = 0;
    const count = (bytes: number): void => {
      taken += bytes;
    };
    client.write(new Uint8Array(1000), count);
    await server.read(300, kernelCaller);
    expect(taken).to.equal(300);
    server.close();
    expect(taken, 'bytes nobody will read do not hold it up').to.equal(1000);
  });

  it('is not ready for more than half a megabyte that nobody reads', async () => {
    const { client, server } = await connected();
    let wakes = 0;
    const unwatch = client.watch(() => {
      wakes += 1;
    });
    client.write(new Uint8Array(512 << 10), nobody);
    expect(client.ready & readiness.write).to.equal(0);
    await server.read(10, kernelCaller);
    expect(client.ready & readiness.write).to.not.equal(0);
    expect(wakes).to.be.at.least(2);
    unwatch();
  });

  it('gives up a read that is interrupted or whose socket is closed', async () => {
    const { client } = await connected();
    const caller = new Interruptible();
    const interrupted = failure(() => client.read(10, caller));
    caller.interrupt();
    expect(await interrupted).to.equal('EINTR');
    const reading = client.read(10, caller);
    client.close();
    expect(await reading).to.have.length(0);
    expect(caller.waits.size).to.equal(0);
    expect(await failure(() => read(client))).to.equal('EBADF');
  });

  it('pairs sockets without names', async () => {
    const [one, other] = network().loopback.socketPair();
    send(one, 'a');
    expect(await read(other)).to.equal('a');
    other.shutdown('read');
    expect(await failure(() => send(one, 'b'))).to.equal('EPIPE');
    one.close();
    expect(await read(other)).to.equal('');
  });

  it('needs a connection for what needs one', async () => {
    const { loopback, listener, client } = await connected();
    const socket = loopback.socket('inet');
    expect(await failure(() => read(socket))).to.equal('ENOTCONN');
    expect(await failure(() => send(socket, 'x'))).to.equal('ENOTCONN');
    expect(await failure(() => socket.peerAddress)).to.equal('ENOTCONN');
    expect(await failure(() => socket.shutdown('both'))).to.equal('ENOTCONN');
    expect(await failure(() => socket.accept(kernelCaller))).to.equal('EINVAL');
    expect(await failure(() => client.connect(at(80)))).to.equal('EISCONN');
    expect(await failure(() => listener.bind(at(81)))).to.equal('EINVAL');
  });

  it('remembers the options programs set, and knows no others', async () => {
    const { client, listener } = await connected();
    const { SOL_SOCKET, IPPROTO_TCP } = optionLevels;
    client.setOption(IPPROTO_TCP, tcpOptions.TCP_NODELAY, 1);
    expect(client.getOption(IPPROTO_TCP, tcpOptions.TCP_NODELAY)).to.equal(1);
    expect(client.getOption(SOL_SOCKET, socketOptions.SO_TYPE)).to.equal(socketTypes.SOCK_STREAM);
    expect(listener.getOption(SOL_SOCKET, socketOptions.SO_ACCEPTCONN)).to.equal(1);
    expect(await failure(() => client.getOption(SOL_SOCKET, 9999))).to.equal('ENOPROTOOPT');
    expect(await failure(() => client.setOption(SOL_SOCKET, socketOptions.SO_TYPE, 1))).to.equal(
      'ENOPROTOOPT',
    );
  });

  it('delivers every byte once and in order, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 300 }),
        async (chunks, max) => {
          const { client, server } = await connected();
          let taken = 0;
          const sent = chunks.flatMap((chunk) => [...chunk]);
          for (const chunk of chunks) {
            client.write(chunk, (bytes) => {
              taken += bytes;
            });
          }
          client.close();
          const received: number[] = [];
          for (;;) {
            const bytes = await server.read(max, kernelCaller);
            if (bytes.length === 0) break;
            received.push(...bytes);
          }
          expect(received).to.deep.equal(sent);
          expect(taken).to.equal(sent.length);
        },
      ),
    );
  });
});
