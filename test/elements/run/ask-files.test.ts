import { expect } from 'chai';
import { safeName, shownAddress } from '../../../elements/run/ask-files.js';

describe('Names and addresses that a program shows to a reader', () => {
  it('are names of files, whatever the program says', () => {
    expect(safeName('/home/user/a b.txt')).to.equal('a b.txt');
    expect(safeName('../../etc/passwd')).to.equal('passwd');
    expect(safeName('C:\\Windows\\x.dll')).to.equal('x.dll');
    for (const path of ['/', '.', '..', 'a/..', '']) expect(safeName(path)).to.equal('file');
    expect(safeName('photo\u202egpj.exe')).to.equal('photo_gpj.exe');
    expect(safeName('a\nb\x07c?.txt')).to.equal('a_b_c_.txt');
    expect(safeName(`${'x'.repeat(500)}.tar.gz`))
      .to.match(/^x+…x+\.tar\.gz$/)
      .and.have.lengthOf.below(101);
  });

  it('are addresses of the web or of mail', () => {
    expect(shownAddress('https://a.example/b?c')).to.deep.include({
      href: 'https://a.example/b?c',
      place: 'a.example',
    });
    expect(shownAddress('https://a.example@b.example')?.place).to.equal('b.example');
    expect(shownAddress('https://аpple.com')?.place).to.match(/^xn--/);
    expect(shownAddress('mailto:me@a.example')?.place).to.equal('mail to me@a.example');
    for (const text of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc', 'blob:x', 'a.example', ''])
      expect(shownAddress(text)).to.equal(undefined);
  });
});
