import { expect } from 'chai';
import fc from 'fast-check';
import {
  ansiNames,
  ansiText,
  contrast,
  legible,
  minimumContrast,
  paper,
} from '../../../elements/output/palette.js';

describe('the palette', () => {
  for (const theme of ['light', 'dark'] as const) {
    it(`keeps all sixteen colours readable on ${theme} paper`, () => {
      ansiText[theme].forEach((color, index) => {
        expect(contrast(color, paper[theme]), ansiNames[index]).to.be.at.least(minimumContrast);
      });
      expect(ansiText[theme]).to.have.length(16);
    });
  }

  it('moves any colour until it can be read on any background, and leaves readable ones alone', () => {
    const color = fc.integer({ min: 0, max: 0xffffff });
    fc.assert(
      fc.property(color, color, (text, background) => {
        const result = legible(text, background);
        expect(contrast(result, background)).to.be.at.least(minimumContrast);
        if (contrast(text, background) >= minimumContrast) expect(result).to.equal(text);
      }),
    );
  });
});
