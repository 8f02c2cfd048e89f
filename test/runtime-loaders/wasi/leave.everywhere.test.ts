// What a program leaves behind as it ends: its files, and a worker that the next one can use.
import { expect } from 'chai';
import { Kernel, type Sandbox } from 'wasm-elements/kernel';

describe('A WASI program that ends', () => {
  let sandbox: Sandbox;
  before(async () => {
    const kernel = await Kernel.boot();
    const response = await fetch('/build/test-fixtures/c/leave.wasm');
    sandbox = await kernel.sandbox({ files: { 'self.wasm': new Uint8Array(await response.arrayBuffer()) } });
    await sandbox.fs.writeFile('/only-in-root', 'root');
  });
  after(() => sandbox.dispose());

  const runs = async (how: string): Promise<void> => {
    const { code, stdout, stderr } = await sandbox.run('./self.wasm', [how]);
    expect({ code, stdout, stderr }).to.deep.equal({
      code: 0,
      stdout: how === 'another' ? 'told\n' : '',
      stderr: '',
    });
  };

  for (const how of ['unlink', 'another']) {
    it(`leaves its worker to the next one after: ${how}`, async () => {
      for (let round = 0; round < 3; round += 1) await runs(how);
    });
  }

  it('makes a file in its working directory, though it has seen one of that name in the root', async () => {
    await runs('root');
    expect(await sandbox.fs.readFile('only-in-root', 'utf-8')).to.equal('here');
    expect(await sandbox.fs.readFile('/only-in-root', 'utf-8')).to.equal('root');
  });
});
