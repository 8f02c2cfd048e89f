import { expect } from 'chai';
import type { WasmTerminal } from 'wasm-elements';
import { Kernel } from 'wasm-elements/kernel';
import { click, clickAt, press, type } from '../input.js';
import { clearPage, next, part, stateOf, until } from './page.js';
import { buttonOf, consoleTerminal, screenOf, seen, start } from './terminal.js';

/** Chooses from the menu. */
async function choose(element: WasmTerminal, label: string): Promise<void> {
  await click(buttonOf(element, '⋯'));
  const items = [...(part(element, 'menu')?.children ?? [])];
  await click(items.find((item) => item.firstElementChild?.textContent === label) as HTMLElement);
}

/** Clicks into the middle of a text on the screen. */
async function clickText(element: WasmTerminal, text: string): Promise<void> {
  const rows = element.shadowRoot?.querySelector('.xterm-rows') as Element;
  const walker = document.createTreeWalker(rows, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const at = walker.currentNode.nodeValue?.indexOf(text) ?? -1;
    if (at < 0) continue;
    range.setStart(walker.currentNode, at);
    range.setEnd(walker.currentNode, at + text.length);
    break;
  }
  const { left, top, width, height } = range.getBoundingClientRect();
  expect(width).to.be.greaterThan(0);
  await clickAt(left + width / 2, top + height / 2);
}

describe('A reader of a <wasm-terminal>', () => {
  const open = window.open.bind(window);
  let opened: string[];
  beforeEach(() => {
    opened = [];
    window.open = (url) => {
      opened.push(String(url));
      return null;
    };
  });
  afterEach(() => {
    window.open = open;
    clearPage();
  });

  it('is told when the kernel was lost, and starts again with the files as they were', async () => {
    const element = consoleTerminal('lines');
    await start(element);
    await element.sandbox?.fs.writeFile('kept.txt', 'kept');
    const lost = next(element, 'wasm-exit');
    for (const frame of document.querySelectorAll('iframe')) frame.remove();
    await element.sandbox?.fs.readFile('kept.txt');
    expect(await lost).to.include({ reason: 'kernel-lost' });
    await until(() => part(element, 'error')?.hidden === false);
    expect(part(element, 'error')?.innerText).to.match(/(lost|removed|gone)/);
    await click(buttonOf(element, 'Try again'));
    await stateOf(element, 'waiting');
    expect(await element.sandbox?.fs.readFile('kept.txt', 'utf-8')).to.equal('kept');
    await element.paste('again\r');
    await seen(element, 'got <again>');
  });

  it('finds text on the screen and above it', async () => {
    const element = consoleTerminal('exit');
    const lines = Array.from({ length: 300 }, (_, index) => `line ${index}`);
    await element.write(`${lines.join('\r\n')}\r\n`);
    await until(() => buttonOf(element, '⋯') !== undefined);
    await choose(element, 'Find…');
    const found = (): string => part(element, 'find')?.querySelector('[role="status"]')?.textContent ?? '';
    await type('line 7');
    await press('Enter');
    await until(() => /^line 7\d?$/m.test(screenOf(element)) && !screenOf(element).includes('line 299'));
    await type('xyz');
    await until(() => found() === 'Not found');
    await press('Escape');
    expect(part(element, 'find')?.hidden).to.equal(true);
    expect(element.shadowRoot?.activeElement?.tagName).to.equal('TEXTAREA');
  });

  it('saves the log: all lines as they were printed, without colours', async () => {
    const element = consoleTerminal('exit');
    const long = 'a long line '.repeat(40).trimEnd();
    await element.write(`first\r\n\x1b[31mred\x1b[0m\r\n${long}\r\n\r\nlast`);
    let saved: Blob | undefined;
    let name = '';
    const create = URL.createObjectURL.bind(URL);
    const follow = HTMLAnchorElement.prototype.click;
    URL.createObjectURL = (blob: Blob) => create((saved = blob));
    HTMLAnchorElement.prototype.click = function () {
      name = this.download;
    };
    try {
      await choose(element, 'Download log');
    } finally {
      URL.createObjectURL = create;
      HTMLAnchorElement.prototype.click = follow;
    }
    expect(name).to.equal('terminal.txt');
    expect(await saved?.text()).to.equal(`first\nred\n${long}\n\nlast\n`);
  });

  it('can have what is printed read out', async () => {
    const element = consoleTerminal('exit');
    await element.write('before\r\n');
    await choose(element, 'Screen reader mode');
    const tree = (): Element | null | undefined => element.shadowRoot?.querySelector('.xterm-accessibility');
    await until(() => tree()?.textContent.includes('before') === true);
    await element.write('after\r\n');
    await until(
      () => tree()?.querySelector('[aria-live="assertive"]')?.textContent.includes('after') === true,
    );
    await choose(element, 'Screen reader mode');
    await until(() => !tree()?.isConnected);
  });

  it('opens addresses of the web in a tab of their own, and sees them first', async () => {
    const element = consoleTerminal('exit');
    await element.write(
      'see https://example.com/a?b=c or \x1b]8;;https://example.com/hidden\x07here\x1b]8;;\x07, \x1b]8;;javascript:alert(1)\x07nothing\x1b]8;;\x07\r\n',
    );
    await seen(element, 'example.com');
    element.scrollIntoView();
    await clickText(element, 'example.com/a');
    await until(() => opened.length === 1);
    await clickText(element, 'here');
    await until(() => opened.length === 2);
    // Who came by pointer has seen it before the click.
    expect(part(element, 'status')?.textContent).to.equal('https://example.com/hidden');
    await clickText(element, 'nothing');
    expect(opened).to.deep.equal(['https://example.com/a?b=c', 'https://example.com/hidden']);
  });

  it('who takes a terminal away ends its program, and only that one', async () => {
    const first = consoleTerminal('lines', 'session="left"');
    await start(first);
    const second = consoleTerminal('lines', 'session="left"');
    await start(second);
    const kernel = await Kernel.boot();
    const count = async (): Promise<number> => (await kernel.stats()).processes.length;
    const before = await count();
    const ended = first.process?.exited;
    const { pid } = first.process ?? {};
    first.remove();
    expect(await ended).to.include({ signal: 'SIGKILL' });
    await until(async () => (await count()) === before - 1);
    expect((await kernel.stats()).processes.some((process) => process.pid === pid)).to.equal(false);
    expect(second.state).to.equal('waiting');
    document.body.append(first);
    await until(() => buttonOf(first, 'Start') !== undefined);
    expect(first.state).to.equal('idle');
    await start(first);
  });
});
