import { expect } from 'chai';
import { testConfig } from '../test-config.js';

const senders = async (): Promise<number> => {
  const response = await fetch(`${testConfig.sink}/__sink/totals`);
  return ((await response.json()) as { senders: number }).senders;
};

describe('the sink', () => {
  it('counts who sends the datagrams of WebTransport, which nobody answers', async () => {
    const before = await senders();
    const transport = new WebTransport(testConfig.sink.replace('http:', 'https:'));
    transport.closed.catch(() => undefined);
    transport.ready.catch(() => undefined);
    while ((await senders()) === before) await new Promise((resolve) => setTimeout(resolve, 50));
    transport.close();
  });

  it('counts who sends the datagrams of a WebRTC connection', async () => {
    const before = await senders();
    const { host } = new URL(testConfig.sink);
    const connection = new RTCPeerConnection({ iceServers: [{ urls: `stun:${host}` }] });
    connection.createDataChannel('leak');
    await connection.setLocalDescription(await connection.createOffer());
    while ((await senders()) === before) await new Promise((resolve) => setTimeout(resolve, 50));
    connection.close();
    expect(await senders()).to.be.greaterThan(before);
  });
});
