import { expect } from 'chai';
import { Kernel, configure, type RunResult, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';
import { makeWheel, Shelf, type Wheel } from './wheels.js';

const shelf = new Shelf();
const cannotWait = testConfig.lane === 'webkit';

describe('pip in a sandbox', () => {
  let granted: Sandbox;
  let ungranted: Sandbox;

  before(async () => {
    configure({ registries: { pypi: shelf.index, pyodide: shelf.distribution } });
    const kernel = await Kernel.boot();
    granted = await kernel.sandbox({ network: [new URL(testConfig.shelf).host] });
    ungranted = await kernel.sandbox();
    const base = await makeWheel({ name: 'base_part', files: { 'base_part.py': 'value = 6\n' } });
    const top = await makeWheel({
      name: 'top',
      version: '3.2',
      files: { 'top.py': 'import base_part\nanswer = base_part.value * 7\n' },
      requires: ['base-part'],
    });
    await shelf.offer('base-part', [base]);
    await shelf.offer('top', [top]);
  });
  after(() => Promise.all([granted.dispose(), ungranted.dispose()]));

  const python = (sandbox: Sandbox, ...args: string[]): Promise<RunResult> => sandbox.run('python', args);

  it('installs what the next program imports', async () => {
    const { stdout, stderr, code } = await granted.run('pip', ['install', 'top']);
    if (cannotWait) {
      expect(stderr).to.match(/^ERROR: this browser cannot pause Python for a download/);
      expect(code).to.equal(1);
      return;
    }
    expect(stderr).to.equal('');
    expect(stdout).to.match(/^Successfully installed (top-3\.2 base-part-1\.0|base-part-1\.0 top-3\.2)\n$/);
    expect((await python(granted, '-c', 'import top; print(top.answer)')).stdout).to.equal('42\n');
    const again = await python(granted, '-m', 'pip', 'install', 'top');
    expect(again.stdout).to.equal('Requirement already satisfied: top\n');
    expect((await granted.run('pip', ['freeze'])).stdout).to.equal('base_part==1.0\ntop==3.2\n');
    expect((await granted.run('pip', ['show', 'top'])).stdout).to.contain('Name: top\nVersion: 3.2\n');
  });

  it('installs for the very program that asks, on time that is not the program’s', async function () {
    if (cannotWait) this.skip();
    const late = await makeWheel({ name: 'late', files: { 'late.py': 'print("late")\n' } });
    await shelf.offer('late', [late]);
    await shelf.put(`files/${late.file}`, late.bytes, 'application/zip', 2_500);
    await granted.fs.writeFile('needs.txt', '# two\nlate\nbase-part>=1\n');
    const code = 'import pip; pip.main(["install", "-q", "-r", "needs.txt"]); import late';
    const { stdout, stderr, reason } = await granted.run('python', ['-c', code], { timeoutMs: 2_000 });
    expect(stderr).to.equal('');
    expect(stdout).to.equal('late\n');
    expect(reason).to.equal(undefined);
  });

  it('reads requirements with hashes on lines of their own, and files that name others', async function () {
    if (cannotWait) this.skip();
    const [plain, hashed] = await Promise.all(
      ['plain', 'hashed'].map((name) => makeWheel({ name, files: { [`${name}.py`]: '' } })),
    );
    for (const wheel of [plain, hashed] as Wheel[]) await shelf.offer(wheel.name, [wheel]);
    const hash = (digest: string): string => `hashed==1.0 \\\n    --hash=sha256:${digest}  # of the wheel\n`;
    await granted.fs.mkdir('needs');
    await granted.fs.writeFile('needs/all.txt', `-r more.txt\n${hash('0'.repeat(64))}`);
    await granted.fs.writeFile('needs/more.txt', '-r all.txt\nplain\n');
    const install = (): Promise<RunResult> => granted.run('pip', ['install', '-r', 'needs/all.txt']);
    const refused = await install();
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.match(/^ERROR: .*hash/);
    await granted.fs.writeFile('needs/all.txt', `-r more.txt\n${hash((hashed as Wheel).sha256)}`);
    const installed = await install();
    expect(installed.stderr).to.equal('');
    expect(installed.stdout).to.contain('plain-1.0').and.contain('hashed-1.0');
  });

  it('says which file of requirements is missing', async () => {
    const { stderr, code } = await granted.run('pip', ['install', '-r', 'nowhere.txt']);
    expect(stderr).to.match(
      /^ERROR: Could not open requirements file: .*No such file or directory: 'nowhere\.txt'\n$/,
    );
    expect(code).to.equal(1);
  });

  it('asks the index only where the grant names it', async function () {
    if (cannotWait) this.skip();
    const before = (await shelf.requests()).length;
    const { stderr, code } = await ungranted.run('pip', ['install', 'secret-of-the-reader']);
    expect(code).to.equal(1);
    expect(stderr).to.contain('There is no “secret-of-the-reader” in the distribution');
    expect(stderr).to.contain(`network="${new URL(testConfig.shelf).host}"`);
    expect(await shelf.requests()).to.have.length(before);
  });

  it('says what cannot be installed, and what it does not know', async function () {
    if (cannotWait) this.skip();
    const unknown = await granted.run('pip3', ['install', 'no-such-thing']);
    expect(unknown.stderr).to.match(/^ERROR: There is no Python package “no-such-thing”\./);
    expect(unknown.code).to.equal(1);
    const verb = await granted.run('pip', ['teleport']);
    expect(verb.stderr).to.contain('ERROR: pip teleport is not known here.');
    expect(verb.code).to.equal(1);
  });
});
