// A page that nobody touches: what the elements may cost it. The library is loaded in a page of its own.
import { expect } from 'chai';
import { until } from './page.js';

interface Observed {
  readonly frame: HTMLIFrameElement;
  readonly requests: () => string[];
  readonly workers: () => number;
  readonly shifts: () => number;
}

async function page(body: string): Promise<Observed> {
  const frame = document.createElement('iframe');
  frame.style.cssText = 'width: 800px; height: 600px';
  const script = `
    window.workers = 0; window.shifts = 0;
    window.Worker = class extends Worker { constructor(...a) { super(...a); window.workers++; } };
    window.SharedWorker = undefined;
    try { new PerformanceObserver((list) => { for (const one of list.getEntries()) window.shifts += one.value; })
      .observe({ type: 'layout-shift', buffered: true }); } catch {}`;
  frame.srcdoc = `<!doctype html><body><script>${script}</script>${body}
    <script type="module">
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)));
      await import('${location.origin}/dist/wasm-elements.js');
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      window.ready = true;
    </script>`;
  document.body.append(frame);
  type Window = typeof globalThis & { ready?: boolean; workers: number; shifts: number };
  const inside = (): Window => frame.contentWindow as unknown as Window;
  await until(() => inside().ready === true);
  return {
    frame,
    requests: () =>
      inside()
        .performance.getEntriesByType('resource')
        .map((entry) => entry.name),
    workers: () => inside().workers,
    shifts: () => inside().shifts,
  };
}

describe('a page before the first interaction', () => {
  afterEach(() => document.body.replaceChildren());

  const fifty = Array.from(
    { length: 50 },
    (_, index) =>
      `<p>Sample ${index}</p><wasm-runnable runtime="python"><pre><code>print(${index})\nprint("x")</code></pre></wasm-runnable>`,
  ).join('');

  it('requests the entry and nothing else, and starts no worker', async () => {
    const { requests, workers, frame } = await page(fifty);
    expect(requests()).to.deep.equal([`${location.origin}/dist/wasm-elements.js`]);
    expect(workers()).to.equal(0);
    const buttons = [...(frame.contentDocument?.querySelectorAll('wasm-runnable') ?? [])].filter((element) =>
      element.shadowRoot?.querySelector('[part~=run-button]'),
    );
    expect(buttons).to.have.lengthOf(50);
  });

  it('does not move when the elements come to life', async () => {
    const { frame, shifts } = await page('<div id="probe"></div>');
    const inside = frame.contentDocument as Document;
    const probe = inside.getElementById('probe') as HTMLElement;
    probe.innerHTML = fifty.replaceAll('wasm-runnable', 'not-defined');
    const plain = [...probe.querySelectorAll('p, pre')].map((element) => element.getBoundingClientRect().top);
    probe.innerHTML = fifty;
    await until(() => probe.querySelectorAll('wasm-runnable').length === 50);
    const alive = [...probe.querySelectorAll('p, pre')].map((element) => element.getBoundingClientRect().top);
    expect(alive).to.deep.equal(plain);
    expect(shifts()).to.equal(0);
  });

  it('keeps its layout as measured by the browser', async function () {
    if (!PerformanceObserver.supportedEntryTypes.includes('layout-shift')) this.skip();
    const { shifts } = await page(fifty);
    expect(shifts()).to.equal(0);
  });
});
