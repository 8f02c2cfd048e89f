import { expect } from 'chai';
import { Kernel as PageKernel, runtimes } from 'wasm-elements/kernel';
import { Kernel } from '../../kernel-core/kernel.js';
import type { Answer, PageService } from '../../kernel-core/protocol/kernel-service.js';
import type { FromProcess } from '../../kernel-core/protocol/process-port.js';

/** Of the event loop, without a timer. */
function turn(): Promise<unknown> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(0);
  });
}

/** Timers that have not fired, by who set them. */
class PendingTimers {
  readonly #pending = new Map<number, string>();
  readonly #restore: () => void;

  constructor() {
    const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
    const set = (original: typeof setTimeout, once: boolean) =>
      ((handler: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
        const id = original(() => {
          if (once) this.#pending.delete(id);
          handler(...args);
        }, ms) as unknown as number;
        this.#pending.set(id, new Error(`after ${ms ?? 0} ms`).stack ?? '');
        return id;
      }) as unknown as typeof setTimeout;
    const clear = (original: typeof clearTimeout) => (id: number | undefined) => {
      if (id !== undefined) this.#pending.delete(id);
      original(id);
    };
    const wrapped = {
      setTimeout: set(setTimeout, true),
      setInterval: set(setInterval as unknown as typeof setTimeout, false),
      clearTimeout: clear(clearTimeout),
      clearInterval: clear(clearInterval),
    };
    Object.assign(globalThis, wrapped);
    this.#restore = () => Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval });
  }

  /** Those set by files whose address holds `text`. */
  of(text: string): string[] {
    return [...this.#pending.values()].filter((stack) => stack.includes(text));
  }

  /** Whether none of them is left before a second has passed: shots in the air are given time, an interval has none. */
  async none(text: string): Promise<string[]> {
    const end = performance.now() + 1000;
    while (this.of(text).length > 0 && performance.now() < end) {
      await turn();
    }
    return this.of(text);
  }

  end(): void {
    this.#restore();
  }
}

const program = 'setTimeout(() => console.log("done"), 50)';

describe('An idle kernel', () => {
  let timers: PendingTimers;
  beforeEach(() => {
    timers = new PendingTimers();
  });
  afterEach(() => timers.end());

  it('leaves no timer running in the page', async () => {
    const kernel = await PageKernel.boot();
    const sandbox = await kernel.sandbox({ files: { 'main.js': program } });
    const process = await sandbox.spawn('javascript', ['main.js'], { stdin: 'null', timeoutMs: 10_000 });
    const text = new Response(process.stdout).text();
    // The heartbeat: without it this test could not fail.
    while (timers.of('/dist/').length === 0) await turn();
    expect(await text).to.equal('done\n');
    await process.exited;
    expect(await timers.none('/dist/')).to.deep.equal([]);
    await sandbox.dispose();
  });

  it('leaves no timer running in the kernel', async () => {
    const fetched = async (path: string): Promise<Blob> => (await fetch(`/dist/image/${path}`)).blob();
    const page: PageService = {
      asset: () => Promise.reject(new Error('no assets')),
      blocks: () => Promise.reject(new Error('no packs')),
      provideFiles: () => Promise.reject(new Error()),
      installPackages: () => Promise.reject(new Error('no packages')),
      zstdDecoder: () => Promise.reject(new Error('no assets')),
      loader: async (name): Promise<Answer<Blob>> => ({
        ok: true,
        value: await fetched(`loaders/${name}.js`),
      }),
    };
    const kernel = new Kernel(page as ConstructorParameters<typeof Kernel>[0]);
    await kernel.boot({
      processWorker: await fetched('process.worker.js'),
      runtimes: runtimes(),
      deviceMemoryGb: 8,
    });
    const setup = { files: undefined, cwd: '/home/user', env: {}, limits: {}, grant: 'none' } as const;
    const created = await kernel.createSandbox(setup, new MessageChannel().port2, undefined);
    const sandbox = created.ok ? created.value : expect.fail(created.error.message);
    const content = new TextEncoder().encode(program);
    await kernel.files(sandbox, { op: 'writeFile', path: 'main.js', content });
    const { port1, port2 } = new MessageChannel();
    const exited = new Promise<void>((resolve) => {
      port1.onmessage = ({ data }: MessageEvent<FromProcess>) => {
        if (data.type === 'exited') resolve();
      };
    });
    const request = { command: 'javascript', args: ['main.js'], stdin: 'null', timeoutMs: 10_000 } as const;
    const spawned = await kernel.spawn(sandbox, request, port2);
    expect(spawned.ok).to.equal(true);
    // The limit of its run time: without it this test could not fail.
    expect(timers.of('/kernel-core/')).to.not.deep.equal([]);
    await exited;
    expect(await timers.none('/kernel-core/')).to.deep.equal([]);
    await kernel.disposeSandbox(sandbox);
  });
});
