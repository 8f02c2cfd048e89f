import { expect } from 'chai';
import * as fc from 'fast-check';
import { outputFlags, saneTermios } from '../../../kernel-core/abi/termios.js';
import { OutputProcessor } from '../../../kernel-core/tty/output-processor.js';

const encoder = new TextEncoder();

function columnAfter(...parts: readonly Uint8Array[]): number {
  const processor = new OutputProcessor();
  for (const part of parts) processor.process(part, saneTermios());
  return processor.column;
}

describe('OutputProcessor', () => {
  it('knows the cursor’s column', () => {
    const columns: [string, number][] = [
      ['abc', 3],
      ['abc\rd', 1],
      ['abc\nd', 1],
      ['a\tb', 9],
      ['ab\b', 1],
      ['\b', 0],
      ['漢字é', 5],
      ['e\u0301', 1],
      ['\x1b[1;31mred\x1b[0m', 3],
      ['\x1b]0;title\x07$ ', 2],
      ['\x1b]8;;http://x\x1b\\link', 4],
      ['\x1b(Bx', 1],
      ['\x07', 0],
    ];
    for (const [text, column] of columns) expect(columnAfter(encoder.encode(text)), text).to.equal(column);
    expect(columnAfter(Uint8Array.of(0xff, 0x61)), 'a byte that is no character').to.equal(2);
  });

  it('knows it however the output is cut', () => {
    const piece = fc.constantFrom(
      'plain',
      '漢',
      'é',
      '😀',
      '\t',
      '\n',
      '\r',
      '\b',
      '\x1b[31m',
      '\x1b]0;t\x07',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }),
        fc.array(fc.nat(80), { maxLength: 6 }),
        (pieces, cuts) => {
          const bytes = encoder.encode(pieces.join(''));
          const at = [
            0,
            ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b),
            bytes.length,
          ];
          const parts = at.slice(1).map((end, i) => bytes.subarray(at[i] ?? 0, end));
          expect(columnAfter(...parts)).to.equal(columnAfter(bytes));
        },
      ),
    );
  });

  it('says the same on its fast path and on its slow one', () => {
    const fast = saneTermios();
    // A flag without effect here sends it the other way.
    const slow = { ...fast, output: fast.output | outputFlags.ONLRET };
    const bytesAndSequences = fc
      .array(
        fc.oneof(
          fc.uint8Array({ maxLength: 5 }),
          fc
            .constantFrom('\n', '\r', '\t', '\x1b[3', '\x1b]0;', '\x1b', '漢', 'text')
            .map((text) => encoder.encode(text)),
        ),
      )
      .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));
    fc.assert(
      fc.property(bytesAndSequences, (bytes) => {
        const [one, other] = [new OutputProcessor(), new OutputProcessor()];
        expect([...one.process(bytes, fast)]).to.deep.equal([...other.process(bytes, slow)]);
        expect(one.column).to.equal(other.column);
      }),
      { numRuns: 3000 },
    );
  });
});
