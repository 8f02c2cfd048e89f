import { expect } from 'chai';
import {
  Kernel,
  UpgradedResponse,
  type DuplexStream,
  type KernelError,
  type Sandbox,
} from 'wasm-elements/kernel';
import { rejection } from './rejection.js';
import { programUrl } from '../../fixture-program.js';

const port = 7300;
const encoder = new TextEncoder();

function conversation({ readable, writable }: DuplexStream) {
  const reader = readable.getReader();
  const writer = writable.getWriter();
  let seen = '';
  /** Reads until so many characters have come, or the end. */
  const read = async (length: number): Promise<string> => {
    while (seen.length < length) {
      const { done, value } = await reader.read();
      if (done) break;
      seen += new TextDecoder().decode(value);
    }
    const text = seen.slice(0, length);
    seen = seen.slice(length);
    return text;
  };
  return { reader, writer, read, send: (text: string) => writer.write(encoder.encode(text)) };
}

describe('a connection to a listener', () => {
  let sandbox: Sandbox;
  before(async () => {
    const kernel = await Kernel.boot();
    const program = await (await fetch(programUrl('c/upgrade'))).blob();
    sandbox = await kernel.sandbox({ files: { server: program } });
    const listening = new Promise((resolve) => sandbox.addEventListener('listen', resolve, { once: true }));
    await sandbox.spawn('./server');
    await listening;
  });
  after(() => sandbox.dispose());

  const upgraded = async () => {
    const stream = conversation(await sandbox.connect(port));
    await stream.send('GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n');
    expect(await stream.read(52)).to.match(/^HTTP\/1\.1 101 .*\r\n\r\n$/s);
    return stream;
  };

  it('carries another protocol after an upgrade, both ways at once, to its end', async () => {
    const { writer, read, send } = await upgraded();
    for (const word of ['hello', 'there']) {
      await send(word);
      expect(await read(5)).to.equal(word.toUpperCase());
    }
    const large = 'abcdefgh'.repeat(100_000);
    const [, answer] = await Promise.all([send(large), read(large.length)]);
    expect(answer === large.toUpperCase()).to.equal(true);
    await writer.close();
    expect(await read(100)).to.equal('bye');
  });

  it('is closed by whoever cancels it, and the server goes on', async () => {
    const { reader } = await upgraded();
    await reader.cancel();
    const { read, writer, send } = await upgraded();
    await send('again');
    expect(await read(5)).to.equal('AGAIN');
    await writer.close();
  });

  it('is closed by its signal', async () => {
    const controller = new AbortController();
    const { readable } = await sandbox.connect(port, { signal: controller.signal });
    const reading = readable
      .getReader()
      .read()
      .catch((error: unknown) => error);
    controller.abort(new Error('enough'));
    expect(((await reading) as Error).message).to.equal('enough');
  });

  it('says where nobody listens, and what is no port', async () => {
    expect((await rejection(sandbox.connect(7301))).code).to.equal('ECONNREFUSED');
    const wrong: KernelError = await rejection(sandbox.connect(0));
    expect(wrong.code).to.equal('EINVAL');
  });

  const shout = { connection: 'keep-alive, Upgrade', upgrade: 'shout' };

  it('is what fetch resolves with when the server changes the protocol', async () => {
    const response = await sandbox.fetch(port, '/', { headers: shout });
    if (!(response instanceof UpgradedResponse)) throw new Error('it is no UpgradedResponse');
    expect([response.status, response.statusText, response.ok]).to.deep.equal([
      101,
      'Switching Protocols',
      false,
    ]);
    expect([response.headers.get('upgrade'), response.body]).to.deep.equal(['shout', null]);
    expect(() => response.clone()).to.throw(TypeError);
    const { writer, read, send } = conversation(response.socket);
    for (const word of ['hello', 'there']) {
      await send(word);
      expect(await read(5)).to.equal(word.toUpperCase());
    }
    const large = 'abcdefgh'.repeat(100_000);
    const [, answer] = await Promise.all([send(large), read(large.length)]);
    expect(answer === large.toUpperCase()).to.equal(true);
    await writer.close();
    expect(await read(100)).to.equal('bye');
  });

  it('begins with what the server sent along with its answer', async () => {
    const response = (await sandbox.fetch(port, '/eager', { headers: shout })) as UpgradedResponse;
    const { reader, read, send } = conversation(response.socket);
    expect(await read(5)).to.equal('FIRST');
    await send('again');
    expect(await read(5)).to.equal('AGAIN');
    await reader.cancel();
  });

  it('is not made when the server stays with HTTP, and fetch answers as ever', async () => {
    const response = await sandbox.fetch(port, '/plain', { headers: shout });
    expect(response).not.to.be.instanceOf(UpgradedResponse);
    expect([response.status, await response.text()]).to.deep.equal([200, 'plain']);
    const other = await sandbox.fetch(port, '/', { headers: { ...shout, upgrade: 'whisper' } });
    expect([other.status, await other.text()]).to.deep.equal([200, 'plain']);
  });

  it('of fetch is closed by its signal, and fails where the server breaks it off', async () => {
    const controller = new AbortController();
    const init = { headers: shout, signal: controller.signal };
    const aborted = (await sandbox.fetch(port, '/', init)) as UpgradedResponse;
    const reading = aborted.socket.readable.getReader().read();
    controller.abort(new Error('enough'));
    await reading.then(
      () => expect.fail('it was aborted'),
      (error: Error) => expect(error.message).to.equal('enough'),
    );
    const broken = (await sandbox.fetch(port, '/vanish', { headers: shout })) as UpgradedResponse;
    const { reader, send } = conversation(broken.socket);
    await send('nobody reads all of this');
    expect((await rejection(reader.read())).code).to.equal('ECONNRESET');
  });

  it('cannot be asked for together with a body', async () => {
    const asking = sandbox.fetch(port, '/', { method: 'POST', body: 'text', headers: shout });
    expect((await rejection(asking)).code).to.equal('EINVAL');
  });
});
