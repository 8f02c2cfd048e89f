import { expect } from 'chai';
import { EventOutlet } from '../../kernel-core/event-outlet.js';
import type { EventBatch } from '../../kernel-core/protocol/events.js';

/** A watcher of an outlet; `batch()` resolves with what it is told next. */
function watcher(outlet: EventOutlet): { batch(): Promise<EventBatch>; port: MessagePort; told: number } {
  const { port1, port2 } = new MessageChannel();
  const waiting: ((batch: EventBatch) => void)[] = [];
  const result = {
    told: 0,
    port: port1,
    batch: () => new Promise<EventBatch>((resolve) => waiting.push(resolve)),
  };
  port1.onmessage = ({ data }: MessageEvent<EventBatch>) => {
    result.told += 1;
    waiting.shift()?.(data);
  };
  outlet.watch(port2);
  return result;
}

const exit = (pid: number) => ({ type: 'exit', sandbox: 1, pid, code: 0, signal: null }) as const;

describe('EventOutlet', () => {
  it('tells what happened in one batch, in order, and bytes as a sum', async () => {
    const outlet = new EventOutlet();
    const { batch } = watcher(outlet);
    outlet.addBytes(1, 10);
    outlet.add({ type: 'listen', sandbox: 1, port: 80 });
    outlet.add(exit(7));
    outlet.addBytes(1, 5);
    expect((await batch()).events).to.deep.equal([
      { type: 'listen', sandbox: 1, port: 80 },
      exit(7),
      { type: 'bytes', sandbox: 1, bytes: 15 },
    ]);
  });

  it('sends nothing more until it is asked, however much happens', async () => {
    const outlet = new EventOutlet();
    const page = watcher(outlet);
    outlet.add(exit(1));
    await page.batch();
    for (let pid = 0; pid < 10_000; pid += 1) outlet.add(exit(pid));
    const other = watcher(outlet);
    outlet.add(exit(3));
    await other.batch();
    expect(page.told).to.equal(1);
    const next = page.batch();
    page.port.postMessage('next');
    const { events } = await next;
    expect(events).to.have.length(501);
    expect(events.at(-1)).to.deep.equal({ type: 'missed', count: 9501 });
  });

  it('cuts what a process chose', async () => {
    const outlet = new EventOutlet();
    const { batch } = watcher(outlet);
    outlet.add({ type: 'start', sandbox: 1, pid: 1, parent: 0, command: 'x'.repeat(1_000_000) });
    const [event] = (await batch()).events;
    expect(event?.type === 'start' && event.command.length).to.equal(200);
  });

  it('keeps nothing once nobody watches', async () => {
    const outlet = new EventOutlet();
    const one = watcher(outlet);
    const other = watcher(outlet);
    expect(outlet.isWatched).to.equal(true);
    one.port.postMessage('end');
    other.port.postMessage('end');
    // Behind both: a port of its own is no further away.
    while (outlet.isWatched) await new Promise((resolve) => setTimeout(resolve));
    outlet.add(exit(1));
    expect([one.told, other.told]).to.deep.equal([0, 0]);
  });
});
