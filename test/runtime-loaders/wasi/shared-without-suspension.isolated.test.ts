import { expect } from 'chai';
import { Kernel } from 'wasm-elements/kernel';
import { replaceLibraryFile } from '../../security/bare-worker.js';

// As in a Safari on an isolated page: shared memory, and no way to suspend WebAssembly.
replaceLibraryFile(
  'process.worker.js',
  (source) => `delete WebAssembly.Suspending; delete WebAssembly.promising;\n${source}`,
);

describe('Where a program can wait in place only', () => {
  it('there is no way to suspend', async () => {
    const sandbox = await (
      await Kernel.boot()
    ).sandbox({ files: { 'a.js': 'console.log(typeof WebAssembly.Suspending)' } });
    expect((await sandbox.run('javascript', ['a.js'])).stdout).to.equal('undefined\n');
    await sandbox.dispose();
  });

  for (const name of [
    'pipes',
    'processes',
    'signals',
    'inherit',
    'special',
    'locks',
    'order',
    'echo',
    'poll',
  ]) {
    it(`processes do as elsewhere: ${name}`, async function () {
      this.timeout(60_000);
      const kernel = await Kernel.boot();
      const response = await fetch(`/build/test-fixtures/c/${name}.wasm`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      const sandbox = await kernel.sandbox({ files: { 'self.wasm': bytes } });
      const process = await sandbox.spawn('./self.wasm', [], { stdin: 'null', timeoutMs: 30_000 });
      expect(process.transport).to.equal('shared');
      const [stdout, { code }] = await Promise.all([new Response(process.stdout).text(), process.exited]);
      expect(code, stdout).to.equal(0);
      await sandbox.dispose();
    });
  }
});
