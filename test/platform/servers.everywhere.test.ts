import { expect } from 'chai';
import { testConfig } from '../test-config.js';

const json = async (url: string, init?: RequestInit): Promise<unknown> => (await fetch(url, init)).json();

describe('the test servers', () => {
  const id = `servers-${crypto.randomUUID()}`;
  const hits = () => json(`${testConfig.sink}/__sink/hits?id=${id}`) as Promise<{ kind: string }[]>;

  it('serve another origin with and without CORS', async () => {
    const file = 'test/fixtures/hello.txt';
    const open = await fetch(`${testConfig.otherOrigin}/cors/${file}`);
    expect(await open.text()).to.equal('hello\n');
    const closed = await fetch(`${testConfig.otherOrigin}/no-cors/${file}`).then(
      () => 'answered',
      () => 'refused',
    );
    expect(closed).to.equal('refused');
  });

  it('serve a file under the headers a test asks for', async () => {
    const headers = encodeURIComponent(JSON.stringify({ 'x-test': 'yes', 'content-type': 'text/x-test' }));
    const response = await fetch(`/with-headers/${headers}/test/fixtures/hello.txt`);
    expect(response.headers.get('x-test')).to.equal('yes');
    expect(response.headers.get('content-type')).to.equal('text/x-test');
  });

  it('count a fetch, a redirect and a WebSocket in the sink', async () => {
    expect(await hits()).to.deep.equal([]);
    await fetch(`${testConfig.sink}/hit/${id}`);
    await fetch(`${testConfig.sink}/redirect?id=${id}&to=${testConfig.sink}/hit/${id}.json`);
    const socket = new WebSocket(`${testConfig.sink.replace('http', 'ws')}/hit/${id}`);
    await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
    socket.close();
    const kinds = (await hits()).map((hit) => hit.kind);
    expect(kinds).to.deep.equal(['http', 'http', 'http', 'websocket']);
  });

  it('send bad answers on demand', async () => {
    const flaky = (mode: string) => fetch(`${testConfig.flaky}/flaky/${mode}/missing.bin`);
    expect((await flaky('404')).status).to.equal(404);
    const outcome = await flaky('offline').then(
      () => 'answered',
      () => 'cut',
    );
    expect(outcome).to.equal('cut');
    await fetch(`${testConfig.flaky}/__flaky/mode?name=${id}&mode=500`, { method: 'POST' });
    expect((await flaky(`switch-${id}`)).status).to.equal(500);
  });
});
