// A pipe of two processes at rest: what the sandbox counts for it says whether they hand over its bytes themselves.
import { expect } from 'chai';
import { Kernel } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';

const ringBytes = 512 * 1024;

describe('Large pieces through a pipe', () => {
  it('leave the kernel where two processes share memory, and only there', async function () {
    this.timeout(60_000);
    if (testConfig.lane === 'webkit') this.skip();
    const kernel = await Kernel.boot();
    const response = await fetch('/build/test-fixtures/c/shared-pipes.wasm');
    const files = { 'self.wasm': new Uint8Array(await response.arrayBuffer()) };
    const sandbox = await kernel.sandbox({ files });
    const before = (await kernel.stats()).pipeBytes;
    const process = await sandbox.spawn('./self.wasm', ['rests'], { timeoutMs: 30_000 });
    const output = process.stdout.getReader();
    const line = async (): Promise<string> => new TextDecoder().decode((await output.read()).value);
    expect(await line()).to.equal('at rest\n');
    const { pipeBytes } = await kernel.stats();
    expect(pipeBytes - before).to.equal(process.transport === 'shared' ? ringBytes : 0);
    await process.stdin.getWriter().close();
    expect(await line()).to.equal('rested: 3145728, 0\n');
    expect(await process.exited).to.include({ code: 0, signal: null });
    expect((await kernel.stats()).pipeBytes).to.equal(before);
    await sandbox.dispose();
  });
});
