import { expect } from 'chai';
import { makePipe } from '../../../kernel-core/file/pipe.js';
import { UntakenBudget, atomicBytes } from '../../../kernel-core/file/untaken-budget.js';
import { kernelCaller } from '../../../kernel-core/file/wait-queue.js';
import { Tree } from '../../../kernel-core/fs/tree.js';
import { HandleWrites } from '../../../kernel-core/proc/handle-writes.js';
import { Process } from '../../../kernel-core/proc/process.js';
import type { WorkerPool } from '../../../kernel-core/proc/worker-pool.js';
import type { ExitStatusWire } from '../../../kernel-core/protocol/process-port.js';

const megabyte = 1 << 20;

/** A process that writes to pipes of its own, as the kernel sees it. */
class Writer {
  readonly pipes: ReturnType<typeof makePipe>[] = [];
  readonly writes: HandleWrites;

  constructor(budget: UntakenBudget) {
    this.writes = new HandleWrites(() => undefined, budget);
  }

  write(handle: number, bytes: number): void {
    const pipe = this.pipes[handle] ?? makePipe();
    this.pipes[handle] = pipe;
    pipe.writer.watch(() => this.writes.moved());
    pipe.writer.write(new Uint8Array(bytes), this.writes.add(handle, bytes), kernelCaller);
  }

  /** Whether a write that waits for the kernel's word would go on now. */
  async goesOn(handle: number): Promise<boolean> {
    let went = false;
    void this.drained(handle).then(() => (went = true));
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    return went;
  }

  drained(handle: number): Promise<number> {
    return this.writes.drained(handle, () => this.pipes[handle]?.writer.waiting, kernelCaller);
  }

  read(handle: number, bytes: number): void {
    void this.pipes[handle]?.reader.read(bytes, kernelCaller);
  }
}

describe('UntakenBudget', () => {
  it('keeps writers of full pipes waiting while the sandbox has no room, and lets PIPE_BUF through', async () => {
    const budget = new UntakenBudget(megabyte, 16);
    const one = new Writer(budget);
    for (let pipe = 0; pipe < 10; pipe += 1) one.write(pipe, 100_000);
    expect(await one.goesOn(9)).to.equal(true);
    one.write(10, 100_000);
    const other = new Writer(budget);
    other.write(0, atomicBytes);
    other.write(1, atomicBytes + 1);
    expect([await one.goesOn(10), await other.goesOn(0), await other.goesOn(1)]).to.deep.equal([
      false,
      true,
      false,
    ]);
    expect(budget.unaskedBytes).to.equal(0);
  });

  it('lets a writer on when its own pipe is read, or any other', async () => {
    const budget = new UntakenBudget(megabyte, 16);
    const [one, other] = [new Writer(budget), new Writer(budget)];
    for (let pipe = 0; pipe < 12; pipe += 1) one.write(pipe, 100_000);
    other.write(0, 50_000);
    const own = other.drained(0);
    other.read(0, 46_000);
    await own;
    other.write(1, 50_000);
    const elsewhere = other.drained(1);
    for (let pipe = 0; pipe < 4; pipe += 1) one.read(pipe, 100_000);
    await elsewhere;
    for (let pipe = 4; pipe < 12; pipe += 1) one.read(pipe, 100_000);
    other.read(0, 50_000);
    other.read(1, 50_000);
    expect(budget.bytes).to.equal(0);
  });

  it('gives back what lay in a pipe that nobody will read any more', () => {
    const budget = new UntakenBudget(megabyte, 16);
    const writer = new Writer(budget);
    writer.write(0, 300_000);
    expect(budget.bytes).to.equal(300_000);
    writer.pipes[0]?.reader.close();
    expect(budget.bytes).to.equal(0);
  });

  it('ends a process that writes on without asking, and leaves the one beside it alone', async () => {
    const budget = new UntakenBudget(megabyte, 4);
    const hostile = start(budget);
    const quiet = start(budget);
    for (let round = 0; round < 100; round += 1)
      for (const handle of hostile.handles)
        hostile.port.postMessage({ type: 'write', handle, bytes: new Uint8Array(20_000) });
    quiet.port.postMessage({ type: 'write', handle: quiet.handles[0], bytes: new Uint8Array(atomicBytes) });
    const status = await hostile.ended;
    expect([status.signal, status.reason]).to.deep.equal(['SIGKILL', 'output']);
    expect(status.message).to.match(/pipes of its sandbox were full/);
    expect(budget.bytes).to.be.below(6 * megabyte);
    expect(quiet.process.state).to.equal('running');
    quiet.process.abandon({ code: 0, signal: null });
  });
});

/** A process whose worker is this test, with ten pipes that nobody reads. */
function start(untaken: UntakenBudget): {
  readonly process: Process;
  readonly port: MessagePort;
  readonly handles: readonly number[];
  readonly ended: Promise<ExitStatusWire>;
} {
  const { port1, port2 } = new MessageChannel();
  const worker = { port: port1, onfailed: undefined, terminate: () => undefined, view: undefined };
  const pool = { take: () => worker, end: () => undefined } as unknown as WorkerPool;
  let end: (status: ExitStatusWire) => void;
  const ended = new Promise<ExitStatusWire>((resolve) => (end = resolve));
  const process = new Process({
    ...{ pid: 1, group: 1, session: 1, command: 'test', argv: ['test'], cwd: '/', loader: 'test' },
    ...{ timeoutMs: undefined, memoryBytes: 1, openFiles: 64, ignored: [], reusable: false },
    transport: 'suspending',
    tree: new Tree({ inodes: 10, fileBytes: 10 }),
    pool,
    untaken,
    syscall: () => 0,
    isOrphaned: () => false,
    onChange: () => undefined,
    onEnd: (_process, status) => end(status),
  });
  const handles = Array.from({ length: 10 }, () => process.handles.add(makePipe().writer));
  process.start({ type: 'start', files: { missed: new Uint8Array() } } as Parameters<Process['start']>[0]);
  return { process, port: port2, handles, ended };
}
