import { expect } from 'chai';
import { Kernel, type Sandbox } from 'wasm-elements/kernel';
import { attacks } from './attacks.js';
import { bareWorker, replaceLibraryFile } from './bare-worker.js';
import { checkContained, isValid, nothingArrivedLate } from './check-attack.js';

describe('a process worker whose realm is not sealed at all', () => {
  let sandbox: Sandbox;
  before(async () => {
    replaceLibraryFile('process.worker.js', () => bareWorker);
    sandbox = await (await Kernel.boot()).sandbox();
  });
  after(nothingArrivedLate);

  it('has every constructor in reach', async () => {
    const body = `print([typeof Worker, typeof XMLHttpRequest, typeof postMessage, typeof importScripts].join());`;
    const { stdout } = await sandbox.run('javascript', [body]);
    expect(stdout).to.equal('function,function,function,function\n');
  });

  for (const attack of attacks) {
    it(`lets nothing out by ${attack.name}`, async function () {
      if (!(await isValid(attack))) this.skip();
      await checkContained(attack, async (body) => {
        const { stdout } = await sandbox.run('javascript', [`print('attacking'); ${body}`], {
          timeoutMs: 10_000,
        });
        expect(stdout).to.include('attacking');
      });
    });
  }
});
