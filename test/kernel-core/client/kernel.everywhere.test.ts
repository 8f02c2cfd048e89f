import { expect } from 'chai';
import { configure, Kernel, KernelError, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';

/** The error a promise rejects with; fails where it does not reject. */
async function rejection(promise: Promise<unknown>): Promise<KernelError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(outcome).to.be.instanceOf(KernelError);
  return outcome as KernelError;
}

describe('Kernel', () => {
  it('is one per page: later boots join the first', async () => {
    const [first, second] = await Promise.all([Kernel.boot(), Kernel.boot()]);
    expect(first).to.equal(second);
    expect(first.state).to.equal('ready');
    expect(document.querySelectorAll('html > iframe')).to.have.length(1);
  });

  it('runs the transport this page allows', async () => {
    const kernel = await Kernel.boot();
    const sandbox = await kernel.sandbox({ files: { 'main.js': 'console.log(1)' } });
    const process = await sandbox.spawn('javascript', ['main.js'], { stdin: 'null' });
    const expected = {
      'chromium-isolated': 'shared',
      chromium: 'suspending',
      firefox: 'suspending',
      webkit: 'local',
    };
    expect(process.transport).to.equal(expected[testConfig.lane]);
    expect((await process.exited).code).to.equal(0);
    await sandbox.dispose();
  });

  it('refuses settings that come too late or contradict, and takes the same again', () => {
    expect(() => configure({ assets: '/elsewhere/' })).to.throw(KernelError, /after the kernel had started/);
    expect(() => configure({ colour: 'red' } as never)).to.throw(KernelError, /no option “colour”/);
    expect(() => configure({ frame: 'http://' })).to.throw(KernelError, /is not a URL/);
  });

  it('counts what there is', async () => {
    const kernel = await Kernel.boot();
    const sandbox = await kernel.sandbox({ files: { a: '12345' } });
    const stats = await kernel.stats();
    expect(stats.sandboxes).to.equal(1);
    expect(stats.memoryBytes).to.equal(5);
    await sandbox.dispose();
    expect((await kernel.stats()).sandboxes).to.equal(0);
  });
});

describe('sandbox.fs', () => {
  let sandbox: Sandbox;
  before(async () => {
    const kernel = await Kernel.boot();
    sandbox = await kernel.sandbox({
      files: {
        'a.txt': 'hello',
        src: { 'b.bin': new Uint8Array([1, 2, 3]), empty: {} },
        '/etc/motd': new Blob(['hi']),
      },
    });
  });
  after(() => sandbox.dispose());

  it('holds the files it was given, relative to cwd or absolute', async () => {
    expect(await sandbox.fs.readFile('a.txt', 'utf-8')).to.equal('hello');
    expect(await sandbox.fs.readFile('/home/user/a.txt', 'utf-8')).to.equal('hello');
    expect([...(await sandbox.fs.readFile('src/b.bin'))]).to.deep.equal([1, 2, 3]);
    expect(await sandbox.fs.readFile('/etc/motd', 'utf-8')).to.equal('hi');
    expect(await sandbox.fs.readdir('src/empty')).to.deep.equal([]);
  });

  it('writes, appends, renames and removes', async () => {
    await sandbox.fs.writeFile('w', 'one ');
    await sandbox.fs.writeFile('w', 'two', { append: true });
    await sandbox.fs.rename('w', 'src/w');
    expect(await sandbox.fs.readFile('src/w', 'utf-8')).to.equal('one two');
    await sandbox.fs.rm('src/w');
    expect((await rejection(sandbox.fs.readFile('src/w'))).code).to.equal('ENOENT');
  });

  it('replaces a longer file without leaving its end', async () => {
    await sandbox.fs.writeFile('long', 'abcdefgh');
    await sandbox.fs.writeFile('long', 'xy');
    expect(await sandbox.fs.readFile('long', 'utf-8')).to.equal('xy');
    expect((await sandbox.fs.stat('long')).size).to.equal(2);
  });

  it('makes directories, alone or with their parents', async () => {
    expect((await rejection(sandbox.fs.mkdir('x/y/z'))).code).to.equal('ENOENT');
    await sandbox.fs.mkdir('x/y/z', { recursive: true });
    await sandbox.fs.mkdir('x/y/z', { recursive: true });
    expect((await rejection(sandbox.fs.mkdir('x/y'))).code).to.equal('EEXIST');
    expect((await sandbox.fs.stat('x/y/z')).type).to.equal('directory');
  });

  it('removes a directory with its content only when told to', async () => {
    await sandbox.fs.writeFile('x/y/file', '');
    expect((await rejection(sandbox.fs.rm('x'))).code).to.equal('EISDIR');
    await sandbox.fs.rm('x', { recursive: true });
    expect((await rejection(sandbox.fs.rm('x'))).code).to.equal('ENOENT');
    await sandbox.fs.rm('x', { force: true });
  });

  it('follows symbolic links, and finds a loop of them', async () => {
    await sandbox.fs.symlink('/home/user/a.txt', 'link');
    expect(await sandbox.fs.readFile('link', 'utf-8')).to.equal('hello');
    expect((await sandbox.fs.lstat('link')).type).to.equal('symlink');
    expect(await sandbox.fs.readlink('link')).to.equal('/home/user/a.txt');
    await sandbox.fs.symlink('loop', 'loop');
    expect((await rejection(sandbox.fs.readFile('loop'))).code).to.equal('ELOOP');
  });

  it('says what failed, on which path and why', async () => {
    const missing = await rejection(sandbox.fs.readFile('nowhere/file'));
    expect(missing).to.include({ code: 'ENOENT', syscall: 'readFile' });
    expect(missing.path).to.match(/nowhere\/file$/);
    expect(missing.message).to.match(/no such file or directory/);
    expect((await rejection(sandbox.fs.readFile('src'))).code).to.equal('EISDIR');
    expect((await rejection(sandbox.fs.readdir('a.txt'))).code).to.equal('ENOTDIR');
    expect((await rejection(sandbox.fs.readFile('a.txt/x'))).code).to.equal('ENOTDIR');
    expect((await rejection(sandbox.fs.readFile(''))).code).to.equal('ENOENT');
    expect((await rejection(sandbox.fs.writeFile('a\0b', ''))).code).to.equal('EINVAL');
  });

  it('keeps the old content when the disk is full', async () => {
    const kernel = await Kernel.boot();
    const small = await kernel.sandbox({ files: { a: '12345678' }, limits: { fileBytes: 10 } });
    const full = await rejection(small.fs.writeFile('a', '12345678901'));
    expect(full.code).to.equal('ENOSPC');
    expect(await small.fs.readFile('a', 'utf-8')).to.equal('12345678');
    await small.dispose();
  });
});

describe('sandbox.spawn', () => {
  let kernel: Kernel;
  let sandbox: Sandbox;
  before(async () => {
    kernel = await Kernel.boot();
    sandbox = await kernel.sandbox({
      files: {
        'hello.js': 'console.log("out"); console.error("err")',
        'loop.js': 'console.log("looping"); for (;;);',
        'later.js': 'setTimeout(() => console.log("never"), 1e6); console.log("up")',
        script: '#!/usr/bin/env javascript\nconsole.log("by its first line")',
        'text.txt': 'plain text',
      },
    });
  });
  after(() => sandbox.dispose());

  it('collects output and exit code', async () => {
    const result = await sandbox.run('javascript', ['hello.js']);
    expect(result).to.include({ code: 0, signal: null, stdout: 'out\n', stderr: 'err\n' });
    expect(result.durationMs).to.be.greaterThan(0);
  });

  it('runs a file by the interpreter its first line names', async () => {
    expect((await sandbox.run('./script')).stdout).to.equal('by its first line\n');
  });

  it('runs what a link of another name leads to', async () => {
    await sandbox.fs.symlink('/usr/bin/javascript', 'another-name');
    expect((await sandbox.run('./another-name', ['hello.js'])).stdout).to.equal('out\n');
  });

  it('names what cannot be started, and why', async () => {
    const unknown = await rejection(sandbox.run('cobol'));
    expect(unknown.code).to.equal('ENOENT');
    expect(unknown.message).to.match(/no program “cobol”.*python.*javascript/s);
    expect((await rejection(sandbox.run('python@2.7'))).message).to.match(/no Python 2\.7\. There are: 3\./);
    expect((await rejection(sandbox.run('./nothing'))).code).to.equal('ENOENT');
    expect((await rejection(sandbox.run('./text.txt'))).code).to.equal('ENOEXEC');
    expect((await rejection(sandbox.run('html'))).message).to.match(/shown as a page/);
    expect((await rejection(sandbox.run(''))).code).to.equal('EINVAL');
  });

  for (const file of ['loop.js', 'later.js']) {
    it(`ends ${file} when it is killed, with what it printed before`, async () => {
      const process = await sandbox.spawn('javascript', [file]);
      const reader = process.stdout.getReader();
      const first = await reader.read();
      expect(new TextDecoder().decode(first.value)).to.match(/looping|up/);
      process.kill();
      expect(await process.exited).to.deep.equal({ code: null, signal: 'SIGTERM' });
      expect((await reader.read()).done).to.equal(true);
      expect((await kernel.stats()).processes).to.deep.equal([]);
    });
  }

  it('stops a program at its time limit and says so', async () => {
    const result = await sandbox.run('javascript', ['loop.js'], { timeoutMs: 300 });
    expect(result).to.include({ code: null, signal: 'SIGKILL', reason: 'timeout', stdout: 'looping\n' });
    expect(result.message).to.match(/300 ms/);
  });

  it('refuses a signal that does not exist', async () => {
    const process = await sandbox.spawn('javascript', ['later.js']);
    expect(() => process.kill('SIGNONSENSE')).to.throw(KernelError, /no signal “SIGNONSENSE”/);
    process.kill('SIGKILL');
    expect((await process.exited).signal).to.equal('SIGKILL');
  });

  it('ends every process of a sandbox that is disposed', async () => {
    const own = await kernel.sandbox({ files: { 'loop.js': 'for (;;);' } });
    const process = await own.spawn('javascript', ['loop.js']);
    await own.dispose();
    expect((await process.exited).signal).to.equal('SIGKILL');
    expect((await rejection(own.run('javascript', ['loop.js']))).code).to.equal('ELOST');
  });

  it('runs one language after the other', async () => {
    const hello = new URL('/build/test-fixtures/wasi/hello.wasm', location.href);
    const own = await kernel.sandbox({ files: { 'hello.wasm': hello, 'main.js': 'console.log("js")' } });
    const outputs: string[] = [];
    for (const command of ['./hello.wasm', 'javascript', './hello.wasm', './hello.wasm', 'javascript']) {
      outputs.push((await own.run(command, command === 'javascript' ? ['main.js'] : [])).stdout);
    }
    const wasm = 'hello from wasm\n';
    expect(outputs).to.deep.equal([wasm, 'js\n', wasm, wasm, 'js\n']);
    await own.dispose();
  });

  it('holds to the number of processes it may have', async () => {
    const own = await kernel.sandbox({ files: { 'loop.js': 'for (;;);' }, limits: { processes: 1 } });
    await own.spawn('javascript', ['loop.js']);
    expect((await rejection(own.spawn('javascript', ['loop.js']))).code).to.equal('EAGAIN');
    await own.dispose();
  });

  it('joins a named sandbox, but not under other terms', async () => {
    const first = await kernel.sandbox({ name: 'lesson', files: { a: '1' } });
    expect(await kernel.sandbox({ name: 'lesson' })).to.equal(first);
    expect((await rejection(kernel.sandbox({ name: 'lesson', network: '*' }))).code).to.equal('ECONFLICT');
    await first.dispose();
  });
});

describe('a lost kernel', () => {
  it('tells every process, boots again and has the files back', async () => {
    const kernel = await Kernel.boot();
    const sandbox = await kernel.sandbox({
      files: { 'loop.js': 'console.log("up"); for (;;);', 'ok.js': 'console.log("again")', 'dir/deep': 'x' },
    });
    await sandbox.fs.writeFile('kept.txt', 'kept');
    await sandbox.fs.symlink('kept.txt', 'link');
    const process = await sandbox.spawn('javascript', ['loop.js']);
    await process.stdout.getReader().read();

    const lost = new Promise((resolve) => kernel.addEventListener('lost', resolve, { once: true }));
    const restored = new Promise((resolve) => kernel.addEventListener('restored', resolve, { once: true }));
    document.querySelector('html > iframe')?.remove();
    const call = await rejection(sandbox.fs.readFile('kept.txt').then(() => sandbox.fs.readFile('missing')));
    // The first call after the loss may already be answered by the new kernel.
    expect(call.code).to.be.oneOf(['ELOST', 'ENOENT']);
    await lost;
    const status = await process.exited;
    expect(status.reason).to.equal('kernel-lost');
    expect(status.message).to.match(/removed the sandbox frame/);
    await restored;

    expect(kernel.state).to.equal('ready');
    expect(await sandbox.fs.readFile('link', 'utf-8')).to.equal('kept');
    expect(await sandbox.fs.readFile('dir/deep', 'utf-8')).to.equal('x');
    expect((await sandbox.run('javascript', ['ok.js'])).stdout).to.equal('again\n');
    await sandbox.dispose();
  });
});
