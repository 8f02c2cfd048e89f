import { expect } from 'chai';
import { resolveRuntime } from 'wasm-elements/kernel';
import { decompressZstd } from '../../kernel-core/zstd.js';

const bytesOf = async (path: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await (await fetch(path)).arrayBuffer());
const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));

/** A line of 47 bytes, by zstd 1.5.4: with its size, and from a pipe, without. */
const line = 'a file, a file, a file, a file, a file, a file\n';
const sized = fromBase64('KLUv/SAvfQAASGEgZmlsZSwgCgEAP5cL');
const unsized = fromBase64('KLUv/QBofQAASGEgZmlsZSwgCgEAP5cL');

describe('zstd', () => {
  let decoder: WebAssembly.Module;
  before(async () => {
    decoder = await WebAssembly.compile(await bytesOf('/dist/image/zstd.wasm'));
  });

  async function refusal(frame: Uint8Array): Promise<unknown> {
    return decompressZstd(decoder, frame).then(
      () => expect.fail('it was decompressed'),
      (error: unknown) => error,
    );
  }

  it('gives back what was compressed', async () => {
    expect(new TextDecoder().decode(await decompressZstd(decoder, sized))).to.equal(line);
  });

  it('decompresses an asset of megabytes', async () => {
    const asset = resolveRuntime('python').version.assets.find(({ kind }) => kind === 'wasm');
    const program = await decompressZstd(decoder, await bytesOf(`/dist/assets/${asset?.path ?? ''}`));
    expect(program.length).to.be.greaterThan(2 * (asset?.bytes ?? 0));
    expect([...program.subarray(0, 4)]).to.deep.equal([0, 0x61, 0x73, 0x6d]);
  });

  it('refuses what does not say its size, and what is damaged, cut or no zstd', async () => {
    const damaged = sized.slice();
    damaged.fill(0xff, 9);
    for (const frame of [unsized, damaged, sized.subarray(0, -2), new TextEncoder().encode(line)]) {
      expect(String(await refusal(frame))).to.equal(
        'RangeError: This is not zstd that is whole and says its size.',
      );
    }
  });
});
