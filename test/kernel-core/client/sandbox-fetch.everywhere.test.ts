import { expect } from 'chai';
import { Kernel, KernelError, type PortEvent, type Process, type Sandbox } from 'wasm-elements/kernel';
import { programUrl } from '../../fixture-program.js';

const encoder = new TextEncoder();

function nextPort(sandbox: Sandbox, type: 'listen' | 'close'): Promise<number> {
  return new Promise((resolve) => {
    sandbox.addEventListener(type, (event) => resolve((event as PortEvent).port), { once: true });
  });
}

async function sandboxWithServer(): Promise<Sandbox> {
  const kernel = await Kernel.boot();
  const program = await (await fetch(programUrl('c/http'))).blob();
  return kernel.sandbox({ files: { http: program } });
}

async function serve(sandbox: Sandbox, port = 8080): Promise<Process> {
  const listening = nextPort(sandbox, 'listen');
  const process = await sandbox.spawn('./http', [String(port)]);
  expect(await listening).to.equal(port);
  return process;
}

async function failure(work: Promise<unknown>): Promise<KernelError> {
  try {
    await work;
  } catch (error) {
    expect(error).to.be.instanceOf(KernelError);
    return error as KernelError;
  }
  throw new Error('it did not fail');
}

/** Reads a body to its end. Not `text()`, which hides in Chromium why a stream failed. */
async function drain({ body }: Response): Promise<void> {
  const reader = body?.getReader();
  while ((await reader?.read())?.done === false);
}

/** A stream of so many pieces, and how many of them were asked for. */
function pieces(
  count: number,
  bytes: number,
): { readonly stream: ReadableStream<Uint8Array>; asked: number } {
  const source = {
    asked: 0,
    stream: new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (source.asked === count) return controller.close();
          controller.enqueue(new Uint8Array(bytes).fill(source.asked));
          source.asked += 1;
        },
      },
      { highWaterMark: 0 },
    ),
  };
  return source;
}

describe('sandbox.fetch', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await sandboxWithServer();
  });
  afterEach(() => sandbox.dispose());

  it('says what listens where nothing does', async () => {
    const none = await failure(sandbox.fetch(3000, '/'));
    expect(none.code).to.equal('ECONNREFUSED');
    expect(none.message).to.equal('Nothing listens on port 3000 of this sandbox; no port has a server.');
    await serve(sandbox);
    const { message } = await failure(sandbox.fetch(3000, '/'));
    expect(message).to.equal('Nothing listens on port 3000 of this sandbox; port 8080 does.');
  });

  it('refuses what is no request', async () => {
    const codes: string[] = [];
    for (const [port, input, init] of [
      [0, '/', {}],
      [70_000, '/', {}],
      [80, 'ftp://host/', {}],
      [80, '/', { body: 'a GET has none' }],
      [80, '/', { method: 'BAD METHOD' }],
      [80, '/', { headers: { 'b a d': '' } }],
    ] as const)
      codes.push((await failure(sandbox.fetch(port, input, init))).code);
    expect(codes).to.deep.equal(Array<string>(6).fill('EINVAL'));
  });

  it('sends paths, URLs and Requests with their headers', async () => {
    await serve(sandbox);
    const head = async (input: string | Request, init?: RequestInit): Promise<string> =>
      (await sandbox.fetch(8080, input, init)).text();
    const plain = await head('/head?a=b#c');
    expect(plain)
      .to.match(/^GET \/head\?a=b HTTP\/1\.1\r\n/)
      .and.match(/\r\nhost: localhost:8080\r\n/i);
    expect(await head('http://example.com/head?%20')).to.match(/^GET \/head\?%20 HTTP/);
    const given = await head('/head', { method: 'put', headers: { Host: 'me.test', Cookie: 'a=1' } });
    expect(given)
      .to.match(/^PUT /)
      .and.match(/\r\nhost: me\.test\r\n/i)
      .and.match(/\r\ncookie: a=1\r\n/i);
    expect(given).to.match(/\r\ncontent-length: 0\r\n/i);
    const request = new Request('/head', { method: 'POST', body: 'x=1', headers: { 'X-Own': 'yes' } });
    expect(await head(request))
      .to.match(/^POST \/head /)
      .and.match(/\r\nx-own: yes\r\n/i)
      .and.match(/\r\ncontent-type: text\/plain;charset=UTF-8\r\n/i)
      .and.match(/\r\ncontent-length: 3\r\n/i);
    expect(request.bodyUsed).to.equal(true);
  });

  it('answers with a Response', async () => {
    await serve(sandbox);
    const teapot = await sandbox.fetch(8080, '/teapot');
    expect(teapot).to.be.instanceOf(Response);
    expect([teapot.status, teapot.statusText, teapot.ok]).to.deep.equal([418, 'I am a teapot', false]);
    expect(teapot.headers.get('x-one')).to.equal('1, 2');
    expect(await teapot.text()).to.equal('tea');
    const nothing = await sandbox.fetch(8080, '/nothing');
    expect([nothing.status, nothing.body]).to.deep.equal([204, null]);
    const head = await sandbox.fetch(8080, '/head', { method: 'HEAD' });
    expect(head.body).to.equal(null);
  });

  it('sends bodies of every kind', async () => {
    await serve(sandbox);
    const echo = async (body: BodyInit): Promise<Uint8Array> => {
      const response = await sandbox.fetch(8080, '/echo', { method: 'POST', body });
      return new Uint8Array(await response.arrayBuffer());
    };
    expect(await echo('text')).to.deep.equal(encoder.encode('text'));
    expect(await echo(new URLSearchParams({ a: 'b c' }))).to.deep.equal(encoder.encode('a=b+c'));
    const large = new Uint8Array(3_000_000).map((_, index) => index);
    expect(await echo(new Blob([large]))).to.deep.equal(large);
    expect(await echo(large)).to.deep.equal(large);
    const { stream } = pieces(20, 100_000);
    const back = await echo(stream);
    expect(back.length).to.equal(2_000_000);
    expect([back[0], back[1_999_999]]).to.deep.equal([0, 19]);
  });

  it('streams an answer while it is made', async () => {
    const process = await serve(sandbox);
    const { body } = await sandbox.fetch(8080, '/chunks');
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    const first = await reader.read();
    expect(new TextDecoder().decode(first.value)).to.equal('first');
    const input = process.stdin.getWriter();
    await input.write(encoder.encode('!'));
    const second = await reader.read();
    expect(new TextDecoder().decode(second.value)).to.equal('second');
    expect((await reader.read()).done).to.equal(true);
  });

  it('holds back a server that is faster than its reader', async () => {
    await serve(sandbox);
    const { body } = await sandbox.fetch(8080, '/endless');
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    let read = 0;
    while (read < 5_000_000) read += (await reader.read()).value?.length ?? 0;
    await reader.cancel();
    const written = Number(await (await sandbox.fetch(8080, '/written')).text());
    expect(written - read).to.be.within(0, 3_000_000);
  });

  it('closes the connection when it is aborted', async () => {
    await serve(sandbox);
    const before = AbortSignal.abort(new Error('never began'));
    await sandbox.fetch(8080, '/', { signal: before }).then(
      () => expect.fail('it was aborted'),
      (error: Error) => expect(error.message).to.equal('never began'),
    );
    const controller = new AbortController();
    const answer = sandbox.fetch(8080, '/silent', { signal: controller.signal });
    controller.abort();
    await answer.then(
      () => expect.fail('it was aborted'),
      (error: Error) => expect(error.name).to.equal('AbortError'),
    );
    const during = new AbortController();
    const response = await sandbox.fetch(8080, '/endless', { signal: during.signal });
    during.abort(new Error('enough'));
    await drain(response).then(
      () => expect.fail('it was aborted'),
      (error: Error) => expect(error.message).to.equal('enough'),
    );
    expect(await (await sandbox.fetch(8080, '/echo', { method: 'POST', body: 'alive' })).text()).to.equal(
      'alive',
    );
    const late = new AbortController();
    const silent = sandbox.fetch(8080, '/silent', { signal: late.signal });
    const later = sandbox.fetch(8080, '/echo', { method: 'POST', body: 'next' });
    late.abort();
    await silent.catch(() => undefined);
    expect(await (await later).text()).to.equal('next');
  });

  it('says what a server did wrong', async () => {
    await serve(sandbox);
    const garbage = await failure(sandbox.fetch(8080, '/garbage'));
    expect(garbage.code).to.equal('EPROTO');
    expect(garbage.message).to.contain('not HTTP').and.contain('8080');
    const cut = await sandbox.fetch(8080, '/cut');
    const { code, message } = await failure(drain(cut));
    expect(code).to.equal('ECONNRESET');
    expect(message).to.equal('The server on port 8080 closed the connection in the middle of its answer.');
    const body = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error('no more')) });
    const sent = await failure(sandbox.fetch(8080, '/echo', { method: 'POST', body }));
    expect(sent.message).to.equal('The body of the request failed: no more.');
    const left = await failure(sandbox.fetch(8080, '/leave'));
    expect(left.code).to.equal('ECONNRESET');
    expect(left.message).to.equal('The server on port 8080 closed the connection before it answered.');
  });

  it('tells when ports open and close, and who has them', async () => {
    const kernel = await Kernel.boot();
    const one = await serve(sandbox, 8080);
    const two = await serve(sandbox, 9090);
    const { processes } = await kernel.stats();
    const listening = new Map(processes.map(({ pid, listening: ports }) => [pid, ports]));
    expect([listening.get(one.pid), listening.get(two.pid)]).to.deep.equal([[8080], [9090]]);
    const { message } = await failure(sandbox.fetch(1, '/'));
    expect(message).to.contain('ports 8080 and 9090 do.');
    const closed = nextPort(sandbox, 'close');
    two.kill('SIGKILL');
    expect(await closed).to.equal(9090);
    const left = nextPort(sandbox, 'close');
    await failure(sandbox.fetch(8080, '/leave'));
    expect(await left).to.equal(8080);
  });

  it('fails what is under way when the sandbox is disposed', async () => {
    await serve(sandbox);
    const reading = failure(drain(await sandbox.fetch(8080, '/endless')));
    await sandbox.dispose();
    expect((await reading).code).to.equal('ELOST');
  });
});
