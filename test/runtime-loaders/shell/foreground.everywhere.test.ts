// What is typed around the moment when a program gets the terminal, or gives it back.
import { expect } from 'chai';
import { useShell } from './shell.js';
import { ShellOnTty } from './tty.js';

describe('The terminal between a shell and its programs', function () {
  this.timeout(60_000);
  const shell = useShell();
  const start = (): Promise<ShellOnTty> => ShellOnTty.start(shell.sandbox, { PS1: '> ' }, /^> $/);

  it('gives a session that is typed at once to whom each line is for, and shows it as if it had been typed slowly', async () => {
    const tty = await start();
    await tty.type(
      'echo one\rcat\rtwo\rthree\r\x04/usr/bin/cat\rfour\r\x04read word\rfive\recho "<$word>"\r',
    );
    expect((await tty.shows(/<five>\n> $/)).replaceAll('\r', '')).to.equal(
      'echo one\none\n> cat\ntwo\ntwo\nthree\nthree\n> /usr/bin/cat\nfour\nfour\n' +
        '> read word\nfive\n> echo "<$word>"\n<five>\n> ',
    );
  });

  it('loses no command that is typed while others run', async () => {
    const tty = await start();
    for (let number = 0; number < 20; number++)
      await tty.type(`${number % 2 === 0 ? 'echo' : '/usr/bin/echo'} $((${number} + 100))\r`);
    const shown = await tty.shows(/\n119\n> $/);
    expect(shown.match(/^1\d\d$/gm)).to.deep.equal(Array.from({ length: 20 }, (_, at) => String(100 + at)));
  });

  it('gives a program that goes on the line that is typed right behind fg', async () => {
    const tty = await start();
    await tty.type('/usr/bin/cat\rone\r');
    await tty.shows(/one\none\n$/);
    for (const line of ['two', 'three']) {
      await tty.type('\x1a');
      await tty.shows(/\n> $/);
      await tty.type(`fg\r${line}\r`);
      await tty.shows(`\n${line}\n${line}\n`);
    }
    await tty.type('\x04');
    await tty.shows(/^> $/);
  });

  it('goes on with a call that a stop ended, also in a program that handles no EINTR', async () => {
    const tty = await start();
    await tty.type('/usr/bin/head -n 1 &\r');
    await tty.shows(/\n> $/);
    await tty.type('fg\rline\r');
    await tty.shows(/\nline\nline\n> $/);
  });

  it('ends a program by a ^C that comes before it, in a pipe and out of one', async () => {
    const tty = await start();
    for (const command of ['sleep 100', '/usr/bin/sleep 100', 'sleep 100 | cat', 'sh -c "sleep 100; :"']) {
      await tty.type(`${command}\r`);
      await tty.shows('\n');
      await tty.type('\x03');
      await tty.shows(/> $/);
    }
  });

  it('stops a program as soon as fg has named it', async () => {
    const tty = await start();
    await tty.type('sh -c "echo up; sleep 100; :"\r');
    await tty.shows(/\nup\n$/);
    for (let times = 0; times < 5; times++) {
      await tty.type('\x1a');
      await tty.shows(/\n> $/);
      await tty.type('fg\r');
      await tty.shows(/sleep 100[^\n]*\n$/);
    }
    await tty.type('\x03');
    await tty.shows(/> $/);
  });
});
