// A process that has memory for a pipe, which the kernel reads too, and writes into it whatever and whenever it likes.
import { expect } from 'chai';
import { Kernel } from 'wasm-elements/kernel';
import { bareWorker, replaceLibraryFile } from './bare-worker.js';
import { Bystander } from './bystander.js';

/** What says nothing: a WebAssembly module without anything in it. It never runs, the bare worker does. */
const emptyModule = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

const attack = `
  let next = 1;
  const waiting = new Map();
  port.onmessage = ({ data }) => {
    const [id, value] = Array.isArray(data) ? data : [data.id, data.value];
    waiting.get(id)?.(value);
    waiting.delete(id);
  };
  const call = (number, ...args) => new Promise((answered) => {
    waiting.set(next, answered);
    port.postMessage([next++, number, ...args]);
  });
  const [read, write, hasMemory] = new Int32Array((await call(7)).slice().buffer);
  if (hasMemory !== 1) throw new Error('no memory');
  const words = new Int32Array(start.pipeMemory, 0, 32);
  const any = () => Math.random() < 0.5 ? Math.random() * 2 ** 32 | 0 : [0, -1, 2 ** 30, 2 ** 31, 2 ** 19, 2 ** 30 - 1][Math.random() * 6 | 0] | 0;
  let lent = 0;
  for (let round = 0; round < 400; round += 1) {
    // Who reads offers, who writes asks.
    void call(1, read, 1000, 8);
    port.postMessage({ type: 'write', handle: write, bytes: new Uint8Array(1000 + round) });
    lent += await call(37, write, 1);
    for (let some = 0; some < 4; some += 1) {
      void [
        () => call(1, read, 1 + Math.random() * 2 ** 22 | 0, 1),
        () => call(2, write),
        () => port.postMessage({ type: 'moved', handle: Math.random() < 0.5 ? read : write }),
        () => call(8, 0),
        () => call(37, write, Math.random() * 2 | 0),
      ][Math.random() * 5 | 0]();
      for (let time = 0; time < 3000; time += 1) {
        words[0] = any();
        words[16] = any();
      }
      await call(15, 0);
    }
  }
  print(lent > 100 ? 'done' : 'lent ' + lent);
`;

describe('A hostile process with memory the kernel reads', () => {
  it('spoils its own pipe and nothing else', async function () {
    this.timeout(60_000);
    replaceLibraryFile('process.worker.js', () => bareWorker);
    const kernel = await Kernel.boot();
    const bystander = await Bystander.start(await kernel.sandbox());
    const sandbox = await kernel.sandbox({ files: { 'x.wasm': emptyModule } });
    const running = sandbox.run('./x.wasm', [attack], { timeoutMs: 40_000 });
    await bystander.answers();
    expect(await running).to.include({ stdout: 'done\n', stderr: '', code: 0 });
    await bystander.answers();
    const { pipeBytes, processes } = await kernel.stats();
    expect({ pipeBytes, running: processes.length }).to.deep.equal({ pipeBytes: 0, running: 1 });
  });
});
