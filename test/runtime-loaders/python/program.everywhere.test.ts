import { expect } from 'chai';
import { Kernel, type Sandbox } from 'wasm-elements/kernel';

const main = String.raw`
import atexit, os, sys

class Told:
    def __del__(self):
        print('collected')

told = Told()
atexit.register(lambda: print('at exit'))
print(sys.argv, sys.path[0], __name__, __file__, os.getcwd(), os.environ['GREETING'])
print([name for name in dir() if not name.startswith('__')])
print('standard input:', repr(sys.stdin.read()))
print('no newline', end='')
sys.exit(3)
`;

const failing = String.raw`
def quotient(a, b):
    return a / b

try:
    import numpy
except ModuleNotFoundError as error:
    print(error)
print('before')
quotient(1, 0)
`;

const files = String.raw`
import errno, mmap, os, pathlib, shutil, sqlite3, stat, tempfile

def fails(number, call):
    try:
        call()
    except OSError as error:
        assert error.errno == number, error
    else:
        raise AssertionError(f'no {errno.errorcode[number]}')

assert pathlib.Path('from-page.txt').read_text() == 'ünïcode\n'
folder = pathlib.Path('made/deep')
folder.mkdir(parents=True)
(folder / 'a.txt').write_text('hello\n')
with open('made/deep/a.txt', 'a') as file:
    file.write('more\n')
with open('made/deep/a.txt', 'r+b') as file:
    file.seek(2); file.write(b'ZZ'); file.seek(-5, os.SEEK_END)
    assert file.read() == b'more\n'
    file.truncate(3)
os.rename('made/deep/a.txt', 'made/b.txt')
os.symlink('b.txt', 'made/link')
assert open('made/link').read() == 'heZ' and os.readlink('made/link') == 'b.txt'
assert stat.S_ISLNK(os.lstat('made/link').st_mode)
os.chmod('made/b.txt', 0o600)
os.utime('made/b.txt', (1_000_000_000, 1_500_000_000.5))
status = os.stat('made/b.txt')
assert (stat.S_IMODE(status.st_mode), status.st_size, status.st_mtime) == (0o600, 3, 1_500_000_000.5)
found = {entry.name: (entry.is_dir(), entry.is_symlink(), entry.inode() == entry.stat(follow_symlinks=False).st_ino)
         for entry in os.scandir('made')}
assert found == {'deep': (True, False, True), 'b.txt': (False, False, True), 'link': (False, True, True)}, found
fails(errno.ENOENT, lambda: open('absent'))
fails(errno.ENOTEMPTY, lambda: os.rmdir('made'))
fails(errno.EEXIST, lambda: os.mkdir('made'))
fails(errno.EEXIST, lambda: os.open('from-page.txt', os.O_CREAT | os.O_EXCL))
fails(errno.EISDIR, lambda: open('made'))
fails(errno.ENOTDIR, lambda: os.listdir('from-page.txt'))
with os.fdopen(os.open('read-only', os.O_CREAT | os.O_WRONLY, 0o444), 'w') as file: file.write('kept')
fails(errno.EACCES, lambda: open('read-only', 'w'))
fails(errno.EACCES, lambda: open('read-only', 'r+'))
assert open('read-only').read() == 'kept'
os.mkdir('closed', 0o500)
fails(errno.EACCES, lambda: open('closed/new', 'w'))
os.chmod('closed', 0o600)
fails(errno.EACCES, lambda: os.stat('closed/new'))
with tempfile.TemporaryDirectory() as place:
    assert place.startswith('/tmp/')
    pathlib.Path(place, 'x').write_bytes(b'1' * 100_000)
assert not os.path.exists(place)
file = open('gone', 'w+'); os.unlink('gone'); file.write('still here'); file.seek(0)
assert file.read() == 'still here'; file.close()
pathlib.Path('mapped').write_bytes(bytes(10_000))
with open('mapped', 'r+b') as file, mmap.mmap(file.fileno(), 0) as memory:
    memory[5_000:5_003] = b'xyz'
assert pathlib.Path('mapped').read_bytes()[4_999:5_004] == b'\0xyz\0'
shutil.copytree('made', 'copy', symlinks=True); shutil.rmtree('made/deep')
with sqlite3.connect('data.db') as database:
    database.execute('create table t (a)')
    database.executemany('insert into t values (?)', [(n,) for n in range(1_000)])
database.close()
assert sqlite3.connect('data.db').execute('select count(*), sum(a) from t').fetchone() == (1_000, 499_500)
assert os.umask(0o077) == 0o022
open('private', 'w').close()
assert stat.S_IMODE(os.stat('private').st_mode) == 0o600
assert len(open('/dev/urandom', 'rb').read(8)) == 8
import beside
print('all held', beside.name)
`;

describe('A Python program in a sandbox', function () {
  // An interpreter takes seconds to start, and many on a busy machine.
  this.timeout(180_000);

  let sandbox: Sandbox;
  before(async () => {
    const kernel = await Kernel.boot();
    sandbox = await kernel.sandbox({
      files: {
        'main.py': main,
        'failing.py': failing,
        'files.py': files,
        'from-page.txt': 'ünïcode\n',
        'beside.py': "name = 'beside'\n",
      },
      env: { GREETING: 'hi' },
    });
  });
  after(() => sandbox.dispose());

  it('gets its arguments, environment and input, runs its exit handlers and ends with its code', async () => {
    const { code, stdout, stderr } = await sandbox.run('python', ['main.py', 'a b', 'ü'], {
      stdin: 'in\nput',
    });
    expect(stderr).to.equal('');
    expect(stdout.split('\n')).to.deep.equal([
      "['main.py', 'a b', 'ü'] /home/user __main__ /home/user/main.py /home/user hi",
      "['Told', 'atexit', 'os', 'sys', 'told']",
      "standard input: 'in\\nput'",
      'no newlineat exit',
      'collected',
      '',
    ]);
    expect(code).to.equal(3);
  });

  it('shows only its own frames, with their lines, when an exception is not caught', async () => {
    const { code, stdout, stderr } = await sandbox.run('python3', ['failing.py']);
    expect(stdout).to.equal("No module named 'numpy'\nbefore\n");
    expect(stderr.split('\n')).to.deep.equal([
      'Traceback (most recent call last):',
      '  File "/home/user/failing.py", line 10, in <module>',
      '    quotient(1, 0)',
      '    ~~~~~~~~^^^^^^',
      '  File "/home/user/failing.py", line 3, in quotient',
      '    return a / b',
      '           ~~^~~',
      'ZeroDivisionError: division by zero',
      '',
    ]);
    expect(code).to.equal(1);
  });

  it('works on the files of the sandbox, and its own library is not among them', async () => {
    const { stdout, stderr } = await sandbox.run('python', ['files.py']);
    expect(stderr).to.equal('');
    expect(stdout).to.equal('all held beside\n');
    expect(await sandbox.fs.readFile('made/b.txt', 'utf-8')).to.equal('heZ');
    expect((await sandbox.fs.stat('made/b.txt')).mode & 0o777).to.equal(0o600);
    expect((await sandbox.fs.stat('mapped')).size).to.equal(10_000);
    const names = async (path: string) => (await sandbox.fs.readdir(path)).map(({ name }) => name);
    expect(await names('copy')).to.have.members(['deep', 'b.txt', 'link']);
    expect(await names('/tmp')).to.deep.equal([]);
    expect(await names('/')).to.not.include('lib');
  });

  it('can be a command line, a module or standard input', async () => {
    const line = await sandbox.run('python', ['-c', 'import sys; print(sys.argv)', 'x']);
    expect(line.stdout).to.equal("['-c', 'x']\n");
    const module = await sandbox.run('python', ['-m', 'json.tool', '--compact'], {
      stdin: '{ "a": [1, 2] }',
    });
    expect(module.stdout).to.equal('{"a":[1,2]}\n');
    const input = await sandbox.run('python', ['-'], {
      stdin: 'print("from input")\nraise SystemExit("reason")\n',
    });
    expect(input.stdout).to.equal('from input\n');
    expect(input.stderr).to.equal('reason\n');
    expect(input.code).to.equal(1);
  });
});
