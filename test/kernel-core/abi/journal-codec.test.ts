import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  decodeChanges,
  decodeItems,
  decodeRecords,
  encodeChanges,
  encodeItems,
  encodeRecords,
  JournalFormatError,
  weightOf,
  type JournalItem,
} from '../../../kernel-core/abi/journal-codec.js';
import { firstBlock, lastBlock } from '../../../kernel-core/abi/pack-blocks.js';

const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const timeMs = fc.double({ noNaN: true, noDefaultInfinity: true });
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const mode = fc.integer({ min: 0, max: 0o7777 });
const word = fc.integer({ min: 0, max: 0xffff_ffff });
const extent = fc.record({
  segment: fc.integer({ min: firstBlock, max: lastBlock }),
  ...{ offset: word, length: word },
});
const place = { parent: count, name, timeMs };

const item: fc.Arbitrary<JournalItem> = fc.oneof(
  fc.record({
    ...{ op: fc.constant('create' as const), inode: count, mode, ...place },
    type: fc.constantFrom('file' as const, 'directory' as const),
  }),
  fc.record({
    ...{ op: fc.constant('create' as const), inode: count, mode, ...place, extent },
    type: fc.constant('file' as const),
  }),
  fc.record({
    ...{ op: fc.constant('create' as const), inode: count, mode, ...place, target: name },
    type: fc.constant('symlink' as const),
  }),
  fc.record({
    ...{ op: fc.constant('write' as const), inode: count, position: count, timeMs },
    bytes: fc.uint8Array({ maxLength: 50 }),
  }),
  fc.record({ op: fc.constant('truncate' as const), inode: count, size: count, timeMs }),
  fc.record({ op: fc.constant('link' as const), inode: count, ...place }),
  fc.record({ op: fc.constant('unlink' as const), ...place }),
  fc.record({ op: fc.constant('rename' as const), ...place, toParent: count, toName: name }),
  fc.record(
    {
      ...{ op: fc.constant('attributes' as const), inode: count, timeMs },
      ...{ mode, accessedMs: timeMs, modifiedMs: timeMs },
    },
    { requiredKeys: ['op', 'inode', 'timeMs'] },
  ),
  fc.record({ op: fc.constantFrom('acknowledged' as const, 'position' as const), count }),
);

describe('records as bytes', () => {
  it('come back as they were, and are no longer than their weight', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 20 }), (items) => {
        const bytes = encodeItems(items);
        expect(decodeItems(bytes)).to.deep.equal(items);
        expect(bytes.length).to.be.at.most(items.reduce((sum, each) => sum + weightOf(each), 1));
      }),
      { numRuns: 500 },
    );
  });

  it('of a process may hold and release what it has open, and are counted before they are looked at', () => {
    const changes = [
      { op: 'hold', inode: 300 },
      { op: 'unlink', parent: 1, name: 'x', timeMs: 5 },
      { op: 'release', inode: 300 },
    ] as const;
    const bytes = encodeChanges(changes);
    expect(decodeChanges(bytes, 3)).to.deep.equal(changes);
    expect(() => decodeChanges(bytes, 2)).to.throw(JournalFormatError);
    expect(() => decodeItems(bytes)).to.throw(JournalFormatError);
    expect(() => decodeChanges(encodeItems([{ op: 'position', count: 1 }]), 2)).to.throw(JournalFormatError);
  });

  it('keep names that are no valid UTF-8', () => {
    const records = [{ op: 'unlink', parent: 1, name: 'caf\udce9', timeMs: 0 }] as const;
    expect(encodeRecords(records).includes(0xe9)).to.equal(true);
    expect(decodeRecords(encodeRecords(records))).to.deep.equal(records);
  });

  it('give one error, or records that are written the same way, whatever the bytes are', () => {
    const decode = (bytes: Uint8Array): void => {
      let items;
      try {
        items = decodeItems(bytes);
      } catch (error) {
        expect(error).to.be.instanceOf(JournalFormatError);
        return;
      }
      expect(decodeItems(encodeItems(items))).to.deep.equal(items);
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => decode(new Uint8Array([1, ...bytes]))),
      { numRuns: 3000 },
    );
    // Nearly right.
    fc.assert(
      fc.property(
        fc.array(item, { minLength: 1, maxLength: 5 }),
        fc.nat(),
        fc.nat(255),
        (items, at, value) => {
          const bytes = encodeItems(items);
          bytes[at % bytes.length] = value;
          decode(bytes);
          decode(bytes.subarray(0, at % bytes.length));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('refuse lengths that nothing follows, other versions, and marks among records', () => {
    const huge = new Uint8Array([1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 255, 255, 255, 255, 255, 255, 255, 15]);
    expect(() => decodeItems(huge)).to.throw(JournalFormatError);
    expect(() => decodeItems(new Uint8Array([2]))).to.throw(JournalFormatError);
    expect(() => decodeItems(new Uint8Array(0))).to.throw(JournalFormatError);
    expect(() => decodeRecords(encodeItems([{ op: 'position', count: 1 }]))).to.throw(JournalFormatError);
  });
});
