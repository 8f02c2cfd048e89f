import { expect } from 'chai';
import { dedent } from '../../../elements/markup/dedent.js';

describe('dedent', () => {
  it('takes away the indentation that all lines share', () => {
    expect(dedent('\n    if x:\n        y()\n    z()\n  ')).to.equal('if x:\n    y()\nz()');
  });

  it('keeps blank lines inside, takes those around', () => {
    expect(dedent('\n\n  a\n\n  b\n\n')).to.equal('a\n\nb');
  });

  it('does not count lines of white space as indentation', () => {
    expect(dedent('    a\n \n    b')).to.equal('a\n\nb');
  });

  it('does not mix up tabs and spaces', () => {
    expect(dedent('\ta\n    b')).to.equal('\ta\n    b');
    expect(dedent('\t a\n\t\tb')).to.equal(' a\n\tb');
  });

  it('reads line ends of every system', () => {
    expect(dedent('  a\r\n  b\r\n')).to.equal('a\nb');
  });

  it('makes nothing of nothing', () => {
    expect(dedent(' \n\t\n ')).to.equal('');
  });
});
