// The rule of order: who hears that something was written finds it written, however it heard. 40,400 rounds a lane,
// 121,200 on the three lanes that can wait, with WASM_ELEMENTS_LONG=1, which .ci/run sets; a quarter of them otherwise.
import { expect } from 'chai';
import { Kernel } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';

const canWait = testConfig.lane !== 'webkit';

/** On each lane. `ring`: a pipe that large pieces went through before, on `shared` past the kernel. A process a round is dear, so exits are fewer; by a lock two processes count, each so often. */
const rounds = { pipe: 14_000, ring: 6_000, socket: 12_000, lock: 4_000, exit: 400 } as const;

describe('What a process wrote before it said so', () => {
  for (const [how, most] of Object.entries(rounds)) {
    it(`is there for who heard of it by ${how}`, async function () {
      this.timeout(180_000);
      const kernel = await Kernel.boot();
      const response = await fetch('/build/test-fixtures/c/order.wasm');
      const bytes = new Uint8Array(await response.arrayBuffer());
      const sandbox = await kernel.sandbox({ files: { 'self.wasm': bytes } });
      const count = testConfig.long ? most : most / 4;
      const { stdout, stderr, code, message } = await sandbox.run('./self.wasm', [how, String(count)]);
      if (canWait)
        expect({ stdout, stderr, code }).to.deep.equal({
          stdout: `${count} rounds, 0 wrong\n`,
          stderr: '',
          code: 0,
        });
      else expect(message ?? stdout).to.match(/cannot pause a program/);
      await sandbox.dispose();
    });
  }
});
