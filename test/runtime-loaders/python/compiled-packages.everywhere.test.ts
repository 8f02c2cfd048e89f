import { expect } from 'chai';
import { Kernel, configure, installPackages } from 'wasm-elements/kernel';
import { makeWheel, Shelf } from './wheels.js';

const shelf = new Shelf();
const folder = '/usr/local/lib/python3.14/site-packages/quick';
const pyc = `${folder}/__pycache__/__init__.cpython-314.pyc`;

/** Imports, and leaves something else in place of what Python has compiled. */
const poison = `
import quick, quick.used, py_compile
open('/tmp/evil.py', 'w').write('print("evil")')
py_compile.compile('/tmp/evil.py', cfile=quick.__spec__.cached,
                   invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
`;

describe('compiled modules of a Python package', () => {
  it('are there when it is installed again, made from the wheel and not from what a program left', async function () {
    this.timeout(60_000);
    configure({ registries: { pypi: shelf.index } });
    const kernel = await Kernel.boot();
    const files = {
      'quick/__init__.py': 'print("quick")\n',
      'quick/used.py': 'value = 1\n',
      'quick/unused.py': 'value = 2\n',
    };
    await shelf.offer('quick', [await makeWheel({ name: 'quick', files })]);
    const first = await kernel.sandbox();
    await installPackages(first, 'python', ['quick']);
    const { stderr } = await first.run('python', ['-c', poison]);
    expect(stderr).to.equal('');
    expect((await first.run('python', ['-c', 'import quick'])).stdout).to.equal('evil\n');
    if (!('caches' in globalThis)) return;
    const cache = await caches.open('wasm-elements-assets-1');
    const isKept = async (): Promise<boolean> =>
      (await cache.keys()).some(({ url }) => url.startsWith(shelf.base) && url.includes('compiled='));
    while (!(await isKept())) await new Promise((resolve) => requestAnimationFrame(resolve));
    await first.dispose();

    const second = await kernel.sandbox();
    await installPackages(second, 'python', ['quick']);
    const names = (await second.fs.readdir(`${folder}/__pycache__`)).map(({ name }) => name);
    expect(names).to.have.members(['__init__.cpython-314.pyc', 'used.cpython-314.pyc']);
    const before = await second.fs.stat(pyc);
    const { stdout } = await second.run('python', ['-c', 'import quick; print(quick.__file__)']);
    expect(stdout).to.equal(`quick\n${folder}/__init__.py\n`);
    expect(await second.fs.stat(pyc)).to.deep.include({ inode: before.inode, modifiedMs: before.modifiedMs });
    await second.dispose();
  });
});
