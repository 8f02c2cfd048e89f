import { expect } from 'chai';
import { Kernel, type RunResult, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../test-config.js';
import { bareWorker, replaceLibraryFile } from './bare-worker.js';
import { Bystander } from './bystander.js';
import { beats } from './heartbeat.js';

/** An expression for each message that is no message. */
const malformed: readonly string[] = [
  `null`,
  `42`,
  `'write'`,
  `[]`,
  `{}`,
  `{ type: 'nonsense' }`,
  `{ type: ['write'], handle: stdout, bytes: new Uint8Array(1) }`,
  `{ type: 'write', handle: -1, bytes: new Uint8Array(1) }`,
  `{ type: 'write', handle: stdout, bytes: 'text' }`,
  `{ type: 'write', handle: stdout, bytes: new Uint16Array(1) }`,
  `{ type: 'write', handle: stdout, bytes: { length: 1e9 } }`,
  `{ type: 'write', handle: stdout, bytes: new Uint8Array(new WebAssembly.Memory({ initial: 1 }).buffer.slice(0)), type: 'x' }`,
  `{ type: 'syscall', id: -1, number: 1, args: [] }`,
  `{ type: 'syscall', id: 1, number: NaN, args: [] }`,
  `{ type: 'syscall', id: 1, number: 1, args: { length: 2 } }`,
  `{ type: 'syscall', id: 1, number: 1, args: new Array(1e6) }`,
  `[]`,
  `[1]`,
  `[1, 1, 'text']`,
  `[1, 1, [0]]`,
  `{ type: 'moved', handle: -1 }`,
  `[0.5, 1]`,
  `[1, -1]`,
  `[1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]`,
  `new Array(1e6)`,
  `{ type: 'exit', code: 256, reusable: false }`,
  `{ type: 'exit', code: 0.5, reusable: false }`,
  `{ type: 'exit', code: 0, reusable: 'yes' }`,
  `{ type: 'failed', message: { toString: null } }`,
  `{ type: 'journal', records: {} }`,
  `{ type: 'journal', records: [null] }`,
  `{ type: 'journal', records: [{ op: 'format', timeMs: 0 }] }`,
  `{ type: 'journal', records: new Array(1e6).fill({ op: 'unlink', parent: 1, name: 'x', timeMs: 0 }) }`,
  `{ type: 'journal', records: [{ op: 'unlink', parent: 1, name: 'x', timeMs: Infinity }] }`,
  `{ type: 'journal', records: [{ op: 'unlink', parent: 1, name: 'x'.repeat(1e7), timeMs: 0 }] }`,
  `{ type: 'journal', records: [{ op: 'write', inode: 2, position: -1, bytes: new Uint8Array(1), timeMs: 0 }] }`,
  `{ type: 'journal', records: [{ op: 'create', inode: 5, parent: 1, name: 'x', type: 'file', mode: 0, timeMs: 0 }] }`,
  `{ type: 'journal', records: [{ op: 'create', inode: start.inodeLease.first + start.inodeLease.count, parent: 1, name: 'x', type: 'file', mode: 0, timeMs: 0 }] }`,
  // As bytes: none, of another version, an acknowledgement, one too many, a socket, under a number of others.
  `{ type: 'journal', records: new Uint8Array(0) }`,
  `{ type: 'journal', records: Uint8Array.of(2) }`,
  `{ type: 'journal', records: Uint8Array.of(1, 7, 1) }`,
  `{ type: 'journal', records: Uint8Array.from({ length: 1 + 2 * 4001 }, (_, at) => at === 0 ? 1 : at % 2 === 1 ? 9 : 1) }`,
  `{ type: 'journal', records: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, start.inodeLease.first & 127, 1, 3, 0, 1, 120) }`,
  `{ type: 'journal', records: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0, 1, 120) }`,
];

/**
 * Loops that never come back. The kernel must notice by itself, but in Firefox: there the messages of a worker
 * that never yields pile up on its own side and arrive a few thousand a second, which is no flood. What is
 * left of it is an endless loop that takes memory, and those end at their time limit.
 */
const floods: readonly (readonly [string, string])[] = [
  ['writes of one byte', `port.postMessage({ type: 'write', handle: stdout, bytes: new Uint8Array(1) })`],
  ['empty writes', `port.postMessage({ type: 'write', handle: stdout, bytes: new Uint8Array(0) })`],
  [
    'writes to a descriptor that is none',
    `port.postMessage({ type: 'write', handle: 7, bytes: new Uint8Array(1) })`,
  ],
  ['reads', `port.postMessage({ type: 'syscall', id: 1, number: 1, args: [0, 1] })`],
  ['reads by number', `port.postMessage([1, 1, 0, 1])`],
  ['unknown calls', `port.postMessage({ type: 'syscall', id: 1, number: 999, args: [] })`],
  [
    'requests',
    `port.postMessage({ type: 'syscall', id: 1, number: 5, args: [{ url: 'http://a.test/', method: 'GET', headers: [], body: null }] })`,
  ],
  ['names of assets', `port.postMessage({ type: 'syscall', id: 1, number: 3, args: ['x' + Math.random()] })`],
  [
    'records that change nothing',
    `port.postMessage({ type: 'journal', records: [{ op: 'unlink', parent: 1, name: 'x', timeMs: 0 }] })`,
  ],
  [
    'files made, cut and removed',
    `{
      const inode = start.inodeLease.first + Math.floor(Math.random() * 1e6);
      const size = 400e6;
      const timeMs = 0;
      port.postMessage({ type: 'journal', records: [
        { op: 'create', inode, parent: 1, name: 'x', type: 'file', mode: 0o644, timeMs },
        { op: 'truncate', inode, size, timeMs },
        { op: 'truncate', inode, size: 0, timeMs },
        { op: 'write', inode, position: size, bytes: new Uint8Array(1), timeMs },
        { op: 'unlink', parent: 1, name: 'x', timeMs },
      ] });
    }`,
  ],
  [
    'thousands of records at a time, as bytes',
    // Made once: what takes longer to make than to handle is no flood.
    `{
      globalThis.packed ??= Uint8Array.from({ length: 1 + 2 * 4000 }, (_, at) => at === 0 ? 1 : at % 2 === 1 ? 9 : 1);
      port.postMessage({ type: 'journal', records: packed });
    }`,
  ],
  [
    'thousands of records at a time',
    `port.postMessage({ type: 'journal', records: Array.from({ length: 4000 }, () => ({ op: 'attributes', inode: 1, mode: 0o755, timeMs: 0 })) })`,
  ],
];

describe('the kernel, against a process that holds its own port', () => {
  let sandbox: Sandbox;
  let bystander: Bystander;
  let asked: string[];
  const run = (body: string): Promise<RunResult> =>
    sandbox.run('javascript', [body], { timeoutMs: 30_000, stdin: 'null' });

  before(async () => {
    replaceLibraryFile('process.worker.js', () => bareWorker);
    const native = fetch;
    asked = [];
    globalThis.fetch = (input, init) => {
      asked.push(input instanceof Request ? input.url : String(input));
      return native(input, init);
    };
    const kernel = await Kernel.boot();
    sandbox = await kernel.sandbox({ files: { 'kept.txt': 'kept' } });
    bystander = await Bystander.start(await kernel.sandbox());
  });
  afterEach(async () => {
    await bystander.answers();
    expect(await sandbox.fs.readFile('kept.txt', 'utf-8')).to.equal('kept');
  });

  for (const message of malformed) {
    it(`ends it for sending ${message.slice(0, 80)}`, async () => {
      const result = await run(`port.postMessage(${message}); for (;;);`);
      expect(result).to.include({ code: null, signal: 'SIGKILL', reason: 'protocol' });
      expect(result.message).to.match(/^Stopped because .*\.$/);
    });
  }

  for (const [name, statement] of floods) {
    it(`ends it for a flood of ${name} while the page goes on`, async () => {
      const running = sandbox.run('javascript', [`for (;;) ${statement}`], {
        timeoutMs: testConfig.lane === 'firefox' ? 2000 : 30_000,
      });
      await beats(5);
      const { reason, message } = await running;
      expect(reason).to.be.oneOf([
        'protocol',
        'output',
        ...(testConfig.lane === 'firefox' ? ['timeout'] : []),
      ]);
      expect(message).to.match(/^Stopped .*\.$/);
      await beats(5);
    });
  }

  for (const [name, statement] of [
    ['writes of 30 MB', `port.postMessage({ type: 'write', handle: 7, bytes: new Uint8Array(30e6) })`],
    [
      'calls with 1 MB',
      `port.postMessage({ type: 'syscall', id: 1, number: 999, args: [new Uint8Array(2 ** 20)] })`,
    ],
  ] as const) {
    // How fast an engine can post these decides whether they are a flood or only an endless loop.
    it(`outlives endless ${name}`, async () => {
      const { reason } = await sandbox.run('javascript', [`for (;;) ${statement}`], { timeoutMs: 1500 });
      expect(reason).to.be.oneOf(['protocol', 'timeout']);
    });
  }

  it('outlives objects nested a million deep, if its engine can send them at all', async () => {
    const result = await run(`
      let deep = {};
      for (let i = 0; i < 1e6; i++) deep = { deep };
      port.postMessage({ type: 'syscall', id: 1, number: 999, args: [deep] });
      print('sent');
    `);
    if (result.code === 1) expect(result.stdout).to.match(/RangeError|InternalError|DataCloneError/);
    else expect(result.reason ?? result.stdout).to.be.oneOf(['protocol', 'sent\n']);
  });

  it('ends it for a gigabyte in one message', async () => {
    const result = await run(
      `const bytes = new Uint8Array(2 ** 30); port.postMessage({ type: 'write', handle: stdout, bytes }, [bytes.buffer]); for (;;);`,
    );
    expect(result.reason).to.equal('protocol');
  });

  it('passes on the bytes of a view and not the buffer behind it', async () => {
    const process = await sandbox.spawn('javascript', [
      `const buffer = new ArrayBuffer(32e6); port.postMessage({ type: 'write', handle: stdout, bytes: new Uint8Array(buffer, 5, 1) });`,
    ]);
    const { value } = await process.stdout.getReader().read();
    expect(value?.length).to.equal(1);
    expect(value?.buffer.byteLength).to.equal(1);
  });

  it('uses no worker again because its program says so', async () => {
    const first = await run(
      `self.left = 'behind'; port.postMessage({ type: 'exit', code: 0, reusable: true });`,
    );
    expect(first.code).to.equal(0);
    const second = await run(`print(typeof self.left);`);
    expect(second.stdout).to.equal('undefined\n');
  });

  it('hears the first of a thousand exits only', async () => {
    const { code, stdout } = await run(
      `for (let i = 3; i < 1003; i++) exit(i % 256); print('after the end');`,
    );
    expect({ code, stdout }).to.deep.equal({ code: 3, stdout: '' });
  });

  it('asks the page for no file whose name a process made up', async () => {
    const before = asked.length;
    await run(`
      let open = 0;
      for (const [number, name] of [[3, 'leak'], [4, 'leak'], [4, '../../leak'], [3, 'x?leak']]) {
        open += 1;
        port.postMessage({ type: 'syscall', id: 1, number, args: [name] });
      }
      await new Promise((done) => { port.onmessage = ({ data }) => { print(data.errno); if (--open === 0) done(); }; });
    `);
    expect(asked.slice(before)).to.deep.equal([]);
  });

  it('tells the page once that it waits for input, however often it asks', async () => {
    const process = await sandbox.spawn('javascript', [
      `for (let id = 1; id <= 500; id++) port.postMessage({ type: 'syscall', id, number: 1, args: [0, 1] });
       print('asked'); await new Promise(() => {});`,
    ]);
    let waited = 0;
    process.addEventListener('waiting', () => (waited += 1));
    const reader = process.stdout.getReader();
    await reader.read();
    expect(waited).to.equal(1);
    process.kill('SIGKILL');
    expect((await process.exited).signal).to.equal('SIGKILL');
  });

  it('keeps the reason for which it ended a process that goes on sending', async () => {
    const { reason } = await sandbox.run(
      'javascript',
      [
        `for (let i = 0; ; i++) if (i % 1e5 === 0) port.postMessage({ type: 'write', handle: stdout, bytes: new Uint8Array(1) });`,
      ],
      { timeoutMs: 300 },
    );
    expect(reason).to.equal('timeout');
  });

  it('survives errors that a loop makes nobody catch', async () => {
    const { code, message } = await run(`for (;;) reportError(new Error('again'));`);
    expect(code).to.equal(70);
    expect(message).to.match(/\.$/);
  });
});
