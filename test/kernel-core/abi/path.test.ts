import { expect } from 'chai';
import * as fc from 'fast-check';
import { errnoName, isErrno } from '../../../kernel-core/abi/errno.js';
import { InodeTable, type Inode } from '../../../kernel-core/abi/inode-table.js';
import { rootInode, type InodeType } from '../../../kernel-core/abi/journal.js';
import { normalize, pathOf, walk, type Walk } from '../../../kernel-core/abi/path.js';

/** A tree from paths: `d/` is a directory, `l -> t` a symbolic link, anything else a file. */
function tree(...paths: readonly string[]): InodeTable {
  const table = new InodeTable(() => undefined);
  let next = rootInode + 1;
  const make = (parent: number, name: string, type: InodeType, target?: string): number => {
    const inode = next;
    next += 1;
    const link = target === undefined ? {} : { target };
    table.apply({ op: 'create', inode, parent, name, type, mode: 0o755, timeMs: 0, ...link });
    return inode;
  };
  for (const path of paths) {
    const [place = '', target] = path.split(' -> ');
    const names = place.split('/').filter((name) => name !== '');
    const last = names.pop();
    let parent = rootInode;
    for (const name of names)
      parent = table.lookup(table.get(parent), name)?.number ?? make(parent, name, 'directory');
    if (last === undefined || table.lookup(table.get(parent), last)) continue;
    const type = target !== undefined ? 'symlink' : place.endsWith('/') ? 'directory' : 'file';
    make(parent, last, type, target);
  }
  return table;
}

function attempt(action: () => Walk): Walk | string {
  try {
    return action();
  } catch (error) {
    if (isErrno(error)) return errnoName(error.errno);
    throw error;
  }
}

describe('walk', () => {
  const table = tree(
    'a/b/c',
    'a/d/',
    'f',
    'to-f -> f',
    'to-a -> a',
    'abs -> /a/b',
    'dangling -> a/none',
    'loop -> loop',
  );
  const at = (path: string, follow = true, start = table.root, ceiling?: Inode) =>
    attempt(() => walk(table, start, path, { follow, ...(ceiling === undefined ? {} : { ceiling }) }));
  const inodeAt = (path: string, follow = true) => {
    const found = at(path, follow);
    return typeof found === 'string' ? found : found.inode;
  };

  it('finds files and directories, however the path is written', () => {
    const c = inodeAt('/a/b/c');
    expect(c).to.include({ type: 'file' });
    for (const path of ['a/b/c', '/a//b/./c', '/a/d/../b/c', 'to-a/b/c', 'abs/c', '/../a/b/c']) {
      expect(inodeAt(path), path).to.equal(c);
    }
    for (const path of ['/', '//', '.', './', '..', 'a/..', '/a/../..']) {
      expect(inodeAt(path), path).to.equal(table.root);
    }
  });

  it('says where a name would be that is not there', () => {
    expect(at('a/new')).to.include({ name: 'new', inode: undefined, directoryOnly: false });
    expect(at('a/new/')).to.include({ name: 'new', inode: undefined, directoryOnly: true });
    expect((at('a/new') as Walk).parent).to.equal(inodeAt('a'));
    expect(at('none/new')).to.equal('ENOENT');
    expect(at('')).to.equal('ENOENT');
    expect(at('a/new/.')).to.equal('ENOENT');
  });

  it('goes through no file', () => {
    for (const path of ['f/x', 'f/', 'f/.', 'f/..', 'to-f/', 'to-f/.', 'to-f/x', 'a/b/c/']) {
      expect(at(path), path).to.equal('ENOTDIR');
    }
  });

  it('follows a link at the end only where it is told to, or a slash stands behind it', () => {
    expect(inodeAt('to-a')).to.equal(inodeAt('a'));
    expect(inodeAt('to-a', false)).to.include({ type: 'symlink' });
    expect(inodeAt('to-a/', false)).to.equal(inodeAt('a'));
    expect(inodeAt('to-f', false)).to.include({ type: 'symlink' });
    expect(at('to-f/', false)).to.equal('ENOTDIR');
  });

  it('gives the place a dangling link points to', () => {
    expect(at('dangling')).to.include({ name: 'none', inode: undefined });
    expect((at('dangling') as Walk).parent).to.equal(inodeAt('a'));
    expect(at('dangling/x')).to.equal('ENOENT');
    expect(inodeAt('dangling', false)).to.include({ type: 'symlink' });
  });

  it('gives up on links that lead to themselves', () => {
    expect(at('loop')).to.equal('ELOOP');
    expect(at('loop/x')).to.equal('ELOOP');
    const links = Array.from({ length: 41 }, (_, index) => `l${index} -> l${index + 1}`);
    const chain = tree(...links, 'l41');
    const end = (name: string) => attempt(() => walk(chain, chain.root, name, { follow: true }));
    expect(end('l1')).to.have.property('inode').that.includes({ type: 'file' });
    expect(end('l0')).to.equal('ELOOP');
  });

  it('climbs over no ceiling, neither by name nor by link', () => {
    const inside = tree('box/in/x', 'box/up -> ../out', 'box/abs -> /out', 'box/in/ok -> ../in/x', 'out');
    const box = inside.lookup(inside.root, 'box')!;
    const from = (path: string) => attempt(() => walk(inside, box, path, { follow: true, ceiling: box }));
    expect(from('in/../in/x')).to.have.property('inode').that.includes({ type: 'file' });
    expect(from('in/ok')).to.have.property('inode').that.includes({ type: 'file' });
    for (const path of ['..', '../out', 'in/../../out', 'up', 'abs', '/out', '/']) {
      expect(from(path), path).to.equal('ENOTCAPABLE');
    }
  });

  it('finds nothing from a directory that was removed while it was open', () => {
    const removed = tree('d/e/');
    const d = removed.lookup(removed.root, 'd')!;
    const e = removed.lookup(d, 'e')!;
    removed.open(e);
    removed.apply({ op: 'unlink', parent: d.number, name: 'e', timeMs: 0 });
    removed.apply({ op: 'unlink', parent: rootInode, name: 'd', timeMs: 0 });
    expect(attempt(() => walk(removed, e, '..', { follow: true }))).to.equal('ENOENT');
    expect(attempt(() => walk(removed, e, '.', { follow: true }))).to.include({ inode: e });
  });

  it('agrees with a walk that keeps one list of names still to go', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const path = fc
      .tuple(
        fc.boolean(),
        fc.array(fc.oneof(name, fc.constantFrom('.', '..', '')), { minLength: 1, maxLength: 5 }),
      )
      .map(([absolute, names]) => (absolute ? '/' : '') + names.join('/'));
    const entry = fc.oneof(
      fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/')),
      fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `${names.join('/')}/`),
      fc
        .tuple(fc.array(name, { minLength: 1, maxLength: 3 }), path)
        .map(([names, target]) => `${names.join('/')} -> ${target}`),
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 8 }), path, fc.boolean(), (entries, wanted, follow) => {
        const random = treeSkippingConflicts(entries);
        const found = attempt(() => walk(random, random.root, wanted, { follow }));
        expect(typeof found === 'string' ? found : (found.inode?.number ?? 'ENOENT')).to.equal(
          reference(random, wanted, follow),
        );
      }),
      { numRuns: 2000 },
    );
  });
});

/** As `tree`, leaving out what would have to go through a file. */
function treeSkippingConflicts(entries: readonly string[]): InodeTable {
  const kept: string[] = [];
  for (const entry of entries) {
    try {
      tree(...kept, entry);
      kept.push(entry);
    } catch (error) {
      if (!isErrno(error)) throw error;
    }
  }
  return tree(...kept);
}

/** path_resolution(7), written another way: the inode's number, or an error. */
function reference(table: InodeTable, path: string, follow: boolean): number | string {
  if (path === '') return 'ENOENT';
  let rest = path.split('/');
  let current = table.root;
  let links = 0;
  while (rest.length > 0) {
    const [name = '', ...behind] = rest;
    rest = behind;
    if (name === '' || name === '.') {
      // `f/` and `f/.` ask for a directory, and so does nothing at the very start.
      if (current.type !== 'directory') return 'ENOTDIR';
      continue;
    }
    if (current.type !== 'directory') return 'ENOTDIR';
    if (name === '..') {
      current = table.get(current.parent ?? rootInode);
      continue;
    }
    const number = current.isDirectory ? table.lookup(current, name)?.number : undefined;
    if (number === undefined) return 'ENOENT';
    const inode = table.get(number);
    const last = rest.length === 0;
    if (inode.type !== 'symlink' || (last && !follow)) {
      current = inode;
      continue;
    }
    links += 1;
    if (links > 40) return 'ELOOP';
    const target = inode.target ?? '';
    if (target === '') return 'ENOENT';
    if (target.startsWith('/')) current = table.root;
    rest = [...target.split('/'), ...rest];
    // What a link at the end points to is always followed.
    if (last) follow = true;
  }
  return current.number;
}

describe('pathOf', () => {
  it('names directories from the root', () => {
    const table = tree('a/b/c/');
    const path = (wanted: string) => {
      const { inode } = walk(table, table.root, wanted, { follow: true });
      return inode === undefined ? undefined : pathOf(table, inode);
    };
    expect(path('/')).to.equal('/');
    expect(path('/a/b/c')).to.equal('/a/b/c');
  });
});

describe('normalize', () => {
  it('makes paths absolute by text alone', () => {
    expect(normalize('a/b', '/home/user')).to.equal('/home/user/a/b');
    expect(normalize('/a//b/./c/..', '/home')).to.equal('/a/b');
    expect(normalize('../../../x', '/home/user')).to.equal('/x');
    expect(normalize('', '/home')).to.equal('/home');
    expect(normalize('.')).to.equal('/');
  });
});
