import { expect } from 'chai';
import { Kernel, type Sandbox } from 'wasm-elements/kernel';
import { rejection } from '../../kernel-core/client/rejection.js';
import { testConfig } from '../../test-config.js';

const canWait = testConfig.lane !== 'webkit';
const device = 'Cross-device link';
const busy = 'Resource busy';

describe('A mount, for the programs in it', () => {
  let sandbox: Sandbox;
  before(async () => {
    const kernel = await Kernel.boot();
    const response = await fetch('/build/test-fixtures/c/mounts.wasm');
    sandbox = await kernel.sandbox({ files: { 'self.wasm': new Uint8Array(await response.arrayBuffer()) } });
  });
  after(() => sandbox.dispose());

  it('has borders, whether the kernel is asked or not', async () => {
    await sandbox.fs.mount('m', {});
    await sandbox.fs.mount('up/n', { inside: 'x' });
    const { stdout, code } = await sandbox.run('./self.wasm');
    expect(stdout).to.equal(
      `rmdir: ${busy}\nrename: ${busy}\nrename over: ${busy}\ninto: ${device}, out of: ${device}\n` +
        `between: ${device}\nlink into: ${device}, out of: ${device}\nwithin: ok ok\nsymlink: ok\n` +
        'above: ok ok\nstill there: ok ok\n',
    );
    expect(code).to.equal(0);
  });

  for (const what of ['file', 'directory', 'cwd']) {
    it(`is in use while a program has a ${what} in it`, async function () {
      if (!canWait) return this.skip();
      const process = await sandbox.spawn('./self.wasm', [what]);
      const reader = process.stdout.getReader();
      const writer = process.stdin.getWriter();
      const line = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
      expect(await line()).to.equal('ready\n');
      expect((await rejection(sandbox.fs.unmount('up/n'))).code).to.equal('EBUSY');
      await writer.write(new Uint8Array(1));
      expect(await line()).to.equal('closed\n');
      await sandbox.fs.unmount('up/n');
      await sandbox.fs.mount('up/n', { inside: 'x' });
      await writer.close();
      expect((await process.exited).code).to.equal(0);
    });
  }
});
