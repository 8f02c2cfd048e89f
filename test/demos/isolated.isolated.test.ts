import { expect } from 'chai';
import { openDemo, runSample } from './demo-page.js';

describe('demos/isolated.html', function () {
  // CPython's start takes seconds on a busy machine.
  this.timeout(120_000);
  it('waits for input inside a callback, over shared memory', async () => {
    const page = await openDemo('isolated');
    const ranks: Record<string, string> = { Grace: '2', Alan: '1', Ada: '3' };
    const text = await runSample(page, 'sort', (printed) => {
      const name = /Rank of (\w+)\? $/.exec(printed)?.[1] ?? '';
      return ranks[name] ?? '';
    });
    expect(text).to.match(/Alan, Grace, Ada/);
    expect(page.document.querySelector('#transport')?.textContent).to.equal('shared');
    expect(page.errors).to.deep.equal([]);
    page.close();
  });
});
