import { expect } from 'chai';
import { Kernel, type Sandbox } from 'wasm-elements/kernel';
import { pack } from './archives.js';
import { rejection } from './rejection.js';

/** What a host that knows ranges, or does not, would answer; returns the ranges that were asked for. */
async function served(
  bytes: Uint8Array,
  answersRanges: boolean,
  work: (url: URL) => Promise<void>,
): Promise<string[]> {
  const asked: string[] = [];
  const original = window.fetch;
  window.fetch = (input, init) => {
    if (!(input instanceof URL) || !input.pathname.endsWith('/served.pack')) return original(input, init);
    const range = new Headers(init?.headers).get('Range') ?? '';
    asked.push(range);
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    if (!answersRanges || from === undefined) {
      return Promise.resolve(new Response(bytes.slice(), { status: 200 }));
    }
    const part = bytes.slice(Number(from), Number(to) + 1);
    const headers = { 'Content-Range': `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}` };
    return Promise.resolve(new Response(part, { status: 206, headers }));
  };
  try {
    await work(new URL('/served.pack', location.href));
  } finally {
    window.fetch = original;
  }
  return asked;
}

/** Bytes that do not compress. */
function noise(length: number): Uint8Array {
  let state = 1;
  return new Uint8Array(length).map(() => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

describe('packs', () => {
  let sandbox: Sandbox;
  const files = { 'a/one': noise(150_000), two: new Uint8Array(300_000).fill(7), none: new Uint8Array(0) };
  before(async () => {
    const kernel = await Kernel.boot();
    sandbox = await kernel.sandbox();
  });
  after(() => sandbox.dispose());

  const check = async (): Promise<void> => {
    const { fs } = sandbox;
    expect(await fs.readFile('p/a/one')).to.deep.equal(files['a/one']);
    expect(await fs.readFile('p/two')).to.deep.equal(files.two);
    expect(await fs.stat('p/none')).to.include({ size: 0, mode: 0o640, modifiedMs: 1_767_225_600_000 });
    await fs.unmount('p');
  };

  it('are what the script writes', async () => {
    const { fs } = sandbox;
    await fs.mount('p', new URL('/test/fixtures/packs/small.pack', location.href));
    expect(await fs.readFile('p/docs/link', 'utf-8')).to.equal('#!/bin/sh\necho hi\n');
    expect(await fs.readFile('p/docs/grüße.txt', 'utf-8')).to.equal('grüße\n');
    expect((await fs.stat('p/run.sh')).mode).to.equal(0o755);
    expect((await fs.stat('p/docs/none')).type).to.equal('directory');
    await fs.unmount('p');
  });

  it('are fetched in ranges', async () => {
    const bytes = await pack(files, 50_000);
    const asked = await served(bytes, true, async (url) => sandbox.fs.mount('p', url));
    await check();
    expect(asked[0]).to.equal('bytes=0-65535');
    expect(asked.length).to.be.greaterThan(1);
  });

  it('are fetched whole where the server knows no ranges', async () => {
    const bytes = await pack(files, 50_000);
    expect(await served(bytes, false, async (url) => sandbox.fs.mount('p', url))).to.have.length(1);
    await check();
  });

  it('are taken as Blobs', async () => {
    await sandbox.fs.mount('p', new Blob([(await pack(files, 1000)) as Uint8Array<ArrayBuffer>]));
    await check();
  });

  it('are refused when a byte is another, anywhere', async () => {
    const whole = await pack(files, 50_000);
    for (const at of [9, 20, 60, 5000, whole.length - 1]) {
      const damaged = whole.slice();
      damaged[at] = (damaged[at] as number) ^ 1;
      await served(damaged, true, async (url) => {
        expect((await rejection(sandbox.fs.mount('p', url))).code, `byte ${at}`).to.equal('EINVAL');
      });
      expect((await rejection(sandbox.fs.stat('p'))).code).to.equal('ENOENT');
    }
  });
});
