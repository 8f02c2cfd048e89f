import { expect } from 'chai';
import type { ProgramEnd } from '../../../runtime-loaders/runtime.js';
import { findJspi } from '../../../runtime-loaders/wasi/jspi.js';
import { run } from '../../../runtime-loaders/wasi/loader.js';
import { FakeProcess, type FakeProcessOptions } from './fake-process.js';

const fixture = async (name: string): Promise<Uint8Array> => {
  const response = await fetch(`/build/test-fixtures/wasi/${name}.wasm`);
  expect(response.ok, name).to.equal(true);
  return new Uint8Array(await response.arrayBuffer());
};

interface Ended extends ProgramEnd {
  readonly process: FakeProcess;
}

/** Suspending where the engine can, as the kernel would choose. */
const transport = findJspi() === undefined ? 'local' : 'suspending';

/** Runs a fixture as the kernel does: compiled in advance. */
const runFixture = async (name: string, options: FakeProcessOptions = {}): Promise<Ended> => {
  const program = await WebAssembly.compile((await fixture(name)) as Uint8Array<ArrayBuffer>);
  const process = new FakeProcess({ transport, stdin: '', argv: [`./${name}.wasm`], ...options, program });
  return { ...(await run(process.context)), process };
};

/** Runs a file of the tree, `wasi <path> …`. */
const runFile = async (bytes: Uint8Array, options: FakeProcessOptions = {}): Promise<Ended> => {
  const process = new FakeProcess({ transport, stdin: '', argv: ['wasi', 'main.wasm'], ...options });
  process.file('/home/user/main.wasm', bytes);
  return { ...(await run(process.context)), process };
};

describe('WASI programs', () => {
  it('print and end', async () => {
    const { code, message, process } = await runFixture('hello');
    expect({ code, message }).to.deep.equal({ code: 0, message: undefined });
    expect(process.stdout).to.equal('hello from wasm\n');
  });

  it('of the snapshot before preview 1 run too', async () => {
    const { code, process } = await runFixture('hello-unstable');
    expect(process.stdout).to.equal('hello from the past\n');
    expect(code).to.equal(70);
  });

  it('get argv and the environment', async () => {
    const { process } = await runFixture('arguments', { argv: ['./a.wasm', 'b c'], env: { A: 'ä' } });
    expect(process.stdout).to.equal('./a.wasm\0b c\0A=ä\0');
  });

  it('named by argv[1] get their own argv', async () => {
    const { process } = await runFile(await fixture('arguments'), { argv: ['wasi', 'main.wasm', 'x'] });
    expect(process.stdout).to.equal('main.wasm\0x\0');
  });

  it('read input given in advance to its end', async () => {
    const { code, process } = await runFixture('cat', { stdin: 'one\ntwo\n' });
    expect(process.stdout).to.equal('one\ntwo\n');
    expect(code).to.equal(5);
  });

  it('end where they call proc_exit, past every catch_all', async () => {
    expect(await runFixture('exit')).to.include({ code: 33 });
  });

  it('sleep as long as they ask', async () => {
    expect(await runFixture('sleep')).to.include({ code: 0 });
  });

  it('leave nothing behind for the next program in the realm', async () => {
    const module = await WebAssembly.compile((await fixture('cat')) as Uint8Array<ArrayBuffer>);
    for (const stdin of ['first', 'second']) {
      const process = new FakeProcess({ transport, stdin, program: module });
      expect(await run(process.context)).to.deep.equal({ code: 5 });
      expect(process.stdout).to.equal(stdin);
    }
  });

  describe('that wait', () => {
    it('for input are suspended until it is typed', async function () {
      if (transport === 'local') return this.skip();
      const program = await WebAssembly.compile((await fixture('cat')) as Uint8Array<ArrayBuffer>);
      const process = new FakeProcess({ transport, program });
      const ended = run(process.context);
      for (const text of ['one', 'two', 'three']) {
        process.type(text);
        while (!process.stdout.endsWith(text)) await turn();
      }
      process.type('');
      expect((await ended).code).to.equal(5);
      expect(process.stdout).to.equal('onetwothree');
    });

    it('for input or a time get whichever comes first, and lose nothing', async function () {
      if (transport === 'local') return this.skip();
      const program = await WebAssembly.compile((await fixture('wait-for-input')) as Uint8Array<ArrayBuffer>);
      const process = new FakeProcess({ transport, program });
      const ended = run(process.context);
      while (process.stdout.length < 2) await turn();
      process.type('typed');
      expect((await ended).code).to.equal(0);
      expect(process.stdout).to.match(/^\.{2,}typed$/);
    });

    it('for a file that another process makes see it', async function () {
      if (transport === 'local') return this.skip();
      const program = await WebAssembly.compile((await fixture('wait-for-file')) as Uint8Array<ArrayBuffer>);
      const process = new FakeProcess({ transport, program });
      const ended = run(process.context);
      await turn();
      const parent = process.view.resolve('/home/user').number;
      const flag = { inode: 5000, parent, name: 'flag', type: 'file', mode: 0o644, timeMs: 1 } as const;
      process.view.flush();
      process.view.receive({ records: [{ op: 'create', ...flag }], sequence: 1 });
      expect((await ended).code).to.equal(4);
    });

    it('for input where nothing can wait end with a sentence that says so', async () => {
      const program = await WebAssembly.compile((await fixture('cat')) as Uint8Array<ArrayBuffer>);
      const process = new FakeProcess({ transport: 'local', program });
      const end = await run(process.context);
      expect(end.code).to.equal(1);
      expect(end.reason).to.equal(undefined);
      expect(end.message).to.contain('stdin="…"');
    });
  });

  describe('made by asyncify, where the engine cannot suspend them,', () => {
    const local = async (name: string): Promise<FakeProcess> => {
      const program = await WebAssembly.compile((await fixture(name)) as Uint8Array<ArrayBuffer>);
      return new FakeProcess({ transport: 'local', program });
    };

    it('wait for input until it is typed, one run after the other', async () => {
      const program = await WebAssembly.compile((await fixture('cat.asyncify')) as Uint8Array<ArrayBuffer>);
      for (const texts of [['one', 'two', 'three'], ['four']]) {
        const process = new FakeProcess({ transport: 'local', program });
        const ended = run(process.context);
        for (const text of texts) {
          process.type(text);
          while (!process.stdout.endsWith(text)) await turn();
        }
        process.type('');
        expect(await ended).to.deep.equal({ code: 5 });
        expect(process.stdout).to.equal(texts.join(''));
      }
    });

    it('get input or a time, whichever comes first', async () => {
      const process = await local('wait-for-input.asyncify');
      const ended = run(process.context);
      while (process.stdout.length < 2) await turn();
      process.type('typed');
      expect((await ended).code).to.equal(0);
      expect(process.stdout).to.match(/^\.{2,}typed$/);
    });

    it('end with a sentence where there is more on their stack than can be put aside', async () => {
      const process = await local('too-deep');
      const { code, message } = await run(process.context);
      expect(code).to.equal(134);
      expect(message).to.contain('does not fit into 256 KB');
    });

    it('end with a sentence where asyncify is for something else', async () => {
      const process = await local('own-asyncify');
      const { code, message } = await run(process.context);
      expect(code).to.equal(134);
      expect(message).to.contain('uses asyncify for itself');
    });
  });

  describe('that trap', () => {
    const traps = [
      [0, /unreachable executed/],
      [1, /out of bounds memory access/],
      [2, /integer divide by zero/],
      [3, /stack overflow/],
      [4, /indirect call type mismatch/],
      [5, /indirect call type mismatch/],
      [6, /undefined table element|table index/],
      [7, /invalid conversion to integer|integer overflow/],
      [8, /integer overflow/],
    ] as const;
    for (const [kind, words] of traps) {
      it(`say why in words: ${words.source}`, async () => {
        const { code, reason, message, process } = await runFixture('trap', { argv: ['trap', `${kind}`] });
        expect({ code, reason }).to.deep.equal({ code: 134, reason: 'trap' });
        expect(message).to.match(words);
        expect(process.stderr).to.match(words);
        expect(process.stderr).to.contain(kind === 3 ? 'deeper' : 'at fall\n    at main\n    at _start');
      });
    }

    it('or throw say so', async () => {
      const { code, reason, message } = await runFixture('throw');
      expect({ code, reason }).to.deep.equal({ code: 134, reason: 'trap' });
      expect(message).to.contain('uncaught exception');
    });
  });

  describe('that need memory', () => {
    const memoryBytes = 8 * 1024 * 1024;

    it('get no more than their limit, and abort with the limit named', async () => {
      const { code, reason, message } = await runFile(await fixture('grow'), { memoryBytes });
      expect({ code, reason }).to.deep.equal({ code: 134, reason: 'memory' });
      expect(message).to.contain('8MB').and.contain('memory="16MB"');
    });

    it('and end by themselves keep their exit code', async () => {
      const argv = ['wasi', 'main.wasm', 'x'];
      const { code, reason } = await runFile(await fixture('grow'), { memoryBytes, argv });
      expect({ code, reason }).to.deep.equal({ code: 9, reason: 'memory' });
    });

    it('may import it', async () => {
      const pages = 96;
      const options = { memoryBytes: pages * 65536 };
      const { code, process } = await runFile(await fixture('imported-memory'), options);
      expect(code).to.equal(0);
      expect(process.stdout).to.equal(String.fromCharCode(pages, 0));
    });

    it('at their start are told how much', async () => {
      for (const { code, reason, message } of [
        await runFile(await fixture('large'), { memoryBytes }),
        await runFixture('large', { memoryBytes }),
      ]) {
        expect({ code, reason }).to.deep.equal({ code: 126, reason: 'memory' });
        expect(message).to.contain('64MB').and.contain('8MB').and.contain('memory="128MB"');
      }
    });
  });

  describe('that cannot start', () => {
    it('name what they import and WASI does not have, and what they were built for', async () => {
      const { code, message } = await runFixture('foreign');
      expect(code).to.equal(126);
      expect(message).to.contain('env.emscripten_sleep, env.invoke_vi').and.contain('Emscripten');
    });

    it('because they are libraries say so', async () => {
      const { code, message } = await runFixture('reactor');
      expect(code).to.equal(126);
      expect(message).to.contain('reactor').and.contain('_start');
    });

    it('because they are not there, or not named, say so', async () => {
      const missing = await run(new FakeProcess({ argv: ['wasi', 'no.wasm'] }).context);
      expect(missing).to.deep.equal({
        code: 127,
        message: "'no.wasm' cannot be run: no such file or directory.",
      });
      const directory = await run(new FakeProcess({ argv: ['wasi', '/tmp'] }).context);
      expect(directory).to.deep.equal({ code: 126, message: "'/tmp' cannot be run: is a directory." });
      expect(await run(new FakeProcess({ argv: ['wasi'] }).context)).to.include({ code: 2 });
    });

    it('because they are no WebAssembly say what they are', async () => {
      const text = new TextEncoder().encode('<!doctype html>not found');
      expect((await runFile(text)).message)
        .to.contain("'main.wasm' is not WebAssembly")
        .and.contain('HTML');
      expect(await runFile(new Uint8Array(0))).to.include({ code: 126, message: "'main.wasm' is empty." });
    });

    it('because they were cut short say where', async () => {
      const bytes = await fixture('hello');
      const { code, message } = await runFile(bytes.slice(0, bytes.length - 20));
      expect(code).to.equal(126);
      expect(message).to.match(/cut short: its \w+ section at byte \d+ ends at byte \d+/);
    });

    it('because they are invalid inside give the engine’s reason and place', async () => {
      const bytes = await fixture('hello');
      // The last byte of the code section is the `end` of the function.
      const damaged = bytes.slice();
      damaged[damaged.indexOf(0x10)] = 0xff;
      const { code, message } = await runFile(damaged);
      expect(code).to.equal(126);
      expect(message).to.match(
        /^'main\.wasm' (is not valid WebAssembly: .+|is cut short.+|has an unknown.+)\.$/,
      );
    });

    it('because they are components say how to build them', async () => {
      const component = Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0);
      expect((await runFile(component)).message)
        .to.contain('component')
        .and.contain('wasm32-wasip1');
    });

    it('because a directory they are given is not there say which', async () => {
      const { code, message } = await runFixture('hello', { preopens: { '/data': '/nowhere' } });
      expect(code).to.equal(126);
      expect(message).to.contain("'/nowhere'");
    });
  });
});

/** A turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
