// A program that posts while it spins: Chromium lets such a worker run on for two seconds after it is ended.
import { expect } from 'chai';
import { Kernel, type Process, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../test-config.js';
import { beats } from './heartbeat.js';

const transport = ({ 'chromium-isolated': 'shared', webkit: 'local' } as Record<string, string>)[
  testConfig.lane
];

describe('A runaway', () => {
  let sandbox: Sandbox;
  let runaway: Process;
  const reached = (): Promise<string> => sandbox.fs.readFile('far.txt', 'utf-8').catch(() => '');

  beforeEach(async () => {
    const program = await fetch('/build/test-fixtures/c/runaway.wasm');
    const kernel = await Kernel.boot();
    sandbox = await kernel.sandbox({
      files: { 'self.wasm': new Uint8Array(await program.arrayBuffer()) },
      limits: { processes: 2 },
    });
    runaway = await sandbox.spawn('./self.wasm', [], { stdin: 'null' });
    expect(runaway.transport).to.equal(transport ?? 'suspending');
    for (let before = await reached(); before === '' || before === (await reached());) {
      await beats(1);
      before = before === '' ? await reached() : before;
    }
  });
  afterEach(() => sandbox.dispose());

  it('is over once it is killed, and nothing it goes on to post changes anything', async () => {
    runaway.kill('SIGKILL');
    expect(await runaway.exited).to.include({ code: null, signal: 'SIGKILL' });
    const far = await reached();
    await beats(200);
    expect(await reached()).to.equal(far);
    // Its standard output has ended too.
    const { done } = await runaway.stdout.getReader().read();
    expect(done).to.equal(true);
  });

  it('takes nothing else with it', async () => {
    const other = await (await Kernel.boot()).sandbox({ files: { 'hi.mjs': `console.log('hi');` } });
    runaway.kill('SIGKILL');
    const [{ stdout }] = await Promise.all([other.run('javascript', ['hi.mjs']), runaway.exited]);
    expect(stdout).to.equal('hi\n');
    await other.dispose();
  });
});
