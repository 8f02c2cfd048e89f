import { expect } from 'chai';
import { Kernel } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';
import { runProgram } from './run-program.js';
import { skipped } from './skip-list.js';

describe('The skip list of the WASI suites', () => {
  it('holds a reason a line', () => {
    expect(skipped.filter(({ reason }) => reason.trim() === '')).to.deep.equal([]);
  });
});

for (const [index, suite] of testConfig.suites.entries()) {
  describe(`WASI preview 1: ${suite.name}`, () => {
    let kernel: Kernel;
    before(async () => {
      kernel = await Kernel.boot();
    });

    for (const program of suite.programs) {
      const isSkipped = skipped.some(
        (each) =>
          each.program === `${suite.name}/${program.name}` &&
          (each.lanes === undefined || each.lanes.includes(testConfig.lane)),
      );
      (isSkipped ? it.skip : it)(program.name, () => runProgram(kernel, `/__suites/${index}/`, program));
    }
  });
}
