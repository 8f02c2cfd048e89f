import { expect } from 'chai';
import { Kernel } from 'wasm-elements/kernel';
import type { WasmRunnable } from 'wasm-elements';
import { clearPage, next, part, show, stateOf, until } from './page.js';

const forever = 'setInterval(() => console.log("tick"), 5);';

async function processes(): Promise<number> {
  return (await (await Kernel.boot()).stats()).processes.length;
}
async function sandboxes(): Promise<number> {
  return (await (await Kernel.boot()).stats()).sandboxes;
}

describe('the life of <wasm-runnable>', () => {
  let sandboxesBefore: number;
  before(async () => {
    sandboxesBefore = await sandboxes();
  });
  afterEach(async () => {
    clearPage();
    await until(async () => (await processes()) === 0 && (await sandboxes()) === sandboxesBefore);
  });

  const running = async (): Promise<{ element: WasmRunnable; run: Promise<unknown> }> => {
    const element =
      show(`<div><wasm-runnable runtime="javascript">${forever}</wasm-runnable></div><section></section>`) ??
      (document.querySelector('wasm-runnable') as WasmRunnable);
    const run = element.run();
    await next(element, 'wasm-output');
    return { element, run };
  };

  it('goes on when the element is moved within the page', async () => {
    const { element } = await running();
    document.querySelector('section')?.append(element);
    await next(element, 'wasm-output');
    await next(element, 'wasm-output');
    expect(element.state).to.equal('running');
    expect(await processes()).to.equal(1);
  });

  it('ends when the element is removed: no process, no sandbox, no editor', async () => {
    const { element, run } = await running();
    element.remove();
    expect(await run).to.include({ code: null, signal: 'SIGKILL' });
    await until(async () => (await processes()) === 0 && (await sandboxes()) === sandboxesBefore);
    expect(element.sandbox).to.equal(null);
    expect(part(element, 'panel')?.childElementCount).to.equal(0);
  });

  it('begins anew when the element is inserted again', async () => {
    const { element } = await running();
    element.remove();
    await stateOf(element, 'exited');
    document.body.append(element);
    element.code = 'console.log("again")';
    expect(await element.run()).to.include({ code: 0, stdout: 'again\n' });
  });

  it('leaves nothing behind when it is removed at any moment of a start', async () => {
    const moments: ((element: WasmRunnable) => Promise<unknown>)[] = [
      () => Promise.resolve(),
      () => new Promise((resolve) => queueMicrotask(() => resolve(0))),
      () => new Promise((resolve) => setTimeout(resolve)),
      (element) => next(element, 'wasm-run'),
      (element) => stateOf(element, 'running'),
    ];
    for (const moment of moments) {
      const element = document.createElement('wasm-runnable');
      element.runtime = 'javascript';
      element.textContent = forever;
      document.body.append(element);
      const reached = moment(element);
      const run = element.run().catch((error: unknown) => error);
      await reached;
      element.remove();
      await run;
      await until(async () => (await processes()) === 0 && (await sandboxes()) === sandboxesBefore);
      expect(['exited', 'idle']).to.include(element.state);
    }
  });

  it('ends with the page’s body, and the new body’s elements run', async () => {
    const { run } = await running();
    const body = document.createElement('body');
    body.innerHTML = '<wasm-runnable runtime="javascript">console.log("new body")</wasm-runnable>';
    document.documentElement.replaceChild(body, document.body);
    expect(await run).to.include({ signal: 'SIGKILL' });
    const element = body.querySelector('wasm-runnable') as WasmRunnable;
    expect((await element.run()).stdout).to.equal('new body\n');
  });

  it('keeps a session’s sandbox until its last element has left', async () => {
    const markup = '<wasm-runnable runtime="javascript" session="life">console.log(1)</wasm-runnable>';
    document.body.innerHTML = markup + markup;
    const [first, second] = [...document.querySelectorAll('wasm-runnable')] as [WasmRunnable, WasmRunnable];
    await first.run();
    await second.run();
    const { sandbox } = second;
    first.remove();
    await until(() => first.sandbox === null);
    await sandbox?.fs.writeFile('still.txt', 'here');
    expect(await sandbox?.fs.readFile('still.txt', 'utf-8')).to.equal('here');
  });

  it('joins when the library comes twice, and says so in one line', async () => {
    const lines: string[] = [];
    const { info } = console;
    console.info = (...words: unknown[]) => void lines.push(words.join(' '));
    const before = customElements.get('wasm-runnable');
    await import(new URL('/dist/wasm-elements.js?copy=2', location.href).href);
    console.info = info;
    expect(customElements.get('wasm-runnable')).to.equal(before);
    expect(lines.filter((line) => line.includes('wasm-elements'))).to.have.lengthOf(1);
  });
});
