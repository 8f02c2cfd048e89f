import { expect } from 'chai';
import { Kernel, type RunResult, type Sandbox } from 'wasm-elements/kernel';

describe('how Python starts', () => {
  let sandbox: Sandbox;

  before(async () => {
    const kernel = await Kernel.boot();
    sandbox = await kernel.sandbox();
  });
  after(() => sandbox.dispose());

  async function python(args: string[], env: Record<string, string> = {}): Promise<RunResult> {
    const result = await sandbox.run('python', args, {
      env: { PATH: '/usr/bin', HOME: '/home/user', ...env },
    });
    expect(result.stderr).to.equal('');
    expect(result.code).to.equal(0);
    return result;
  }

  it('gives every run its own random numbers', async () => {
    const code = 'import random, uuid; print(random.random(), random.getrandbits(64), uuid.uuid4())';
    const first = await python(['-c', code]);
    const second = await python(['-c', code]);
    expect(first.stdout).not.to.equal(second.stdout);
  });

  it('hashes by PYTHONHASHSEED where it is set', async () => {
    const code = 'print(hash("seed"))';
    const one = await python(['-c', code], { PYTHONHASHSEED: '1' });
    const again = await python(['-c', code], { PYTHONHASHSEED: '1' });
    const other = await python(['-c', code], { PYTHONHASHSEED: '2' });
    expect(one.stdout).to.equal(again.stdout);
    expect(one.stdout).not.to.equal(other.stdout);
  });

  it('keeps nothing of one run for the next', async () => {
    const leave =
      'import builtins, json, os, sys; builtins.left = json.left = sys.left = 1; os.environ["LEFT"] = "1"; open("/lib/left", "w").close()';
    const look =
      'import builtins, json, os, sys; print([hasattr(each, "left") for each in (builtins, json, sys)], "LEFT" in os.environ, os.path.exists("/lib/left"))';
    for (let run = 0; run < 2; run += 1) {
      await python(['-c', leave]);
      const { stdout } = await python(['-c', look]);
      expect(stdout).to.equal('[False, False, False] False False\n');
    }
  });

  it('has what C exports as properties of its module, also what engines were not given to read', async () => {
    const look = `from pyodide_js import _module as module
print(callable(module._Py_GetVersion), module._PyExc_ValueError > 0, callable(module._SDL_Init))
print(hasattr(module, '_no_such_export'))`;
    const { stdout } = await python(['-c', look]);
    expect(stdout).to.equal('True True True\nFalse\n');
  });

  it('gives a program its own arguments, environment, folder and clock', async () => {
    await sandbox.fs.writeFiles({
      'tool.py': 'import sys, os; print(sys.argv, sys.orig_argv, __file__, sorted(os.environ), os.getcwd())',
    });
    const { stdout } = await python(['tool.py', 'ä', '-x'], { ÜMLAUT: '1' });
    expect(stdout).to.equal(
      "['tool.py', 'ä', '-x'] ['/usr/bin/python3', 'tool.py', 'ä', '-x'] /home/user/tool.py ['HOME', 'PATH', 'ÜMLAUT'] /home/user\n",
    );
    const module = await python(['-m', 'tool', 'a']);
    expect(module.stdout).to.match(
      /^\['\/home\/user\/tool.py', 'a'\] \['\/usr\/bin\/python3', '-m', 'tool', 'a'\]/,
    );
    const year = await python([
      '-c',
      'import time, logging; print(time.time() - logging._startTime / 1e9 < 60, time.gmtime().tm_year >= 2026)',
    ]);
    expect(year.stdout).to.equal('True True\n');
  });

  it('writes at once what an option says is not to be kept', async () => {
    const program =
      'import os, sys; sys.stdout.buffer.write(b"first "); sys.stdout.write("second "); sys.stderr.write("third"); os._exit(sys.dont_write_bytecode)';
    const { stdout, stderr, code } = await sandbox.run('python', ['-uB', '-c', program]);
    expect([stdout, stderr, code]).to.deep.equal(['first second ', 'third', 1]);
    expect((await sandbox.run('python', ['-c', program])).stdout).to.equal('');
  });

  it('lets a file of the program go before a module of its name', async () => {
    await sandbox.fs.writeFiles({
      'shadow/random.py': 'value = "mine"',
      'shadow/__main__.py': 'import main',
      'shadow/main.py':
        'import random, json, tempfile; print(random.value, json.dumps(1), tempfile.gettempdir())',
    });
    const { stdout } = await python(['shadow/main.py']);
    expect(stdout).to.equal('mine 1 /tmp\n');
    for (const args of [['-u', 'shadow/main.py'], ['-OW', 'ignore', 'shadow/main.py'], ['shadow']]) {
      const { stdout: same } = await python(args);
      expect(same).to.equal('mine 1 /tmp\n');
    }
  });

  it('leaves a program nothing to find of what its interpreter did while it waited', async () => {
    const code = [
      'import sys; found = [sorted(sys.modules), sorted(map(str, sys.path_importer_cache)), sorted(vars()), sys.path]',
      'import gc, linecache, os',
      'found += [sorted(linecache.cache), os.listdir("/"), hasattr(sys, "last_value"), len(gc.garbage)]',
      'found += [each.__name__ for kind in (object, list) for each in kind.__subclasses__()]',
      'print(found)',
    ].join('\n');
    // At most one of those that start at once has waited.
    const [first, second] = await Promise.all([python(['-c', code]), python(['-c', code])]);
    expect(first.stdout).to.equal(second.stdout);
    for (let run = 0; run < 3; run += 1) expect((await python(['-c', code])).stdout).to.equal(first.stdout);
  });

  it('takes options, and imports what was not imported before', async () => {
    const { stdout } = await python([
      '-O',
      '-c',
      'import unittest, decimal, zipimport, sys; print(unittest.TestCase.__name__, decimal.Decimal(1), sys.flags.optimize)',
    ]);
    expect(stdout).to.equal('TestCase 1 1\n');
    const plain = await python([
      '-c',
      'import unittest, argparse; print(unittest.__name__, argparse.__name__)',
    ]);
    expect(plain.stdout).to.equal('unittest argparse\n');
    const version = await python(['--version']);
    expect(version.stdout).to.match(/^Python 3\.14\.\d+\n$/);
  });

  it('shows the standard library’s own lines where a program can wait for them', async () => {
    const process = await sandbox.spawn('python', [
      '-c',
      'import inspect, json, zipfile; print(inspect.getsource(json.loads).splitlines()[0]); json.loads("[")',
    ]);
    const { stderr } = await sandbox.run('python', ['-c', 'import json; json.loads("[")']);
    await process.exited;
    expect(stderr).to.include('line 1 column 2');
    if (process.transport === 'local') return;
    expect(stderr).to.include('return _default_decoder.decode(s)');
  });
});
