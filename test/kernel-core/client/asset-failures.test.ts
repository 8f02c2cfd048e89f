import { expect } from 'chai';
import { configure, Kernel, KernelError, prepareRuntime, resolveRuntime } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';

const name = 'asset-failures';
configure({ assets: `${testConfig.flaky}/flaky/switch-${name}/assets/` });

async function answerWith(mode: string): Promise<void> {
  await fetch(`${testConfig.flaky}/__flaky/mode?name=${name}&mode=${mode}`, { method: 'POST' });
}

async function failure(promise: Promise<unknown>): Promise<KernelError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(KernelError);
  return error as KernelError;
}

describe('a download that fails', () => {
  before(() => caches.delete('wasm-elements-assets-1'));

  const cases: [mode: string, code: string, sentence: RegExp][] = [
    ['404', 'ENOTFOUND', /answered 404/],
    ['500', 'ENOTFOUND', /answered 500/],
    ['wrong-bytes', 'EINTEGRITY', /is not the file this version of the library expects/],
    ['html', 'EINTEGRITY', /is not the file this version of the library expects/],
    ['cut', 'ENETWORK', /could not be downloaded: the connection failed/],
    ['offline', 'ENETWORK', /could not be downloaded: the connection failed/],
  ];
  for (const [mode, code, sentence] of cases) {
    it(`is told as ${code} when the host does “${mode}”`, async () => {
      await answerWith(mode);
      const error = await failure(prepareRuntime('python'));
      expect(error.code).to.equal(code);
      expect(error.message).to.match(sentence);
      expect(error.message).to.include('/assets/python/');
      expect(error.hint).to.be.a('string');
    });
  }

  it('reaches whoever spawns', async () => {
    await answerWith('404');
    const kernel = await Kernel.boot();
    const sandbox = await kernel.sandbox();
    const result = await sandbox.run('python', ['-c', 'print(1)']).catch((error: unknown) => error);
    // The loader asks for its assets once it runs, so this is the end of a process, not a failed start.
    expect(JSON.stringify(result)).to.match(/404/);
    await sandbox.dispose();
  });

  it('works on the next try, with progress exact to the byte, and from the cache after that', async () => {
    await answerWith('ok');
    const { version } = resolveRuntime('python');
    const now = version.assets.filter(({ later }) => later !== true);
    const totalBytes = now.reduce((sum, asset) => sum + asset.bytes, 0);
    const seen: { loadedBytes: number; totalBytes: number; cached: boolean }[] = [];
    await prepareRuntime('python', { onProgress: (progress) => seen.push(progress) });
    // How many pieces a body comes in is the browser's choice: one each is the least.
    expect(seen.length).to.be.at.least(now.length);
    expect(seen.some(({ loadedBytes }) => loadedBytes > 0 && loadedBytes < totalBytes)).to.equal(true);
    expect(seen.at(-1)).to.deep.equal({ loadedBytes: totalBytes, totalBytes, cached: false });
    for (const [index, progress] of seen.entries()) {
      expect(progress.loadedBytes).to.be.at.least(seen[index - 1]?.loadedBytes ?? 0);
    }
    await answerWith('offline');
    let last: { cached: boolean } | undefined;
    await prepareRuntime('python', { onProgress: (progress) => (last = progress) });
    expect(last?.cached).to.equal(true);
  });

  it('is not even looked for while the kernel has it, and is again once that is gone', async () => {
    await answerWith('ok');
    const kernel = await Kernel.boot();
    const sandbox = await kernel.sandbox();
    expect((await sandbox.run('python', ['-c', 'print(1)'])).stdout).to.equal('1\n');
    await answerWith('offline');
    await caches.delete('wasm-elements-assets-1');
    let last: { cached: boolean; loadedBytes: number; totalBytes: number } | undefined;
    await prepareRuntime('python', { onProgress: (progress) => (last = progress) });
    expect(last?.cached).to.equal(true);
    expect(last?.loadedBytes).to.equal(last?.totalBytes);
    await kernel.dispose();
    expect((await failure(prepareRuntime('python'))).code).to.equal('ENETWORK');
  });
});
