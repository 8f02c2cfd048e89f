// Several processes change one tree at once, and learn of each other late and in any order.
import { expect } from 'chai';
import type { Inode } from '../../../kernel-core/abi/inode-table.js';
import { Tree } from '../../../kernel-core/fs/tree.js';
import type { View } from '../../../runtime-loaders/view/view.js';
import { randomOf } from '../../security/fuzz-values.js';
import { attempt, describeFiles, Player, problemOf } from './journal-model.js';

const limits = { inodes: 20_000, fileBytes: 64 * 1024 * 1024 };
const names = ['a', 'b', 'c', 'd'];
const text = (value: string) => new TextEncoder().encode(value);
const read = (view: View, path: string) => new TextDecoder().decode(view.contents(view.resolve(path)));

function settle(players: readonly Player[]): void {
  for (const player of players) player.sendAll();
  for (const player of players) player.receiveAll();
}

function expectEqual(tree: Tree, players: readonly Player[], message: string): void {
  const wanted = describeFiles(tree.table);
  for (const player of players) {
    expect(player.view.isSettled, message).to.equal(true);
    expect(describeFiles(player.view), `${message}, process ${player.pid}`).to.deep.equal(wanted);
  }
}

/** One random thing that a process does; errors are its own business. */
function act(random: () => number, player: Player): void {
  const { view, open } = player;
  const any = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const directories: Inode[] = [view.root];
  for (const directory of directories) {
    for (const [, inode] of view.entries(directory)) if (inode.isDirectory) directories.push(inode);
  }
  const directory = any(directories);
  const name = any(names);
  const inode = view.lookup(directory, name) ?? directory;
  const opened = open.length === 0 ? inode : any(open);
  const file = random() < 0.5 ? opened : inode;
  const start = (made: Inode): void => {
    view.open(made);
    open.push(made);
  };
  const actions: (() => unknown)[] = [
    () => start(view.create(directory, name, 'file', 0o644)),
    () => start(view.create(directory, name, 'file', 0o600)),
    () => view.create(directory, name, 'directory', 0o755),
    () => start(view.create(directory, name, 'directory', 0o700)),
    () => view.create(directory, name, 'symlink', 0o777, 'somewhere'),
    () => view.write(file, Math.floor(random() * 6), text(`${player.pid}`.repeat(1 + random() * 4))),
    () => view.write(opened, Math.floor(random() * 6), text(`${player.pid}`.repeat(1 + random() * 4))),
    () => view.truncate(file, Math.floor(random() * 8)),
    () => view.setAttributes(file, { mode: any([0o700, 0o744, 0o755]) }),
    () => view.link(file, any(directories), any(names)),
    () => view.unlink(directory, name),
    () => view.unlink(directory, name),
    () => view.rmdir(directory, name),
    () => view.rename(directory, name, any(directories), any(names)),
    () => view.rename(directory, name, any(directories), any(names)),
    () => start(inode),
    () => {
      const index = Math.floor(random() * open.length);
      const [gone] = open.splice(index, 1);
      if (gone !== undefined) view.close(gone);
    },
  ];
  attempt(any(actions));
}

describe('processes that change one tree at once', () => {
  for (const seed of [1, 2, 100, 121, 129, 20_261_121]) {
    it(`see one tree whenever everything has been heard (seed ${seed})`, function () {
      this.timeout(60_000);
      const random = randomOf(seed);
      const tree = new Tree(limits);
      const players = [1, 2, 3].map((pid) => new Player(tree, pid));
      let pid = 3;
      for (let step = 0; step < 6_000; step += 1) {
        const index = Math.floor(random() * players.length);
        const player = players[index]!;
        const roll = random();
        if (roll < 0.5) act(random, player);
        else if (roll < 0.62) player.view.flush();
        else if (roll < 0.75) player.sendOne();
        else if (roll < 0.93) player.receiveOne();
        else if (roll < 0.944) player.pull();
        else if (roll < 0.95) player.replace();
        else if (roll < 0.97) {
          // The kernel decides at once, for a process that waits.
          player.sendAll();
          const [name, toName] = [names[Math.floor(random() * 4)]!, names[Math.floor(random() * 4)]!];
          const place = { parent: 1, name, toParent: 1, toName, timeMs: 1 };
          attempt(() => tree.commitFor(player.pid, { op: 'rename', ...place }));
        } else if (roll < 0.975) {
          player.sendAll();
          player.end();
          pid += 1;
          players[index] = new Player(tree, pid);
        } else if (roll < 0.98) {
          settle(players);
          expectEqual(tree, players, `step ${step} of seed ${seed}`);
          expect(problemOf(tree.table)).to.equal(undefined);
        }
      }
      settle(players);
      expectEqual(tree, [...players, new Player(tree, pid + 1)], `the end of seed ${seed}`);
    });
  }

  it('go on with one file when both make it, and the later write stands', () => {
    const tree = new Tree(limits);
    const [one, two] = [new Player(tree, 1), new Player(tree, 2)];
    const mine = one.view.create(one.view.root, 'log', 'file', 0o644);
    const theirs = two.view.create(two.view.root, 'log', 'file', 0o644);
    for (const [{ view }, inode] of [[one, mine] as const, [two, theirs] as const]) view.open(inode);
    one.view.write(mine, 0, text('first'));
    two.view.write(theirs, 0, text('SEC'));
    settle([one, two]);
    expectEqual(tree, [one, two], 'after both');
    expect(read(one.view, '/log')).to.equal('SECst');
    // The loser's open file is the winner's by now.
    two.view.write(theirs, 5, text('!'));
    settle([one, two]);
    expect(read(one.view, '/log')).to.equal('SECst!');
    expect(theirs.number).to.equal(mine.number);
  });

  it('make their own file after all when the first one was moved away in time', () => {
    const tree = new Tree(limits);
    const [one, two] = [new Player(tree, 1), new Player(tree, 2)];
    one.view.write(one.view.create(one.view.root, 'f', 'file', 0o644), 0, text('first'));
    const mine = two.view.create(two.view.root, 'f', 'file', 0o644);
    two.view.write(mine, 0, text('X'));
    one.sendAll();
    two.receiveAll();
    expect(read(two.view, '/f')).to.equal('Xirst');
    two.view.write(mine, 1, text('Y'));
    one.view.rename(one.view.root, 'f', one.view.root, 'g');
    one.sendAll();
    two.receiveAll();
    expect(read(two.view, '/f')).to.equal('XY');
    expect(read(two.view, '/g')).to.equal('first');
    settle([one, two]);
    expectEqual(tree, [one, two], 'after both');
  });

  it('put what they make into one directory when both make that too', () => {
    const tree = new Tree(limits);
    const players = [new Player(tree, 1), new Player(tree, 2)];
    for (const { view, pid } of players) {
      const directory = view.create(view.root, 'out', 'directory', 0o755);
      view.create(directory, `of-${pid}`, 'file', 0o644);
    }
    settle(players);
    expectEqual(tree, players, 'after both');
    expect(Object.keys(describeFiles(tree.table))).to.deep.equal(['/out', '/out/of-1', '/out/of-2']);
  });

  it('go on with the whole tree where they have missed too much: what is open stays open', () => {
    const tree = new Tree(limits);
    const [one, two] = [new Player(tree, 1), new Player(tree, 2)];
    const gone = one.view.create(one.view.root, 'gone', 'file', 0o644);
    one.view.open(gone);
    one.view.write(gone, 0, text('still here'));
    one.view.unlink(one.view.root, 'gone');
    const mine = one.view.create(one.view.root, 'both', 'file', 0o644);
    one.view.open(mine);
    const theirs = two.view.create(two.view.root, 'both', 'file', 0o600);
    two.view.write(theirs, 0, text('theirs'));
    two.sendAll();
    one.replace();
    expect(new TextDecoder().decode(one.view.contents(gone))).to.equal('still here');
    expect(new TextDecoder().decode(one.view.contents(mine))).to.equal('theirs');
    one.view.write(mine, 0, text('TH'));
    one.view.close(gone);
    settle([one, two]);
    expectEqual(tree, [one, two], 'after both');
    expect(read(two.view, '/both')).to.equal('THeirs');
    expect(tree.table.bytes).to.equal(6);
    two.view.unlink(two.view.root, 'both');
    settle([one, two]);
    expect(new TextDecoder().decode(one.view.contents(mine))).to.equal('THeirs');
    one.view.close(mine);
    settle([one, two]);
    expect(tree.table.bytes).to.equal(0);
  });

  it('see what they wrote themselves to files whose content they were not given', () => {
    const tree = new Tree(limits);
    const [one, two] = [new Player(tree, 1), new Player(tree, 2)];
    const file = two.view.create(two.view.root, 'f', 'file', 0o644);
    two.view.write(file, 0, text('0123456789'));
    two.sendAll();
    one.replace();
    const mine = one.view.resolve('/f');
    one.view.write(mine, 2, text('ab'));
    two.view.truncate(file, 0);
    two.view.write(file, 0, text('XYZ'));
    two.sendAll();
    one.receiveAll();
    expect(read(one.view, '/f')).to.equal('XYab');
    settle([one, two]);
    expectEqual(tree, [one, two], 'after both');
  });

  it('append in turns without losing a byte', () => {
    const tree = new Tree(limits);
    const [one, two] = [new Player(tree, 1), new Player(tree, 2)];
    const { number } = one.view.create(one.view.root, 'log', 'file', 0o644);
    settle([one, two]);
    expect(tree.appendFor(1, number, text('one '))).to.equal(0);
    expect(tree.appendFor(2, number, text('two '))).to.equal(4);
    expect(tree.appendFor(1, number, text('one'))).to.equal(8);
    settle([one, two]);
    for (const { view } of [one, two]) expect(read(view, '/log')).to.equal('one two one');
  });

  it('are told who was first by the kernel when they ask', () => {
    const tree = new Tree(limits);
    const [one, two] = [new Player(tree, 1), new Player(tree, 2)];
    const lock = (inode: number) =>
      ({ op: 'create', inode, parent: 1, name: 'lock', type: 'file', mode: 0o600, timeMs: 1 }) as const;
    const made = tree.commitFor(1, lock(0));
    expect(tree.table.lookup(tree.table.root, 'lock')?.number).to.equal(made);
    expect(attempt(() => tree.commitFor(2, lock(two.firstNumber)))).to.equal('EEXIST');
    expect(attempt(() => tree.commitFor(2, lock(one.firstNumber)))).to.equal('EINVAL');
    settle([one, two]);
    expectEqual(tree, [one, two], 'after both');
    expect(describeFiles(one.view)).to.have.property('/lock');
  });

  it('keep what they have open when they remove its name', () => {
    const tree = new Tree(limits);
    const one = new Player(tree, 1);
    const file = one.view.create(one.view.root, 'f', 'file', 0o644);
    one.view.open(file);
    one.view.write(file, 0, text('kept'));
    one.view.unlink(one.view.root, 'f');
    one.sendAll();
    one.view.write(file, 4, text('!'));
    settle([one]);
    expect(new TextDecoder().decode(tree.table.contents(tree.table.get(file.number)))).to.equal('kept!');
    expect(tree.recordsSince(2)!.length).to.be.lessThan(64);
    const { number } = file;
    one.view.close(file);
    settle([one]);
    expect(tree.table.has(number)).to.equal(false);
    expect(tree.table.bytes).to.equal(0);
  });

  it('share what they have open although somebody else removed its name', () => {
    const tree = new Tree(limits);
    const [one, two, three] = [new Player(tree, 1), new Player(tree, 2), new Player(tree, 3)];
    const mine = one.view.create(one.view.root, 'f', 'file', 0o644);
    settle([one, two, three]);
    const theirs = two.view.resolve('/f');
    one.view.open(mine);
    two.view.open(theirs);
    settle([one, two]);
    three.view.unlink(three.view.root, 'f');
    settle([three, one, two]);
    one.view.write(mine, 0, text('one'));
    two.view.write(theirs, 3, text('two'));
    settle([one, two, three]);
    const { number } = mine;
    for (const [where, bytes] of [
      ['the kernel', tree.table.contents(tree.table.get(number))],
      ['one', one.view.contents(mine)],
      ['two', two.view.contents(theirs)],
    ] as const)
      expect(new TextDecoder().decode(bytes), where).to.equal('onetwo');
    expectEqual(tree, [one, two, three], 'afterwards');
    one.view.close(mine);
    settle([one]);
    expect(tree.table.has(number)).to.equal(true);
    two.end();
    expect(tree.table.has(number)).to.equal(false);
  });

  it('hand on what has no name to who inherits it', () => {
    const tree = new Tree(limits);
    const one = new Player(tree, 1);
    const file = one.view.create(one.view.root, 'f', 'file', 0o644);
    one.view.open(file);
    one.view.unlink(one.view.root, 'f');
    one.sendAll();
    tree.image();
    one.view.write(file, 0, text('late'));
    one.sendAll();
    tree.hold(2, file.number);
    const heir = new Player(tree, 2, [file.number]);
    const inherited = heir.view.get(file.number);
    heir.view.open(inherited);
    expect(new TextDecoder().decode(heir.view.contents(inherited))).to.equal('late');
    one.view.write(file, 0, text('L'));
    settle([one, heir]);
    expect(new TextDecoder().decode(heir.view.contents(inherited))).to.equal('Late');
    one.view.close(file);
    heir.view.close(inherited);
    settle([one, heir]);
    expect(tree.table.has(file.number)).to.equal(false);
  });

  it('tell nobody of what they open and close again', () => {
    const tree = new Tree(limits);
    const one = new Player(tree, 1);
    const file = one.view.create(one.view.root, 'f', 'file', 0o644);
    settle([one]);
    for (let round = 0; round < 3; round += 1) {
      one.view.open(file);
      one.view.close(file);
    }
    one.view.flush();
    expect(one.up).to.deep.equal([]);
  });
});
