import { expect } from 'chai';
import { Kernel, configure, installPackages, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';
import { makeWheel, Shelf, wheelOf } from './wheels.js';

const shelf = new Shelf();

async function failure(promise: Promise<unknown>): Promise<{ code: string; message: string; hint?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as { code: string; message: string; hint?: string };
  }
  return expect.fail('it did not reject');
}

describe('Python packages', () => {
  let kernel: Kernel;
  let sandbox: Sandbox;

  before(async () => {
    configure({ registries: { pypi: shelf.index, pyodide: shelf.distribution } });
    kernel = await Kernel.boot();
  });
  beforeEach(async () => {
    sandbox = await kernel.sandbox();
  });
  afterEach(() => sandbox.dispose());

  const install = (...requirements: string[]): ReturnType<typeof installPackages> =>
    installPackages(sandbox, 'python', requirements);

  async function python(code: string): Promise<string> {
    const { stdout, stderr } = await sandbox.run('python', ['-c', code]);
    expect(stderr).to.equal('');
    return stdout;
  }

  it('come from the index with what they need, and are packages like others', async () => {
    const greeting = await makeWheel({
      name: 'greeting',
      version: '2.1',
      files: {
        'greeting/__init__.py':
          'import voice\nhello = lambda: voice.say("hello")\ndef main(): print(hello())\n',
        'greeting/words.txt': 'good day',
      },
      requires: ['voice>=1,<2', 'nothing; python_version < "3"', 'more; extra == "all"'],
      entryPoints: '[console_scripts]\ngreet = greeting:main\n',
    });
    await shelf.offer('greeting', [
      greeting,
      await makeWheel({ name: 'greeting', version: '2.0', files: {} }),
    ]);
    const voices = ['1.0', '1.5', '2.0'].map((version) =>
      makeWheel({
        name: 'voice',
        version,
        files: { 'voice.py': `say = lambda text: f"{text} ${version}"\n` },
      }),
    );
    await shelf.offer('voice', await Promise.all(voices));
    const installed = await install('Greeting');
    expect(installed).to.have.deep.members([
      { name: 'greeting', version: '2.1' },
      { name: 'voice', version: '1.5' },
    ]);
    const code = `
import importlib.metadata as metadata, importlib.resources as resources
import greeting
print(greeting.hello(), greeting.__file__)
print(metadata.version('voice'), resources.files('greeting').joinpath('words.txt').read_text())
`;
    expect(await python(code)).to.equal(
      'hello 1.5 /usr/local/lib/python3.14/site-packages/greeting/__init__.py\n1.5 good day\n',
    );
    expect((await sandbox.run('greet')).stdout).to.equal('hello 1.5\n');
    expect(await install('greeting', 'voice')).to.deep.equal([]);
  });

  it('come with their extras, and with the newest version that fits', async () => {
    const one = await makeWheel({
      name: 'with_extras',
      files: { 'with_extras.py': '' },
      requires: ['extra-part; extra == "more"'],
    });
    await shelf.offer('with-extras', [one]);
    const parts = ['1.0', '1.9rc1'].map((version) =>
      makeWheel({ name: 'extra_part', version, files: { 'extra_part.py': `version = "${version}"` } }),
    );
    await shelf.offer('extra-part', await Promise.all(parts));
    await install('with-extras');
    expect(await install('with-extras[more]')).to.deep.include({ name: 'extra-part', version: '1.0' });
    expect(await install('extra-part==1.9rc1')).to.deep.equal([{ name: 'extra-part', version: '1.9rc1' }]);
    expect(await python('import extra_part; print(extra_part.version)')).to.equal('1.9rc1\n');
  });

  it('are the files whose hashes are asked for, or nothing is installed', async () => {
    const wheels = await Promise.all(
      ['1.0', '1.1'].map((version) => makeWheel({ name: 'pinned', version, files: { 'pinned.py': '' } })),
    );
    await shelf.offer('pinned', wheels);
    const wrong = `--hash=sha256:${'1'.repeat(64)}`;
    const refused = await failure(install(`pinned==1.1 ${wrong}`));
    expect(refused.code).to.equal('EINTEGRITY');
    expect(refused.message).to.equal('None of the hashes given for “pinned” is that of its wheel.');
    expect(refused.hint).to.contain('version 1.1 with another SHA-256');
    const distributed = await failure(install(`packaging ${wrong}`));
    expect(distributed).to.include({ code: 'EINTEGRITY' });
    expect(distributed.hint).to.match(/--hash=sha256:[0-9a-f]{64}\.$/);
    const right = `--hash=sha256:${wheels[0]?.sha256}`;
    expect(await install(`pinned ${wrong} ${right}`)).to.deep.equal([{ name: 'pinned', version: '1.0' }]);
  });

  it('are read from pages of HTML too', async () => {
    const old = await makeWheel({ name: 'oldstyle', files: { 'oldstyle.py': 'print("old")' } });
    await shelf.put(`files/${old.file}`, old.bytes, 'application/zip');
    const link = `<!doctype html><a href="../../files/${old.file}#sha256=${old.sha256}">${old.file}</a>`;
    await shelf.put('simple/oldstyle/', link, 'text/html');
    await install('oldstyle');
    expect(await python('import oldstyle')).to.equal('old\n');
  });

  it('are told in one sentence when they cannot be had, and nothing is installed then', async () => {
    const fine = await makeWheel({ name: 'fine', files: { 'fine.py': '' } });
    await shelf.offer('fine', [fine]);
    const other = await makeWheel({ name: 'native', files: {}, tag: 'cp314-cp314-manylinux_2_17_x86_64' });
    await shelf.offer('native', [other]);
    const changed = await makeWheel({ name: 'changed', files: { 'changed.py': '' } });
    await shelf.offer('changed', [{ ...changed, sha256: fine.sha256 }]);
    await shelf.offer('gone', [await makeWheel({ name: 'gone', files: {} })]);
    await shelf.put('files/gone-1.0-py3-none-any.whl', '', 'application/zip');
    await shelf.offer('needy', [await makeWheel({ name: 'needy', files: {}, requires: ['fine>=2'] })]);
    const cases: [string[], string, RegExp][] = [
      [['fine', 'unheard-of'], 'EPACKAGE', /^There is no Python package “unheard-of”\.$/],
      [['fine', 'native'], 'EPACKAGE', /^“native” has no wheel for Python 3\.14 in a browser\.$/],
      [['fine==7'], 'EPACKAGE', /^There is no version of “fine” for “fine==7” that runs here\.$/],
      [['needy'], 'EPACKAGE', /^“needy” cannot be installed: There is no version of “fine”/],
      [['fine', 'needy'], 'EPACKAGE', /^“needy” needs “fine>=2”, but fine 1\.0 was asked for\.$/],
      [
        ['fine', 'changed'],
        'EINTEGRITY',
        /^The wheel of “changed” 1\.0 is not the file its sha256 was taken of/,
      ],
      [['gone'], 'ENOTFOUND', /^The wheel of “gone” 1\.0 is not at http/],
      [['fine @ http://example.com/x.whl'], 'EINVAL', /does not name a Python package/],
      [['&?'], 'EINVAL', /^“&\?” does not name a Python package/],
    ];
    for (const [requirements, code, message] of cases) {
      const error = await failure(install(...requirements));
      expect(error.code).to.equal(code);
      expect(error.message).to.match(message);
    }
    expect((await sandbox.run('python', ['-c', 'import fine'])).stderr).to.contain('ModuleNotFoundError');
  });

  it('of the distribution are looked for where that has them', async () => {
    const error = await failure(install('packaging'));
    expect(error.code).to.equal('ENOTFOUND');
    expect(error.message).to.match(/^The wheel of “packaging” [\d.]+ is not at .*\/distribution\/packaging-/);
  });

  it('are downloaded once, and again only by another page', async () => {
    await shelf.offer('once', [await makeWheel({ name: 'once', files: { 'once.py': '' } })]);
    await install('once');
    await sandbox.dispose();
    sandbox = await kernel.sandbox();
    await install('once');
    const wheels = (await shelf.requests()).filter((path) => path.startsWith('files/once'));
    expect(wheels).to.have.length('caches' in globalThis ? 1 : 2);
    await shelf.put('simple/once/', '', 'text/plain');
    expect((await failure(installPackages(await kernel.sandbox(), 'python', ['once']))).code).to.equal(
      'EPACKAGE',
    );
  });

  it('with code compiled for this Python run it', async function () {
    const query = 'requirement=msgspec==0.22.0&platform=pyemscripten_2026_0_wasm32&abi=cp314';
    const response = await fetch(`${testConfig.shelf}/__shelf/real-wheel?${query}`);
    // Where the machine has no pip, or reaches no registry, there is none to try.
    if (!response.ok) this.skip();
    const bytes = new Uint8Array(await response.arrayBuffer());
    await shelf.offer('msgspec', [await wheelOf(response.headers.get('x-file') ?? '', bytes)]);
    await install('msgspec==0.22.0');
    const code = 'import msgspec; print(msgspec.json.encode({"a": [1, 2.5]}), msgspec._core.__file__)';
    expect(await python(code)).to.match(/^b'\{"a":\[1,2\.5\]\}' \/usr\/local\/.*\/msgspec\/_core\..*\.so\n$/);
  });

  it('that are missing are named by the error', async () => {
    const { stderr } = await sandbox.run('python', ['-c', 'import numpy']);
    expect(stderr).to.contain(
      'The package \'numpy\' is not installed. On a page, packages="numpy" installs it;',
    );
  });
});
