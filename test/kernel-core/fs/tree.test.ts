import { expect } from 'chai';
import type { JournalRecord } from '../../../kernel-core/abi/journal.js';
import { Tree } from '../../../kernel-core/fs/tree.js';
import { attempt, describeFiles, Player } from './journal-model.js';

const timeMs = 1;
const mebibyte = 1024 * 1024;
const create = (inode: number, name: string): JournalRecord => ({
  ...{ op: 'create', inode, parent: 1, name, type: 'file', mode: 0o644, timeMs },
});
const write = (inode: number, bytes: Uint8Array, position = 0): JournalRecord => ({
  ...{ op: 'write', inode, position, bytes, timeMs },
});
const filled = (length: number, value: number) => new Uint8Array(length).fill(value);

describe('a tree', () => {
  const tree = (limits: { inodes?: number; fileBytes?: number } = {}) =>
    new Tree({ inodes: 10_000, fileBytes: 64 * mebibyte, ...limits });

  it('makes the image of a new process once while nothing changes', () => {
    const some = tree();
    some.commit(create(some.allotInode(), 'a'));
    const { tree: image } = some.image();
    expect(some.image().tree).to.equal(image);
    some.commit(create(some.allotInode(), 'b'));
    expect(some.image().tree).not.to.equal(image);
  });

  it('puts small files into one segment and seals only what is new', () => {
    const some = tree();
    for (let index = 0; index < 100; index += 1) {
      const inode = some.allotInode();
      some.commit(create(inode, `f${index}`));
      some.commit(write(inode, filled(100, index)));
    }
    expect(some.image().segments).to.have.length(1);
    const first = some.table.lookup(some.table.root, 'f0')!;
    const before = some.table.extentOf(first);
    some.commit(write(some.allotInode() - 1, filled(5, 9), 200));
    expect(some.image().segments).to.have.length(1);
    expect(some.table.extentOf(first)).to.deep.equal(before);
    expect(describeFiles(new Player(some, 1).view)).to.deep.equal(describeFiles(some.table));
  });

  it('keeps no segment for a file that is gone', () => {
    const some = tree();
    for (const inode of [some.allotInode(), some.allotInode()]) {
      some.commit(create(inode, `f${inode}`));
      some.commit(write(inode, filled(2 * mebibyte, inode)));
    }
    expect(some.image().segments).to.have.length(2);
    some.commit({ op: 'unlink', parent: 1, name: 'f2', timeMs });
    expect(some.image().segments).to.have.length(1);
  });

  it('says that a full disk is full at the write, and takes what was promised', () => {
    const small = tree({ fileBytes: 3 * mebibyte });
    const [one, two] = [new Player(small, 1), new Player(small, 2)];
    expect(one.view.freeBytes).to.equal(mebibyte);
    const file = one.view.create(one.view.root, 'f', 'file', 0o644);
    one.view.write(file, 0, filled(mebibyte, 1));
    expect(attempt(() => one.view.write(file, mebibyte, filled(1, 1)))).to.equal('ENOSPC');
    expect(file.size).to.equal(mebibyte);
    // The page gets what nobody was promised, and no more.
    const own = small.allotInode();
    small.commit(create(own, 'page'));
    expect(attempt(() => small.commit(write(own, filled(mebibyte + 1, 1))))).to.equal('ENOSPC');
    small.commit(write(own, filled(mebibyte, 1)));
    one.sendAll();
    expect(small.table.bytes).to.equal(2 * mebibyte);
    two.view.write(two.view.create(two.view.root, 'g', 'file', 0o644), 0, filled(mebibyte, 2));
    two.sendAll();
    expect(small.table.bytes).to.equal(3 * mebibyte);
    expect(small.freeBytes).to.equal(0);
  });

  it('gives a process more with its acknowledgements, or when it asks, and takes it back at its end', () => {
    const some = tree({ fileBytes: 16 * mebibyte });
    const one = new Player(some, 1);
    expect(one.view.freeBytes).to.equal(4 * mebibyte);
    const file = one.view.create(one.view.root, 'f', 'file', 0o644);
    one.view.write(file, 0, filled(3 * mebibyte, 1));
    one.sendAll();
    one.receiveAll();
    expect(one.view.freeBytes).to.be.greaterThan(2 * mebibyte);
    one.view.onLeaseShort = (bytes) => {
      one.sendAll();
      one.view.addLease(some.moreLease(1, bytes));
    };
    one.view.write(file, 3 * mebibyte, filled(13 * mebibyte, 2));
    expect(attempt(() => one.view.write(file, 16 * mebibyte, filled(1, 1)))).to.equal('ENOSPC');
    one.sendAll();
    expect(some.table.bytes).to.equal(16 * mebibyte);
    one.view.truncate(file, 0);
    one.sendAll();
    one.end();
    expect(some.freeBytes).to.equal(16 * mebibyte);
  });

  it('lets no process make more inodes or names than there may be', () => {
    const few = tree({ inodes: 100 });
    const one = new Player(few, 1);
    const make = (index: number) => attempt(() => one.view.create(one.view.root, `f${index}`, 'file', 0o644));
    // A lease leaves half of it to others; who asks gets the rest bit by bit.
    one.view.onLeaseShort = () => {
      one.sendAll();
      one.view.addLease(few.moreLease(1, 0));
    };
    let made = 0;
    while (make(made) === undefined) made += 1;
    one.sendAll();
    expect(few.table.size).to.equal(100);
    expect(made).to.equal(99);
    expect(attempt(() => few.commit(create(few.allotInode(), 'more')))).to.equal('ENOSPC');
    one.view.unlink(one.view.root, 'f0');
    one.sendAll();
    one.receiveAll();
    expect(make(1000)).to.equal(undefined);
  });

  it('evens out what was spent on changes that lost', () => {
    const some = tree({ inodes: 100 });
    const [one, two] = [new Player(some, 1), new Player(some, 2)];
    for (let index = 0; index < 20; index += 1) {
      for (const { view } of [one, two]) view.create(view.root, `f${index}`, 'file', 0o644);
    }
    for (const player of [one, two]) {
      player.sendAll();
      player.receiveAll();
      player.view.addLease(some.moreLease(player.pid, 0));
    }
    one.end();
    let made = 0;
    two.view.onLeaseShort = () => {
      two.sendAll();
      two.view.addLease(some.moreLease(2, 0));
    };
    while (attempt(() => two.view.create(two.view.root, `g${made}`, 'file', 0o644)) === undefined) made += 1;
    expect(made).to.equal(79);
  });

  it('gives numbers that were not used to the next', () => {
    const some = tree();
    const numbers = [1, 2, 3].map((pid) => {
      const player = new Player(some, pid);
      player.view.create(player.view.root, `of-${pid}`, 'file', 0o644);
      player.sendAll();
      player.end();
      return player.firstNumber;
    });
    expect(numbers).to.deep.equal([2, 3, 4]);
  });

  it('refuses records of a process under numbers that are not its own', () => {
    const some = tree();
    const one = new Player(some, 1);
    some.commitFrom(1, [create(9_999_999, 'x'), create(0, 'y'), create(1, 'z')]);
    expect(some.table.size).to.equal(1);
    one.receiveAll();
    expect(one.view.isSettled).to.equal(true);
  });

  it('tells a view what it missed, until that is too long ago', () => {
    const some = tree();
    const one = new Player(some, 1);
    const inode = some.allotInode();
    some.commit(create(inode, 'f'));
    some.commit(write(inode, filled(10, 1)));
    one.pull();
    expect(one.view.resolve('/f').size).to.equal(10);
    expect(one.view.sequence).to.equal(2);
    // The same comes over the port, later.
    one.receiveAll();
    expect(one.view.sequence).to.equal(2);
    expect(some.recordsSince(3)).to.equal(undefined);
    for (let index = 0; index < 5; index += 1) some.commit(write(inode, filled(mebibyte, index)));
    expect(some.recordsSince(2)).to.equal(undefined);
    expect(some.recordsSince(6)?.length).to.be.greaterThan(mebibyte);
  });
});
