import { expect } from 'chai';
import * as fc from 'fast-check';
import { byteLengthOf, bytesOfText, textOfBytes } from '../../../kernel-core/abi/byte-text.js';
import { InodeTable } from '../../../kernel-core/abi/inode-table.js';

describe('names as text', () => {
  it('are UTF-8, as the platform has it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(bytesOfText(text)).to.deep.equal(new TextEncoder().encode(text));
        expect(byteLengthOf(text)).to.equal(bytesOfText(text).length);
        expect(textOfBytes(bytesOfText(text))).to.equal(text);
      }),
    );
  });

  it('bring back any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(bytesOfText(textOfBytes(bytes))).to.deep.equal(bytes);
      }),
      { numRuns: 2000 },
    );
    expect(textOfBytes(new Uint8Array([0x61, 0xe9]))).to.equal('a\udce9');
    // Overlong, a surrogate, beyond Unicode: valid nowhere.
    for (const bytes of [
      [0xc0, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
    ]) {
      expect(textOfBytes(new Uint8Array(bytes))).to.have.length(bytes.length);
    }
  });

  it('may be 255 bytes long, however few characters that is', () => {
    const table = new InodeTable(() => undefined);
    const make = (inode: number, name: string) =>
      table.apply({ op: 'create', inode, parent: 1, name, type: 'file', mode: 0o644, timeMs: 0 });
    expect(() => make(2, 'é'.repeat(128)))
      .to.throw()
      .with.property('code', 'ENAMETOOLONG');
    make(3, `${'é'.repeat(127)}e`);
    make(4, '\udce9'.repeat(255));
    expect(table.lookup(table.root, `${'é'.repeat(127)}e`)?.number).to.equal(3);
    expect(table.lookup(table.root, '\udce9'.repeat(255))?.number).to.equal(4);
    expect([...table.entries(table.root)].map(([name]) => name)).to.deep.equal([
      `${'é'.repeat(127)}e`,
      '\udce9'.repeat(255),
    ]);
  });
});
