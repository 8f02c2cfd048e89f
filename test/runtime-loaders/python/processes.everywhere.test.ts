import { expect } from 'chai';
import { Kernel, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';

const canWait = testConfig.lane !== 'webkit';

const running = String.raw`
import os, subprocess, sys
print(sys.executable)
done = subprocess.run([sys.executable, '-c', 'import os, sys; print(sys.stdin.read().upper(), os.getppid()); sys.exit(3)'],
                      input='text in', capture_output=True, text=True)
print(done.returncode, done.stdout.split('\n')[0] == f'TEXT IN {os.getpid()}', repr(done.stderr))
print(subprocess.check_output(['python', '-c', 'import os; print(os.getcwd(), os.environ["WORD"])'],
                              cwd='/tmp', env={'WORD': 'given', 'PATH': '/usr/bin'}))
try:
    subprocess.check_call([sys.executable, '-c', 'raise SystemExit(7)'])
except subprocess.CalledProcessError as error:
    print('CalledProcessError', error.returncode)
sys.stdout.flush()
subprocess.run([sys.executable, '-c', 'print("inherited")'], check=True)
both = subprocess.run([sys.executable, '-c', 'import sys; print("out", flush=True); print("err", file=sys.stderr)'],
                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
print(both.stdout)
print(subprocess.run([sys.executable, '-c', 'input()'], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode)
nothing = os.open(os.devnull, os.O_RDONLY)
os.putenv('PUT', 'by putenv')
seen = f'import os, stat; print(os.environ["PUT"], stat.S_ISCHR(os.fstat({nothing}).st_mode))'
print(subprocess.check_output([sys.executable, '-c', seen], pass_fds=[nothing], text=True).strip())
for env in ({'a=b': ''}, {'a': '\0'}):
    try:
        os.spawnve(os.P_WAIT, sys.executable, [sys.executable, '-c', ''], env)
    except ValueError as error:
        print(error)
`;

const talking = String.raw`
import os, select, signal, subprocess, sys
echo = 'import sys\nfor line in sys.stdin: print(line.strip()[::-1], flush=True)'
with subprocess.Popen([sys.executable, '-c', echo], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as child:
    for word in ('abc', 'def'):
        child.stdin.write(word + '\n')
        print(child.stdout.readline().strip(), child.poll())
    child.stdin.close()
    print(repr(child.stdout.read()), child.wait())
big = b'x' * 3_000_000
copy = 'import sys\nwhile block := sys.stdin.buffer.read1(100_000): sys.stdout.buffer.write(block)'
child = subprocess.Popen([sys.executable, '-c', copy], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
print(child.communicate(big)[0] == big, child.returncode)
# Each writes more than a pipe holds before it reads.
copy = f'import sys; sys.stderr.write("y" * {len(big)}); sys.stdout.buffer.write(sys.stdin.buffer.read())'
child = subprocess.Popen([sys.executable, '-c', copy], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
print([each == letter * len(big) for each, letter in zip(child.communicate(big), (b'x', b'y'))], child.returncode)
sleeper = subprocess.Popen([sys.executable, '-c', 'print("up", flush=True); import time; time.sleep(1000)'], stdout=subprocess.PIPE)
sleeper.stdout.readline()
try:
    sleeper.wait(timeout=0.05)
except subprocess.TimeoutExpired:
    print('TimeoutExpired', sleeper.poll())
sleeper.terminate()
print(sleeper.wait() == -signal.SIGTERM)
child = subprocess.Popen([sys.executable, '-c', ''], stdin=subprocess.PIPE, bufsize=0)
child.wait()
try:
    for _ in range(100):
        child.stdin.write(b'x' * 100_000)
except BrokenPipeError:
    print('BrokenPipeError')
for restores in (True, False):
    printer = subprocess.Popen([sys.executable, '-c', 'while True: print("x" * 1000)'], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, restore_signals=restores)
    printer.stdout.read(10)
    printer.stdout.close()
    print(printer.wait() == -signal.SIGPIPE)
`;

const descriptors = String.raw`
import os, select, subprocess, sys, tempfile
reading, writing = os.pipe()
print(os.get_inheritable(reading), os.get_inheritable(os.dup(reading)), select.select([reading], [writing], [], 0) == ([], [writing], []))
print(os.write(writing, b'hello'), select.select([reading], [], [], 1)[0] == [reading], os.read(reading, 100))
os.set_blocking(reading, False)
try:
    os.read(reading, 1)
except BlockingIOError:
    print('BlockingIOError')
os.set_blocking(reading, True)
os.set_inheritable(reading, True)
print(os.get_inheritable(reading))
copy = os.dup(writing)
os.close(writing)
os.write(copy, b'more')
os.dup2(copy, 40)
os.close(copy)
os.write(40, b'!')
os.close(40)
print(os.read(reading, 100), os.read(reading, 100))
os.close(reading)
for call in (lambda: os.read(reading, 1), lambda: select.select([reading], [], [], 0), lambda: os.setuid(1)):
    try:
        call()
    except OSError as error:
        print(error.strerror)
os.setreuid(-1, os.getuid())

with tempfile.TemporaryFile() as file:
    file.write(b'before ')
    file.flush()
    subprocess.run([sys.executable, '-c', 'print("from the child")'], stdout=file)
    file.write(b'after')
    file.flush()
    file.seek(0)
    print(file.read(), file.tell())

reading, writing = os.pipe()
child = subprocess.Popen([sys.executable, '-c', f'import os; os.write({writing}, b"passed on")'], pass_fds=[writing])
os.close(writing)
print(os.read(reading, 100), os.read(reading, 100), child.wait())
os.close(reading)
with open('read.txt', 'w') as file:
    file.write('first\nsecond\n')
with open('read.txt') as file:
    subprocess.run([sys.executable, '-c', 'import os; print(os.read(0, 6))'], stdin=file)
    print(os.read(file.fileno(), 100))
`;

const closing = String.raw`
import os, subprocess, sys
first = os.dup(0)
print(os.pipe() == (first + 1, first + 2), os.dup(0) == first + 3)
saved = [os.dup(fd) for fd in range(3)]
os.closerange(0, 3)
try:
    both = subprocess.run(['sh', '-c', 'cat; echo err >&2'], stdin=saved[0], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
finally:
    for fd, copy in enumerate(saved):
        os.dup2(copy, fd)
        os.close(copy)
print(both.stdout, both.stderr, flush=True)
print(subprocess.call(['sh', '-c', 'echo inherited']), flush=True)
shows = 'python -c "import sys; print(sys.stdout); print(sys.stdin, sys.stdout, file=sys.stderr)" <&- >&-'
print(subprocess.run(shows, shell=True, stderr=subprocess.PIPE).stderr)
subprocess.run([sys.executable, '-c', 'open("masked", "w")'], umask=0o053)
print(oct(os.stat('masked').st_mode & 0o777))
print(subprocess.run([sys.executable, '-c', 'import os; os.abort()']).returncode)
for word, env in (('pass#\0', None), ('pass', {'A': '\0'})):
    try:
        subprocess.run([sys.executable, '-c', word], env=env)
    except ValueError as error:
        print(error)
import fcntl
ends = os.pipe()
print(fcntl.fcntl(ends[0], fcntl.F_GETPIPE_SZ) == fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, 4096))
`;

const calling = String.raw`
import os, signal, subprocess, sys
print(os.system('python -c "import sys; sys.exit(4)"') >> 8, os.popen('''python -c 'print("piped")' | tr p P''').read())
print(subprocess.run('absent', shell=True, stderr=subprocess.DEVNULL).returncode)
print(subprocess.getoutput('python -V').startswith('Python 3.'))
os.close(0)  # then a child has none
print(subprocess.run([sys.executable, '-c', 'print("no input")'], capture_output=True, text=True).stdout.strip())
pid = os.spawnv(os.P_NOWAIT, sys.executable, ['python', '-c', 'raise SystemExit(5)'])
print(os.waitpid(pid, 0)[0] == pid)
pid = os.posix_spawn(sys.executable, ['python', '-c', 'print(1)'], os.environ,
                     file_actions=[(os.POSIX_SPAWN_OPEN, 1, 'out.txt', os.O_WRONLY | os.O_CREAT, 0o600)])
child, status = os.wait()
print(child == pid, os.WIFEXITED(status), os.WEXITSTATUS(status), open('out.txt').read())
for call in (lambda: os.waitpid(-1, 0), lambda: os.kill(99999, 0), lambda: subprocess.run(['absent', 'x']),
             lambda: subprocess.run([sys.executable], cwd='/absent'), lambda: subprocess.run(['/tmp']), os.fork):
    try:
        call()
    except OSError as error:
        print(type(error).__name__, error.filename, error.strerror)
import multiprocessing, threading, concurrent.futures
for call in (multiprocessing.Process(target=print).start, multiprocessing.Queue, multiprocessing.Pool,
             concurrent.futures.ProcessPoolExecutor, lambda: concurrent.futures.ThreadPoolExecutor().submit(abs, 1),
             threading.Thread(target=print).start):
    try:
        call()
    except (OSError, RuntimeError, NotImplementedError) as error:
        print(type(error).__name__, error)
import asyncio
os.environ['WASM_ELEMENTS_POOL'] = 'inline'
with concurrent.futures.ThreadPoolExecutor() as threads, concurrent.futures.ProcessPoolExecutor() as processes:
    print(list(threads.map(abs, [-1, -2])), processes.submit(abs, -3).result(), asyncio.run(asyncio.to_thread(abs, -3)),
          type(threads.submit(divmod, 1, 0).exception()).__name__)
`;

const replacing = String.raw`
import os, subprocess, sys
for argv, env in (([], {}), ([''], {}), (['python'], {'a=b': ''})):
    try:
        os.execve(sys.executable, argv, env)
    except ValueError as error:
        print(type(error).__name__)
for call in (lambda: os.execv('absent', ['absent']), lambda: os.execvp('absent', ['absent'])):
    try:
        call()
    except FileNotFoundError as error:
        print(error.strerror)
child = 'import os, sys; os.execl(sys.executable, "other", "-c", "import os, sys; print(os.getpid()); sys.exit(3)")'
child = subprocess.Popen([sys.executable, '-c', child], stdout=subprocess.PIPE, text=True)
print(int(child.stdout.read()) == child.pid, child.wait())
reading, writing = os.pipe()
os.set_inheritable(writing, True)
with open('kept', 'w') as file:
    file.write('kept')
os.putenv('PUT', 'by putenv')
print(os.getpid(), flush=True)
os.execvp('sh', ['shell', '-c', f'echo $$ $0 $PUT; cat kept; echo x >&{writing} && exit 4'])
`;

const refusing = String.raw`
import os, socket, subprocess, sys
print(os.getpid() > 0, os.getppid())
reading, writing = os.pipe()
os.write(writing, b'here')
print(os.read(reading, 10))
try:
    subprocess.run([sys.executable, '-c', ''])
except OSError as error:
    print(error.strerror)
try:
    socket.socket()
except OSError as error:
    print(error.strerror)
`;

const noPool =
  'there are no worker processes here that share Python objects; ' +
  'use asyncio, or start another interpreter with subprocess.run([sys.executable, …])';
const orInPlace =
  'or set WASM_ELEMENTS_POOL=inline in the environment, and pools call their functions at once';

describe('A Python program with others', () => {
  let kernel: Kernel;
  let sandbox: Sandbox;

  before(async () => {
    kernel = await Kernel.boot();
  });

  beforeEach(async function () {
    this.timeout(180_000);
    if (!canWait) this.skip();
    sandbox = await kernel.sandbox();
  });

  afterEach(() => sandbox?.dispose());

  async function lines(program: string): Promise<string[]> {
    await sandbox.fs.writeFile('main.py', program);
    const { code, signal, stdout, stderr } = await sandbox.run('python', ['main.py']);
    expect([stderr, code, signal]).to.deep.equal(['', 0, null]);
    return stdout.split('\n').slice(0, -1);
  }

  it('runs interpreters of their own and takes what they print', async () => {
    expect(await lines(running)).to.deep.equal([
      '/usr/bin/python3',
      "3 True ''",
      "b'/tmp given\\n'",
      'CalledProcessError 7',
      'inherited',
      "b'out\\nerr\\n'",
      '1',
      'by putenv True',
      'illegal environment variable name',
      'embedded null byte',
    ]);
  }).timeout(180_000);

  it('talks with them through pipes, as much as it likes, and ends them', async () => {
    expect(await lines(talking)).to.deep.equal([
      'cba None',
      'fed None',
      "'' 0",
      'True 0',
      '[True, True] 0',
      'TimeoutExpired None',
      'True',
      'BrokenPipeError',
      'True',
      'False',
    ]);
  }).timeout(180_000);

  it('has pipes, and shares them and files with its children', async () => {
    expect(await lines(descriptors)).to.deep.equal([
      'False False True',
      "5 True b'hello'",
      'BlockingIOError',
      'True',
      "b'more!' b''",
      ...['Bad file descriptor', 'Bad file descriptor', 'Operation not permitted'],
      "b'before from the child\\nafter' 27",
      "b'passed on' b'' 0",
      "b'first\\n'",
      "b'second\\n'",
    ]);
  }).timeout(180_000);

  it('closes its standard streams, and has them again', async () => {
    expect(await lines(closing)).to.deep.equal([
      'True True',
      String.raw`b'' b'err\n'`,
      'inherited',
      '0',
      String.raw`b'None None\n'`,
      '0o624',
      '-6',
      'embedded null byte',
      'embedded null byte',
      'True',
    ]);
  }).timeout(180_000);

  it('goes on as another one', async () => {
    await sandbox.fs.writeFile('main.py', replacing);
    const process = await sandbox.spawn('python', ['main.py']);
    const [stdout, stderr, status] = await Promise.all([
      new Response(process.stdout).text(),
      new Response(process.stderr).text(),
      process.exited,
    ]);
    expect(stderr).to.equal('');
    const [pid, ...rest] = stdout.split('\n').slice(6);
    expect(stdout.split('\n').slice(0, 6)).to.deep.equal([
      ...['ValueError', 'ValueError', 'ValueError'],
      ...['No such file or directory', 'No such file or directory'],
      'True 3',
    ]);
    expect(rest).to.deep.equal([`${pid} shell by putenv`, 'kept']);
    expect(status.code).to.equal(4);
  }).timeout(180_000);

  it('is told what cannot be done, and by what it can be done instead', async () => {
    expect(await lines(calling)).to.deep.equal([
      '4 PiPed',
      '',
      '127',
      'True',
      'no input',
      'True',
      'True True 0 1',
      '',
      'ChildProcessError None No child process',
      'ProcessLookupError None No such process',
      'FileNotFoundError absent No such file or directory',
      'FileNotFoundError /absent No such file or directory',
      'PermissionError /tmp Permission denied',
      'OSError None os.fork: a running Python cannot be copied here, start another program with subprocess',
      `OSError [Errno 138] multiprocessing.Process: ${noPool}`,
      `OSError [Errno 138] multiprocessing.Queue: ${noPool}`,
      `OSError [Errno 138] multiprocessing.Pool: ${noPool}`,
      `NotImplementedError ProcessPoolExecutor: ${noPool}, ${orInPlace}`,
      `RuntimeError can't start new thread: there are no threads here, use asyncio, ${orInPlace}`,
      "RuntimeError can't start new thread: there are no threads here, use asyncio",
      '[1, 2] 3 3 ZeroDivisionError',
    ]);
  }).timeout(180_000);
});

describe('A Python program in a browser that cannot pause it', () => {
  it('has pipes of its own, and is told why it cannot start others', async function () {
    this.timeout(180_000);
    if (canWait) this.skip();
    const kernel = await Kernel.boot();
    const sandbox = await kernel.sandbox({ files: { 'main.py': refusing } });
    const { stdout, stderr } = await sandbox.run('python', ['main.py']);
    expect(stderr).to.equal('');
    const sentence =
      'this browser cannot pause Python for another program (it has no JavaScript Promise Integration and the ' +
      'page is not cross-origin isolated)';
    expect(stdout.split('\n')).to.deep.equal(['True 0', "b'here'", sentence, sentence, '']);
    await sandbox.dispose();
  });
});
