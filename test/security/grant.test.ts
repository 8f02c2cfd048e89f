import { expect } from 'chai';
import { Kernel, type KernelError, type NetworkGrant, type RunResult } from 'wasm-elements/kernel';
import { testConfig } from '../test-config.js';
import { hits, newId, overtaken } from './sink.js';

const sink = new URL(testConfig.sink);
/** The sink on the page's own site, so that the page's cookies would go with a request. */
const sameSite = `http://localhost:${sink.port}`;

describe('a network grant', () => {
  let kernel: Kernel;
  before(async () => {
    kernel = await Kernel.boot();
  });

  async function runWith(network: NetworkGrant, code: string): Promise<RunResult> {
    const sandbox = await kernel.sandbox({ network, files: { 'main.mjs': code } });
    const result = await sandbox.run('javascript', ['main.mjs']);
    await sandbox.dispose();
    return result;
  }
  const tryFetch = (url: string, init = '{}'): string =>
    `try { console.log('answer', (await fetch(${JSON.stringify(url)}, ${init})).status); } catch (error) { console.log('error', error.message.replaceAll(/\\s+/g, ' ')); }`;

  it('reaches its host without origin, cookies or referrer', async () => {
    document.cookie = 'secret=1';
    const plain = newId('plain');
    await fetch(`${sameSite}/hit/${plain}`, { mode: 'no-cors', credentials: 'include' });
    expect((await hits(plain))[0]).to.include({ cookie: 'secret=1' });
    expect((await hits(plain))[0]).to.have.property('referer');

    const id = newId('granted');
    const { stdout } = await runWith(
      [`localhost:${sink.port}`],
      tryFetch(`${sameSite}/hit/${id}.json`, `{ credentials: 'include', referrerPolicy: 'unsafe-url' }`),
    );
    expect(stdout).to.equal('answer 200\n');
    const [hit] = await hits(id);
    expect(hit?.origin).to.equal('null');
    expect(hit).not.to.have.property('cookie');
    expect(hit).not.to.have.property('referer');
  });

  it('is named by the error where it is missing', async () => {
    const id = newId('ungranted');
    for (const network of ['none', ['example.com']] as const) {
      const { stdout } = await runWith(network, tryFetch(`${testConfig.sink}/hit/${id}`));
      expect(stdout).to.match(/^error .*network="127\.0\.0\.1:\d+"/);
    }
    await overtaken();
    expect(await hits(id)).to.deep.equal([]);
  });

  it('does not follow its host out of itself', async () => {
    const redirect = (id: string): string =>
      `${testConfig.sink}/redirect?to=${encodeURIComponent(`${sameSite}/hit/${id}`)}`;
    const plain = newId('plain redirect');
    expect((await fetch(redirect(plain))).status).to.equal(200);
    expect(await hits(plain)).to.have.length(1);

    const id = newId('redirect');
    const { stdout } = await runWith([sink.host], tryFetch(redirect(id)));
    expect(stdout).to.match(/^error .*redirected to a host that the network grant/);
    await overtaken();
    expect(await hits(id)).to.deep.equal([]);
  });

  it('is one host and not its other ports', async () => {
    const id = newId('port');
    const { stdout } = await runWith(
      [`127.0.0.1:${Number(sink.port) - 1}`],
      tryFetch(`${testConfig.sink}/hit/${id}`),
    );
    expect(stdout).to.match(/^error /);
    expect(await hits(id)).to.deep.equal([]);
  });

  for (const host of [
    'a.example; script-src *',
    "a.example 'unsafe-inline'",
    'a.example,b.example',
    '*.example',
    '*',
    'javascript:alert(1)',
    'https://a.example/path',
    'https://user@a.example',
    'a.example\n',
    'a.example"><script>',
    '',
  ]) {
    it(`cannot be ${JSON.stringify(host)} in a list of hosts`, async () => {
      const outcome = await kernel.sandbox({ network: [host] }).then(
        () => 'accepted',
        (error: KernelError) => error.code,
      );
      // White space at the ends is no part of a host; everything else is refused.
      expect(outcome).to.equal(host.trim() === 'a.example' ? 'accepted' : 'EINVAL');
    });
  }

  it('lets no request carry headers of the program’s making that the browser keeps to itself', async () => {
    const id = newId('headers');
    const { stdout } = await runWith(
      [sink.host],
      `const headers = { cookie: 'a=1', referer: 'http://a.example/', origin: 'http://a.example' };
       ${tryFetch(`${testConfig.sink}/hit/${id}`, '{ headers }')}
       ${tryFetch(`${testConfig.sink}/hit/${id}`, `{ headers: { 'x-a': 'b\\r\\ncookie: c=1' } }`)}
       ${tryFetch(`${testConfig.sink}/hit/${id}`, `{ method: 'TRACE' }`)}`,
    );
    expect(stdout).to.match(/^(answer 200|error .*)\nerror .*\nerror .*\n$/);
    for (const hit of await hits(id)) {
      expect(hit).not.to.have.property('cookie');
      expect(hit).not.to.have.property('referer');
      expect(hit.origin).to.equal('null');
    }
  });

  it('ends with the process: what still waited its turn is never asked for', async () => {
    const id = newId('queued');
    const sandbox = await kernel.sandbox({
      network: [sink.host],
      files: {
        'main.mjs': `for (let i = 0; i < 200; i++) fetch('${testConfig.sink}/hit/${id}?' + i).catch(() => {});
          console.log('asked'); setTimeout(() => process.exit(0));`,
      },
    });
    const { stdout } = await sandbox.run('javascript', ['main.mjs']);
    expect(stdout).to.equal('asked\n');
    await overtaken();
    const arrived = (await hits(id)).length;
    await overtaken();
    expect(arrived).to.be.lessThan(200);
    expect((await hits(id)).length).to.be.lessThan(200);
    await sandbox.dispose();
  });
});
