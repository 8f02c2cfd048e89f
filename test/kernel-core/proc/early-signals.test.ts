import { expect } from 'chai';
import { signals } from '../../../kernel-core/abi/signals.js';
import { dispositions } from '../../../kernel-core/abi/syscalls.js';
import { UntakenBudget } from '../../../kernel-core/file/untaken-budget.js';
import { Tree } from '../../../kernel-core/fs/tree.js';
import { Process } from '../../../kernel-core/proc/process.js';
import type { WorkerPool } from '../../../kernel-core/proc/worker-pool.js';

describe('A signal for a process that is being made', () => {
  it('is told once the program is there to catch it', async () => {
    const { process, told } = making();
    process.actions.set(signals.SIGUSR1, dispositions.catch);
    process.signal(signals.SIGUSR1);
    expect(process.state).to.equal('starting');
    process.start({ type: 'start', files: { missed: new Uint8Array() } } as Parameters<Process['start']>[0]);
    expect(await told(2)).to.deep.equal(['start', `signal ${signals.SIGUSR1}`]);
    process.abandon({ code: 0, signal: null });
  });

  it('stops it when it begins or goes on, where that is kept, and else not', () => {
    const { process } = making();
    process.signal(signals.SIGTSTP);
    process.start({ type: 'start', files: { missed: new Uint8Array() } } as Parameters<Process['start']>[0]);
    expect(process.state).to.equal('running');
    process.abandon({ code: 0, signal: null });

    const other = making().process;
    other.signal(signals.SIGTSTP, true);
    expect(other.state).to.equal('starting');
    other.start({ type: 'start', files: { missed: new Uint8Array() } } as Parameters<Process['start']>[0]);
    expect(other.state).to.equal('stopped');
    other.signal(signals.SIGTSTP);
    other.signal(signals.SIGCONT);
    expect(other.state).to.equal('running');
    other.signal(signals.SIGTSTP, true);
    other.signal(signals.SIGTSTP, true);
    other.signal(signals.SIGCONT);
    expect(other.state).to.equal('stopped');
    other.signal(signals.SIGCONT);
    expect(other.state).to.equal('running');
    other.abandon({ code: 0, signal: null });
  });

  it('ends it at once where it does not', () => {
    const { process } = making();
    process.signal(signals.SIGTERM);
    expect(process.hasEnded).to.equal(true);
  });
});

/** A process whose worker is this test, and the first messages it was sent. */
function making(): { readonly process: Process; told(count: number): Promise<string[]> } {
  const { port1, port2 } = new MessageChannel();
  const worker = { port: port1, onfailed: undefined, terminate: () => undefined, view: undefined };
  const pool = { take: () => worker, end: () => undefined } as unknown as WorkerPool;
  const process = new Process({
    ...{ pid: 1, group: 1, session: 1, command: 'test', argv: ['test'], cwd: '/', loader: 'test' },
    ...{ timeoutMs: undefined, memoryBytes: 1, openFiles: 64, ignored: [], reusable: true },
    transport: 'suspending',
    tree: new Tree({ inodes: 10, fileBytes: 10 }),
    pool,
    untaken: new UntakenBudget(1e6, 1),
    syscall: () => 0,
    isOrphaned: () => false,
    onChange: () => undefined,
    onEnd: () => undefined,
  });
  const told = (count: number): Promise<string[]> =>
    new Promise((resolve) => {
      const messages: string[] = [];
      port2.onmessage = ({ data }: MessageEvent<{ type: string; number?: number }>) => {
        messages.push(data.number === undefined ? data.type : `${data.type} ${data.number}`);
        if (messages.length === count) resolve(messages);
      };
    });
  return { process, told };
}
