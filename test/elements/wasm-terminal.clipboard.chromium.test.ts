// Chromium only: it lets a test look into the clipboard, and pretend that the reader has colours of their own.
import { expect } from 'chai';
import { click, forceColors, press } from '../input.js';
import { clearPage, part, until } from './page.js';
import { buttonOf, consoleTerminal, screenOf, seen, start } from './terminal.js';

const select = async (element: ReturnType<typeof consoleTerminal>): Promise<void> => {
  await click(buttonOf(element, '⋯'));
  const items = [...(part(element, 'menu')?.children ?? [])];
  await click(items.find((item) => item.firstElementChild?.textContent === 'Select all') as HTMLElement);
};

describe('Keys of a <wasm-terminal> that are the reader’s own', () => {
  let copied: string[];
  const write = navigator.clipboard.writeText.bind(navigator.clipboard);
  beforeEach(() => {
    copied = [];
    navigator.clipboard.writeText = (text) => {
      copied.push(text);
      return write(text);
    };
  });
  afterEach(() => {
    navigator.clipboard.writeText = write;
    clearPage();
  });

  it('copy by Ctrl+Shift+C and by Ctrl+C with a selection, and paste by Ctrl+V', async () => {
    const element = consoleTerminal('lines');
    await start(element);
    await seen(element, 'ready');
    await select(element);
    await press('Control+Shift+C');
    await until(() => copied.length === 1);
    expect(copied[0]?.trim()).to.equal('ready');
    await select(element);
    await press('Control+c');
    await until(() => copied.length === 2);
    expect(element.state).to.equal('waiting');
    await write('from the clipboard');
    await press('Control+v');
    await seen(element, 'from the clipboard');
    await press('Control+Shift+V');
    await seen(element, 'from the clipboardfrom the clipboard');
    await press('Enter');
    await seen(element, 'got <from the clipboardfrom the clipboard>');
    // Without a selection it is the program's.
    await press('Control+c');
    await until(() => element.state === 'exited');
    expect(element.result).to.include({ signal: 'SIGINT' });
    expect(copied).to.have.length(2);
  });
});

describe('A <wasm-terminal> under the reader’s own colours', () => {
  afterEach(async () => {
    await forceColors(false);
    clearPage();
  });

  it('has theirs while they are in force, and its own again after', async () => {
    const element = consoleTerminal('exit');
    await element.write('\x1b[31mred\x1b[0m plain');
    await seen(element, 'red plain');
    const color = (text: string): string => {
      const spans = [...(element.shadowRoot?.querySelectorAll('.xterm-rows span') ?? [])];
      const span = spans.find(({ textContent }) => textContent.includes(text));
      return getComputedStyle(span as Element).color;
    };
    const own = color('red');
    expect(own).not.to.equal(color('plain'));
    await forceColors(true);
    await until(() => color('red') === color('plain'));
    const probe = document.createElement('p');
    probe.style.color = 'CanvasText';
    document.body.append(probe);
    expect(color('plain')).to.equal(getComputedStyle(probe).color);
    await forceColors(false);
    await until(() => color('red') === own);
    expect(screenOf(element)).to.contain('red plain');
  });
});
