import { expect } from 'chai';
import { transport, useShell } from './shell.js';

describe('A shell script', () => {
  const shell = useShell();

  it('runs in a process of the transport that its page allows', async () => {
    const process = await shell.sandbox.spawn('sh', ['-c', ':'], { stdin: 'null' });
    expect(process.transport).to.equal(transport);
    expect(await process.exited).to.include({ code: 0, signal: null });
  });

  it('connects programs by pipes, as many as it likes', async () => {
    await shell.prints('printf "b\\na\\nb\\n" | sort | uniq -c | sed "s/^ *//"', '1 a\n2 b\n');
    await shell.prints(
      'seq 1000 | grep 7 | awk "{ sum += \\$1 } END { print sum }" | cat | tr -d x',
      '157842\n',
    );
  });

  it('keeps what a subshell changes to itself', async () => {
    await shell.prints(
      'x=1; (x=2; cd /tmp; exit 3); echo $? $x $PWD; { x=4; }; echo $x',
      '3 1 /home/user\n4\n',
    );
  });

  it('takes text in place of a file', async () => {
    const text =
      'cat <<END\n$((6 * 7)) $(echo by a program)\nEND\ncat <<-"END"\n\t$HOME\n\tEND\ncat <<<word\n';
    await shell.prints(text, '42 by a program\n$HOME\nword\n');
  });

  it('puts output where it is told', async () => {
    await shell.prints(
      'echo one >f; echo two >>f; cat <f; { echo out; echo err >&2; } 2>&1 >/dev/null; exec 3<f; read a <&3; read b <&3; echo $b $a',
      'one\ntwo\nerr\ntwo one\n',
    );
    const { stdout, stderr } = await shell.run('echo out; echo err >&2');
    expect({ stdout, stderr }).to.deep.equal({ stdout: 'out\n', stderr: 'err\n' });
  });

  it('finds what is under /dev and /proc by links and from other folders', async () => {
    await shell.prints(
      'cd /tmp; ln -s /dev/null n; ln -s /proc p; ln -s ../tmp/p/self s; echo x >n; cat n; test -c n && readlink n\n' +
        'head -n 1 p/self/status s/status; ls p/ | grep uptime; ls -L p | grep uptime\n' +
        'cd /usr/bin; echo x >../../dev/null; head -c 2 ../../dev/zero | wc -c; head -n 1 ../../proc/self/status\n' +
        // Nothing was made in the tree under them.
        'cd /; ls -l dev/null | cut -c 1; cat dev/null; cat /tmp/../dev/../proc/../dev/null',
      '/dev/null\n==> p/self/status <==\nName:\thead\n\n==> s/status <==\nName:\thead\nuptime\nuptime\n2\nName:\thead\nc\n',
    );
  });

  it('cannot write to a device that is full', async () => {
    const { stdout, stderr, code } = await shell.run(
      'echo x >/dev/full; echo $?; head -c 2 /dev/full | wc -c; dd if=/dev/zero of=/dev/full count=1 2>/dev/null || seq 9 >/dev/full',
    );
    expect({ stdout, code }).to.deep.equal({ stdout: '1\n2\n', code: 1 });
    expect(stderr).to.match(/^seq: .*No space left on device\n$/);
  });

  it('ends with the code of its last command, or the one it says', async () => {
    for (const [script, code] of [
      ['true', 0],
      ['false', 1],
      ['exit 42', 42],
      ['sh -c "exit 300"', 44],
      ['true | false', 1],
      ['false | true', 0],
      ['set -o pipefail; false | true', 1],
      ['set -e; false; exit 9', 1],
      ['! true', 1],
    ] as const)
      await shell.prints(script, '', code);
  });

  it('has functions, arithmetic, patterns and loops', async () => {
    await shell.prints(
      'f() { local n=$1; echo "f $n $#"; return 3; }; f a b; echo $?\n' +
        'for i in 1 2 3; do case $i in 2) continue;; *) echo $((i * i % 7));; esac; done\n' +
        'touch b.txt a.txt c.md; echo *.txt [!a]*; v=path/to/x.tar.gz; echo ${v##*/} ${v%%.*} ${#v} ${none:-no}\n' +
        'set -- "a b" c; for w in "$@"; do echo "<$w>"; done; while read -r l; do echo "$l."; done <<<"$(printf "1\\n2")"',
      'f a 2\n3\n1\n2\na.txt b.txt b.txt c.md\nx.tar.gz path/to/x 16 no\n<a b>\n<c>\n1.\n2.\n',
    );
  });

  it('says what is no command, with 127', async () => {
    const { stdout, stderr, code } = await shell.run('nosuch; echo $?; ./nosuch');
    expect({ stdout, code }).to.deep.equal({ stdout: '127\n', code: 127 });
    expect(stderr.split('\n')).to.have.length(3);
    expect(stderr).to.match(/nosuch: .*not found\n.*\.\/nosuch: .*not found/);
  });

  it('says what cannot be run, with 126', async () => {
    const { stdout, stderr, code } = await shell.run('echo echo hi >f; ./f; echo $?; /tmp');
    expect({ stdout, code }).to.deep.equal({ stdout: '126\n', code: 126 });
    expect(stderr).to.match(/\.\/f: .*Permission denied\n.*\/tmp: .*(Is a directory|Permission denied)/);
  });

  it('says where its syntax is wrong and runs nothing of that line', async () => {
    const { stdout, stderr, code } = await shell.run('echo before\nif; then');
    expect(stdout).to.be.oneOf(['', 'before\n']);
    expect(code).to.be.within(1, 2);
    expect(stderr).to.contain('syntax error');
  });

  it('runs files, by their first line or without one', async () => {
    await shell.sandbox.fs.writeFile('with.sh', '#!/bin/sh\necho "$0 $1 $#"\nexit 4\n', { mode: 0o755 });
    await shell.sandbox.fs.writeFile('without', 'echo "none $1"\n', { mode: 0o755 });
    await shell.sandbox.fs.writeFile('by-env', '#!/usr/bin/env bash\necho "env $1"\n', { mode: 0o755 });
    await shell.prints('./with.sh a b; echo $?', './with.sh a 2\n4\n');
    await shell.prints(
      './without x; ./by-env y; sh with.sh c; sh ./without z',
      'none x\nenv y\nwith.sh c 1\nnone z\n',
      0,
    );
    await shell.prints('PATH=$PWD:$PATH; without q; cd /; without r', 'none q\nnone r\n');
    const { stdout, code } = await shell.sandbox.run('./with.sh', ['by the page']);
    expect({ stdout, code }).to.deep.equal({ stdout: './with.sh by the page 1\n', code: 4 });
  });

  it('finds programs in PATH, and tells where', async () => {
    await shell.prints(
      'which ls python3; command -v awk; PATH=/tmp; command -v awk || echo none',
      ['/usr/bin/ls\n/usr/bin/python3\n/usr/bin/awk\n', 'none\n'].join(''),
    );
    await shell.prints(
      'mkdir bin; printf "#!/bin/sh\\necho mine" >bin/ls; chmod +x bin/ls; PATH=~/bin:$PATH; ls',
      'mine\n',
    );
    await shell.prints(
      'readlink /bin; /bin/echo by path; ls /',
      'usr/bin\nby path\nbin\ndev\nhome\nproc\ntmp\nusr\n',
    );
  });
});
