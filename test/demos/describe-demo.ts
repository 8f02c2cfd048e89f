import { expect } from 'chai';
import { openDemo, runSample, type DemoPage } from './demo-page.js';

/**
 * Tests of one demo: every sample by its id and what the reader sees after pressing Run, then what else
 * there is to try on a page just opened. No error may reach the page's own console.
 */
export function describeDemo(
  name: string,
  samples: Record<string, RegExp>,
  more: Record<string, (page: DemoPage) => void | Promise<void>> = {},
): void {
  describe(`demos/${name}.html`, function () {
    // CPython's start takes seconds on a busy machine.
    this.timeout(120_000);
    let page: DemoPage;
    beforeEach(async () => {
      page = await openDemo(name);
    });
    afterEach(() => {
      page.close();
      expect(page.errors).to.deep.equal([]);
    });

    for (const [id, text] of Object.entries(samples)) {
      it(`runs “${id}”`, async () => {
        expect(await runSample(page, id)).to.match(text);
      });
    }
    for (const [title, test] of Object.entries(more)) it(title, () => test(page));
  });
}
