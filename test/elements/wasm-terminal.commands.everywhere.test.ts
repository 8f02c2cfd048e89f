import { expect } from 'chai';
import type { WasmElementEventMap, WasmTerminal } from 'wasm-elements';
import { programUrl } from '../fixture-program.js';
import { click, press } from '../input.js';
import { clearPage, next, part, stateOf, until } from './page.js';
import { showTerminal } from './terminal.js';

const note = `<script type="text/plain" src="${programUrl('c/console')}" filename="/usr/bin/console"></script>`;
const endless = `<script type="text/plain" filename="endless.mjs">console.log('on'); setInterval(() => {}, 1000);</script>`;

const commands = (blocks: string, attributes = 'runtime="wasi"'): WasmTerminal =>
  showTerminal(`<wasm-terminal commands ${attributes}>${blocks}</wasm-terminal>`);

/** The Run, Stop and Copy buttons, in the order of the page. */
function buttons(element: WasmTerminal, word: string): HTMLElement[] {
  const all = element.shadowRoot?.querySelectorAll('button') ?? [];
  return [...all].filter((button) => button.textContent === word);
}

const panel = (element: WasmTerminal, index: number): HTMLElement =>
  element.shadowRoot?.querySelectorAll<HTMLElement>('[part="panel"]')[index] as HTMLElement;

const shows = (element: WasmTerminal, index: number, text: RegExp): Promise<void> =>
  until(() => text.test(panel(element, index).innerText));

describe('A <wasm-terminal> with commands', () => {
  afterEach(clearPage);

  it('leaves what the author wrote where it stands, and gives each <pre> its buttons', async () => {
    const blocks = `<p>First</p><pre>console note one</pre><p>then</p><div class="highlight"><pre><code>console note</code></pre></div>`;
    document.body.insertAdjacentHTML('beforeend', `<div id="bare">${blocks}</div>`);
    const bare = document.getElementById('bare')?.getBoundingClientRect().height;
    const element = commands(blocks + note);
    await until(() => buttons(element, 'Run').length === 2);
    expect(element.getBoundingClientRect().height).to.equal(bare);
    for (const child of element.children) expect(child.assignedSlot).not.to.equal(null);
    expect(buttons(element, 'Run').map((button) => button.ariaLabel)).to.deep.equal([
      'Run: console note one',
      'Run: console note',
    ]);
    expect(element.state).to.equal('idle');
    const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
    expect(loaded.filter((name) => name.includes('command-runner'))).to.deep.equal([]);
  });

  it('runs each as a process of its own on the same files, by keyboard too', async () => {
    const element = commands(`<pre>console note 'one two'</pre><pre>$ console note\none two</pre>${note}`);
    await until(() => buttons(element, 'Run').length === 2);
    const runs: string[] = [];
    element.addEventListener('wasm-run', (event) => {
      runs.push((event as WasmElementEventMap['wasm-run']).detail.entry);
    });
    await click(buttons(element, 'Run')[0] as HTMLElement);
    await shows(element, 0, /exit 0/);
    await press('Tab');
    await press('Tab');
    const exited = next(element, 'wasm-exit');
    await press('Enter');
    expect(await exited).to.include({ code: 0, stdout: '\x1b[32mone two\n\x1b[0m' });
    await shows(element, 1, /^one two\s+exit 0/);
    expect(panel(element, 1).querySelector('.ansi, [class*="fg"]')?.textContent).to.contain('one two');
    expect(runs).to.deep.equal(["console note 'one two'", 'console note']);
    expect(element.state).to.equal('exited');
    expect(panel(element, 1).querySelector('[role="log"]')?.ariaLabel).to.equal('Output of console note');
  });

  it('lets one wait for the other, and stops each', async () => {
    const element = commands(
      `<pre>javascript endless.mjs</pre><pre>console note later</pre>${endless}${note}`,
    );
    await until(() => buttons(element, 'Run').length === 2);
    await click(buttons(element, 'Run')[0] as HTMLElement);
    await shows(element, 0, /^on/);
    expect(buttons(element, 'Stop')).to.have.length(1);
    await click(buttons(element, 'Run')[0] as HTMLElement);
    await shows(element, 1, /Waiting for its turn/);
    await click(buttons(element, 'Stop')[1] as HTMLElement);
    await shows(element, 1, /stopped/);
    await click(buttons(element, 'Run')[0] as HTMLElement);
    await shows(element, 1, /Waiting for its turn/);
    expect(element.state).to.equal('running');
    await click(buttons(element, 'Stop')[0] as HTMLElement);
    await shows(element, 0, /stopped/);
    await shows(element, 1, /exit 0/);
    expect(await element.sandbox?.fs.readFile('notes.txt', 'utf-8')).to.equal('later\n');
    expect(element.state).to.equal('exited');
  });

  it('runs all of them in order where a script says so, and none after a stop', async () => {
    const element = commands(
      `<pre>console note a</pre><pre>console note b</pre><pre>console note</pre><pre>javascript endless.mjs</pre><pre>console note c</pre>${note}${endless}`,
    );
    const ended = element.run();
    await until(() => panel(element, 3)?.innerText.startsWith('on'));
    expect(panel(element, 2).innerText).to.match(/^a\nb\s/);
    await element.stop();
    expect((await ended).signal ?? 'none').to.match(/SIGTERM|none/);
    expect(panel(element, 4).innerText).to.equal('');
    element.reset();
    expect(panel(element, 2).innerText).to.equal('');
    expect(element.state).to.equal('idle');
  });

  it('says what is wrong in its place, and tries again', async () => {
    const element = commands(`<pre>console 'note</pre><pre>console note x</pre>${note}`);
    await until(() => buttons(element, 'Run').length === 2);
    const failed = next(element, 'wasm-error');
    await click(buttons(element, 'Run')[0] as HTMLElement);
    expect(await failed).to.include({ code: 'EINVAL' });
    expect(panel(element, 0).innerText).to.contain('a quote is not closed');
    (element.querySelector('pre') as HTMLElement).textContent = 'console note y';
    await until(() => buttons(element, 'Run')[0]?.ariaLabel === 'Run: console note y');
    await click(buttons(element, 'Try again')[0] as HTMLElement);
    await shows(element, 0, /exit 0/);
    expect(await element.write('x').catch((error: unknown) => error)).to.include({ code: 'ENOSYS' });
  });

  it('says so where there is nothing to run', async () => {
    const element = commands('<p>no command</p>');
    const error: unknown = await element.run().catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'ENOENT' });
    expect(part(element, 'panel')).to.equal(null);
  });

  it('follows the author: what is new gets its buttons, what is taken away ends', async () => {
    const element = commands(`<pre>javascript endless.mjs</pre>${endless}${note}`);
    await until(() => buttons(element, 'Run').length === 1);
    await click(buttons(element, 'Run')[0] as HTMLElement);
    await stateOf(element, 'running');
    element.insertAdjacentHTML('beforeend', '<pre>console note z</pre>');
    await until(() => buttons(element, 'Run').length === 1);
    await shows(element, 0, /^on/);
    const ended = next(element, 'wasm-exit');
    element.querySelector('pre')?.remove();
    expect((await ended).message).to.contain('removed');
    await click(buttons(element, 'Run')[0] as HTMLElement);
    await shows(element, 0, /exit 0/);
  });
});
