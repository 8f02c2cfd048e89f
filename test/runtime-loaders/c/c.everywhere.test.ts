import { expect } from 'chai';
import { Kernel, type RunResult, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';

const hello = '#include <stdio.h>\nint main(void) { puts("hello"); return 3; }\n';

describe('C and C++', function () {
  // A compiler is downloaded and compiled first.
  this.timeout(300_000);
  let kernel: Kernel;
  let sandbox: Sandbox;

  before(async () => {
    kernel = await Kernel.boot();
  });
  beforeEach(async () => {
    sandbox = await kernel.sandbox();
  });
  afterEach(() => sandbox.dispose());

  const run = async (
    command: string,
    files: Record<string, string>,
    env: Record<string, string> = {},
  ): Promise<RunResult> => {
    for (const [name, content] of Object.entries(files)) await sandbox.fs.writeFile(name, content);
    const [name = '', ...args] = command.split(' ');
    return sandbox.run(name, args, { env: { PATH: '/usr/bin', ...env } });
  };
  const both = ({ stdout, stderr }: RunResult): string => stdout + stderr;

  it('compile a program and become it', async () => {
    const result = await run('c main.c', { 'main.c': hello });
    expect(both(result)).to.equal('hello\n');
    expect(result.code).to.equal(3);
  });

  it('give it its words, its input and what is beside it', async () => {
    await sandbox.fs.writeFile('sum.c', 'int sum(int a, int b) { return a + b; }\n');
    await sandbox.fs.writeFile(
      'main.c',
      '#include <stdio.h>\nint sum(int, int);\nint main(int argc, char **argv) {\n' +
        '  int a, b;\n  scanf("%d %d", &a, &b);\n  printf("%s: %d of %s\\n", argv[1], sum(a, b), argv[0]);\n}\n',
    );
    const { stdout, stderr } = await sandbox.run('c', ['main.c', 'the sum'], { stdin: '40 2\n' });
    expect(stderr).to.equal('');
    expect(stdout).to.equal('the sum: 42 of main.c\n');
  });

  it('point at what does not compile', async () => {
    const result = await run('c main.c', { 'main.c': 'int main(void) {\n  return x;\n}\n' });
    expect(result.code).to.equal(1);
    expect(result.stderr).to.include("main.c:2:10: error: use of undeclared identifier 'x'");
  });

  it('compile C++ with its streams and containers', async () => {
    const result = await run('cpp main.cpp', {
      'main.cpp':
        '#include <iostream>\n#include <map>\n#include <string>\n' +
        'int main() {\n  std::map<std::string, int> ages{{"Ada", 36}};\n' +
        '  for (auto &[name, age] : ages) std::cout << name << " " << age << std::endl;\n}\n',
    });
    expect(both(result)).to.equal('Ada 36\n');
  });

  it('take flags from the environment, setjmp and signals included', async () => {
    const program =
      '#include <setjmp.h>\n#include <signal.h>\n#include <stdio.h>\nstatic jmp_buf there;\n' +
      'static void caught(int number) { printf("caught %d\\n", number); }\n' +
      'int main(void) {\n  signal(SIGUSR1, caught);\n  raise(SIGUSR1);\n' +
      '  int again = setjmp(there);\n  printf("%d\\n", again);\n  if (again < 2) longjmp(there, again + 1);\n  return LEVEL;\n}\n';
    const result = await run('c main.c', { 'main.c': program }, { CFLAGS: '-O2 -DLEVEL=7 -g' });
    expect(both(result)).to.equal('caught 10\n0\n1\n2\n');
    expect(result.code).to.equal(7);
  });

  it('are commands: an object, an archive, a program that is a file', async () => {
    await run('cc -c part.c', { 'part.c': 'int part(void) { return 5; }\n' });
    await run('ar rcs libpart.a part.o', {});
    const linked = await run('cc main.c -L. -lpart -lm -o program', {
      'main.c': 'int part(void);\nint main(void) { return part(); }\n',
    });
    expect(both(linked)).to.equal('');
    expect((await sandbox.fs.stat('program')).mode & 0o111).to.equal(0o111);
    expect((await run('./program', {})).code).to.equal(5);
    expect((await run('cc --version', {})).stdout).to.match(/^clang version 22/);
    expect((await run('nm part.o', {})).stdout).to.include(' T part');
  });

  it('have our extension of WASI', async function () {
    // What the compiler makes cannot suspend itself.
    if (testConfig.lane === 'webkit') this.skip();
    const result = await run('c main.c', {
      'main.c':
        '#include <stdio.h>\n#include <wasm-elements.h>\nint main(void) {\n  int32_t ids[4];\n' +
        '  we_identity(0, ids);\n  printf("%d\\n", ids[0] > 0);\n}\n',
    });
    expect(both(result)).to.equal('1\n');
  });

  for (const [flag, why] of [
    ['-fexceptions', 'C++ exceptions are not available here'],
    ['-pthread', 'threads are not available here'],
    ['-shared', 'there are no shared libraries here'],
  ] as const) {
    it(`say why not: ${flag}`, async () => {
      const result = await run(`cc ${flag} main.c`, { 'main.c': hello });
      expect(result.code).to.equal(1);
      expect(result.stderr).to.include(`cc: error: ${flag}: ${why}`);
    });
  }

  for (const [what, files, sentence] of [
    [
      'cpp main.cpp',
      { 'main.cpp': '#include <thread>\nint main() { std::thread([] {}).join(); }\n' },
      'cpp: error: pthread_create: threads are not',
    ],
    [
      'cc main.c',
      {
        'main.c':
          '#include <threads.h>\nint f(void *p) { return 0; }\nint main(void) { thrd_t t; return thrd_create(&t, f, 0); }\n',
      },
      'cc: error: thrd_create: threads are not',
    ],
    [
      'cc main.c',
      { 'main.c': 'int twice(int a) { return 2 * a; }\n' },
      'cc: error: main: the program has none',
    ],
  ] as const) {
    it(`say when they link why there can be no program: ${sentence}`, async () => {
      const result = await run(what, files);
      expect(result.code).to.equal(1);
      expect(result.stderr).to.include(sentence);
      expect((await sandbox.fs.readdir('.')).map(({ name }) => name)).to.deep.equal(Object.keys(files));
    });
  }

  it('take a program from standard input, and by the language that is named', async () => {
    await sandbox.fs.writeFile('text', 'int more(void) { return 4; }\n');
    const script =
      "echo 'int more(void); int main(void) { return more() + 1; }' | cc -x c - text -o made && ./made";
    const { stderr, code } = await sandbox.run('sh', ['-c', script]);
    if (testConfig.lane === 'webkit') {
      expect(stderr).to.match(
        /^clang: This program waits for input, but this browser cannot pause a program/,
      );
      return;
    }
    expect(stderr).to.equal('');
    expect(code).to.equal(5);
  });

  it('have a linker that takes their objects', async () => {
    const files = {
      'a.c': 'int b(void);\nint main(void) { return b(); }\n',
      'b.c': 'int b(void) { return 6; }\n',
    };
    await run('cc -c a.c b.c', files);
    const start = '/opt/clang/lib/wasm32-wasip1/crt1-command.o';
    expect(both(await run(`ld ${start} a.o b.o -lc -o linked`, {}))).to.equal('');
    expect((await run('./linked', {})).code).to.equal(6);
    expect((await run(`ld ${start} a.o -lc`, {})).stderr).to.include('undefined symbol: b');
  });

  it('say what is missing', async () => {
    expect((await run('c missing.c', {})).stderr).to.equal(
      'c: error: missing.c: No such file or directory\n',
    );
    expect((await run('c', {})).stderr).to.equal("c: say which file to compile and run, as in 'c main.c'.\n");
    expect((await run('cc', {})).stderr).to.include('cc: error: no input files');
  });

  it('leave nothing of a run behind for the next one', async () => {
    await run('c main.c', { 'main.c': hello });
    await run('c main.c', { 'main.c': hello });
    const { stdout } = await sandbox.run('sh', ['-c', 'ls /tmp | wc -l']);
    expect(stdout.trim()).to.equal('1');
  });
});
