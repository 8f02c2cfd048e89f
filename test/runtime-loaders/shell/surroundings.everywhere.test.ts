import { expect } from 'chai';
import { transport, useShell } from './shell.js';

const text = (stream: ReadableStream<Uint8Array>): Promise<string> => new Response(stream).text();

describe('A shell among others', () => {
  const shell = useShell();

  it('shares its files with the page, both ways', async () => {
    const { fs } = shell.sandbox;
    await fs.writeFile('in.txt', 'of the page\n');
    await shell.prints(
      'cat in.txt; mkdir -p made/here; echo of the shell >made/here/out.txt; chmod 600 in.txt; ln -s in.txt link',
      'of the page\n',
    );
    expect(await fs.readFile('made/here/out.txt', 'utf-8')).to.equal('of the shell\n');
    expect((await fs.stat('in.txt')).mode & 0o777).to.equal(0o600);
    expect(await fs.readlink('link')).to.equal('in.txt');
    await shell.prints('mv made moved; rm in.txt', '');
    expect((await fs.readdir('.')).map(({ name }) => name).sort()).to.deep.equal(['link', 'moved']);
    await fs.writeFile('moved/more.txt', '1\n');
    await shell.prints(
      'find moved -type f | sort; cp -r moved copied; cat copied/*.txt',
      'moved/here/out.txt\nmoved/more.txt\n1\n',
    );
  });

  it('has the environment and the folder it is given', async () => {
    const { stdout } = await shell.run(
      'echo "$WORD $(pwd)"; env | grep -c WORD; unset WORD; export NEW=1; env | grep -e WORD -e NEW',
      {
        env: { WORD: 'two words', PATH: '/usr/bin' },
        cwd: '/tmp',
      },
    );
    expect(stdout).to.equal('two words /tmp\n1\nNEW=1\n');
    await shell.prints('A=1 sh -c "echo \\$A"; echo "<$A>"', '1\n<>\n');
  });

  it('hands on what it has open, and what it ignores', async () => {
    await shell.prints(
      'echo one >in; exec 3<in 4>out; sh -c "cat <&3; echo two >&4"; exec 3<&- 4>&-; cat out',
      'one\ntwo\n',
    );
    await shell.prints(
      `trap "" INT; sh -c 'trap "echo caught" INT; kill -INT $$; echo lives'; sh -c 'kill -INT $$; echo too'`,
      'lives\ntoo\n',
    );
  });

  it('starts programs by links of other names, and empty files as scripts of nothing', async () => {
    await shell.prints(
      'ln -s /usr/bin/sh other; ./other -c "echo by a link"; : >none; chmod +x none; ./none',
      'by a link\n',
    );
  });

  it('reads what the page gives it in advance', async () => {
    const { stdout } = await shell.run('read first; echo "<$first>"; wc -l', { stdin: 'one\ntwo\nthree\n' });
    expect(stdout).to.equal('<one>\n2\n');
  });

  it('runs a script from its input', async () => {
    const { stdout, code } = await shell.sandbox.run('sh', [], {
      stdin: 'echo a\nread line\nof the script\necho "$line"; exit 3\n',
    });
    expect({ stdout, code }).to.deep.equal({ stdout: 'a\nof the script\n', code: 3 });
  });

  it('reads what the page writes while it runs', async () => {
    const process = await shell.sandbox.spawn(
      'sh',
      ['-c', 'while read -r l; do echo "got $l"; done; echo end'],
      {
        timeoutMs: 30_000,
      },
    );
    const printed = text(process.stdout);
    const writer = process.stdin.getWriter();
    for (const line of ['a\n', 'b c\n', '\\d']) await writer.write(new TextEncoder().encode(line));
    await writer.close();
    expect(await printed).to.equal('got a\ngot b c\nend\n');
  });

  it('takes any bytes as arguments and names', async () => {
    const words = ['', ' ', '-n', '$(exit 9)', '`', '"\'\\', '*', 'grüß 😀', 'a\nb', '--', ';rm -rf /'];
    const { stdout } = await shell.sandbox.run('sh', [
      '-c',
      'for w in "$@"; do printf "<%s>" "$w"; done',
      'sh',
      ...words,
    ]);
    expect(stdout).to.equal(words.map((word) => `<${word}>`).join(''));
    await shell.sandbox.fs.writeFile('-rf *\n', 'odd');
    await shell.prints('for f in *; do cat -- "$f"; rm -- "$f"; done; ls -A', 'odd');
  });

  it('hands a long argument on, and refuses one that is too long', async () => {
    const { stdout } = await shell.sandbox.run('sh', [
      '-c',
      'printf %s "$1" | wc -c',
      'sh',
      'x'.repeat(100_000),
    ]);
    expect(stdout.trim()).to.equal('100000');
  });

  it('starts Python, and Python starts it', async function () {
    // Python waits for nobody there.
    if (transport === 'local') this.skip();
    this.timeout(180_000);
    await shell.prints(
      'echo "print(6 * 7)" | python3 -; x=$(python3 -c "print(2 ** 10)"); echo $x; python3 -c "raise SystemExit(5)"',
      '42\n1024\n',
      5,
    );
    await shell.sandbox.fs.writeFile(
      'main.py',
      [
        'import os, subprocess',
        'done = subprocess.run("echo hi | tr a-z A-Z; exit 3", shell=True, capture_output=True, text=True)',
        'print(done.returncode, done.stdout.strip())',
        'print(os.waitstatus_to_exitcode(os.system("exit 5")), os.popen("ls | wc -l").read().strip())',
        'print(subprocess.check_output(["sh", "-c", "cat; echo $0 $1", "a", "b"], input=b"in "))',
      ].join('\n'),
    );
    const { stdout, stderr } = await shell.sandbox.run('python', ['main.py'], { timeoutMs: 60_000 });
    expect({ stdout, stderr }).to.deep.equal({ stdout: "3 HI\n5 1\nb'in a b\\n'\n", stderr: '' });
  });
});
