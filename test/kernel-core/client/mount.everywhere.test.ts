import { zipSync } from 'fflate';
import { expect } from 'chai';
import { Kernel, type Sandbox } from 'wasm-elements/kernel';
import { gzip, tar } from './archives.js';
import { rejection } from './rejection.js';

const encoder = new TextEncoder();
const names = async ({ fs }: Sandbox, path: string): Promise<string[]> =>
  (await fs.readdir(path)).map(({ name }) => name).sort();

describe('mount and unmount', () => {
  let kernel: Kernel;
  let sandbox: Sandbox;
  before(async () => {
    kernel = await Kernel.boot();
    sandbox = await kernel.sandbox({ files: { 'lib/old': 'covered', 'lib/keep/x': 'too', file: '' } });
  });
  after(() => sandbox.dispose());

  it('covers what is there, and uncovers it', async () => {
    const { fs } = sandbox;
    const before = await fs.stat('lib');
    await fs.mount('lib', { 'a.txt': 'mounted', deep: { 'b.txt': 'too' } });
    expect(await names(sandbox, 'lib')).to.deep.equal(['a.txt', 'deep']);
    await fs.writeFile('lib/written', 'goes with the mount');
    await fs.unmount('lib');
    expect(await names(sandbox, 'lib')).to.deep.equal(['keep', 'old']);
    expect(await fs.readFile('lib/old', 'utf-8')).to.equal('covered');
    expect((await fs.stat('lib')).inode).to.equal(before.inode);
    expect((await names(sandbox, '/')).filter((name) => name.startsWith('.'))).to.deep.equal([]);
  });

  it('makes the directory where it is missing, and takes it away', async () => {
    const { fs } = sandbox;
    await fs.mount('new/place', { x: '1' });
    expect(await fs.readFile('new/place/x', 'utf-8')).to.equal('1');
    await fs.unmount('new/place');
    expect((await rejection(fs.stat('new/place'))).code).to.equal('ENOENT');
  });

  it('stacks', async () => {
    const { fs } = sandbox;
    await fs.mount('stack', { x: '1' });
    await fs.mount('stack', { x: '2' });
    await fs.mount('stack/inner', { x: '3' });
    expect((await rejection(fs.unmount('stack'))).code).to.equal('EBUSY');
    await fs.unmount('stack/inner');
    await fs.unmount('stack');
    expect(await fs.readFile('stack/x', 'utf-8')).to.equal('1');
    await fs.unmount('stack');
    expect((await rejection(fs.unmount('stack'))).code).to.equal('ENOENT');
  });

  it('refuses as mount(2) does', async () => {
    const { fs } = sandbox;
    expect((await rejection(fs.mount('/', {}))).code).to.equal('EBUSY');
    expect((await rejection(fs.mount('file', {}))).code).to.equal('ENOTDIR');
    expect((await rejection(fs.unmount('lib'))).code).to.equal('EINVAL');
    expect((await rejection(fs.unmount('nowhere'))).code).to.equal('ENOENT');
    expect((await rejection(fs.mount('lib', 'text' as never))).code).to.equal('EINVAL');
    expect(await names(sandbox, 'lib')).to.deep.equal(['keep', 'old']);
  });

  it('has borders', async () => {
    const { fs } = sandbox;
    await fs.mount('border', { x: '1' });
    expect((await rejection(fs.rename('border/x', 'x'))).code).to.equal('EXDEV');
    expect((await rejection(fs.rename('file', 'border/file'))).code).to.equal('EXDEV');
    expect((await rejection(fs.rename('border', 'other'))).code).to.equal('EBUSY');
    expect((await rejection(fs.rm('border', { recursive: true }))).code).to.equal('EBUSY');
    await fs.rename('border/x', 'border/y');
    await fs.unmount('border');
  });

  it('leaves the place as it was when there is no room', async () => {
    const small = await kernel.sandbox({ files: { 'd/a': '1' }, limits: { fileBytes: 1000 } });
    const full = await rejection(small.fs.mount('d', { b: 'x'.repeat(1000) }));
    expect(full.code).to.equal('ENOSPC');
    expect(await names(small, 'd')).to.deep.equal(['a']);
    await small.dispose();
  });

  it('unpacks .tar, .tar.gz and .zip, as Blobs and from addresses', async () => {
    const { fs } = sandbox;
    const archive = tar([
      { name: './bin/', type: '5', mode: 0o755 },
      { name: './bin/tool', content: '#!', mode: 0o755 },
      { name: './bin/same', type: '1', link: './bin/tool' },
      { name: './bin/link', type: '2', link: 'tool' },
    ]);
    const zip = zipSync({
      'bin/tool': [encoder.encode('#!'), { os: 3, attrs: (0o100755 << 16) >>> 0 }],
      'bin/link': [encoder.encode('tool'), { os: 3, attrs: (0o120777 << 16) >>> 0, level: 0 }],
      'bin/same': encoder.encode('#!'),
      'data/large': new Uint8Array(2_000_000).fill(7),
    });
    const address = URL.createObjectURL(archive);
    const sources = {
      tar: archive,
      'tar.gz': await gzip(archive),
      zip: new Blob([zip]),
      address: new URL(address),
    };
    for (const [what, source] of Object.entries(sources)) {
      await fs.mount('unpacked', source);
      expect(await fs.readFile('unpacked/bin/link', 'utf-8'), what).to.equal('#!');
      expect(await fs.readFile('unpacked/bin/same', 'utf-8'), what).to.equal('#!');
      expect((await fs.stat('unpacked/bin/tool')).mode, what).to.equal(0o755);
      if (what === 'zip') expect(await fs.readFile('unpacked/data/large')).to.have.length(2_000_000);
      await fs.unmount('unpacked');
    }
    URL.revokeObjectURL(address);
  });

  it('refuses zips that lie, are torn or reach outside', async () => {
    const { fs } = sandbox;
    const whole = zipSync({ a: encoder.encode('x'.repeat(1000)) });
    const lying = whole.slice();
    const central = lying.length - 22 - 47;
    new DataView(lying.buffer).setUint32(central + 24, 10, true);
    const damaged = whole.slice();
    damaged[35] = (damaged[35] as number) ^ 0xff;
    const wrong = {
      lying,
      damaged,
      torn: whole.slice(0, -10),
      'reaching outside': zipSync({ '../a': encoder.encode('x') }),
      'a device': zipSync({ a: [encoder.encode(''), { os: 3, attrs: (0o060644 << 16) >>> 0 }] }),
    };
    for (const [what, bytes] of Object.entries(wrong)) {
      expect((await rejection(fs.mount('wrong', new Blob([bytes])))).code, what).to.equal('EINVAL');
      expect((await rejection(fs.stat('wrong'))).code, what).to.equal('ENOENT');
    }
  });

  it('copies a folder of File System Access', async function () {
    // WebKitGTK has no storage to give.
    const storage = navigator.storage as Partial<StorageManager> | undefined;
    const root = await storage?.getDirectory?.call(navigator.storage).catch(() => undefined);
    const folder = await root?.getDirectoryHandle('wasm-elements-mount', { create: true });
    const deep = await folder?.getDirectoryHandle('deep', { create: true });
    const file = await deep?.getFileHandle('a.txt', { create: true });
    // WebKit writes from workers only.
    if (root === undefined || folder === undefined || file?.createWritable === undefined) return this.skip();
    const writable = await file.createWritable();
    await writable.write('of the reader');
    await writable.close();
    const { fs } = sandbox;
    await fs.mount('local', folder);
    expect(await fs.readFile('local/deep/a.txt', 'utf-8')).to.equal('of the reader');
    await fs.writeFile('local/deep/a.txt', 'changed inside');
    expect(await (await file.getFile()).text()).to.equal('of the reader');
    await root.removeEntry('wasm-elements-mount', { recursive: true });
    expect(await fs.readFile('local/deep/a.txt', 'utf-8')).to.equal('changed inside');
    await fs.unmount('local');
  });

  it('says which address failed', async () => {
    const missing = await rejection(sandbox.fs.mount('m', new URL('/nowhere.zip', location.href)));
    expect(missing.code).to.equal('ENOTFOUND');
    expect(missing.message).to.contain('/nowhere.zip');
  });

  it('is still a mount after the kernel was lost', async () => {
    const { fs } = sandbox;
    await fs.mount('lib', { mounted: 'yes' });
    await fs.sync();
    document.querySelector('html > iframe')?.remove();
    expect(await fs.readFile('lib/mounted', 'utf-8')).to.equal('yes');
    await fs.unmount('lib');
    expect(await fs.readFile('lib/old', 'utf-8')).to.equal('covered');
    expect(await fs.readFile('lib/keep/x', 'utf-8')).to.equal('too');
    expect((await names(sandbox, '/')).filter((name) => name.startsWith('.'))).to.deep.equal([]);
  });

  it('stays mounted when the tree is watched, and tells', async () => {
    const events = sandbox.fs.watch('.', { recursive: true })[Symbol.asyncIterator]();
    await sandbox.fs.mount('told', { x: '1' });
    const { value } = (await events.next()) as IteratorYieldResult<{ path: string }>;
    expect(value.path).to.equal('/home/user/told');
    await events.return?.();
    await sandbox.fs.unmount('told');
  });
});
