import { expect } from 'chai';
import { isErrno } from '../../../kernel-core/abi/errno.js';
import type { SocketAddress } from '../../../kernel-core/abi/socket-address.js';
import { optionLevels, socketOptions, socketTypes } from '../../../kernel-core/abi/socket.js';
import { readiness } from '../../../kernel-core/file/open-file.js';
import { kernelCaller } from '../../../kernel-core/file/wait-queue.js';
import type { DatagramSocket } from '../../../kernel-core/net/datagram-socket.js';
import { Loopback } from '../../../kernel-core/net/loopback.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const nobody = (): void => undefined;
const at = (port: number): SocketAddress => ({ family: 'inet', host: '127.0.0.1', port });

function bound(loopback: Loopback, address: SocketAddress): DatagramSocket {
  const socket = loopback.datagramSocket(address.family);
  socket.bind(address);
  return socket;
}

function send(socket: DatagramSocket, text: string, to?: SocketAddress): void {
  socket.send(encoder.encode(text), to, nobody);
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

describe('DatagramSocket', () => {
  it('keeps messages apart, and says whom they are from', async () => {
    const loopback = new Loopback();
    const server = bound(loopback, at(53));
    const client = loopback.datagramSocket('inet');
    send(client, 'one', at(53));
    send(client, '', at(53));
    send(client, 'three', at(53));
    const first = await server.receive(100, kernelCaller);
    expect(decoder.decode(first.bytes)).to.equal('one');
    expect(first.from).to.have.property('port').within(49_152, 65_535);
    expect((await server.receive(100, kernelCaller)).bytes).to.have.length(0);
    const third = await server.receive(2, kernelCaller);
    expect(decoder.decode(third.bytes)).to.equal('th');
    expect(third.truncated).to.be.true;
    const answer = client.receive(100, kernelCaller);
    send(server, 'answer', first.from);
    expect(await answer).to.deep.equal({ bytes: encoder.encode('answer'), from: at(53), truncated: false });
  });

  it('has ports of its own, apart from streams', async () => {
    const loopback = new Loopback();
    const stream = loopback.socket('inet');
    stream.bind(at(80));
    const datagram = bound(loopback, at(80));
    expect(await failure(() => bound(loopback, at(80)))).to.equal('EADDRINUSE');
    datagram.close();
    bound(loopback, at(80));
  });

  it('receives only from its peer once connected', async () => {
    const loopback = new Loopback();
    const [server, other, client] = [at(1), at(2), at(3)].map((address) => bound(loopback, address));
    if (server === undefined || other === undefined || client === undefined) throw new Error('no socket');
    client.connect(at(1));
    send(other, 'spam', at(3));
    send(server, 'wanted', at(3));
    expect(decoder.decode(await client.read(100, kernelCaller))).to.equal('wanted');
    client.write(encoder.encode('to my peer'), nobody);
    expect(decoder.decode(await server.read(100, kernelCaller))).to.equal('to my peer');
    server.close();
    send(client, 'lost');
    expect(client.ready & readiness.error).to.not.equal(0);
    expect(await failure(() => send(client, 'x'))).to.equal('ECONNREFUSED');
  });

  it('loses what nobody receives, and reports it taken', () => {
    const loopback = new Loopback();
    const server = bound(loopback, at(53));
    const client = loopback.datagramSocket('inet');
    let taken = 0;
    const count = (bytes: number): void => {
      taken += bytes;
    };
    client.send(new Uint8Array(1000), at(99), count);
    expect(taken).to.equal(1000);
    for (let i = 0; i < 1000; i += 1) client.send(new Uint8Array(1000), at(53), count);
    expect(taken).to.be.within(700_000, 900_000);
    server.close();
    expect(taken).to.equal(1_001_000);
  });

  it('works between unix sockets, named or paired', async () => {
    const loopback = new Loopback();
    const address: SocketAddress = { family: 'unix', path: '/log' };
    const log = bound(loopback, address);
    send(loopback.datagramSocket('unix'), 'line', address);
    expect((await log.receive(100, kernelCaller)).from).to.deep.equal({ family: 'unix', path: '' });
    expect(await failure(() => loopback.socket('unix').connect(address))).to.equal('EPROTOTYPE');
    log.close();
    expect(await failure(() => send(loopback.datagramSocket('unix'), 'line', address))).to.equal(
      'ECONNREFUSED',
    );
    const [one, other] = loopback.datagramPair();
    send(one, 'a');
    send(one, 'b');
    expect(decoder.decode(await other.read(10, kernelCaller))).to.equal('a');
    one.close();
    expect(await failure(() => send(other, 'c'))).to.equal('ECONNREFUSED');
  });

  it('refuses what cannot be sent', async () => {
    const loopback = new Loopback();
    const socket = loopback.datagramSocket('inet');
    expect(await failure(() => send(socket, 'x'))).to.equal('EDESTADDRREQ');
    expect(await failure(() => socket.send(new Uint8Array(70_000), at(1), nobody))).to.equal('EMSGSIZE');
    expect(await failure(() => send(socket, 'x', { family: 'unix', path: '/a' }))).to.equal('EAFNOSUPPORT');
    expect(await failure(() => send(socket, 'x', { family: 'inet', host: '8.8.8.8', port: 53 }))).to.equal(
      'ENETUNREACH',
    );
    expect(await failure(() => socket.peerAddress)).to.equal('ENOTCONN');
    expect(socket.getOption(optionLevels.SOL_SOCKET, socketOptions.SO_TYPE)).to.equal(socketTypes.SOCK_DGRAM);
    const waiting = failure(() => socket.receive(1, kernelCaller));
    socket.close();
    expect(await waiting).to.equal('EBADF');
    expect(await failure(() => send(socket, 'x', at(1)))).to.equal('EBADF');
  });
});
