import { expect } from 'chai';
import { Kernel, type Process, type Sandbox } from 'wasm-elements/kernel';
import { beats } from './heartbeat.js';

/** `(loop (br 0))` as a command module. */
const endlessWasm = Uint8Array.from(
  [
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    [0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
    [0x03, 0x02, 0x01, 0x00],
    [0x05, 0x03, 0x01, 0x00, 0x01],
    [0x07, 0x13, 0x02, 0x06, ...text('_start'), 0x00, 0x00, 0x06, ...text('memory'), 0x02, 0x00],
    [0x0a, 0x09, 0x01, 0x07, 0x00, 0x03, 0x40, 0x0c, 0x00, 0x0b, 0x0b],
  ].flat(),
);

function text(value: string): number[] {
  return [...new TextEncoder().encode(value)];
}

/** A program of the neighbour's: gives back its input, line by line. */
const echo = `for await (const line of process.stdin) process.stdout.write(line);`;

describe('one widget’s program', () => {
  let kernel: Kernel;
  let sandbox: Sandbox;
  let neighbour: Process;
  let ask: (question: string) => Promise<string>;

  before(async () => {
    kernel = await Kernel.boot();
    sandbox = await kernel.sandbox({ files: { 'endless.wasm': endlessWasm, 'kept.txt': 'kept' } });
    const other = await kernel.sandbox({ files: { 'echo.mjs': echo } });
    neighbour = await other.spawn('javascript', ['echo.mjs']);
    const writer = neighbour.stdin.getWriter();
    const reader = neighbour.stdout.getReader();
    ask = async (question) => {
      await writer.write(new TextEncoder().encode(`${question}\n`));
      const { value } = await reader.read();
      return new TextDecoder().decode(value).trim();
    };
    expect(await ask('first')).to.equal('first');
  });
  afterEach(async () => {
    expect(await ask('still there?')).to.equal('still there?');
    expect(await sandbox.fs.readFile('kept.txt', 'utf-8')).to.equal('kept');
  });

  async function spawn(code: string): Promise<Process> {
    await sandbox.fs.writeFile('main.mjs', code);
    return sandbox.spawn('javascript', ['main.mjs'], { timeoutMs: 20_000, stdin: 'null' });
  }

  for (const [name, command, args] of [
    ['JavaScript', 'javascript', ['loop.mjs']],
    ['WebAssembly', './endless.wasm', []],
  ] as const) {
    it(`in an endless loop in ${name} leaves page and neighbours alone and can be stopped`, async () => {
      await sandbox.fs.writeFile('loop.mjs', `console.log('looping'); for (;;);`);
      const process = await sandbox.spawn(command, args);
      if (name === 'JavaScript') await process.stdout.getReader().read();
      await beats(20);
      expect(await ask('during')).to.equal('during');
      process.kill('SIGKILL');
      expect(await process.exited).to.include({ code: null, signal: 'SIGKILL' });
    });

    it(`in an endless loop in ${name} ends at its time limit with a sentence`, async () => {
      const { reason, message } = await sandbox.run(command, args, { timeoutMs: 300 });
      expect(reason).to.equal('timeout');
      expect(message).to.match(/300 ms.*\.$/);
    });
  }

  it('that reads input it never uses does not stop the clock of its loop', async () => {
    await sandbox.fs.writeFile(
      'reader.mjs',
      `void process.stdin[Symbol.asyncIterator]().next(); setTimeout(() => { for (;;); }, 50);`,
    );
    const process = await sandbox.spawn('javascript', ['reader.mjs'], { timeoutMs: 1000 });
    expect((await process.exited).reason).to.equal('timeout');
  });

  it('that prints without end and without a newline is stopped when nobody reads', async () => {
    const process = await spawn(`const chunk = 'x'.repeat(65536); for (;;) process.stdout.write(chunk);`);
    await beats(20);
    const { reason, message } = await process.exited;
    expect(reason).to.be.oneOf(['output', 'protocol']);
    expect(message).to.match(/\.$/);
  });

  it('that prints a million lines in a loop lets the page go on', async () => {
    const process = await spawn(`for (let i = 0; i < 1e6; i++) console.log(i);`);
    const reader = process.stdout.getReader();
    let ended = false;
    void process.exited.then(() => (ended = true));
    let bytes = 0;
    const reading = (async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        bytes += value.length;
      }
    })();
    await beats(20);
    await Promise.all([reading, process.exited]);
    expect(ended).to.equal(true);
    expect(bytes).to.be.greaterThan(1e6);
  });

  it('that nests objects a million deep, or passes on a gigabyte, fails or ends by itself', async () => {
    const process = await spawn(`
      let deep = {};
      for (let i = 0; i < 1e6; i++) deep = { deep };
      try { structuredClone(deep); } catch {}
      try { console.log(deep); } catch {}
      try { console.log(JSON.stringify(deep).length); } catch (error) { console.log(error.name); }
      try { console.log(new Uint8Array(2 ** 30).length); } catch (error) { console.log(error.name); }
      process.exit(0);
    `);
    expect((await process.exited).signal).to.equal(null);
  });

  it('that floods its own message ports, timers and microtasks is stopped like any other', async () => {
    for (const code of [
      `const { port1, port2 } = new MessageChannel(); port2.onmessage = () => { for (let i = 0; i < 3; i++) port1.postMessage(0); }; port1.postMessage(0);`,
      `const again = () => { setTimeout(again); setTimeout(again); }; again();`,
      `const again = () => queueMicrotask(again); again();`,
      `for (;;) await null;`,
      `const e = new EventTarget(); e.addEventListener('x', () => { throw new Error('x'); }); addEventListener('error', (event) => event.preventDefault()); for (;;) e.dispatchEvent(new Event('x'));`,
      `addEventListener('error', (event) => event.stopImmediatePropagation(), { capture: true }); for (;;) reportError(new Error('x'));`,
    ]) {
      const process = await spawn(code);
      await beats(10);
      expect(await ask('during')).to.equal('during');
      process.kill('SIGKILL');
      const status = await process.exited;
      expect(status.signal === 'SIGKILL' || status.code !== 0, code).to.equal(true);
    }
  });

  it('with ten thousand memories is refused at once', async () => {
    const memories = Array.from({ length: 10_000 }, () => [0x00, 0x01]).flat();
    const leb = (value: number): number[] => [(value & 127) | 128, ((value >> 7) & 127) | 128, value >> 14];
    const section = [...leb(10_000), ...memories];
    const module = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0x05, ...leb(section.length), ...section];
    await sandbox.fs.writeFile('many.wasm', Uint8Array.from(module));
    const refused = await sandbox.run('./many.wasm').then(
      () => 'started',
      (error: Error) => error.message,
    );
    expect(refused).to.match(/10000 memories.*\.$/);
  });

  it('that gets a megabyte of arguments and environment sees all of it', async () => {
    await sandbox.fs.writeFile(
      'count.mjs',
      `console.log(process.argv.slice(2).join('').length, Object.keys(process.env).length);`,
    );
    const { stdout } = await sandbox.run(
      'javascript',
      ['count.mjs', ...Array.from({ length: 1024 }, () => 'a'.repeat(1024))],
      { env: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`V${i}`, 'x'.repeat(50)])) },
    );
    expect(stdout).to.equal(`${1024 * 1024} 20000\n`);
  });

  it('started without end by its page gets a clear refusal at the limit, and the others run', async () => {
    const small = await kernel.sandbox({
      limits: { processes: 4 },
      files: { 'wait.mjs': `setInterval(() => {}, 1000);` },
    });
    const started = await Promise.allSettled(
      Array.from({ length: 12 }, () => small.spawn('javascript', ['wait.mjs'])),
    );
    const refused = started.filter((each) => each.status === 'rejected');
    expect(refused).to.have.length(8);
    for (const each of refused) expect(each.reason).to.include({ code: 'EAGAIN' });
    await small.dispose();
  });
});
