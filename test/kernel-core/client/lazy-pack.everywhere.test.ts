import { expect } from 'chai';
import { Kernel, KernelError, type Sandbox } from 'wasm-elements/kernel';
import { pack } from './archives.js';
import { rejection } from './rejection.js';

const blockBytes = 1024 * 1024;
const fileBytes = 10_486;
const fileCount = 500;

/** Other bytes in every test, for the browser keeps blocks by their hashes. */
let seed = Math.floor(Math.random() * 2 ** 30);
function noise(length: number): Uint8Array {
  let state = (seed += 1);
  return new Uint8Array(length).map(() => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

const sumOf = (bytes: Uint8Array): string =>
  `${bytes.length} ${bytes.reduce((sum, byte) => sum + byte, 0) >>> 0}\n`;

/** A host of one pack that counts what it is asked for. */
class Host {
  readonly #original = window.fetch.bind(window);
  readonly url: URL;
  bytes: Uint8Array;
  requests = 0;
  sent = 0;
  /** What it does instead of answering: fail, or answer without looking at ranges. */
  mode: 'ranges' | 'cut' | 'whole' | 'changed' = 'ranges';

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.url = new URL(`/lazy-${seed}.pack`, location.href);
    window.fetch = (input, init) => {
      if (!(input instanceof URL) || input.pathname !== this.url.pathname) return this.#original(input, init);
      return this.#answer(new Headers(init?.headers).get('Range') ?? '');
    };
  }

  close(): void {
    window.fetch = this.#original;
  }

  /** Requests and bytes since the last time. */
  count(): { requests: number; sent: number } {
    const { requests, sent } = this;
    this.requests = this.sent = 0;
    return { requests, sent };
  }

  #answer(range: string): Promise<Response> {
    this.requests += 1;
    if (this.mode === 'cut') return Promise.reject(new TypeError('cut'));
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    if (this.mode === 'whole' || from === undefined) {
      this.sent += this.bytes.length;
      return Promise.resolve(new Response(this.bytes.slice(), { status: 200 }));
    }
    const part = this.bytes.slice(Number(from), Number(to) + 1);
    if (this.mode === 'changed') part[0] = (part[0] as number) ^ 1;
    this.sent += part.length;
    const last = Number(from) + part.length - 1;
    const headers = { 'Content-Range': `bytes ${from}-${last}/${this.bytes.length}` };
    return Promise.resolve(new Response(part, { status: 206, headers }));
  }
}

describe('packs that are read as they are needed', () => {
  let kernel: Kernel;
  let program: Blob;
  let sandbox: Sandbox;
  let host: Host;
  const files: Record<string, Uint8Array> = {};
  const name = (index: number): string => `d${index % 20}/file-${index}`;
  const file = (index: number): Uint8Array => files[name(index)] as Uint8Array;

  before(async () => {
    kernel = await Kernel.boot();
    program = await (await fetch('/build/test-fixtures/c/pack.wasm')).blob();
  });
  beforeEach(async () => {
    for (let index = 0; index < fileCount; index += 1) files[name(index)] = noise(fileBytes);
    host = new Host(await pack(files, blockBytes));
    sandbox = await kernel.sandbox({ files: { 'pack.wasm': program } });
  });
  afterEach(async () => {
    host.close();
    await sandbox.dispose();
  });

  /** Whether a program has only what it read of a pack. */
  const canWait = async (): Promise<boolean> => {
    const ended = await sandbox.spawn('./pack.wasm', [], { stdin: 'null' });
    await ended.exited;
    return ended.transport !== 'local';
  };
  const run = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await sandbox.run('./pack.wasm', args, { stdin: 'null' });
    return stdout + stderr;
  };
  /** No more than a block and what stands around it. */
  const oneBlock = { requests: 1, sent: blockBytes };

  it('are mounted with their index alone', async () => {
    await sandbox.fs.mount('p', host.url);
    expect(host.count().sent).to.be.lessThan(100_000);
    expect(await sandbox.fs.readdir('p/d3')).to.have.length(25);
    expect(await sandbox.fs.stat(`p/${name(7)}`)).to.include({ size: fileBytes, mode: 0o640 });
    expect(host.count()).to.deep.equal({ requests: 0, sent: 0 });
  });

  it('give the page one file for the block it lies in, and again for nothing', async () => {
    await sandbox.fs.mount('p', host.url);
    host.count();
    expect(await sandbox.fs.readFile(`p/${name(7)}`)).to.deep.equal(file(7));
    expect(host.count()).to.deep.equal(oneBlock);
    expect(await sandbox.fs.readFile(`p/${name(7)}`)).to.deep.equal(file(7));
    expect(await sandbox.fs.readFile(`p/${name(8)}`)).to.deep.equal(file(8));
    expect(host.count()).to.deep.equal({ requests: 0, sent: 0 });
  });

  it('give a program one file for the block it lies in, and again for nothing', async () => {
    const waits = await canWait();
    await sandbox.fs.mount('p', host.url);
    host.count();
    expect(await run('read', `p/${name(7)}`)).to.equal(sumOf(file(7)));
    // Where nothing can wait, the first program is given all of it.
    if (waits) expect(host.count()).to.deep.equal(oneBlock);
    else expect(host.count().sent).to.be.greaterThan(4 * blockBytes);
    expect(await run('read', `p/${name(7)}`)).to.equal(sumOf(file(7)));
    expect(await run('byte', `p/${name(8)}`, '77')).to.equal(`${file(8)[77] as number}\n`);
    expect(await sandbox.fs.readFile(`p/${name(8)}`)).to.deep.equal(file(8));
    expect(host.count()).to.deep.equal({ requests: 0, sent: 0 });
  });

  it('give files that span blocks, from anywhere', async () => {
    const waits = await canWait();
    const large = noise(3 * blockBytes + 17);
    host.bytes = await pack({ small: noise(99), large, last: noise(5) }, blockBytes);
    await sandbox.fs.mount('p', host.url);
    host.count();
    const at = 2 * blockBytes + 5;
    expect(await run('byte', 'p/large', String(at))).to.equal(`${large[at] as number}\n`);
    if (waits) expect(host.count()).to.deep.equal(oneBlock);
    expect(await run('read', 'p/large')).to.equal(sumOf(large));
    expect(await sandbox.fs.readFile('p/large')).to.deep.equal(large);
  });

  // Firefox (153) waits for ever for the middle of a large Blob that has just arrived, unless asked in another way.
  it('give any part of a block that has just come', async () => {
    await sandbox.fs.mount('p', host.url);
    for (const index of [98, 90, 190, 230, 290, 380, 480]) {
      expect(await run('byte', `p/${name(index)}`, '5'), name(index)).to.equal(
        `${file(index)[5] as number}\n`,
      );
    }
    const large = noise(3 * blockBytes);
    for (const at of [large.length - 1, 2 * blockBytes, blockBytes + 7]) {
      await sandbox.fs.writeFile('large', large);
      expect(await run('byte', 'large', String(at)), String(at)).to.equal(`${large[at] as number}\n`);
    }
  });

  it('are copied when they are written to', async () => {
    await sandbox.fs.mount('p', host.url);
    const written = file(3).slice();
    written[0] = 33;
    expect(await run('write', `p/${name(3)}`)).to.equal(sumOf(written));
    const appended = Uint8Array.from([...file(499), 33]);
    expect(await run('append', `p/${name(499)}`)).to.equal(sumOf(appended));
    expect(await sandbox.fs.readFile(`p/${name(3)}`)).to.deep.equal(written);
    expect(await sandbox.fs.readFile(`p/${name(499)}`)).to.deep.equal(appended);
    await sandbox.fs.writeFile(`p/${name(250)}`, new Uint8Array([1]), { append: true });
    expect(await sandbox.fs.readFile(`p/${name(250)}`)).to.deep.equal(Uint8Array.from([...file(250), 1]));
    await sandbox.fs.writeFile(`p/${name(4)}`, 'new');
    expect(await sandbox.fs.readFile(`p/${name(4)}`, 'utf-8')).to.equal('new');
  });

  it('can be mounted, and written to by another, beside a program that runs', async () => {
    const running = await sandbox.spawn('./pack.wasm', ['again', `p/${name(5)}`]);
    const reader = running.stdout.getReader();
    const line = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
    const keys = running.stdin.getWriter();
    if (running.transport === 'local') {
      // It cannot ask for input either.
      await running.exited;
      return;
    }
    await keys.write(new TextEncoder().encode('a'));
    expect(await line()).to.equal('No such file or directory\n');
    await sandbox.fs.mount('p', host.url);
    await keys.write(new TextEncoder().encode('b'));
    expect(await line()).to.equal(sumOf(file(5)));
    await sandbox.fs.writeFile(`p/${name(5)}`, new Uint8Array([1]), { append: true });
    await keys.write(new TextEncoder().encode('c'));
    expect(await line()).to.equal(sumOf(Uint8Array.from([...file(5), 1])));
    await keys.close();
    await running.exited;
  });

  it('are whole before a program begins that cannot wait for them', async () => {
    const encoder = new TextEncoder();
    const one = encoder.encode("import { two } from './two.mjs';\nexport const sum = 1 + two;\n");
    const two = encoder.encode('export const two = 2;\n');
    host.bytes = await pack({ 'one.mjs': one, pad: noise(2 * blockBytes), 'two.mjs': two }, blockBytes);
    await sandbox.fs.writeFile('main.mjs', "import { sum } from './p/one.mjs';\nconsole.log(sum);\n");
    await sandbox.fs.mount('p', host.url);
    const { stdout, stderr } = await sandbox.run('javascript', ['main.mjs']);
    expect(stderr).to.equal('');
    expect(stdout).to.equal('3\n');
  });

  it('hold programs', async () => {
    const bytes = new Uint8Array(await program.arrayBuffer());
    host.bytes = await pack({ other: noise(2 * blockBytes), tool: bytes, text: noise(100) }, blockBytes);
    await sandbox.fs.mount('p', host.url);
    const { stdout } = await sandbox.run('./p/tool', ['byte', 'p/other', '3'], { stdin: 'null' });
    expect(stdout).to.equal(`${(await sandbox.fs.readFile('p/other'))[3] as number}\n`);
  });

  it('go into a snapshot with all they hold', async () => {
    await sandbox.fs.mount('p', host.url);
    const snapshot = await sandbox.fs.snapshot('p');
    await sandbox.fs.restore(snapshot, 'copy');
    for (const index of [0, 99, 499]) {
      expect(await sandbox.fs.readFile(`copy/${name(index)}`)).to.deep.equal(file(index));
    }
  });

  it('fail a reader while a range cannot be had, and serve the next one', async () => {
    const waits = await canWait();
    await sandbox.fs.mount('p', host.url);
    host.mode = 'cut';
    const error = await rejection(sandbox.fs.readFile(`p/${name(1)}`));
    expect(error).to.be.instanceOf(KernelError);
    expect(error.code).to.equal('ENETWORK');
    expect(error.message).to.contain(host.url.href);
    if (waits) expect(await run('read', `p/${name(1)}`)).to.equal('I/O error\n');
    else expect((await rejection(run('read', `p/${name(1)}`))).code).to.equal('ENETWORK');
    host.mode = 'ranges';
    expect(await run('read', `p/${name(1)}`)).to.equal(sumOf(file(1)));
    expect(await sandbox.fs.readFile(`p/${name(1)}`)).to.deep.equal(file(1));
  });

  it('refuse bytes that are not those of the index', async () => {
    await sandbox.fs.mount('p', host.url);
    host.mode = 'changed';
    const error = await rejection(sandbox.fs.readFile(`p/${name(1)}`));
    expect(error.code).to.equal('EINTEGRITY');
    expect(error.message).to.contain(host.url.href);
    host.mode = 'ranges';
    expect(await sandbox.fs.readFile(`p/${name(1)}`)).to.deep.equal(file(1));
  });

  it('are fetched once and whole where the server knows no ranges', async () => {
    host.mode = 'whole';
    await sandbox.fs.mount('p', host.url);
    expect(await sandbox.fs.readFile(`p/${name(1)}`)).to.deep.equal(file(1));
    expect(await run('read', `p/${name(490)}`)).to.equal(sumOf(file(490)));
    expect(host.count().requests).to.equal(1);
  });

  it('come from the cache of the browser for another sandbox', async () => {
    await sandbox.fs.mount('p', host.url);
    await sandbox.fs.readFile(`p/${name(1)}`);
    const other = await kernel.sandbox();
    await other.fs.mount('p', host.url);
    host.count();
    host.mode = 'cut';
    expect(await other.fs.readFile(`p/${name(1)}`)).to.deep.equal(file(1));
    expect(host.count().requests).to.equal(0);
    await other.dispose();
  });

  it('leave nothing behind when they are unmounted', async () => {
    await sandbox.fs.mount('p', host.url);
    await sandbox.fs.readFile(`p/${name(1)}`);
    await sandbox.fs.unmount('p');
    expect((await rejection(sandbox.fs.stat('p'))).code).to.equal('ENOENT');
    await sandbox.fs.mount('p', host.url);
    expect(await run('read', `p/${name(1)}`)).to.equal(sumOf(file(1)));
  });
});
