import { expect } from 'chai';
import fc from 'fast-check';
import { Kernel, type Sandbox } from 'wasm-elements/kernel';
import { gzip, tar, type TarEntry } from './archives.js';
import { rejection } from './rejection.js';

/** Everything below a directory, one line an inode. */
async function listing({ fs }: Sandbox, directory: string): Promise<string[]> {
  const lines: string[] = [];
  const waiting = [directory];
  for (const path of waiting) {
    for (const { name } of await fs.readdir(path)) {
      const child = `${path}/${name}`;
      const { type, mode, size, links, modifiedMs } = await fs.lstat(child);
      const content =
        type === 'file'
          ? [...(await fs.readFile(child))].join()
          : type === 'symlink'
            ? await fs.readlink(child)
            : '';
      const times = type === 'symlink' ? '' : modifiedMs;
      const count = type === 'directory' ? '' : links;
      lines.push([child.slice(directory.length), type, mode, size, count, times, content].join(' | '));
      if (type === 'directory') waiting.push(child);
    }
  }
  return lines.sort();
}

describe('snapshot and restore', () => {
  let sandbox: Sandbox;
  let other: Sandbox;
  before(async () => {
    const kernel = await Kernel.boot();
    [sandbox, other] = await Promise.all([kernel.sandbox(), kernel.sandbox()]);
  });
  after(() => Promise.all([sandbox.dispose(), other.dispose()]));

  it('brings a tree to another sandbox: modes, times, links, odd names, deep paths', async () => {
    const { fs } = sandbox;
    const long = 'n'.repeat(200);
    await fs.writeFiles({
      's/run.sh': '#!/bin/sh',
      's/empty': '',
      's/large': new Uint8Array(2_500_000).map((_, index) => (index * 7) % 253),
      's/grüße 🌍\n=x': 'odd',
      [`s/${Array.from({ length: 30 }, (_, index) => `deep${index}`).join('/')}/${long}`]: 'deep',
      's/no files': {},
    });
    await fs.chmod('s/run.sh', 0o755);
    await fs.chmod('s/no files', 0o700);
    await fs.symlink('run.sh', 's/link');
    await fs.symlink(`${long}/${long}`, 's/dangling');
    await fs.utimes('s/run.sh', 5000, 1_234_567_890_123);
    await fs.utimes('s/empty', 0, -5000);
    const blob = await fs.snapshot('s');
    expect(blob.type).to.equal('application/gzip');
    await other.fs.restore(blob, '/copy');
    expect(await listing(other, '/copy')).to.deep.equal(await listing(sandbox, '/home/user/s'));
  });

  it('brings back the whole tree, absolute links and all', async () => {
    await sandbox.fs.symlink('/home/user/s/run.sh', '/tmp/absolute');
    const blob = await sandbox.fs.snapshot();
    await other.fs.restore(blob);
    expect(await other.fs.readFile('/tmp/absolute', 'utf-8')).to.equal('#!/bin/sh');
    expect(await listing(other, '/home/user/s')).to.deep.equal(await listing(sandbox, '/home/user/s'));
  });

  it('replaces what has a name of the snapshot’s, and leaves the rest', async () => {
    const { fs } = sandbox;
    await fs.writeFiles({ 'r/a': 'then', 'r/b': 'then' });
    const blob = await fs.snapshot('r');
    await fs.writeFiles({ 'r/a': 'later and longer', 'r/new': 'stays' });
    await fs.rm('r/b');
    await fs.symlink('a', 'r/b');
    await fs.restore(blob, 'r');
    expect(await fs.readFile('r/a', 'utf-8')).to.equal('then');
    expect((await fs.lstat('r/b')).type).to.equal('file');
    expect(await fs.readFile('r/new', 'utf-8')).to.equal('stays');
  });

  it('keeps any tree', async () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .map((text) => text.replaceAll('/', '∕').replaceAll('\0', '0'))
      .filter((text) => text !== '.' && text !== '..');
    const path = fc.array(name, { minLength: 1, maxLength: 6 }).map((names) => names.join('/'));
    const entry = fc.record({
      path,
      kind: fc.constantFrom('file', 'file', 'directory', 'symlink'),
      content: fc.uint8Array({ maxLength: 1500 }),
      mode: fc.integer({ min: 0, max: 0o7777 }),
      modifiedMs: fc.integer({ min: -(10 ** 12), max: 10 ** 13 }),
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 12 }), async (entries) => {
        round += 1;
        const root = `/property/${round}`;
        const { fs } = sandbox;
        await fs.mkdir(root, { recursive: true });
        for (const { path: below, kind, content, mode, modifiedMs } of entries) {
          const full = `${root}/${below}`;
          // Two of them may want the same name: whoever comes first has it.
          try {
            await fs.mkdir(full.slice(0, full.lastIndexOf('/')), { recursive: true });
            if (kind === 'symlink') await fs.symlink(below.split('/').at(-1) ?? 'x', full);
            else if (kind === 'directory') await fs.mkdir(full, { mode });
            else {
              await fs.writeFile(full, content, { mode });
              await fs.utimes(full, modifiedMs, modifiedMs);
            }
          } catch {
            continue;
          }
        }
        await other.fs.restore(await fs.snapshot(root), root);
        expect(await listing(other, root)).to.deep.equal(await listing(sandbox, root));
        await Promise.all([fs.rm(root, { recursive: true }), other.fs.rm(root, { recursive: true })]);
      }),
      { numRuns: 25 },
    );
  });

  it('says what cannot be snapshot', async () => {
    expect((await rejection(sandbox.fs.snapshot('nowhere'))).code).to.equal('ENOENT');
    await sandbox.fs.writeFile('plain', '');
    expect((await rejection(sandbox.fs.snapshot('plain'))).code).to.equal('ENOTDIR');
  });

  const good: TarEntry = { name: 'good', content: 'good' };
  const hostile: Record<string, readonly TarEntry[]> = {
    'a path that climbs out': [good, { name: '../out', content: 'x' }],
    'a path that climbs out later': [good, { name: 'a/../../out', content: 'x' }],
    'an absolute path': [good, { name: '/etc/out', content: 'x' }],
    'a link out of the target': [good, { name: 'link', type: '2', link: '../../etc' }],
    'an absolute link out of the target': [good, { name: 'link', type: '2', link: '/etc' }],
    'a hard link out of the target': [good, { name: 'link', type: '1', link: '../../home/user/secret' }],
    'a hard link to nothing': [good, { name: 'link', type: '1', link: 'nothing' }],
    'a file below its own link': [good, { name: 'd', type: '2', link: 'e' }, { name: 'd/x', content: 'x' }],
    'a device node': [good, { name: 'sda', type: '4' }],
    'a pipe': [good, { name: 'fifo', type: '6' }],
    'a size beyond its end': [good, { name: 'long', content: 'short', size: 100_000 }],
    'a size beyond everything': [good, { name: 'long', content: 'short', size: 8 ** 11 - 1 }],
    'a file as a directory': [good, { name: 'good/x', content: 'x' }],
  };
  for (const [what, entries] of Object.entries(hostile)) {
    it(`refuses ${what}, and writes nothing`, async () => {
      const { fs } = sandbox;
      await fs.mkdir('/safe/target', { recursive: true });
      for (const blob of [tar(entries), await gzip(tar(entries))]) {
        const { code } = await rejection(fs.restore(blob, '/safe/target'));
        expect(code).to.be.oneOf(['EINVAL', 'ENOSPC', 'ENOENT', 'ENOTDIR']);
        expect(await fs.readdir('/safe/target')).to.deep.equal([]);
        expect((await fs.readdir('/safe')).map(({ name }) => name)).to.deep.equal(['target']);
      }
    });
  }

  it('does not write through a link that is there', async () => {
    const { fs } = sandbox;
    await fs.mkdir('/safe/linked', { recursive: true });
    await fs.mkdir('/outside');
    await fs.symlink('/outside', '/safe/linked/d');
    const blob = tar([{ name: 'd/x', content: 'x' }]);
    expect((await rejection(fs.restore(blob, '/safe/linked'))).code).to.equal('ENOTDIR');
    expect(await fs.readdir('/outside')).to.deep.equal([]);
  });

  it('refuses what is torn, damaged or no archive', async () => {
    const { fs } = sandbox;
    await fs.mkdir('/torn');
    const whole = tar([good, { name: 'second', content: 'x'.repeat(5000) }]);
    const packed = await gzip(whole);
    const flipped = new Uint8Array(await whole.arrayBuffer());
    flipped[3] = 0x41;
    const wrong = {
      'a torn tar': whole.slice(0, 3000),
      'a tar without its end': whole.slice(0, whole.size - 1024),
      'a torn tar.gz': packed.slice(0, packed.size - 6),
      'a header that does not add up': new Blob([flipped]),
      text: new Blob(['this is no archive '.repeat(100)]),
      nothing: new Blob([]),
    };
    for (const [what, blob] of Object.entries(wrong)) {
      expect((await rejection(fs.restore(blob, '/torn'))).code, what).to.equal('EINVAL');
      expect(await fs.readdir('/torn'), what).to.deep.equal([]);
    }
  });

  it('stops at the quota: a bomb, and a tree that does not fit', async () => {
    const kernel = await Kernel.boot();
    const small = await kernel.sandbox({ limits: { fileBytes: 1_000_000, inodes: 200 } });
    const { fs } = small;
    // 100 MB of zeros are 100 KB; the size is true.
    const bomb = await gzip(tar([good, { name: 'zeros', content: '\0'.repeat(100_000_000) }]));
    expect((await rejection(fs.restore(bomb, '/t'))).code).to.equal('ENOSPC');
    const many = tar(Array.from({ length: 300 }, (_, index) => ({ name: `f${index}` })));
    expect((await rejection(fs.restore(many, '/t'))).code).to.equal('ENOSPC');
    expect((await rejection(fs.stat('/t'))).code).to.equal('ENOENT');
    await small.dispose();
  });
});
