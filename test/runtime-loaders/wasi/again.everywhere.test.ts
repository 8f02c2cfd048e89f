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

/** Adds to the byte at 16 the stack pointer and the pages there are besides the first. */
const tell = [
  ...[0x41, 16, 0x41, 16, 0x2d, 0, 0, 0x23, 0, 0x6a, 0x3f, 0, 0x6a, 0x41, 1, 0x6b, 0x3a, 0, 0],
  ...write,
];
/** Leaves the stack pointer one higher. */
const move = [0x23, 0, 0x41, 1, 0x6a, 0x24, 0];
/** One page more. */
const grow = [0x41, 1, 0x40, 0, 0x1a];

/** Adds to the byte at 16 what `leave` left in a global that nobody else knows. */
const find = [0x41, 16, 0x41, 16, 0x2d, 0, 0, 0x23, 1, 0x6a, 0x3a, 0, 0];
const leave = [0x23, 1, 0x41, 1, 0x6a, 0x24, 1];

/** Prints as `tell` does, and says that it can be made as new: its stack pointer is an export. */
const renewed = (then: readonly number[], first: readonly number[] = []): Uint8Array =>
  Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 2, ...[0x60, 0, 0], ...[0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f]),
    ...section(2, 1, ...text('wasi_snapshot_preview1'), ...text('fd_write'), 0, 1),
    ...section(3, 1, 0),
    ...section(5, 1, 0, 1),
    ...section(6, 2, ...[0x7f, 1, 0x41, 0, 0x0b], ...[0x7f, 1, 0x41, 0, 0x0b]),
    ...section(7, 3, ...text('memory'), 2, 0, ...text('__stack_pointer'), 3, 0, ...text('_start'), 0, 1),
    ...section(10, 1, ...body(...first, ...tell, ...count, ...move, ...then)),
    ...section(11, 1, 0, 0x41, 0, 0x0b, 17, ...[16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0x61),
  ]);

describe('A WASI program that runs again', () => {
  let sandbox: Sandbox;
  before(async () => {
    const kernel = await Kernel.boot();
    sandbox = await kernel.sandbox({
      files: {
        'counts.wasm': program(count),
        'calls.wasm': program([...write, ...count]),
        'renewed.wasm': renewed([]),
        'grows.wasm': renewed(grow),
        'traps.wasm': renewed([0x00]),
        'leaves.wasm': renewed(leave, find),
      },
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

  for (const [name, what] of [
    ['renewed', 'says that they can be made so'],
    ['leaves', 'says so and has a global besides'],
    ['grows', 'made its memory larger'],
    ['traps', 'came to a trap'],
  ] as const) {
    it(`finds memory and stack as they were built, where it ${what}`, async () => {
      for (let round = 0; round < 5; round += 1) {
        const { code, stdout } = await sandbox.run(`./${name}.wasm`);
        expect({ code, stdout }).to.deep.equal({ code: name === 'traps' ? 134 : 0, stdout: 'a' });
      }
    });
  }

  it('has its start function run once, though that makes calls', () => runs('calls', 5));

  it('takes turns with another', async () => {
    for (let round = 0; round < 3; round += 1) {
      await runs('counts', 3);
      await runs('calls', 2);
    }
  });
});
