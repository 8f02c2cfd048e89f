import { expect } from 'chai';
import { Tree } from '../../../kernel-core/fs/tree.js';
import { PageCache } from '../../../runtime-loaders/view/page-cache.js';
import { attempt, describeFiles, Player } from './journal-model.js';

const limits = { inodes: 10_000, fileBytes: 64 * 1024 * 1024 };

describe('a view', () => {
  it('honours permission bits as the owner of everything meets them', () => {
    const { view } = new Player(new Tree(limits), 1);
    const directory = view.create(view.root, 'd', 'directory', 0o755);
    const file = view.create(directory, 'f', 'file', 0o644);
    view.setAttributes(directory, { mode: 0o555 });
    expect(attempt(() => view.create(directory, 'g', 'file', 0o644))).to.equal('EACCES');
    expect(attempt(() => view.unlink(directory, 'f'))).to.equal('EACCES');
    expect(attempt(() => view.rename(directory, 'f', view.root, 'f'))).to.equal('EACCES');
    expect(view.resolve('/d/f')).to.equal(file);
    view.setAttributes(directory, { mode: 0o600 });
    expect(attempt(() => view.resolve('/d/f'))).to.equal('EACCES');
    expect(view.resolve('/d')).to.equal(directory);
    view.setAttributes(file, { mode: 0o200 });
    expect(attempt(() => view.checkAccess(file, { read: true }))).to.equal('EACCES');
    expect(attempt(() => view.checkAccess(file, { write: true }))).to.equal(undefined);
  });

  it('says the path of a file’s directory however many names that holds', () => {
    const { view } = new Player(new Tree(limits), 1);
    let directory = view.root;
    for (const name of ['one', 'two', 'three']) {
      for (let index = 0; index < 20; index += 1) view.create(directory, `${name}-${index}`, 'file', 0o644);
      directory = view.create(directory, name, 'directory', 0o755);
    }
    expect(view.pathOf(directory)).to.equal('/one/two/three');
  });

  it('goes on with the next process by records, or by an image', () => {
    const tree = new Tree(limits);
    const [first, other] = [new Player(tree, 1), new Player(tree, 2)];
    const kept = first.view.create(first.view.root, 'kept', 'file', 0o644);
    first.view.open(kept);
    first.sendAll();
    first.receiveAll();
    first.end();
    other.view.write(other.view.create(other.view.root, 'new', 'file', 0o644), 0, new Uint8Array([1]));
    other.sendAll();
    const { view } = first;
    const sent: unknown[] = [];
    const send = (records: unknown) => sent.push(records);
    const start = (pid: number) => {
      const lease = tree.lease(pid);
      return { inodeLease: lease.inodes[0]!, byteLease: lease.bytes, send };
    };
    view.catchUp({ missed: { pulled: tree.recordsSince(view.sequence)! }, ...start(3) });
    expect(describeFiles(view)).to.deep.equal(describeFiles(tree.table));
    expect(view.isOpen(view.resolve('/kept'))).to.equal(false);
    view.create(view.root, 'mine', 'file', 0o644);
    expect(() => view.catchUp({ missed: { pulled: tree.recordsSince(0)! }, ...start(4) })).to.throw();
    const image = structuredClone(tree.image());
    first.pages.replace(image.segments);
    view.catchUp({ missed: { image: image.tree }, ...start(5) });
    expect(describeFiles(view)).to.deep.equal(describeFiles(tree.table));
    expect(view.sequence).to.equal(tree.sequence);
    expect(sent).to.deep.equal([]);
  });

  it('goes on though the process before ended without hearing what became of its changes', () => {
    const tree = new Tree(limits);
    const [first, other] = [new Player(tree, 1), new Player(tree, 2)];
    const { view } = first;
    for (const [name, player] of [
      ['mine', first],
      ['theirs', other],
      ['both', other],
      ['both', first],
    ] as const) {
      const inode = player.view.create(player.view.root, name, 'file', 0o644);
      player.view.open(inode);
      player.view.write(inode, 0, new Uint8Array([player.pid]));
    }
    other.sendAll();
    first.sendAll();
    first.end();
    const { inodes, bytes } = tree.lease(3);
    const next = { inodeLease: inodes[0]!, byteLease: bytes, send: () => undefined };
    view.catchUp({ missed: { pulled: tree.recordsSince(view.sequence, first.pid)! }, ...next });
    expect(describeFiles(view)).to.deep.equal(describeFiles(tree.table));
    expect([view.sequence, view.isSettled]).to.deep.equal([tree.sequence, true]);
    expect(view.isOpen(view.resolve('/both'))).to.equal(false);
  });

  it('keeps pages of segments that are still there', () => {
    const pages = new PageCache();
    const bytes = (value: number) => ({ segment: value, blob: new Uint8Array([value]) });
    pages.add([bytes(1), bytes(2)]);
    pages.replace([bytes(2), bytes(3)]);
    const target = new Uint8Array(1);
    expect(attempt(() => pages.read(1, 0, target))).to.equal('EIO');
    pages.read(3, 0, target);
    expect([...target]).to.deep.equal([3]);
    expect(attempt(() => pages.read(2, 1, target))).to.equal('EIO');
  });
});
