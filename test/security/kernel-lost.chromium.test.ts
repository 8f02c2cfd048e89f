// Chromium only: it gives the sandbox frame an OS process of its own, so that a heap bomb takes the kernel
// and leaves the page. Firefox and WebKit keep the frame in the page's process: there the browser ends the
// tab, or throws in the program, and no test page would be left to look at it.
import { expect } from 'chai';
import { Kernel } from 'wasm-elements/kernel';
import { beats } from './heartbeat.js';

describe('a heap bomb', () => {
  it('takes the kernel and neither the page nor the files', async function () {
    this.timeout(120_000);
    const kernel = await Kernel.boot();
    const lost: unknown[] = [];
    let restored = 0;
    kernel.addEventListener('lost', (event) => lost.push((event as CustomEvent<unknown>).detail));
    kernel.addEventListener('restored', () => (restored += 1));
    const sandbox = await kernel.sandbox({
      files: { 'bomb.mjs': `const kept = []; for (;;) kept.push(new Array(4e6).fill(0.5));` },
    });
    const other = await kernel.sandbox({
      files: {
        'wait.mjs': `console.log('here'); setInterval(() => {}, 1000);`,
        'hi.mjs': `console.log('hi');`,
      },
    });
    await sandbox.fs.writeFile('notes/today.txt', 'written before').catch(async () => {
      await sandbox.fs.mkdir('notes');
      await sandbox.fs.writeFile('notes/today.txt', 'written before');
    });
    const bystander = await other.spawn('javascript', ['wait.mjs']);
    await bystander.stdout.getReader().read();

    const bomb = await sandbox.spawn('javascript', ['bomb.mjs']);
    await beats(20);
    const [status, also] = await Promise.all([bomb.exited, bystander.exited]);
    for (const each of [status, also]) {
      expect(each).to.include({ code: null, signal: 'SIGKILL', reason: 'kernel-lost' });
      expect(each.message).to.match(/\.$/);
    }
    expect(lost).to.have.length(1);
    await beats(20);

    expect(await sandbox.fs.readFile('notes/today.txt', 'utf-8')).to.equal('written before');
    const { stdout } = await other.run('javascript', ['hi.mjs']);
    expect(stdout).to.equal('hi\n');
    expect(kernel.state).to.equal('ready');
    expect(restored).to.equal(1);
  });
});

describe('a page that removes the sandbox frame', () => {
  it('finds its processes ended and its files there', async () => {
    const kernel = await Kernel.boot();
    const sandbox = await kernel.sandbox({
      files: { 'wait.mjs': `console.log('here'); setInterval(() => {}, 1000);` },
    });
    const process = await sandbox.spawn('javascript', ['wait.mjs']);
    await process.stdout.getReader().read();
    await sandbox.fs.writeFile('kept.txt', 'kept');
    for (const frame of document.querySelectorAll('iframe')) frame.remove();
    expect(await sandbox.fs.readFile('kept.txt', 'utf-8')).to.equal('kept');
    expect((await process.exited).reason).to.equal('kernel-lost');
  });
});
