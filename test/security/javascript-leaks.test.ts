import { expect } from 'chai';
import { Kernel, type Sandbox } from 'wasm-elements/kernel';
import { attacks } from './attacks.js';
import { checkContained, isValid, nothingArrivedLate } from './check-attack.js';

describe('a JavaScript process without a network grant', () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await (await Kernel.boot()).sandbox();
  });
  after(nothingArrivedLate);

  for (const attack of attacks) {
    it(`lets nothing out by ${attack.name}`, async function () {
      if (!(await isValid(attack))) this.skip();
      await checkContained(attack, async (body) => {
        const main = `console.log('attacking');\n${body}\n`;
        await sandbox.fs.writeFile('attack.mjs', main);
        const { stdout, stderr } = await sandbox.run('javascript', ['attack.mjs'], { timeoutMs: 10_000 });
        expect(stdout, stderr).to.include('attacking');
      });
    });
  }
});
