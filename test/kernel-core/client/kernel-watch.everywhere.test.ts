import { expect } from 'chai';
import { Kernel, type KernelEvent, type PortEvent } from 'wasm-elements/kernel';
import { programUrl } from '../../fixture-program.js';

/** Events up to the first one that `isLast` is true of. */
async function until(
  events: AsyncIterable<KernelEvent>,
  isLast: (event: KernelEvent) => boolean,
): Promise<KernelEvent[]> {
  const seen: KernelEvent[] = [];
  for await (const event of events) {
    seen.push(event);
    if (isLast(event)) break;
  }
  return seen;
}

describe('kernel.watch()', () => {
  let kernel: Kernel;
  before(async () => {
    kernel = await Kernel.boot();
  });

  it('tells when processes start and exit, and how many bytes they wrote', async () => {
    const sandbox = await kernel.sandbox({
      files: { 'main.js': 'console.log("x".repeat(999)); process.exit(3)' },
    });
    const events = kernel.watch();
    const process = await sandbox.spawn('javascript', ['main.js'], { stdin: 'null' });
    void process.stdout.cancel();
    const { pid } = process;
    const { sandbox: number } = (await kernel.stats()).processes.find((each) => each.pid === pid) ?? {};
    const seen = await until(events, ({ type }) => type === 'exit');
    expect(seen.find(({ type }) => type === 'start')).to.include({ pid, parent: 0, command: 'javascript' });
    expect(seen.find(({ type }) => type === 'exit')).to.include({ pid, code: 3, signal: null });
    if (number !== undefined)
      expect(seen.every((each) => 'sandbox' in each && each.sandbox === number)).to.equal(true);
    await sandbox.dispose();
  });

  it('tells how many bytes moved', async () => {
    const sandbox = await kernel.sandbox({ files: { 'main.js': 'console.log("x".repeat(999))' } });
    const events = kernel.watch();
    const bytes = until(events, ({ type }) => type === 'bytes');
    await sandbox.run('javascript', ['main.js']);
    const last = (await bytes).at(-1);
    expect(last?.type === 'bytes' && last.bytes).to.equal(1000);
    await sandbox.dispose();
  });

  it('tells which ports listen', async () => {
    const program = await (await fetch(programUrl('c/http'))).blob();
    const sandbox = await kernel.sandbox({ files: { http: program } });
    const listening = new Promise<number>((resolve) =>
      sandbox.addEventListener('listen', (event) => resolve((event as PortEvent).port)),
    );
    const events = kernel.watch();
    const process = await sandbox.spawn('./http', ['8080']);
    const port = await listening;
    const seen = until(events, ({ type }) => type === 'close');
    process.kill('SIGKILL');
    const ports = (await seen).filter(({ type }) => type === 'listen' || type === 'close');
    expect(ports.map((each) => [each.type, 'port' in each && each.port])).to.deep.equal([
      ['listen', port],
      ['close', port],
    ]);
    await sandbox.dispose();
  });

  it('ends with its signal', async () => {
    const controller = new AbortController();
    const events = kernel.watch({ signal: controller.signal });
    controller.abort();
    expect(await until(events, () => false)).to.deep.equal([]);
  });
});
