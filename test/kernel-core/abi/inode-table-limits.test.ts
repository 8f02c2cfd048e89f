import { expect } from 'chai';
import { depthMax, InodeTable } from '../../../kernel-core/abi/inode-table.js';
import type { JournalRecord } from '../../../kernel-core/abi/journal.js';

const timeMs = 0;
const create = (
  inode: number,
  parent: number,
  name: string,
  type: 'file' | 'directory' = 'file',
): JournalRecord => ({
  op: 'create',
  inode,
  parent,
  name,
  type,
  mode: 0o644,
  timeMs,
});

describe('an inode table in hostile hands', () => {
  let table: InodeTable;
  beforeEach(() => {
    table = new InodeTable(() => expect.fail('nothing is sealed here'));
  });

  it('takes no memory for the length of a file, and reads it as zeros', () => {
    table.apply(create(2, 1, 'long'));
    table.apply({ op: 'write', inode: 2, position: 0, bytes: new Uint8Array([1, 2, 3]), timeMs });
    table.apply({ op: 'truncate', inode: 2, size: 2 ** 40, timeMs });
    const inode = table.get(2);
    expect(inode.size).to.equal(2 ** 40);
    expect(table.stored(inode).length).to.be.lessThan(100);
    const bytes = new Uint8Array(4).fill(9);
    expect(table.read(inode, 2, bytes)).to.equal(4);
    expect([...bytes]).to.deep.equal([3, 0, 0, 0]);
    expect(table.read(inode, 2 ** 40 - 1, bytes)).to.equal(1);
  });

  it('lets go of the memory of a file that is cut', () => {
    table.apply(create(2, 1, 'cut'));
    table.apply({ op: 'write', inode: 2, position: 0, bytes: new Uint8Array(100_000).fill(7), timeMs });
    table.apply({ op: 'truncate', inode: 2, size: 10, timeMs });
    expect(table.stored(table.get(2)).buffer.byteLength).to.be.lessThan(100);
    table.apply({ op: 'truncate', inode: 2, size: 20, timeMs });
    expect([...table.contents(table.get(2))]).to.deep.equal([
      ...Array<number>(10).fill(7),
      ...Array<number>(10).fill(0),
    ]);
    table.apply({ op: 'truncate', inode: 2, size: 0, timeMs });
    expect(table.stored(table.get(2)).length).to.equal(0);
    expect(table.unsealed()).to.deep.equal([]);
    expect(table.bytes).to.equal(0);
  });

  it('shows nothing of what was cut when the file grows again', () => {
    table.apply(create(2, 1, 'f'));
    table.apply({ op: 'write', inode: 2, position: 0, bytes: new Uint8Array(10).fill(7), timeMs });
    table.apply({ op: 'truncate', inode: 2, size: 8, timeMs });
    table.apply({ op: 'write', inode: 2, position: 9, bytes: new Uint8Array([5]), timeMs });
    expect([...table.contents(table.get(2))]).to.deep.equal([7, 7, 7, 7, 7, 7, 7, 7, 0, 5]);
  });

  it('does not grow a file by writing nothing', () => {
    table.apply(create(2, 1, 'f'));
    table.apply({ op: 'write', inode: 2, position: 1000, bytes: new Uint8Array(0), timeMs });
    expect(table.get(2).size).to.equal(0);
  });

  it('refuses directories deeper than anyone can climb in no time', () => {
    let parent = 1;
    let inode = 2;
    for (; inode < depthMax + 2; inode += 1) {
      table.apply(create(inode, parent, 'd', 'directory'));
      parent = inode;
    }
    expect(() => table.apply(create(inode + 1, parent, 'd', 'directory'))).to.not.throw();
    const tooDeep = create(inode + 2, inode + 1, 'd', 'directory');
    expect(() => table.apply(tooDeep))
      .to.throw()
      .with.property('code', 'ENAMETOOLONG');
    table.apply(create(inode + 3, 1, 'other', 'directory'));
    const move: JournalRecord = {
      op: 'rename',
      parent: 1,
      name: 'other',
      toParent: inode + 1,
      toName: 'x',
      timeMs,
    };
    expect(() => table.apply(move))
      .to.throw()
      .with.property('code', 'ENAMETOOLONG');
  });

  it('counts names, so that hard links are bounded too', () => {
    table.apply(create(2, 1, 'a'));
    table.apply({ op: 'link', inode: 2, parent: 1, name: 'b', timeMs });
    table.apply({ op: 'rename', parent: 1, name: 'b', toParent: 1, toName: 'c', timeMs });
    expect(table.names).to.equal(2);
    table.apply({ op: 'unlink', parent: 1, name: 'a', timeMs });
    table.apply({ op: 'unlink', parent: 1, name: 'c', timeMs });
    expect(table.names).to.equal(0);
  });
});
