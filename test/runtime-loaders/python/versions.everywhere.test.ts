import { expect } from 'chai';
import type { WasmRunnable } from 'wasm-elements';
import { configure, installPackages, Kernel, type Sandbox } from 'wasm-elements/kernel';
import { clearPage, next, show } from '../../elements/page.js';
import { testConfig } from '../../test-config.js';
import { reading } from './reading.js';
import { makeWheel, Shelf } from './wheels.js';

const { lane } = testConfig;
/** Where nothing waits there are no subprocesses, and no signal reaches a program that runs. */
const canWait = lane !== 'webkit';
/** For what a program that cannot wait has none of: the tests of these are switched off there. */
const waitingIt = canWait ? it : it.skip;

const versions = ['3.13', '3.12'];
const shelf = new Shelf();

const everything = String.raw`
import asyncio, json, os, pathlib, random, statistics, sys, tempfile, time, zoneinfo
print('statistics' in started, sys.version_info[:2], sys.argv[1:], os.getcwd(), os.environ['WORD'])
pathlib.Path('made.txt').write_text('made\n')
os.rename('made.txt', 'moved.txt')
with open('moved.txt') as file:
    print(file.read().strip(), sorted(os.listdir()), os.stat('moved.txt').st_size)
try:
    open('moved.txt', 'x')
except FileExistsError as error:
    print(error)
os.link('moved.txt', 'second.txt')
print(os.path.samefile('moved.txt', 'second.txt'))
print(json.dumps({'ä': [1.5, None]}))
print(random.random() != random.random(), time.strftime('%Y', time.gmtime(0)), time.localtime(0).tm_year in (1969, 1970))
started_at = time.monotonic()
print(asyncio.run(asyncio.sleep(0.01, 'slept')), time.monotonic() - started_at >= 0.01)
try:
    os.stat('missing')
except OSError as error:
    print(error.errno, error.strerror)
sys.exit(3)
`;

const shouted = String.raw`
import sys
name = input('Name? ')
print('Hello', name, flush=True)
print(sys.stdin.read().upper(), end='')
`;

const families = String.raw`
import asyncio, os, subprocess, sys
print(sys.executable, sys.orig_argv[0])
code = 'import sys; print(sys.version_info[:2], sys.executable, sys.stdin.read().upper()); sys.exit(3)'
done = subprocess.run([sys.executable, '-c', code], input='text in', capture_output=True, text=True)
print(done.returncode, done.stdout.strip(), repr(done.stderr))
with subprocess.Popen([sys.executable, '-c', 'for _ in range(2): print(input()[::-1], flush=True)'],
                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as child:
    for word in ('abc', 'def'):
        child.stdin.write(word + '\n')
        print(child.stdout.readline().strip())
print(child.returncode, os.system('python3.14 -c "import sys; print(sys.version_info[1], flush=True)"'))
async def wait_for_child():
    child = await asyncio.create_subprocess_exec(sys.executable, '-c', 'print("child")', stdout=asyncio.subprocess.PIPE)
    return (await child.communicate())[0], child.returncode
print(asyncio.run(wait_for_child()))
`;

const server = String.raw`
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.path.encode())
server = http.server.HTTPServer(('127.0.0.1', 8000), Handler)
print('ready', flush=True)
server.serve_forever()
`;

const interrupted = String.raw`
import time
for work in (lambda: [0 for _ in iter(int, 1)], lambda: time.sleep(1000), lambda: input()):
    try:
        print('ready', flush=True)
        work()
    except KeyboardInterrupt:
        print('stopped', flush=True)
while True:
    print('last', flush=True)
    while True:
        pass
`;

/** As methods of named tuples are, in the moment they may have to wait. */
const withoutBuiltins = String.raw`
import os, time
given = {'read': os.read, 'clock': time.monotonic}
exec("""
words = read(0, 100)
def spin():
    end = clock() + 0.2
    while clock() < end:
        pass
spin()
""", {'__builtins__': {}} | given, found := {})
print(found['words'])
try:
    print('ready', flush=True)
    exec('while True: pass', {'__builtins__': {}})
except KeyboardInterrupt:
    print('stopped', flush=True)
`;

describe('another version of Python', function () {
  // Each first start compiles an interpreter of its own.
  this.timeout(120_000);
  let kernel: Kernel;
  let sandbox: Sandbox;

  before(async () => {
    configure({ registries: { pypi: shelf.index, pyodide: `${shelf.base}/{version}/` } });
    kernel = await Kernel.boot();
  });
  beforeEach(async () => {
    sandbox = await kernel.sandbox();
  });
  afterEach(async () => {
    clearPage();
    await sandbox.dispose();
  });

  for (const version of versions) {
    describe(version, () => {
      const runtime = `python@${version}`;
      /** The memory of 3.12 is laid out otherwise in WebKit: there it starts from the compiled library. */
      const restored = version === '3.12' && !canWait ? 'False' : 'True';
      const numbers = `(${version.replace('.', ', ')})`;

      it('starts from its snapshot, with its own library, on the sandbox’s files', async () => {
        await sandbox.fs.writeFile('main.py', `import sys; started = frozenset(sys.modules)\n${everything}`);
        const env = { WORD: 'given', PATH: '/usr/bin', HOME: '/home/user' };
        const { code, stdout, stderr } = await sandbox.run(runtime, ['main.py', '-x', 'ä'], { env });
        expect(stderr).to.equal('');
        expect(stdout.split('\n')).to.deep.equal([
          `${restored} ${numbers} ['-x', 'ä'] /home/user given`,
          "made ['main.py', 'moved.txt'] 5",
          "[Errno 20] File exists: 'moved.txt'",
          'True',
          '{"\\u00e4": [1.5, null]}',
          'True 1970 True',
          'slept True',
          '44 No such file or directory',
          '',
        ]);
        expect(code).to.equal(3);
        expect(await sandbox.fs.readFile('second.txt', 'utf-8')).to.equal('made\n');
      });

      it('starts by its other names, and the long way with options', async () => {
        const print = 'import sys; print(sys.version_info[:2], sys.flags.dev_mode, json_there)';
        const code = print.replace('json_there', '"statistics" in sys.modules');
        const named = await sandbox.run(`python${version}`, ['-c', code]);
        expect(named).to.include({ code: 0, stdout: `${numbers} False ${restored}\n`, stderr: '' });
        const optioned = await sandbox.run(runtime, ['-X', 'dev', '-c', code]);
        expect(optioned).to.include({ code: 0, stdout: `${numbers} True False\n` });
        expect((await sandbox.run(runtime, ['--version'])).stdout).to.match(
          new RegExp(`^Python ${version}\\.\\d+\n$`),
        );
      });

      it('reads input', async () => {
        await sandbox.fs.writeFile('main.py', shouted);
        const given = await sandbox.run(runtime, ['main.py'], { stdin: 'Ada\nmore\nlines\n' });
        expect(given).to.include({ code: 0, stdout: 'Name? Hello Ada\nMORE\nLINES\n', stderr: '' });
        if (!canWait) return;
        const process = await sandbox.spawn(runtime, ['main.py'], { stdin: 'pipe' });
        const output = reading(process.stdout);
        await output.until('Name? ');
        const writer = process.stdin.getWriter();
        await writer.write(new TextEncoder().encode('Grace\n'));
        await output.until('Hello Grace\n');
        await writer.write(new TextEncoder().encode('end\n'));
        await writer.close();
        await output.until('END\n');
        expect((await process.exited).code).to.equal(0);
      });

      it('shows an uncaught error with the program’s frames only', async () => {
        await sandbox.fs.writeFile('main.py', 'def f():\n    return {}["key"]\n\nf()\n');
        const { code, stderr } = await sandbox.run(runtime, ['main.py']);
        expect(code).to.equal(1);
        expect(stderr).to.match(
          /^Traceback \(most recent call last\):\n {2}File "\/home\/user\/main.py", line 4, /,
        );
        expect(stderr).to.match(/return \{\}\["key"\]\n[ ~^]*\nKeyError: 'key'\n$/);
      });

      waitingIt('starts itself as a child', async () => {
        await sandbox.fs.writeFile('main.py', families);
        const { stdout, stderr } = await sandbox.run(runtime, ['main.py']);
        expect(stderr).to.equal('');
        const executable = `/usr/bin/python${version}`;
        expect(stdout.split('\n')).to.deep.equal([
          `${executable} ${executable}`,
          `3 ${numbers} ${executable} TEXT IN ''`,
          'cba',
          'fed',
          '14',
          '0 0',
          "(b'child\\n', 0)",
          '',
        ]);
      });

      waitingIt('serves the page', async () => {
        const process = await sandbox.spawn(runtime, ['-c', server], { stdin: 'null' });
        await reading(process.stdout).until('ready');
        expect(await (await sandbox.fetch(8000, '/path')).text()).to.equal('/path');
        process.kill();
        await process.exited;
      });

      waitingIt('is interrupted wherever it is', async () => {
        const process = await sandbox.spawn(runtime, ['-c', interrupted], { stdin: 'pipe' });
        const output = reading(process.stdout);
        for (let way = 0; way < 3; way += 1) {
          await output.until('ready\n');
          process.kill('SIGINT');
          await output.until('stopped\n');
        }
        await output.until('last\n');
        process.kill('SIGINT');
        expect((await process.exited).code).to.equal(130);
      });

      waitingIt('is suspended in code that has no builtins', async () => {
        const process = await sandbox.spawn(runtime, ['-c', withoutBuiltins], { stdin: 'pipe' });
        const [output, errors] = [reading(process.stdout), new Response(process.stderr).text()];
        const writer = process.stdin.getWriter();
        await writer.write(new TextEncoder().encode('words\n'));
        await output.until("b'words\\n'\nready\n");
        process.kill('SIGINT');
        await output.until('stopped\n');
        expect([(await process.exited).code, await errors]).to.deep.equal([0, '']);
      });

      it('keeps a session', async () => {
        const session = `lesson-${version}`;
        const cell = (code: string, attributes = ''): WasmRunnable => {
          const element = show(
            `<wasm-runnable runtime="${runtime}" session="${session}" ${attributes}></wasm-runnable>`,
          );
          element.code = code;
          return element;
        };
        const first = cell('import sys\nx = 20\nprint(sys.version_info[:2])');
        const second = cell('x += 1\nawait __import__("asyncio").sleep(0)\nx * 2', 'display="last"');
        expect(await first.run()).to.include({ code: 0, stdout: `${numbers}\n`, stderr: '' });
        expect(await second.run()).to.include({ code: 0, stdout: '42\n', stderr: '' });
        expect(await second.run()).to.include({ code: 0, stdout: '44\n' });
      });

      it('shows objects', async () => {
        const element = show(`<wasm-runnable runtime="${runtime}" display="last"></wasm-runnable>`);
        element.code = [
          'class Table:',
          '    def _repr_html_(self): return "<b>bold</b>"',
          'display(Table())',
          '[1, 2]',
        ].join('\n');
        const shown = next(element, 'wasm-display');
        expect(await element.run()).to.include({ code: 0, stdout: '[1, 2]\n', stderr: '' });
        expect((await shown).data).to.include({ 'text/html': '<b>bold</b>' });
      });

      it('takes packages made for it, and not those made for another', async () => {
        const tag = version.replace('.', '');
        const compiled = (cp: string, platform: string) =>
          makeWheel({
            name: 'native',
            files: { 'native.py': `made_for = "${cp}"\n` },
            tag: `${cp}-${cp}-${platform}`,
          });
        const wheels = [
          await compiled('cp314', 'pyemscripten_2026_0_wasm32'),
          await compiled('cp313', 'pyodide_2025_0_wasm32'),
          await compiled('cp312', 'pyodide_2024_0_wasm32'),
        ];
        await shelf.offer('native', wheels);
        const greeting = await makeWheel({
          name: 'greeting',
          files: { 'greeting.py': 'import sys\ndef main(): print("hello from", sys.version_info[:2])\n' },
          requires: [`native; python_version == "${version}"`],
          entryPoints: '[console_scripts]\ngreet = greeting:main\n',
        });
        await shelf.offer('greeting', [greeting]);
        await installPackages(sandbox, runtime, ['greeting']);
        const code = 'import native, greeting; print(native.made_for, native.__file__)';
        const { message, stdout, stderr } = await sandbox.run(runtime, ['-c', code]);
        expect([stdout, stderr, message]).to.deep.equal([
          `cp${tag} /usr/local/lib/python${version}/site-packages/native.py\n`,
          '',
          undefined,
        ]);
        expect((await sandbox.run('greet')).stdout).to.equal(`hello from ${numbers}\n`);
        expect((await sandbox.run(`pip${version}`, ['freeze'])).stdout).to.equal(
          'greeting==1.0\nnative==1.0\n',
        );
        expect((await sandbox.run('python', ['-c', 'import greeting'])).stderr).to.include(
          'ModuleNotFoundError',
        );
      });
    });
  }

  it('takes the packages of its own distribution', async () => {
    for (const version of versions)
      await installPackages(sandbox, `python@${version}`, ['micropip']).catch(() => undefined);
    const asked = (await shelf.requests()).filter((path) => path.includes('/micropip-'));
    expect(asked.map((path) => path.split('/')[0])).to.deep.equal(['0.29.5', '0.27.8']);
  });

  it('that there is not is refused in one sentence that names those there are', async () => {
    const sentence = /^There is no Python 2\.7\. There are: 3\.14\.\d+, 3\.13\.\d+, 3\.12\.\d+\.$/;
    const refused = await sandbox.run('python@2.7').then(
      () => expect.fail('it ran'),
      (error: unknown) => error as { code: string; message: string },
    );
    expect(refused.message).to.match(sentence);
    const element = show('<wasm-runnable runtime="python@2.7"></wasm-runnable>');
    element.code = 'print(1)';
    const told = next(element, 'wasm-error');
    element.run().catch(() => undefined);
    expect((await told).message).to.match(sentence);
    expect(element.shadowRoot?.textContent).to.include((await told).message);
  });
});
