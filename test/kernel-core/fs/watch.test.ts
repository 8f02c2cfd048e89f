import { expect } from 'chai';
import type { JournalRecord } from '../../../kernel-core/abi/journal.js';
import { Tree } from '../../../kernel-core/fs/tree.js';
import { watchTree, type FileEvent } from '../../../kernel-core/fs/watch.js';

const timeMs = 1;
const bytes = new Uint8Array(1);

function create(
  inode: number,
  parent: number,
  name: string,
  type: 'file' | 'directory' = 'file',
): JournalRecord {
  return { op: 'create', inode, parent, name, type, mode: 0o755, timeMs };
}

/** Says each event in a word or two. */
function said(events: readonly FileEvent[]): string[] {
  return events.map(({ type, path, from }) => `${type} ${path}${from === undefined ? '' : ` from ${from}`}`);
}

describe('watching a path', () => {
  let tree: Tree;
  let batches: string[][];
  const watch = (path: string, recursive: boolean) =>
    watchTree(tree, path, recursive, (events) => batches.push(said(events)));
  const heard = async () => {
    await Promise.resolve();
    return batches;
  };

  beforeEach(() => {
    tree = new Tree({ inodes: 1000, fileBytes: 1_000_000 });
    batches = [];
    tree.commit(create(2, 1, 'src', 'directory'));
    tree.commit(create(3, 2, 'lib', 'directory'));
  });

  it('tells one event for a file that is made and written in one go', async () => {
    watch('/src', false);
    tree.commit(create(4, 2, 'a.ts'));
    for (let position = 0; position < 5; position += 1) {
      tree.commit({ op: 'write', inode: 4, position, bytes, timeMs });
    }
    tree.commit(create(5, 2, 'b.ts'));
    expect(await heard()).to.deep.equal([['create /src/a.ts', 'create /src/b.ts']]);
    tree.commit({ op: 'write', inode: 4, position: 0, bytes, timeMs });
    tree.commit({ op: 'truncate', inode: 4, size: 0, timeMs });
    expect((await heard())[1]).to.deep.equal(['change /src/a.ts']);
  });

  it('tells what lies deeper only when asked to', async () => {
    watch('/src', false);
    watch('/src', true);
    tree.commit(create(4, 3, 'deep.ts'));
    expect(await heard()).to.deep.equal([['create /src/lib/deep.ts']]);
  });

  it('tells where things are moved from, and what leaves or comes in', async () => {
    watch('/src', true);
    tree.commit(create(4, 3, 'a'));
    const move = (parent: number, name: string, toParent: number, toName: string) =>
      tree.commit({ op: 'rename', parent, name, toParent, toName, timeMs });
    move(3, 'a', 2, 'b');
    tree.commit({ op: 'write', inode: 4, position: 0, bytes, timeMs });
    move(2, 'b', 1, 'out');
    move(1, 'out', 2, 'in');
    tree.commit({ op: 'unlink', parent: 2, name: 'in', timeMs });
    expect(await heard()).to.deep.equal([
      [
        'create /src/lib/a',
        'rename /src/b from /src/lib/a',
        'change /src/b',
        'remove /src/b',
        'create /src/in',
        'remove /src/in',
      ],
    ]);
  });

  it('keeps to one file, and ends when told to', async () => {
    tree.commit(create(4, 2, 'a'));
    tree.commit(create(5, 2, 'ab'));
    const stop = watch('/src/a', false);
    tree.commit({ op: 'write', inode: 5, position: 0, bytes, timeMs });
    tree.commit({ op: 'attributes', inode: 4, mode: 0o600, timeMs });
    expect(await heard()).to.deep.equal([['change /src/a']]);
    stop();
    tree.commit({ op: 'unlink', parent: 2, name: 'a', timeMs });
    expect(await heard()).to.have.length(1);
  });

  it('says nothing of what was refused', async () => {
    watch('/', true);
    expect(() => tree.commit(create(6, 2, 'lib'))).to.throw();
    tree.commit({ op: 'rename', parent: 2, name: 'lib', toParent: 2, toName: 'lib', timeMs });
    expect(await heard()).to.deep.equal([]);
  });
});
