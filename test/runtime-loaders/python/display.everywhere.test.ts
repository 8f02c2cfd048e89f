import { expect } from 'chai';
import { readObject, type DisplayObject } from '../../../elements/display/display-object.js';
import { SequenceSplitter } from '../../../elements/display/sequences.js';
import { Kernel, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';
import { matplotlib, pillow } from './plotting.js';

/** Where nothing waits there are no subprocesses. */
const hasChildren = testConfig.lane !== 'webkit';

const env = { HOME: '/home/user', PATH: '/usr/bin', LANG: 'C.UTF-8', TERM: 'dumb' };

type Seen = string | DisplayObject;

const form = (seen: Seen | undefined, type: string): unknown =>
  typeof seen === 'object' ? seen.data[type] : expect.fail(`no object: ${JSON.stringify(seen)}`);

describe('what Python shows', () => {
  let kernel: Kernel;
  let sandbox: Sandbox;

  before(async () => {
    kernel = await Kernel.boot();
  });
  beforeEach(async () => {
    sandbox = await kernel.sandbox({ files: { ...matplotlib, ...pillow } });
  });
  afterEach(() => sandbox.dispose());

  /** Runs it where objects are understood; text and objects in their order. */
  async function run(
    code: string,
    display = 'rich',
    more: Record<string, string> = {},
  ): Promise<Seen[] & { code: number | null; stderr: string }> {
    await sandbox.fs.writeFile('main.py', code);
    const result = await sandbox.run('python', ['main.py'], {
      env: { ...env, WASM_ELEMENTS_DISPLAY: display, ...more },
    });
    const seen: Seen[] = new SequenceSplitter().split(new TextEncoder().encode(result.stdout)).map((part) => {
      if (part.type === 'text') return new TextDecoder().decode(part.bytes);
      return part.type === 'object' ? (readObject(part) ?? 'unreadable') : 'lost';
    });
    return Object.assign(seen, { code: result.code, stderr: result.stderr });
  }

  it('is every form that IPython knows, in its place among what is printed', async () => {
    const [before, table, between, image, after, ...rest] = await run(`
class Table:
    def _repr_html_(self): return '<table></table>'
    def _repr_latex_(self): return '$x$', {'alt': 'a formula'}
    def _repr_markdown_(self): return None
    def __repr__(self): return 'Table(1)'

class Picture:
    def _repr_png_(self): return b'\\x89PNG', {'width': 10, 'height': 20, 'alt': 'é; a=b'}
    def _repr_jpeg_(self): raise AssertionError('one image is enough')
    def __repr__(self): return '<Picture>'

print('before', end='')
display(Table())
print('between')
display(Picture())
display(1, 'two', None)
`);
    expect(before).to.equal('before');
    expect(table).to.deep.include({
      data: { 'text/html': '<table></table>', 'text/latex': '$x$', 'text/plain': 'Table(1)' },
    });
    expect(table).to.include({ alt: 'Table(1)' });
    expect(between).to.equal('between\n');
    expect(image).to.include({ alt: 'é; a=b', width: '10px', height: '20px' });
    expect(after).to.equal("1\n'two'\nNone\n");
    expect(rest).to.deep.equal([]);
  });

  it('is a bundle, or raw, and can be asked for by type', async () => {
    const [bundle, one, raw, plain] = await run(`
class Bundle:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {'text/html': '<b>', 'image/png': b'png', 'text/plain': 'plain'}, {'text/html': {'alt': 'a bundle'}}

display(Bundle())
display(Bundle(), include=['image/png'])
display({'text/markdown': '# T'}, raw=True, metadata={'alt': 'title'})
display(Bundle(), include=[])
`);
    expect(bundle).to.include({ alt: 'a bundle' });
    expect(Object.keys((bundle as DisplayObject).data)).to.deep.equal([
      'text/html',
      'image/png',
      'text/plain',
    ]);
    expect((one as DisplayObject).data).to.have.keys('image/png');
    expect(raw).to.deep.equal({ data: { 'text/markdown': '# T' }, alt: 'title' });
    expect(plain).to.match(/^<__main__.Bundle/);
  });

  it('is text where nobody understands more, or its output is taken', async () => {
    const code = `
import contextlib, io, subprocess, sys
class Table:
    def _repr_html_(self): return '<table>'
    def __repr__(self): return 'Table'
with contextlib.redirect_stdout(io.StringIO()) as text:
    display(Table())
print([text.getvalue()])
child = 'class T:\\n def _repr_html_(self): return "h"\\n def __repr__(self): return "T"\\ndisplay(T())'
if len(sys.argv) == 1 and ${hasChildren ? 'True' : 'False'}:
    print(subprocess.run([sys.executable, '-c', child], capture_output=True, text=True, env=None))
    subprocess.run([sys.executable, '-c', child])
`;
    const seen = await run(code);
    expect(seen.stderr).to.equal('');
    if (hasChildren) {
      expect(seen[0]).to.match(/^\['Table\\n'\]\nCompletedProcess.*stdout='T\\n', stderr=''\)\n$/);
      expect(form(seen[1], 'text/html')).to.equal('h');
    }
    const { stdout } = await sandbox.run('python', ['main.py', 'alone']);
    expect(stdout).to.equal("['Table\\n']\n");
  });

  it('leaves out forms that are no text, and says so', async () => {
    const {
      stderr,
      code,
      0: shown,
    } = await run(`
class Wrong:
    def _repr_html_(self): return 5
    def _repr_markdown_(self): return 'right', 'no dict', 3
    def _repr_mimebundle_(self, **options): return ['text/plain']
    def _repr_latex_(self): return '$x$'
    def __repr__(self): return 'Wrong()'
display(Wrong())
`);
    expect(code).to.equal(0);
    expect(stderr.split('\n')).to.deep.equal([
      'Wrong._repr_mimebundle_() returned list, not a dict; it is left out.',
      'Wrong._repr_html_() returned int, not a str; it is left out.',
      'Wrong._repr_markdown_() returned tuple, not a str; it is left out.',
      '',
    ]);
    expect(form(shown, 'text/latex')).to.equal('$x$');
    expect(form(shown, 'text/html')).to.equal(undefined);
  });

  it('goes on when a form fails, as in IPython', async () => {
    const seen = await run(`
class Broken:
    def _repr_html_(self): raise ValueError('no table today')
    def _repr_svg_(self): raise NotImplementedError
    def _repr_latex_(self): return '$y$'
class Everything:
    def __getattr__(self, name): return lambda **options: 'surprise'
display(Broken())
display(Everything)
display(Everything())
try: display(1, clear=True)
except NotImplementedError as error: print(error)
`);
    expect(seen.code).to.equal(0);
    expect(seen.stderr).to.include('ValueError: no table today');
    expect(seen.stderr).to.not.include('<wasm-elements>');
    expect(form(seen[0], 'text/latex')).to.equal('$y$');
    expect(seen[1]).to.match(
      /^<class '__main__.Everything'>\n<__main__.Everything object.*\ndisplay cannot change or clear/,
    );
  });

  describe('with display="last"', () => {
    it('is the value of the last expression, unless it is None or ends in a semicolon', async () => {
      expect(await run('1\n"a" + "b"', 'last')).to.deep.equal(["'ab'\n"]);
      expect(await run('x = 5\nx  # the value', 'last')).to.deep.equal(['5\n']);
      expect(await run('5;', 'last')).to.deep.equal([]);
      expect(await run('print("é"); "é" ; ', 'last')).to.deep.equal(['é\n']);
      expect(await run('None', 'last')).to.deep.equal([]);
      expect(await run('x = 5', 'last')).to.deep.equal([]);
      expect(await run('', 'last')).to.deep.equal([]);
      expect(await run('5')).to.deep.equal([]);
      const [object] = await run(
        'class T:\n    def _repr_html_(self): return "<b>"\nprint(end="")\nT()',
        'last',
      );
      expect(form(object, 'text/html')).to.equal('<b>');
    });

    it('runs a program as CPython does in all else', async () => {
      await sandbox.fs.writeFile('beside.py', 'value = 7');
      const seen = await run(
        `from __future__ import annotations
import sys, os, beside, subprocess, atexit
def f(a: nowhere): pass
atexit.register(lambda: print('at exit'))
print(__name__, __file__, sys.argv, sys.path[0], beside.value, f.__annotations__, os.environ['WASM_ELEMENTS_DISPLAY'])
print(sorted(name for name in dir() if not name.startswith('__')))
if ${hasChildren ? 'True' : 'False'}: subprocess.run([sys.executable, '-c', '3'])
`,
        'last',
      );
      expect(seen.join('')).to.equal(
        `__main__ /home/user/main.py ['main.py'] /home/user 7 {'a': 'nowhere'} rich\n` +
          `['annotations', 'atexit', 'beside', 'f', 'os', 'subprocess', 'sys']\nat exit\n`,
      );
      expect(seen.stderr).to.equal('');
    });

    it('ends with the exit codes and tracebacks of CPython', async () => {
      for (const code of [
        'import sys\nsys.exit(3)',
        'import sys\nsys.exit("a message")',
        'x = (1,',
        'def f():\n    return 1 / 0\n\nprint("before")\nf()',
        'raise SystemExit',
        'try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise KeyError(1) from error',
      ]) {
        const [with_, without] = [await run(code, 'last'), await run(code)];
        expect(with_.stderr, code).to.equal(without.stderr);
        expect(with_.code, code).to.equal(without.code);
        expect(with_, code).to.deep.equal(without);
      }
    });

    it('says as CPython that there is no such file', async () => {
      const { code, stderr } = await sandbox.run('python', ['absent.py'], {
        env: { ...env, WASM_ELEMENTS_DISPLAY: 'last' },
      });
      expect(code).to.equal(2);
      expect(stderr).to.match(
        /can't open file '\/home\/user\/absent.py': \[Errno 44\] No such file|\[Errno 2\] No such file/,
      );
    });

    it('holds for an interpreter that starts the long way, too', async () => {
      expect(await run('6 * 7', 'last', { PYTHONHASHSEED: '0' })).to.deep.equal(['42\n']);
    });
  });

  describe('of figures', () => {
    it('is an image of each, with its titles as text, when they are shown', async () => {
      const [before, first, second, after] = await run(`
import matplotlib.pyplot as plt
print(plt.get_backend().startswith('module://'))
figure, axes = plt.subplots()
axes.set_title('Growth'); axes.set_xlabel('year'); axes.set_ylabel('height')
plt.figure()
plt.show()
print(plt.get_fignums())
`);
      expect(before).to.equal('True\n');
      expect(first).to.include({ alt: 'Figure: Growth: height over year', width: '640px', height: '480px' });
      expect((first as DisplayObject).data).to.have.keys('image/png');
      expect(second).to.include({ alt: 'Figure' });
      expect(after).to.equal('[]\n');
    });

    it('is shown at the end where the program did not, each once', async () => {
      const seen = await run(`
import matplotlib.pyplot as plt
plt.rcParams['savefig.format'] = 'svg'
shown, other = plt.figure(), plt.figure()
display(shown)
print('end')
`);
      expect(seen.map((each) => (typeof each === 'string' ? each : Object.keys(each.data)[0]))).to.deep.equal(
        ['image/svg+xml', 'end\n', 'image/svg+xml'],
      );
    });

    it('is what the program’s own choice of a backend does with them', async () => {
      const code = 'import matplotlib.pyplot as plt\nprint(plt.get_backend())\nplt.figure()\nplt.show()';
      expect(await run(code, 'rich', { MPLBACKEND: 'agg' })).to.deep.equal(['agg\n']);
      expect(
        await run(code.replace('import', 'import matplotlib; matplotlib.use("svg")\nimport')),
      ).to.deep.equal(['svg\n']);
      await sandbox.fs.writeFile('matplotlibrc', 'lines.width: 2\nbackend: pdf\n');
      expect(await run(code)).to.deep.equal(['pdf\n']);
      await sandbox.fs.writeFile('matplotlibrc', 'lines.width: 2\n');
      expect((await run(code)).length).to.equal(2);
    });

    it('is nothing where nobody understands it', async () => {
      await sandbox.fs.writeFile(
        'main.py',
        'import matplotlib.pyplot as plt\nplt.figure()\nplt.show()\nprint(plt.get_backend())',
      );
      const { stdout, code } = await sandbox.run('python', ['main.py']);
      expect([stdout, code]).to.deep.equal(['agg\n', 0]);
    });
  });

  it('is what PIL shows', async () => {
    const [image] = await run('from PIL import Image\nImage.new("RGB", (3, 4)).show()');
    expect(image).to.include({ alt: '<PIL image 3x4>' });
    expect((image as DisplayObject).data).to.have.keys('image/png');
  });
});
