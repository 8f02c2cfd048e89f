import { expect } from 'chai';
import { Kernel, type FileTree, type Sandbox } from 'wasm-elements/kernel';
import { rejection } from './rejection.js';

describe('sandbox.fs, files', () => {
  let kernel: Kernel;
  let sandbox: Sandbox;
  before(async () => {
    kernel = await Kernel.boot();
    sandbox = await kernel.sandbox();
  });
  after(() => sandbox.dispose());

  it('takes 10,000 small files at once', async () => {
    const files: FileTree = {};
    for (let index = 0; index < 10_000; index += 1) files[`many/${index % 100}/${index}`] = `file ${index}`;
    await sandbox.fs.writeFiles(files);
    expect(await sandbox.fs.readFile('many/42/4242', 'utf-8')).to.equal('file 4242');
    expect(await sandbox.fs.readdir('many/99')).to.have.length(100);
    await sandbox.fs.rm('many', { recursive: true });
  });

  it('takes contents of every kind and size, and parts of buffers', async () => {
    const long = new Uint8Array(3_000_000).map((_, index) => index % 251);
    await sandbox.fs.writeFiles({
      kinds: {
        text: 'grüße 🌍',
        long,
        part: long.subarray(1000, 400_000),
        blob: new Blob(['from a blob']),
        url: new URL('/test/fixtures/hello.txt', location.href),
        none: '',
        'long text': 'é'.repeat(300_000),
        directory: {},
      },
    });
    const { fs } = sandbox;
    expect(await fs.readFile('kinds/text', 'utf-8')).to.equal('grüße 🌍');
    expect(await fs.readFile('kinds/long')).to.deep.equal(long);
    expect(await fs.readFile('kinds/part')).to.deep.equal(long.slice(1000, 400_000));
    expect(await fs.readFile('kinds/blob', 'utf-8')).to.equal('from a blob');
    expect((await fs.stat('kinds/url')).size).to.be.greaterThan(0);
    expect((await fs.stat('kinds/none')).size).to.equal(0);
    expect((await fs.stat('kinds/long text')).size).to.equal(600_000);
    expect((await fs.stat('kinds/directory')).type).to.equal('directory');
    // What the author gave is still the author's.
    expect(long.length).to.equal(3_000_000);
  });

  it('writes through symbolic links, and into files that are there', async () => {
    const { fs } = sandbox;
    await fs.mkdir('through/real', { recursive: true });
    await fs.symlink('real', 'through/link');
    await fs.symlink('real/made', 'through/dangling');
    await fs.writeFile('through/real/old', 'a long old content', { mode: 0o600 });
    await fs.writeFiles({ 'through/link/new': '1', 'through/dangling': '2', 'through/link/old': 'new' });
    expect(await fs.readFile('through/real/new', 'utf-8')).to.equal('1');
    expect(await fs.readFile('through/real/made', 'utf-8')).to.equal('2');
    expect(await fs.readFile('through/real/old', 'utf-8')).to.equal('new');
    expect((await fs.stat('through/real/old')).mode).to.equal(0o600);
  });

  it('writes all of the files or none', async () => {
    const { fs } = sandbox;
    await fs.writeFile('all-or-none', 'a file');
    const through = await rejection(fs.writeFiles({ 'none/a': '1', 'all-or-none/b': '2' }));
    expect(through.code).to.equal('ENOTDIR');
    expect((await rejection(fs.stat('none'))).code).to.equal('ENOENT');
    const long = await rejection(fs.writeFiles({ 'none/a': '1', ['x'.repeat(300)]: '2' }));
    expect(long.code).to.equal('ENAMETOOLONG');
    expect((await rejection(fs.stat('none'))).code).to.equal('ENOENT');
    const over = await rejection(fs.writeFiles({ 'none/a': '1', through: 'a directory is there' }));
    expect(over.code).to.equal('EISDIR');
    expect((await rejection(fs.stat('none'))).code).to.equal('ENOENT');
  });

  it('changes modes and times, of files and directories', async () => {
    const { fs } = sandbox;
    await fs.writeFile('attributes', 'x', { mode: 0o640 });
    expect((await fs.stat('attributes')).mode).to.equal(0o640);
    await fs.chmod('attributes', 0o755);
    await fs.utimes('attributes', 1000, 2000);
    expect(await fs.stat('attributes')).to.include({ mode: 0o755, accessedMs: 1000, modifiedMs: 2000 });
    expect((await rejection(fs.chmod('nowhere', 0o644))).code).to.equal('ENOENT');
    expect((await rejection(fs.utimes('nowhere', 0, 0))).code).to.equal('ENOENT');
  });

  it('renames as rename(2) does', async () => {
    const { fs } = sandbox;
    await fs.writeFiles({ 'rename/a': 'a', 'rename/b': 'b', 'rename/full/x': '', 'rename/empty': {} });
    await fs.rename('rename/a', 'rename/b');
    expect(await fs.readFile('rename/b', 'utf-8')).to.equal('a');
    await fs.rename('rename/full', 'rename/empty');
    const full = await rejection(fs.rename('rename', 'rename/empty/x'));
    expect(full.code).to.equal('EINVAL');
    expect((await rejection(fs.rename('rename/b', 'rename/empty'))).code).to.equal('EISDIR');
    expect((await rejection(fs.rename('rename/empty', 'rename/b'))).code).to.equal('ENOTDIR');
    await fs.mkdir('rename/other');
    expect((await rejection(fs.rename('rename/other', 'rename/empty'))).code).to.equal('ENOTEMPTY');
    expect((await rejection(fs.rename('rename/nothing', 'rename/x'))).code).to.equal('ENOENT');
  });

  it('tells links from what they point to', async () => {
    const { fs } = sandbox;
    await fs.symlink('nothing', 'dangling');
    expect((await fs.lstat('dangling')).type).to.equal('symlink');
    expect((await rejection(fs.stat('dangling'))).code).to.equal('ENOENT');
    expect((await rejection(fs.symlink('x', 'dangling'))).code).to.equal('EEXIST');
    await fs.writeFile('plain', '');
    expect((await rejection(fs.readlink('plain'))).code).to.equal('EINVAL');
    await fs.rm('dangling');
    expect((await rejection(fs.lstat('dangling'))).code).to.equal('ENOENT');
  });

  it('says ENOSPC before anything is written, for bytes and for inodes', async () => {
    const used = 4000;
    const small = await kernel.sandbox({ limits: { fileBytes: used } });
    const { fs } = small;
    const files = { 'd/a': 'x'.repeat(2000), 'd/b': 'x'.repeat(1999), 'd/c': 'xx' };
    expect((await rejection(fs.writeFiles(files))).code).to.equal('ENOSPC');
    expect((await rejection(fs.stat('d'))).code).to.equal('ENOENT');
    await fs.writeFiles({ a: 'x'.repeat(3000) });
    // What is replaced makes room.
    await fs.writeFiles({ a: 'y'.repeat(4000) });
    expect((await rejection(fs.writeFile('a', 'z', { append: true }))).code).to.equal('ENOSPC');
    await small.dispose();

    const few = await kernel.sandbox({ limits: { inodes: 100 } });
    const deep = Array.from({ length: 100 }, (_, index) => `d${index}`).join('/');
    expect((await rejection(few.fs.mkdir(deep, { recursive: true }))).code).to.equal('ENOSPC');
    expect((await rejection(few.fs.stat('d0'))).code).to.equal('ENOENT');
    const many: FileTree = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`f${index}`, '']));
    expect((await rejection(few.fs.writeFiles(many))).code).to.equal('ENOSPC');
    expect(await few.fs.readdir('.')).to.deep.equal([]);
    expect((await rejection(few.fs.mount('m', many))).code).to.equal('ENOSPC');
    expect(await few.fs.readdir('.')).to.deep.equal([]);
    await few.dispose();
  });

  it('syncs, and says up to where', async () => {
    const events: number[] = [];
    sandbox.addEventListener('sync', (event) =>
      events.push((event as CustomEvent<{ sequence: number }>).detail.sequence),
    );
    await sandbox.fs.writeFile('synced', '1');
    await sandbox.fs.sync();
    await sandbox.fs.writeFile('synced', '2');
    await sandbox.fs.sync();
    expect(events).to.have.length(2);
    expect(events[1]).to.be.greaterThan(events[0] as number);
  });
});
