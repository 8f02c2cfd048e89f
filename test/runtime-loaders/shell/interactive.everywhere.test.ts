import { expect } from 'chai';
import { useShell } from './shell.js';
import { ShellOnTty } from './tty.js';

describe('A shell on a terminal', function () {
  this.timeout(60_000);
  const shell = useShell();

  it('has a prompt that says where it is, and on which branch', async () => {
    await shell.sandbox.fs.writeFile('work/.git/HEAD', 'ref: refs/heads/topic/one\n').catch(async () => {
      await shell.sandbox.fs.mkdir('work/.git', { recursive: true });
      await shell.sandbox.fs.writeFile('work/.git/HEAD', 'ref: refs/heads/topic/one\n');
    });
    const tty = await ShellOnTty.start(shell.sandbox, {}, /^~\$ $/);
    expect(await tty.command('false')).to.equal('');
    expect(await tty.command('echo $?')).to.equal('1\n');
    await tty.type('cd work\r');
    await tty.shows(/\n~\/work \(topic\/one\)\$ $/);
    await tty.type('echo 0123456789abcdef0123456789abcdef01234567 > .git/HEAD; cd /tmp; cd -\r');
    await tty.shows(/\n~\/work \(0123456\)\$ $/);
    await tty.type('cd /usr\r');
    await tty.shows(/\n\/usr\$ $/);
  });

  it('has colours in the prompt where the terminal has them', async () => {
    const tty = await ShellOnTty.start(shell.sandbox, { TERM: 'xterm-256color' }, /~\$ $/);
    await tty.type('cd /tmp\r');
    await tty.shows('cd');
    await tty.shows(/\/tmp/);
    const plain = await ShellOnTty.start(shell.sandbox, { TERM: 'xterm-256color', NO_COLOR: '1' }, /~\$ $/);
    expect(plain.raw).not.to.contain('\x1b[1m');
  });

  it("takes bash's escapes in PS1", async () => {
    const env = { PS1: '\\u:\\W\\$ ', USER: 'ada' };
    const tty = await ShellOnTty.start(shell.sandbox, env, /^ada:~\$ $/);
    await tty.type("cd /usr/bin; PS1='\\[\\e[1m\\]\\w\\[\\e[0m\\]$(__git_ps1) \\$ '\r");
    await tty.shows(/\n\/usr\/bin \$ $/);
    await tty.type("mkdir -p '/tmp/$(echo no)'; cd /tmp/*no*\r");
    await tty.shows(/\n\/tmp\/\$\(echo no\) \$ $/);
  });

  it('reads .profile and .bashrc of the home, another shell in it .bashrc alone', async () => {
    await shell.sandbox.fs.writeFile('.profile', 'echo profile; export WORD=w\n');
    await shell.sandbox.fs.writeFile('.bashrc', "alias hi='echo hello'\n");
    const tty = await ShellOnTty.start(shell.sandbox, {}, /^profile\n~\$ $/);
    expect(await tty.command('hi $WORD')).to.equal('hello w\n');
    await tty.type('sh\r');
    expect(await tty.shows(/\n~\$ $/)).not.to.contain('profile\n');
    expect(await tty.command('hi')).to.equal('hello\n');
    await shell.prints('hi 2>/dev/null || echo none', 'none\n');
  });

  it('says in one line what to do about a command that is not there', async () => {
    const tty = await ShellOnTty.start(shell.sandbox);
    expect(await tty.command('pythn; echo $?')).to.equal('sh: pythn: not found. Did you mean python?\n127\n');
    expect(await tty.command('sudo ls')).to.match(/^sh: sudo: not found; .*yours.*\n$/);
    expect(await tty.command('apt install x')).to.match(/^sh: apt: not found; .*pip.*\n$/);
    expect(await tty.command('PATH=/tmp; python')).to.equal(
      'sh: python: not found in PATH; it is /usr/bin/python\n',
    );
    expect(await tty.command('./no; echo $?')).to.equal('sh: ./no: no such file or directory\n127\n');
    const { stderr, code } = await shell.run('pythn');
    expect({ stderr, code }).to.deep.equal({ stderr: 'sh: pythn: inaccessible or not found\n', code: 127 });
  });

  it('leaves that to command_not_found_handle', async () => {
    await shell.prints(
      'command_not_found_handle() { echo "no $1: $2"; return 9; }; nosuch word; echo $?',
      'no nosuch: word\n9\n',
    );
  });

  it('has commands that were typed before for ! and ^', async () => {
    const tty = await ShellOnTty.start(shell.sandbox);
    await tty.command('echo one two');
    expect(await tty.command('!!')).to.equal('echo one two\none two\n');
    expect(await tty.command('echo !$ !:1')).to.equal('echo two one\ntwo one\n');
    expect(await tty.command('^two^three')).to.equal('echo three one\nthree one\n');
    expect(await tty.command('!?one two')).to.equal('echo one two\none two\n');
    expect(await tty.command('echo \'!!\' "a!" $!')).to.equal('!! a!\n');
    expect(await tty.command('!nosuch')).to.equal('sh: !nosuch: event not found\n');
  });

  it('keeps its history in the sandbox, and no more of it than is useful', async () => {
    await shell.sandbox.fs.writeFile(
      '.sh_history',
      Array.from({ length: 100 }, (_, n) => `echo ${n}\n`).join(''),
    );
    await shell.sandbox.fs.writeFile('.profile', 'HISTSIZE=20\n');
    const first = await ShellOnTty.start(shell.sandbox);
    await first.command('echo remembered');
    await first.type('exit\r');
    await first.process.exited;
    const second = await ShellOnTty.start(shell.sandbox);
    await second.type('\x1b[A\x1b[A');
    await second.shows('echo remembered');
    await second.type('\x03');
    await second.type('\x12memb');
    await second.shows('echo remembered');
    const kept = (await shell.sandbox.fs.readFile('.sh_history', 'utf-8')).trim().split('\n');
    expect(kept.length).to.be.within(15, 25);
    expect(kept).to.include('echo remembered').and.not.include('echo 1');
  });

  it('completes commands, files, variables and options', async () => {
    await shell.sandbox.fs.writeFile('remarkable.txt', 'text\n');
    const tty = await ShellOnTty.start(shell.sandbox);
    const completes = async (keys: string, to: string): Promise<void> => {
      await tty.type(`${keys}\t`);
      await tty.shows(to);
      await tty.type('\x03');
      await tty.shows(/\n~\$ $/);
    };
    await tty.command('greeting() { echo hello; }');
    await completes('unexp', 'unexpand ');
    await completes('greet', 'greeting ');
    await completes('cat rem', 'cat remarkable.txt ');
    await completes('echo $HOM', 'echo $HOME/');
    await completes('echo ${HOM', '${HOME}/');
    await completes('javas', 'javascript ');
    await completes('ls --col', 'ls --color');
    await completes('curl --max', 'curl --max-time ');
  });

  it('shows what a command does by man, and what is built in by help', async () => {
    const tty = await ShellOnTty.start(shell.sandbox);
    expect(await tty.command('man ls | head -1')).to.match(/^usage: ls /);
    expect(await tty.command('man curl | grep -c max-time')).to.equal('1\n');
    expect(await tty.command('man cd | cat')).to.match(/^cd: /);
    expect(await tty.command('man nosuch | cat; help nosuch')).to.match(
      /nothing is known of nosuch\n.*no help topics/,
    );
    expect(await tty.command('help | grep -c .')).to.match(/^\d\d+\n$/);
    expect(await tty.command('man -k reversed | cat')).to.contain('rev ');
    await tty.type('man ls\r');
    await tty.shows(/usage: ls/);
    await tty.type('q');
    await tty.shows(/~\$ $/);
  });
});
