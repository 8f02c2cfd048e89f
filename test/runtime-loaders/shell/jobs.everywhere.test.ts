import { expect } from 'chai';
import { useShell } from './shell.js';

describe('A shell and its jobs', () => {
  const shell = useShell();

  it('runs commands behind it and waits for them', async () => {
    await shell.prints(
      '{ sleep 0.2; echo behind; exit 4; } & p=$!; echo before; wait $p; echo $?; (exit 5) & (exit 6) & wait; echo $?',
      'before\nbehind\n4\n0\n',
    );
  });

  it('sleeps as long as it is told to, whoever ends meanwhile', async () => {
    await shell.prints('( (sleep 0.4; echo grandchild) & ) & sleep 1; echo later', 'grandchild\nlater\n');
  });

  it('is told of what a signal ended, be it a program or a copy of itself', async () => {
    const { stdout, code } = await shell.run(
      '/usr/bin/sleep 20 & kill $!; wait $!; echo $?; sleep 20 & kill $!; wait $!; echo $?\n' +
        '(while :; do :; done) & sleep 0.1; kill -HUP $!; wait $!; echo $?; sh -c "kill -9 \\$\\$"',
    );
    expect({ stdout, code }).to.deep.equal({ stdout: '143\n143\n129\n', code: 137 });
  });

  it('ends whole groups', async () => {
    const { stdout, durationMs } = await shell.run(
      'set -m; /usr/bin/sleep 20 | /usr/bin/cat & (sleep 20; echo no) & kill %1 %2; wait; echo done',
    );
    expect(stdout).to.contain('done\n').and.not.contain('no\n');
    expect(durationMs).to.be.below(15_000);
  });

  it('handles signals as its traps say', async () => {
    await shell.prints(
      'trap "echo usr" USR1; trap "echo bye" EXIT; kill -USR1 $$; echo here; exit 3',
      'usr\nhere\nbye\n',
      3,
    );
    await shell.prints(
      'sh -c \'trap "echo term; exit 7" TERM; kill $$; sleep 5; echo no\'; echo $?',
      'term\n7\n',
    );
    await shell.prints('trap "" TERM; kill $$; echo ignored', 'ignored\n');
  });

  it('hears of a signal of the page while it waits', async () => {
    const script = 'trap "echo hup; exit 5" HUP; echo ready; /usr/bin/sleep 20 & wait; echo no';
    const process = await shell.sandbox.spawn('sh', ['-c', script], { stdin: 'null', timeoutMs: 30_000 });
    const reader = process.stdout.getReader();
    await reader.read();
    process.kill('SIGHUP');
    const rest = await reader.read();
    expect(new TextDecoder().decode(rest.value)).to.equal('hup\n');
    expect(await process.exited).to.include({ code: 5 });
  });

  it('keeps its pid when it goes on as another program', async () => {
    const { stdout } = await shell.run('echo $$; exec sh -c "echo \\$\\$; exec sh -c \'echo \\$\\$\'"');
    const [first, ...others] = stdout.trim().split('\n');
    expect(Number(first)).to.be.above(0);
    expect(others).to.deep.equal([first, first]);
    const { stdout: nothing, code } = await shell.run('exec nosuch; echo no');
    expect({ nothing, code }).to.deep.equal({ nothing: '', code: 127 });
  });

  it('stops reading when nobody takes what it writes', async () => {
    await shell.prints('yes | head -3; echo ${PIPESTATUS[@]}', 'y\ny\ny\n141 0\n');
    await shell.prints(
      'yes | head -c 5000000 | wc -c; x=$(yes | head -c 2000000); echo ${#x}',
      '5000000\n1999999\n',
    );
  });
});
