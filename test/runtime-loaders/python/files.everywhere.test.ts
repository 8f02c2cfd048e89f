import { expect } from 'chai';
import { Kernel, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';

/** Where nothing can block, the kernel cannot be asked before a call returns. */
const canWait = testConfig.lane !== 'webkit';

const checks = String.raw`
import errno, fcntl, os, stat, tempfile

# O_EXCL: whoever makes a file may write it, whatever its mode says.
fd = os.open('sealed', os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o400)
print(os.write(fd, b'text'), oct(stat.S_IMODE(os.fstat(fd).st_mode)))
os.close(fd)
for again in (os.O_WRONLY | os.O_CREAT | os.O_EXCL, os.O_WRONLY):
    try:
        os.open('sealed', again)
    except OSError as error:
        print(errno.errorcode[error.errno])
try:
    open('nowhere/file', 'x')
except OSError as error:
    print(errno.errorcode[error.errno])
with tempfile.NamedTemporaryFile('w+', dir='.') as file:
    file.write('kept')
    file.seek(0)
    print(file.read(), os.path.exists(file.name))

# Rename: over a file, with what is open staying open; a directory not into itself.
open('one', 'w').write('1')
open('two', 'w').write('2')
was = open('two')
os.rename('one', 'two')
print(open('two').read(), was.read(), os.path.exists('one'))
os.makedirs('top/below')
for source, target in (('top', 'top/below/top'), ('missing', 'x'), ('two', 'top')):
    try:
        os.rename(source, target)
    except OSError as error:
        print(errno.errorcode[error.errno], end=' ')
print()

# Appending goes where the file ends by then.
log = open('log', 'a', buffering=1)
log.write('first\n')
with open('log', 'r+') as other:
    other.seek(0, 2)
    other.write('second\n')
log.write('third\n')
print(log.tell(), open('log').read().split())

# Writing here and there in a file that grows.
import zipfile
with zipfile.ZipFile('many.zip', 'w') as archive:
    for number in range(1_000):
        archive.writestr(f'{number}', bytes(5_000))
print(len(zipfile.ZipFile('many.zip').namelist()))

# Locks of one process do not get in its own way.
file = open('locked', 'w+')
fcntl.lockf(file, fcntl.LOCK_EX)
fcntl.lockf(open('locked', 'w+'), fcntl.LOCK_EX | fcntl.LOCK_NB)
fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
fcntl.flock(file, fcntl.LOCK_UN)
print('done')

# Hard links, and more than one share of the free space in one go.
__import__('pathlib').Path('again').hardlink_to('log')
open('again', 'a').write('fourth')
print(open('log').read()[-6:], os.stat('log').st_nlink, os.path.samefile('log', 'again'))
for source, target in (('log', 'again'), ('missing', 'x'), ('top', 'x')):
    try:
        os.link(source, target)
    except OSError as error:
        print(errno.errorcode[error.errno], error.filename, error.filename2)
piece = bytes(1 << 20)
with open('large', 'wb', buffering=0) as file:
    print(sum(file.write(piece) for _ in range(48)) == 48 << 20, os.path.getsize('large') == 48 << 20)
`;

const race = String.raw`
import os, sys
name = sys.argv[1]
print('ready', flush=True)
input()
made, moved = [], []
for index in range(60):
    try:
        os.close(os.open(f'exclusive-{index}', os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        made.append(index)
    except FileExistsError:
        pass
    try:
        os.rename(f'source-{index}', f'{name}-{index}')
        moved.append(index)
    except FileNotFoundError:
        pass
    with open('log', 'a') as log:
        log.write(f'{name} {index}\n')
print(made, moved, sep='\n')
`;

const starter = String.raw`
import os, subprocess, sys
program = ${JSON.stringify(race)}
for index in range(60):
    open(f'source-{index}', 'w').close()
pipes = {'stdin': subprocess.PIPE, 'stdout': subprocess.PIPE, 'text': True}
racers = [subprocess.Popen([sys.executable, '-c', program, name], **pipes) for name in ('a', 'b')]
for racer in racers:
    racer.stdout.readline()
for racer in racers:
    racer.stdin.write('\n')
    racer.stdin.flush()
said = [racer.communicate()[0].split('\n') for racer in racers]
for kind in (0, 1):
    first, second = (set(eval(lines[kind])) for lines in said)
    print(sorted(first | second) == list(range(60)), first & second)
lines = open('log').read().splitlines()
print(sorted(lines) == sorted(f'{name} {index}' for name in 'ab' for index in range(60)))
`;

const counting = String.raw`
import sqlite3, sys
name, times = sys.argv[1], int(sys.argv[2])
for _ in range(times):
    database = sqlite3.connect('counted.db', timeout=60, isolation_level=None)
    database.execute('begin immediate')
    (count,) = database.execute('select count from total').fetchone()
    database.execute('update total set count = ?', (count + 1,))
    database.execute('insert into steps values (?, ?)', (name, count))
    database.execute('commit')
    database.close()
print(name, 'counted')
`;

const counters = String.raw`
import sqlite3, subprocess, sys
program = ${JSON.stringify(counting)}
with sqlite3.connect('counted.db') as database:
    database.execute('create table total (count integer)')
    database.execute('insert into total values (0)')
    database.execute('create table steps (name text, step integer)')
database.close()
children = [subprocess.Popen([sys.executable, '-c', program, name, '40']) for name in 'abc']
print([child.wait() for child in children])
database = sqlite3.connect('counted.db')
print(database.execute('select count from total').fetchone(), database.execute('pragma integrity_check').fetchone())
print(database.execute('select count(*), count(distinct step) from steps').fetchone())

# Two that lock each other out, and a log whose index cannot be shared.
other = 'import sqlite3\ntry:\n    sqlite3.connect("%s", timeout=0).execute("%s")\n    print("got it")\nexcept sqlite3.OperationalError as error:\n    print(error)'
def ask(name, statement):
    sys.stdout.flush()
    subprocess.run([sys.executable, '-c', other % (name, statement)])
database.isolation_level = None
database.execute('begin exclusive')
ask('counted.db', 'select * from total')
database.execute('rollback')
ask('counted.db', 'select * from total')
database.close()
logged = sqlite3.connect('logged.db', isolation_level=None)
print(logged.execute('pragma journal_mode=wal').fetchone())
logged.execute('create table t (a)')
ask('logged.db', 'insert into t values (1)')
logged.close()
ask('logged.db', 'insert into t values (2)')
`;

const locks = String.raw`
import errno, fcntl, struct, subprocess, sys
file = open('records', 'w+b')
file.write(bytes(100))
file.flush()
fcntl.lockf(file, fcntl.LOCK_EX, 10, 20)
fcntl.lockf(file, fcntl.LOCK_SH, 10, 60)
program = '''
import fcntl, os, struct
file = open('records', 'r+b')
def attempt(kind, length, start):
    try:
        fcntl.lockf(file, kind | fcntl.LOCK_NB, length, start)
        return 'locked'
    except OSError as error:
        return error.strerror
print(attempt(fcntl.LOCK_EX, 10, 0), attempt(fcntl.LOCK_EX, 1, 25), attempt(fcntl.LOCK_SH, 5, 60), attempt(fcntl.LOCK_EX, 5, 60))
kind, whence, start, length, pid = struct.unpack('hhxxxxqqi', fcntl.fcntl(file, fcntl.F_GETLK, struct.pack('hhxxxxqqixxxx', fcntl.F_WRLCK, 0, 0, 0, 0))[:28])
print(kind == fcntl.F_WRLCK, start, length, pid == os.getppid())
print('waiting', flush=True)
fcntl.lockf(file, fcntl.LOCK_EX, 10, 20)
print('got it')
'''
child = subprocess.Popen([sys.executable, '-c', program], stdout=subprocess.PIPE, text=True)
for line in child.stdout:
    print(line, end='')
    if line == 'waiting\n':
        open('records').close()  # as fcntl(2) has it: this lets go of all of them
print(child.wait())
`;

/** Where paths lead while directories and links before their last name come, go and change. */
const ways = String.raw`
import errno, os

def look(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError as error:
        return errno.errorcode[error.errno]

def put(path, text):
    with open(path, 'w') as file:
        file.write(text)

os.makedirs('work/a/b')
os.chdir('work')
put('a/b/f', 'first')
print(look('a/b/f'), look('./a/b/f'), look('a/../a/b/f'), look('a//b///f'), look('a/b/f/'), look('a/b/f/x'))
os.rename('a', 'c')
print(look('a/b/f'), look('c/b/f'))
os.makedirs('a/b')
print(look('a/b/f'), os.path.exists('a/b/f'), os.stat('a/b/.').st_ino == os.stat('a/b').st_ino)
put('a/b/f', 'second')
os.symlink('c', 'way')
print(look('way/b/f'), os.path.realpath('way/b/f').endswith('/c/b/f'), os.path.islink('way'))
os.unlink('way')
os.symlink('a', 'way')
print(look('way/b/f'), look('way/b/g'))
os.symlink('f', 'a/b/link')
print(look('way/b/link'), os.lstat('way/b/link').st_size, os.readlink('way/b/link'), os.stat('way/b/link').st_size)
os.symlink('turn/again', 'turn')
print(look('turn'), look('turn/x'), look('turn/x/y'))
os.chdir('a')
print(look('b/f'), look('f'), look('../c/b/f'))
os.chdir('../c')
print(look('b/f'))
os.unlink('b/f')
print(look('b/f'), look('b/f/x'))
os.mkdir('b/f')
put('b/f/x', 'third')
print(look('b/f'), look('b/f/x'))
os.unlink('b/f/x')
os.rmdir('b/f')
print(look('b/f/x'))
put('b/f', 'fourth')
print(look('b/f/x'), look('b/f'))
os.chdir('..')
print(sorted(os.listdir('.')), look('c/b/f'), look('/nowhere/x'), look('x' * 300)[:6])
`;

/** Reads a stream piece by piece. */
function pieces(stream: ReadableStream<Uint8Array>): () => Promise<string> {
  const reader = stream.getReader();
  return async () => new TextDecoder().decode((await reader.read()).value);
}

describe('files of Python', () => {
  let kernel: Kernel;
  let sandbox: Sandbox;
  before(async () => {
    kernel = await Kernel.boot();
  });
  beforeEach(async () => {
    sandbox = await kernel.sandbox();
  });
  afterEach(() => sandbox.dispose());

  const run = async (program: string): Promise<string> => {
    const result = await sandbox.run('python', ['-c', program]);
    return result.stdout + result.stderr;
  };

  it('are made once, renamed over, appended to and locked as POSIX has it', async () => {
    expect(await run(checks)).to.equal(
      [
        '4 0o400',
        'EEXIST',
        'EACCES',
        'ENOENT',
        'kept True',
        '1 2 False',
        'EINVAL ENOENT EISDIR ',
        "19 ['first', 'second', 'third']",
        '1000',
        'done',
        'fourth 2 True',
        'EEXIST log again',
        'ENOENT missing x',
        'EPERM top x',
        'True True',
        '',
      ].join('\n'),
    );
  });

  for (const python of ['python', 'python@3.13', 'python@3.12']) {
    it(`are found where their paths lead by then (${python})`, async () => {
      // The file system of pyodide 0.27 takes links for absolute, and says so less well where a path leads nowhere.
      const isOld = python === 'python@3.12';
      const { stdout, stderr } = await sandbox.run(python, ['-c', ways]);
      expect(stdout + stderr).to.equal(
        [
          `first first first first ${isOld ? 'ENOENT ENOENT' : 'ENOTDIR ENOTDIR'}`,
          'ENOENT first',
          'ENOENT False True',
          'first True True',
          'second ENOENT',
          isOld ? 'second 1 /home/user/work/a/b/f 6' : 'second 1 f 6',
          isOld ? 'ENOENT ENOENT ENOENT' : 'ELOOP ELOOP ELOOP',
          'second ENOENT first',
          'first',
          'ENOENT ENOENT',
          'EISDIR third',
          'ENOENT',
          `${isOld ? 'ENOENT' : 'ENOTDIR'} fourth`,
          `['a', 'c', 'turn', 'way'] fourth ENOENT ${isOld ? 'ENOENT' : 'ENAMET'}`,
          '',
        ].join('\n'),
      );
    });
  }

  it('have one maker and one mover of two, and lose no line that is appended', async function () {
    if (!canWait) this.skip();
    expect(await run(starter)).to.equal('True set()\nTrue set()\nTrue\n');
  });

  it('hold an SQLite database that several write to at once', async function () {
    if (!canWait) this.skip();
    const told = await run(counters);
    expect(told.split('\n').filter((line) => !line.endsWith(' counted'))).to.deep.equal([
      '[0, 0, 0]',
      "(120,) ('ok',)",
      '(120, 120)',
      'database is locked',
      'got it',
      "('wal',)",
      'disk I/O error',
      'got it',
      '',
    ]);
  });

  it('are locked in parts, until they are closed', async function () {
    if (!canWait) this.skip();
    expect(await run(locks)).to.equal(
      [
        'locked Resource temporarily unavailable locked Resource temporarily unavailable',
        'True 20 10 True',
        'waiting',
        'got it',
        '0',
        '',
      ].join('\n'),
    );
  });

  it('show a program that computes what the page changes', async function () {
    if (!canWait) this.skip();
    const program =
      "import os\nprint('up', flush=True)\nwhile not os.path.exists('flag'):\n    pass\nprint('seen')";
    const process = await sandbox.spawn('python', ['-c', program], { stdin: 'null' });
    const next = pieces(process.stdout);
    expect(await next()).to.equal('up\n');
    await sandbox.fs.writeFile('flag', '');
    expect(await next()).to.equal('seen\n');
    expect((await process.exited).code).to.equal(0);
  });

  it('are locked by one program alone where nothing can wait', async function () {
    if (canWait) this.skip();
    const database =
      "import sqlite3\ndb = sqlite3.connect('d.db')\ndb.execute('create table t (a)')\ndb.commit()\nprint('made')\n";
    const first = await sandbox.spawn('python', ['-c', `${database}import time\ntime.sleep(1000)`], {
      stdin: 'null',
    });
    expect(await pieces(first.stdout)()).to.equal('made\n');
    const second = await run(
      "import sqlite3\ntry:\n    sqlite3.connect('d.db').execute('insert into t values (1)')\nexcept sqlite3.OperationalError as error:\n    print(error)\n",
    );
    expect(second).to.equal('database is locked\n');
    first.kill('SIGKILL');
    await first.exited;
    expect(await run(`${database.replace('create table t (a)', 'insert into t values (1)')}`)).to.equal(
      'made\n',
    );
  });
});
