// The same program over and over in one worker, where its next instance is made before it is wanted.
import { expect } from 'chai';
import { Kernel, type Sandbox } from 'wasm-elements/kernel';

const text = (value: string): number[] => [value.length, ...new TextEncoder().encode(value)];
const section = (id: number, ...content: number[]): number[] => [id, content.length, ...content];
const body = (...code: number[]): number[] => [code.length + 2, 0, ...code, 0x0b];

/** `fd_write(1, 0, 1, 8)`, its result dropped. */
const write = [0x41, 1, 0x41, 0, 0x41, 1, 0x41, 8, 0x10, 0, 0x1a];
/** Adds one to the byte at 16, which is what it prints. */
const count = [0x41, 16, 0x41, 16, 0x2d, 0, 0, 0x41, 1, 0x6a, 0x3a, 0, 0];

/** Prints the byte at 16 and counts it up, having run a start function first. */
const program = (start: readonly number[]): Uint8Array =>
  Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 2, ...[0x60, 0, 0], ...[0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f]),
    ...section(2, 1, ...text('wasi_snapshot_preview1'), ...text('fd_write'), 0, 1),
    ...section(3, 2, 0, 0),
    ...section(5, 1, 0, 1),
    ...section(7, 2, ...text('memory'), 2, 0, ...text('_start'), 0, 2),
    ...section(8, 1),
    ...section(10, 2, ...body(...start), ...body(...write, ...count)),
    ...section(11, 1, 0, 0x41, 0, 0x0b, 17, ...[16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0x61),
  ]);

describe('A WASI program that runs again', () => {
  let sandbox: Sandbox;
  before(async () => {
    const kernel = await Kernel.boot();
    sandbox = await kernel.sandbox({
      files: { 'counts.wasm': program(count), 'calls.wasm': program([...write, ...count]) },
    });
  });
  after(() => sandbox.dispose());

  const runs = async (name: string, times: number): Promise<void> => {
    for (let round = 0; round < times; round += 1) {
      const { code, stdout, stderr } = await sandbox.run(`./${name}.wasm`);
      // The start function has counted once, and nothing else has.
      expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: 'b', stderr: '' });
    }
  };

  it('finds its memory as it was built', () => runs('counts', 5));

  it('has its start function run once, though that makes calls', () => runs('calls', 5));

  it('takes turns with another', async () => {
    for (let round = 0; round < 3; round += 1) {
      await runs('counts', 3);
      await runs('calls', 2);
    }
  });
});
