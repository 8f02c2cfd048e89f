import { expect } from 'chai';
import { useShell } from './shell.js';

describe('A shell and its limits', () => {
  const shell = useShell();

  it('is ended with all it started when its time is over', async () => {
    const { sandbox } = shell;
    const result = await shell.run('while :; do :; done', { timeoutMs: 1500 });
    expect(result).to.include({ reason: 'timeout' });
    const waiting = await shell.run('/usr/bin/sleep 30 & (while :; do /usr/bin/true; done); echo no', {
      timeoutMs: 1500,
    });
    expect(waiting).to.include({ reason: 'timeout', stdout: '' });
    const { stdout } = await sandbox.run('sh', ['-c', 'ps -A -o args= | grep -c "[s]leep 30"']);
    expect(stdout).to.equal('0\n');
  }).timeout(60_000);

  it('is told of a fork bomb’s end, and the next script runs', async () => {
    const sandbox = await shell.kernel.sandbox({ limits: { processes: 12 } });
    try {
      const bomb = await sandbox.run('sh', ['-c', ':(){ :|:& };:; wait'], { timeoutMs: 5000 });
      expect(bomb.stdout).to.equal('');
      let next = await sandbox.run('sh', ['-c', 'echo alive | cat'], { timeoutMs: 20_000 }).catch(String);
      for (let attempt = 0; attempt < 40 && (typeof next === 'string' || next.stdout === ''); attempt++) {
        await new Promise((resolve) => setTimeout(resolve, 250));
        next = await sandbox.run('sh', ['-c', 'echo alive | cat'], { timeoutMs: 20_000 }).catch(String);
      }
      expect(next).to.include({ stdout: 'alive\n', code: 0 });
    } finally {
      await sandbox.dispose();
    }
  }).timeout(90_000);

  it('fails when its memory is used up, and says so', async () => {
    const sandbox = await shell.kernel.sandbox({ limits: { memoryBytes: 16e6 } });
    try {
      const script = 'x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done';
      const { stdout, stderr } = await sandbox.run('sh', ['-c', `${script}; echo no`], { timeoutMs: 20_000 });
      expect(stdout).to.equal('');
      expect(stderr).to.match(/can't allocate/);
      expect(await sandbox.run('sh', ['-c', 'echo alive'])).to.include({ stdout: 'alive\n' });
    } finally {
      await sandbox.dispose();
    }
  }).timeout(60_000);

  it('fails where the files of its sandbox are full', async () => {
    const sandbox = await shell.kernel.sandbox({ limits: { fileBytes: 1e6 } });
    try {
      const { stdout, stderr } = await sandbox.run('sh', [
        '-c',
        'dd if=/dev/zero of=f bs=100000 count=50; echo $?; rm f; echo x >g; cat g',
      ]);
      expect(stdout).to.match(/^[1-9]\d*\nx\n$/);
      expect(stderr).to.match(/space/i);
    } finally {
      await sandbox.dispose();
    }
  });
});
