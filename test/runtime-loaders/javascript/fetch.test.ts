import { expect } from 'chai';
import { testConfig } from '../../test-config.js';
import { printed, program } from './program.js';

const { host, origin } = new URL(testConfig.otherOrigin);

describe('fetch of a JavaScript program', () => {
  it('without a grant is a TypeError that names the host and the attribute', async () => {
    const code = `try { await fetch('https://example.org/x') } catch (e) { console.log(e instanceof TypeError, e.message) }`;
    expect(await printed(code)).to.match(/^true .*example\.org.*network=/);
  });

  it('gives real responses of granted hosts', async () => {
    const code = `const response = await fetch('${origin}/cors/package.json');
      console.log(response instanceof Response, response.ok, response.status, new URL(response.url).pathname, (await response.json()).name);
      console.log((await fetch(new Request('${origin}/cors/not-there'))).status)`;
    expect(await printed(code, { network: [host] })).to.equal(
      'true true 200 /cors/package.json wasm-elements\n404\n',
    );
  });

  it('can be aborted', async () => {
    const code = `const signal = AbortSignal.abort(); try { await fetch('${origin}/cors/package.json', { signal }) } catch (e) { console.log(e.name) }`;
    expect(await printed(code, { network: [host] })).to.equal('AbortError\n');
  });

  it('reads files of the sandbox and data: URLs', async () => {
    const files = {
      'main.js': `console.log(await (await fetch(new URL('./a.json', import.meta.url))).json(), await (await fetch('data:,a%20b')).text());
        for (const url of ['./a.json', new URL('./no', import.meta.url)]) await fetch(url).catch((e) => console.log(e.name, e.message))`,
      'a.json': '{"a":1}',
    };
    const stdout = await printed(files);
    expect(stdout).to.match(
      /^\{ a: 1 \} a b\nTypeError .*import\.meta\.url.*\nTypeError .*\/home\/user\/no.*\n$/,
    );
  });

  it('is what imports of URLs go through', async () => {
    const url = `${origin}/cors/test/fixtures/nothing-here.js`;
    const { code, stderr } = await program(`import { x } from '${url}';`, { network: [host] });
    expect(code).to.equal(1);
    expect(stderr).to.contain('answered 404').and.contain('imported at main.js:1');
    const refused = await program(`\nimport 'https://example.org/x.js';`);
    expect(refused.stderr)
      .to.match(/^main\.js:2\n/)
      .and.contain('example.org');
  });
});
