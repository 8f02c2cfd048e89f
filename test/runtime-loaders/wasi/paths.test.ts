import { expect } from 'chai';
import { rights } from '../../../runtime-loaders/wasi/rights.js';
import { Guest, oflags, result } from './guest.js';

const { create, directory, exclusive, truncate } = oflags;

describe('WASI paths', () => {
  describe('of the default directories', () => {
    const files = {
      '/home/user/a.txt': 'A',
      '/tmp/t.txt': 'T',
      '/home/user/both/x': 'cwd',
      '/both/y': 'root',
    };
    // What wasi-libc makes of `/tmp/t.txt`: it strips the slash.
    it('mean the working directory, and the tree for what is not there', () => {
      const guest = new Guest({ files });
      expect(guest.read(guest.open(5, 'a.txt') as number)).to.equal('A');
      expect(guest.read(guest.open(5, 'tmp/t.txt') as number)).to.equal('T');
      expect(guest.read(guest.open(5, 'home/user/a.txt') as number)).to.equal('A');
      expect(guest.read(guest.open(5, 'both/x') as number)).to.equal('cwd');
      expect(guest.read(guest.open(5, 'both/y') as number)).to.equal('root');
      expect(guest.open(5, 'nowhere/z')).to.equal('ENOENT');
      expect(guest.open(5, 'a.txt/z')).to.equal('ENOTDIR');
    });

    it('may climb out of the working directory', () => {
      const guest = new Guest({ files });
      expect(guest.read(guest.open(3, '../user/a.txt') as number)).to.equal('A');
      expect(guest.read(guest.open(3, '../../tmp/t.txt') as number)).to.equal('T');
      expect(guest.read(guest.open(3, '/tmp/t.txt') as number)).to.equal('T');
    });

    it('make new files in the working directory where they can, else in the tree', () => {
      const guest = new Guest({ files });
      expect(guest.open(5, 'new', { oflags: create })).to.be.a('number');
      expect(guest.open(5, 'tmp/new', { oflags: create })).to.be.a('number');
      expect(guest.call('path_create_directory', 5, 'tmp')).to.equal('OK');
      const { view } = guest.process;
      for (const path of ['/home/user/new', '/tmp/new', '/home/user/tmp'])
        expect(view.resolve(path)).to.exist;
    });

    it('at `/` are those of the tree and no others', () => {
      const guest = new Guest({ files });
      expect(guest.open(4, 'a.txt')).to.equal('ENOENT');
      expect(guest.read(guest.open(4, 'home/user/a.txt') as number)).to.equal('A');
      expect(guest.names(guest.openDirectory(4, '.') as number)).to.deep.equal(['home', 'tmp', 'both']);
    });
  });

  describe('of a directory given', () => {
    const options = { files: { '/data/in': 'in', '/secret': 'out' }, preopens: { '/': '/data' } };

    it('cannot leave it', () => {
      const guest = new Guest(options);
      expect(guest.read(guest.open(3, 'in') as number)).to.equal('in');
      expect(guest.open(3, '/data/in')).to.equal('ENOTCAPABLE');
      expect(guest.open(3, '../secret')).to.equal('ENOTCAPABLE');
      expect(guest.open(3, 'in/../../secret')).to.equal('ENOTDIR');
      expect(guest.stat(3, '..')).to.equal('ENOTCAPABLE');
    });

    it('cannot leave it by a link', () => {
      const guest = new Guest(options);
      expect(guest.call('path_symlink', '../secret', 3, 'up')).to.equal('OK');
      expect(guest.open(3, 'up')).to.equal('ENOTCAPABLE');
      expect(guest.call('path_symlink', '/secret', 3, 'away')).to.equal('ENOTCAPABLE');
      const data = guest.process.view.resolve('/data');
      guest.process.view.create(data, 'absolute', 'symlink', 0o777, '/secret');
      expect(guest.open(3, 'absolute')).to.equal('ENOTCAPABLE');
      expect(guest.call('path_link', 3, 1, 'up', 3, 'hard')).to.equal('ENOTCAPABLE');
    });

    it('opened through another begin there', () => {
      const guest = new Guest({ files: { '/data/d/e/x': 'x' }, preopens: { '/': '/data' } });
      const inner = guest.openDirectory(3, 'd/e') as number;
      expect(guest.read(guest.open(inner, 'x') as number)).to.equal('x');
      expect(guest.open(inner, '../e/x')).to.equal('ENOTCAPABLE');
      expect(guest.read(guest.open(3, 'd/e/../e/x') as number)).to.equal('x');
    });
  });

  it('open only what is there, and make what is asked for', () => {
    const guest = new Guest({ files: { '/home/user/a': 'text' } });
    expect(guest.open(3, 'b')).to.equal('ENOENT');
    expect(guest.open(3, '')).to.equal('ENOENT');
    expect(guest.open(3, 'a', { oflags: create | exclusive })).to.equal('EEXIST');
    expect(guest.open(3, 'b', { oflags: create | exclusive })).to.be.a('number');
    expect(guest.open(3, 'a', { oflags: create })).to.be.a('number');
    expect(guest.process.read('/home/user/a')).to.equal('text');
    expect(guest.open(3, 'a', { oflags: truncate })).to.be.a('number');
    expect(guest.process.read('/home/user/a')).to.equal('');
    expect(guest.open(3, 'c/d', { oflags: create })).to.equal('ENOENT');
    expect(guest.open(3, 'c/', { oflags: create })).to.equal('EISDIR');
    expect(guest.open(3, 'c', { oflags: create | directory })).to.equal('EINVAL');
    expect(guest.open(3, 'a', { oflags: 16 })).to.equal('EINVAL');
    expect(guest.open(3, 'a', { fdflags: 32 })).to.equal('EINVAL');
  });

  it('tell files and directories apart', () => {
    const guest = new Guest({ files: { '/home/user/d/a': '' } });
    expect(guest.open(3, 'd')).to.equal('EISDIR');
    expect(guest.open(3, 'd', { rights: rights.fdRead })).to.be.a('number');
    expect(guest.open(3, 'd', { rights: 0, oflags: create })).to.equal('EISDIR');
    expect(guest.open(3, 'd', { rights: 0, oflags: truncate })).to.equal('EISDIR');
    expect(guest.openDirectory(3, 'd/a')).to.equal('ENOTDIR');
    expect(guest.open(3, 'd/a/')).to.equal('ENOTDIR');
    expect(guest.open(3, 'd/a/b')).to.equal('ENOTDIR');
    const file = guest.open(3, 'd/a') as number;
    expect(guest.open(file, 'b')).to.equal('ENOTDIR');
    expect(guest.open(99, 'b')).to.equal('EBADF');
  });

  it('may be any bytes but NUL, and not endless', () => {
    const guest = new Guest();
    for (const name of [Uint8Array.of(0x61, 0xff), Uint8Array.of(0xed, 0xa0, 0x80)]) {
      expect(guest.open(3, name)).to.equal('ENOENT');
      expect(guest.open(3, name, { oflags: create })).to.be.a('number');
      expect(guest.open(3, name)).to.be.a('number');
    }
    expect(guest.open(3, 'a\0b', { oflags: create })).to.equal('EINVAL');
    expect(guest.open(3, 'a'.repeat(5000), { oflags: create })).to.equal('ENAMETOOLONG');
    expect(guest.open(3, 'a'.repeat(256), { oflags: create })).to.equal('ENAMETOOLONG');
    expect(guest.open(3, 'grüße 🌍', { oflags: create })).to.be.a('number');
    expect(guest.names(3)).to.include('grüße 🌍');
  });

  it('follow links, and do not where they are told not to', () => {
    const guest = new Guest({ files: { '/home/user/a': 'text' } });
    expect(guest.call('path_symlink', 'a', 3, 'link')).to.equal('OK');
    expect(guest.read(guest.open(3, 'link') as number)).to.equal('text');
    expect(guest.open(3, 'link', { follow: false })).to.equal('ELOOP');
    expect(guest.stat(3, 'link', false)).to.include({ type: 7, size: 1 });
    expect(guest.stat(3, 'link')).to.include({ type: 4, size: 4 });
    expect(guest.open(3, 'link', { oflags: create | exclusive })).to.equal('EEXIST');
    expect(guest.call('path_symlink', 'loop', 3, 'loop')).to.equal('OK');
    expect(guest.open(3, 'loop')).to.equal('ELOOP');
    expect(guest.call('path_symlink', 'made', 3, 'dangling')).to.equal('OK');
    expect(guest.open(3, 'dangling')).to.equal('ENOENT');
    expect(guest.open(3, 'dangling', { oflags: create })).to.be.a('number');
    expect(guest.stat(3, 'made')).to.include({ type: 4 });
  });

  it('read links, as much as fits', () => {
    const guest = new Guest({ files: { '/home/user/a': '' } });
    expect(guest.call('path_symlink', 'some/where', 3, 'link')).to.equal('OK');
    expect(guest.call('path_readlink', 3, 'link', 2048, 100, result)).to.equal('OK');
    expect(guest.text(2048, guest.u32)).to.equal('some/where');
    expect(guest.call('path_readlink', 3, 'link', 2048, 4, result)).to.equal('OK');
    expect(guest.text(2048, guest.u32)).to.equal('some');
    expect(guest.call('path_readlink', 3, 'a', 2048, 4, result)).to.equal('EINVAL');
    expect(guest.call('path_symlink', '', 3, 'nothing')).to.equal('ENOENT');
    expect(guest.call('path_symlink', 'x', 3, 'link')).to.equal('EEXIST');
    expect(guest.call('path_symlink', 'x', 3, 'new/')).to.equal('ENOENT');
  });

  it('make and remove directories', () => {
    const guest = new Guest({ files: { '/home/user/full/a': '' } });
    expect(guest.call('path_create_directory', 3, 'd/')).to.equal('OK');
    expect(guest.call('path_create_directory', 3, 'd')).to.equal('EEXIST');
    expect(guest.call('path_create_directory', 3, 'x/y')).to.equal('ENOENT');
    expect(guest.call('path_remove_directory', 3, 'full')).to.equal('ENOTEMPTY');
    expect(guest.call('path_remove_directory', 3, 'full/a')).to.equal('ENOTDIR');
    expect(guest.call('path_remove_directory', 3, 'full/a/')).to.equal('ENOTDIR');
    expect(guest.call('path_remove_directory', 3, 'd/.')).to.equal('EINVAL');
    expect(guest.call('path_remove_directory', 3, '.')).to.equal('EINVAL');
    expect(guest.call('path_symlink', 'd', 3, 'link')).to.equal('OK');
    expect(guest.call('path_remove_directory', 3, 'link/')).to.equal('ENOTDIR');
    expect(guest.call('path_remove_directory', 3, 'd/')).to.equal('OK');
    expect(guest.call('path_remove_directory', 3, 'd')).to.equal('ENOENT');
  });

  it('remove files and links but no directories', () => {
    const guest = new Guest({ files: { '/home/user/d/a': 'A' } });
    expect(guest.call('path_symlink', 'd', 3, 'link')).to.equal('OK');
    expect(guest.call('path_unlink_file', 3, 'd')).to.equal('EISDIR');
    expect(guest.call('path_unlink_file', 3, 'd/')).to.equal('EISDIR');
    expect(guest.call('path_unlink_file', 3, 'd/a/')).to.equal('ENOTDIR');
    expect(guest.call('path_unlink_file', 3, 'link')).to.equal('OK');
    expect(guest.process.read('/home/user/d/a')).to.equal('A');
    expect(guest.call('path_unlink_file', 3, 'd/a')).to.equal('OK');
    expect(guest.call('path_unlink_file', 3, 'd/a')).to.equal('ENOENT');
  });

  it('rename, replacing what rename may replace', () => {
    const guest = new Guest({
      files: { '/home/user/a': 'A', '/home/user/b': 'B', '/home/user/d/x': 'X', '/home/user/full/y': '' },
    });
    const rename = (from: string, to: string) => guest.call('path_rename', 3, from, 3, to);
    expect(rename('a', 'b')).to.equal('OK');
    expect(guest.process.read('/home/user/b')).to.equal('A');
    expect(rename('b', 'd')).to.equal('EISDIR');
    expect(rename('d', 'b')).to.equal('ENOTDIR');
    expect(rename('d', 'full')).to.equal('ENOTEMPTY');
    expect(rename('d', 'd/inside')).to.equal('EINVAL');
    expect(rename('b', 'c/')).to.equal('ENOTDIR');
    expect(rename('nothing', 'c')).to.equal('ENOENT');
    expect(rename('.', 'c')).to.equal('EINVAL');
    expect(rename('b', 'b')).to.equal('OK');
    expect(guest.call('path_create_directory', 3, 'empty')).to.equal('OK');
    expect(rename('d/', 'empty/')).to.equal('OK');
    expect(guest.process.read('/home/user/empty/x')).to.equal('X');
    expect(guest.names(3)).to.have.members(['b', 'full', 'empty']);
  });

  it('link files to a second name', () => {
    const guest = new Guest({ files: { '/home/user/a': 'A', '/home/user/d/x': '' } });
    const link = (from: string, to: string, follow = 0) => guest.call('path_link', 3, follow, from, 3, to);
    expect(link('a', 'd/b')).to.equal('OK');
    expect(guest.stat(3, 'a')).to.include({ links: 2 });
    expect((guest.stat(3, 'd/b') as { inode: number }).inode).to.equal(
      (guest.stat(3, 'a') as { inode: number }).inode,
    );
    expect(link('a', 'd/b')).to.equal('EEXIST');
    expect(link('d', 'e')).to.equal('EPERM');
    expect(link('a', 'new/')).to.equal('ENOENT');
    expect(link('nothing', 'new')).to.equal('ENOENT');
    expect(guest.call('path_symlink', 'a', 3, 'soft')).to.equal('OK');
    expect(link('soft', 'hard-soft')).to.equal('OK');
    expect(guest.stat(3, 'hard-soft', false)).to.include({ type: 7 });
    expect(link('soft', 'hard', 1)).to.equal('OK');
    expect(guest.stat(3, 'hard', false)).to.include({ type: 4, links: 3 });
  });

  it('need the rights of the directory', () => {
    const guest = new Guest({ files: { '/home/user/d/a': '' } });
    const fd = guest.openDirectory(3, 'd', { rights: rights.pathOpen }) as number;
    expect(guest.open(fd, 'a')).to.be.a('number');
    expect(guest.open(fd, 'b', { oflags: create })).to.equal('ENOTCAPABLE');
    expect(guest.open(fd, 'a', { oflags: truncate })).to.equal('ENOTCAPABLE');
    expect(guest.stat(fd, 'a')).to.equal('ENOTCAPABLE');
    expect(guest.call('path_unlink_file', fd, 'a')).to.equal('ENOTCAPABLE');
    expect(guest.call('path_rename', fd, 'a', 3, 'b')).to.equal('ENOTCAPABLE');
    expect(guest.call('fd_readdir', fd, 2048, 100, 0n, result)).to.equal('ENOTCAPABLE');
  });
});

describe('WASI directories', () => {
  it('list `.`, `..` and names, with types and inodes', () => {
    const guest = new Guest({ files: { '/home/user/d/a': '', '/home/user/d/e/x': '' } });
    expect(guest.call('path_symlink', 'a', 3, 'd/s')).to.equal('OK');
    const fd = guest.openDirectory(3, 'd') as number;
    const entries = guest.list(fd);
    expect(entries.map(({ name, type }) => [name, type])).to.deep.equal([
      ['.', 3],
      ['..', 3],
      ['a', 4],
      ['e', 3],
      ['s', 7],
    ]);
    for (const { name, inode } of entries.slice(2)) {
      expect(Number(inode)).to.equal((guest.stat(fd, name, false) as { inode: number }).inode);
    }
    expect(Number(entries[0]?.inode)).to.equal((guest.stat(3, 'd') as { inode: number }).inode);
  });

  it('go on from a cookie, and cut what does not fit', () => {
    const guest = new Guest({ files: { '/home/user/a': '', '/home/user/b': '', '/home/user/c': '' } });
    const [first] = guest.list(3);
    expect(guest.list(3, first?.next).map(({ name }) => name)).to.deep.equal(['..', 'a', 'b', 'c']);
    expect(guest.list(3, 0n, 24 + 1 + 24 + 2 + 24).map(({ name }) => name)).to.deep.equal(['.', '..']);
    expect(guest.u32).to.equal(24 + 1 + 24 + 2 + 24);
    expect(guest.list(3, 5n)).to.deep.equal([]);
    expect(guest.u32).to.equal(0);
    expect(guest.list(3, 2n ** 63n)).to.deep.equal([]);
  });

  it('skip nothing when names are removed while they are read', () => {
    const names = Array.from({ length: 40 }, (_, index) => `file-${index}`);
    const guest = new Guest({ files: Object.fromEntries(names.map((name) => [`/home/user/${name}`, ''])) });
    const seen: string[] = [];
    for (let cookie = 0n; ;) {
      const entries = guest.list(3, cookie, 128);
      if (entries.length === 0) break;
      for (const { name, next } of entries) {
        cookie = next;
        if (!name.startsWith('file')) continue;
        seen.push(name);
        expect(guest.call('path_unlink_file', 3, name)).to.equal('OK');
      }
    }
    expect(seen).to.deep.equal(names);
    expect(guest.names(3)).to.deep.equal([]);
  });

  it('that were removed are empty', () => {
    const guest = new Guest({ files: { '/home/user/d/a': '' } });
    const fd = guest.openDirectory(3, 'd') as number;
    expect(guest.call('path_unlink_file', fd, 'a')).to.equal('OK');
    expect(guest.call('path_remove_directory', 3, 'd')).to.equal('OK');
    expect(guest.names(fd)).to.deep.equal([]);
    expect(guest.open(fd, 'b', { oflags: create })).to.equal('ENOENT');
  });
});
