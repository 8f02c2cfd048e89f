import { expect } from 'chai';
import { openDemo, runSample } from './demo-page.js';

describe('the isolated demo', () => {
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
