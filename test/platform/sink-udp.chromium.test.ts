import { expect } from 'chai';
import { testConfig } from '../test-config.js';

const datagrams = async (): Promise<number> => {
  const response = await fetch(`${testConfig.sink}/__sink/totals`);
  return ((await response.json()) as { datagrams: number }).datagrams;
};

describe('the sink', () => {
  it('counts the datagrams of WebTransport, which nobody answers', async () => {
    const before = await datagrams();
    const transport = new WebTransport(testConfig.sink.replace('http:', 'https:'));
    transport.closed.catch(() => undefined);
    transport.ready.catch(() => undefined);
    while ((await datagrams()) === before) await new Promise((resolve) => setTimeout(resolve, 50));
    transport.close();
  });

  it('counts the datagrams of a WebRTC connection', async () => {
    const before = await datagrams();
    const { host } = new URL(testConfig.sink);
    const connection = new RTCPeerConnection({ iceServers: [{ urls: `stun:${host}` }] });
    connection.createDataChannel('leak');
    await connection.setLocalDescription(await connection.createOffer());
    while ((await datagrams()) === before) await new Promise((resolve) => setTimeout(resolve, 50));
    connection.close();
    expect(await datagrams()).to.be.greaterThan(before);
  });
});
