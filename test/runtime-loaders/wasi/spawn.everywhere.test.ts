import { expect } from 'chai';
import { Kernel, KernelError, type RunResult, type Sandbox } from 'wasm-elements/kernel';
import { programUrl } from '../../fixture-program.js';

const waiting = new Set(['cat', 'wait-for-file', 'wait-for-input']);

const fixtures = [
  'hello',
  'arguments',
  'cat',
  'exit',
  'trap',
  'grow',
  'foreign',
  'sleep',
  'wait-for-file',
  'wait-for-input',
];

describe('A WASI program in a sandbox', () => {
  let sandbox: Sandbox;
  const endings: Promise<unknown>[] = [];

  before(async () => {
    const kernel = await Kernel.boot();
    const files = Object.fromEntries(
      await Promise.all(
        fixtures.map(async (name) => {
          const response = await fetch(
            waiting.has(name) ? programUrl(`wasi/${name}`) : `/build/test-fixtures/wasi/${name}.wasm`,
          );
          expect(response.ok, name).to.equal(true);
          return [`${name}.wasm`, new Uint8Array(await response.arrayBuffer())] as const;
        }),
      ),
    );
    sandbox = await kernel.sandbox({
      files,
      env: { GREETING: 'hi' },
      limits: { memoryBytes: 8 * 1024 * 1024 },
    });
  });
  after(async () => {
    await Promise.all(endings);
    await sandbox.dispose();
  });

  const ending = ({ code, signal, reason }: RunResult) => ({ code, signal, reason });

  it('is started by its path', async () => {
    const result = await sandbox.run('./hello.wasm');
    expect(ending(result)).to.deep.equal({ code: 0, signal: null, reason: undefined });
    expect(result.stdout).to.equal('hello from wasm\n');
    expect(result.stderr).to.equal('');
  });

  it('is started by the name of the runtime', async () => {
    for (const runtime of ['wasi', 'wasm', 'wasi@1']) {
      expect((await sandbox.run(runtime, ['hello.wasm'])).stdout, runtime).to.equal('hello from wasm\n');
    }
  });

  it('gets its arguments and environment', async () => {
    const { stdout } = await sandbox.run('./arguments.wasm', ['a b', 'ü']);
    expect(stdout)
      .to.match(/^\.\/arguments\.wasm\0a b\0ü\0/)
      .and.contain('\0GREETING=hi\0');
    const own = await sandbox.run('wasi', ['arguments.wasm'], { env: { A: '1' } });
    expect(own.stdout).to.equal('arguments.wasm\0A=1\0');
  });

  it('ends with its exit code', async () => {
    expect((await sandbox.run('./exit.wasm')).code).to.equal(33);
  });

  it('reads input given in advance, however much', async () => {
    const line = 'the quick brown fox jumps over the lazy dog\n';
    const stdin = line.repeat(20_000);
    const { code, stdout } = await sandbox.run('./cat.wasm', [], { stdin });
    expect(code).to.equal(5);
    expect(stdout === stdin).to.equal(true);
    expect((await sandbox.run('./cat.wasm')).stdout).to.equal('');
  });

  it('reads what is written while it runs, or says why it cannot', async () => {
    const process = await sandbox.spawn('./cat.wasm');
    const output = new Response(process.stdout).text();
    const writer = process.stdin.getWriter();
    const writing = (async () => {
      for (const text of ['one ', 'two ', 'three']) await writer.write(new TextEncoder().encode(text));
      await writer.close();
    })();
    endings.push(writing.catch(() => undefined));
    const { code } = await process.exited;
    expect(code).to.equal(5);
    expect(await output).to.equal('one two three');
  });

  it('sees a file that is made while it looks for it', async () => {
    const process = await sandbox.spawn('./wait-for-file.wasm', [], { stdin: 'null' });
    await sandbox.fs.writeFile('flag', '');
    expect((await process.exited).code).to.equal(4);
    await sandbox.fs.rm('flag');
  });

  it('waits for input and for time at once', async () => {
    const process = await sandbox.spawn('./wait-for-input.wasm');
    const decoder = new TextDecoder();
    const reader = process.stdout.getReader();
    let output = decoder.decode((await reader.read()).value);
    expect(output).to.match(/^\.+$/);
    const writer = process.stdin.getWriter();
    await writer.write(new TextEncoder().encode('typed'));
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      output += decoder.decode(next.value);
    }
    expect(output).to.match(/^\.+typed$/);
    expect((await process.exited).code).to.equal(0);
  });

  it('sleeps', async () => {
    expect((await sandbox.run('./sleep.wasm')).code).to.equal(0);
  });

  it('names its trap', async () => {
    const result = await sandbox.run('./trap.wasm', ['2']);
    expect(ending(result)).to.deep.equal({ code: 134, signal: null, reason: 'trap' });
    expect(result.message).to.contain('integer divide by zero');
    expect(result.stderr).to.contain('at fall\n    at main');
  });

  it('gets no more memory than its limit', async () => {
    for (const [command, args] of [
      ['./grow.wasm', []],
      ['wasi', ['grow.wasm']],
    ] as const) {
      const result = await sandbox.run(command, args);
      expect(ending(result), command).to.deep.equal({ code: 134, signal: null, reason: 'memory' });
      expect(result.message).to.contain('8MB').and.contain('memory="16MB"');
    }
  });

  it('that was built for another host names what is missing', async () => {
    const { code, message } = await sandbox.run('./foreign.wasm');
    expect(code).to.equal(126);
    expect(message).to.contain('env.emscripten_sleep').and.contain('Emscripten');
  });

  it('that is none says so', async () => {
    await sandbox.fs.writeFile('page.wasm', '<html>404');
    const { code, message } = await sandbox.run('wasi', ['page.wasm']);
    expect(code).to.equal(126);
    expect(message).to.contain('HTML');
  });

  it('that was cut short does not start, and the error says where it ends', async () => {
    const whole = await sandbox.fs.readFile('hello.wasm');
    await sandbox.fs.writeFile('cut.wasm', whole.slice(0, 100));
    const error = await sandbox.run('./cut.wasm').catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(KernelError).and.include({ code: 'ENOEXEC' });
    expect((error as KernelError).message)
      .to.contain('cut short')
      .and.contain('the file at byte 100');
  });

  it('leaves its realm to the next as it found it', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [hello, cat] = await Promise.all([
        sandbox.run('./hello.wasm'),
        sandbox.run('./cat.wasm', [], { stdin: `${round}` }),
      ]);
      expect(hello.stdout).to.equal('hello from wasm\n');
      expect(cat.stdout).to.equal(`${round}`);
      expect((await sandbox.run('./trap.wasm', ['0'])).code).to.equal(134);
    }
  });

  it('is killed while it waits', async () => {
    const process = await sandbox.spawn('./cat.wasm');
    process.kill();
    expect(await process.exited).to.include({ code: null, signal: 'SIGTERM' });
  });
});
