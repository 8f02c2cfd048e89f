import { expect } from 'chai';
import type { WasmElementEventMap } from 'wasm-elements';
import { programUrl } from '../fixture-program.js';
import { click, press, type } from '../input.js';
import { clearPage, next, part, stateOf, until } from './page.js';
import { buttonOf, consoleTerminal, screenOf, seen, showTerminal, start } from './terminal.js';

describe('The screen of a <wasm-terminal>', () => {
  afterEach(clearPage);

  it('is as large as its box, and the program hears when that changes', async () => {
    const element = consoleTerminal('size');
    element.style.cssText = 'display: block; width: 600px; height: 300px';
    await start(element, ['running']);
    /** The last size the program printed, once it is as wanted: a box changes its size in steps. */
    const size = async (wanted: (columns: number, rows: number) => boolean) => {
      let last: readonly number[] = [];
      await until(() => {
        const [, columns, rows] = [...screenOf(element).matchAll(/size (\d+) (\d+)/g)].at(-1) ?? [];
        last = [Number(columns), Number(rows)];
        return wanted(Number(columns), Number(rows));
      });
      return last;
    };
    const [columns = 0, rows = 0] = await size((width) => width > 0);
    expect(columns).to.be.within(40, 120);
    expect(rows).to.be.within(6, 20);
    element.style.width = '400px';
    const [narrower = 0, same] = await size((width) => width <= columns - 10);
    expect(narrower).to.be.at.least(20);
    // What stood below the screen while the program was fetched is gone by now.
    expect(same).to.be.within(rows - 1, rows + 2);
    element.style.height = '500px';
    await size((_, height) => height > rows + 3);
  });

  it('shows a flood as it comes, holds the program back, and ^C ends it', async () => {
    const element = consoleTerminal('flood');
    let shown = 0;
    element.addEventListener('wasm-output', (event) => {
      shown += (event as WasmElementEventMap['wasm-output']).detail.text.length;
    });
    await start(element, ['running']);
    await until(() => shown > 2_000_000);
    await press('Control+c');
    await stateOf(element, 'exited');
    expect(element.result).to.include({ signal: 'SIGINT' });
    expect(element.result?.stdout.length).to.equal(1_000_000);
    await seen(element, 'ended by SIGINT');
  });

  it('starts again by Enter, with the files as the reader left them', async () => {
    const element = consoleTerminal('exit');
    await start(element, ['exited']);
    expect(element.result).to.include({ code: 7 });
    await seen(element, 'exit 7');
    await element.sandbox?.fs.writeFile('console.txt', 'kept');
    const again = next(element, 'wasm-exit');
    await press('Enter');
    expect(await again).to.include({ code: 7 });
    expect(await element.sandbox?.fs.readFile('console.txt', 'utf-8')).to.equal('kept');
  });

  it('blinks its cursor, and keeps the browser drawing by no animation', async () => {
    const element = consoleTerminal('lines');
    await start(element);
    const screen = part(element, 'screen');
    const cursor = (): Element | null | undefined => screen?.querySelector('.xterm-cursor');
    await until(() => screen?.classList.contains('unlit') === true && cursor() != null);
    const color = (): string => getComputedStyle(cursor() as Element).backgroundColor;
    const unlit = color();
    expect(element.shadowRoot?.getAnimations()).to.have.length(0);
    await type('x');
    await until(() => screen?.classList.contains('unlit') === false && color() !== unlit);
  });

  it('is where several terminals of a session meet', async () => {
    const first = consoleTerminal('lines', 'session="shared"');
    await start(first);
    const second = consoleTerminal('lines', 'session="shared"');
    await start(second);
    expect(first.sandbox).to.equal(second.sandbox);
    first.remove();
    await until(() => first.sandbox === null);
    await second.paste('still here\r');
    await seen(second, 'got <still here>');
  });

  it('says in one sentence what is wrong, and tries again', async () => {
    const element = showTerminal(
      '<wasm-terminal runtime="wasi" src="/nowhere.wasm"><pre>$ nowhere</pre></wasm-terminal>',
    );
    const failed = next(element, 'wasm-error');
    await start(element, ['failed']);
    expect(await failed).to.include({ code: 'ENOTFOUND' });
    expect(part(element, 'error')?.innerText).to.contain('was not found');
    element.setAttribute('src', programUrl('c/console'));
    element.setAttribute('args', 'exit');
    await click(buttonOf(element, 'Try again'));
    await stateOf(element, 'exited');
    expect(element.result).to.include({ code: 7 });
    expect(part(element, 'error')?.hidden).to.equal(true);
  });

  it('gives an attribute that cannot be read back as a typed error', async () => {
    const element = showTerminal('<wasm-terminal runtime="python" scrollback="many"></wasm-terminal>');
    const error: unknown = await element.run().catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'EINVAL' });
    expect(part(element, 'error')?.innerText).to.contain('scrollback="many"');
  });

  it('shows what the page writes, and the transcript again after a reset', async () => {
    const element = consoleTerminal('exit');
    await element.write('from the \x1b[1mpage\x1b[0m');
    await seen(element, 'from the page');
    element.reset();
    await until(() => part(element, 'frame')?.hidden === false);
    expect(part(element, 'panel')?.childElementCount).to.equal(0);
    expect(element.state).to.equal('idle');
  });

  it('offers everything by keyboard: interrupt, clear, restart, log', async () => {
    const element = consoleTerminal('lines');
    await start(element);
    await element.paste('something\r');
    await seen(element, 'got <something>');
    await click(buttonOf(element, 'Clear'));
    await until(() => !screenOf(element).includes('something'));
    await click(buttonOf(element, '⋯'));
    const items = [...(part(element, 'menu')?.children ?? [])].map(
      (item) => item.firstElementChild?.textContent,
    );
    expect(items).to.include.members(['Copy', 'Paste', 'Find…', 'Interrupt', 'Restart', 'Download log']);
    await press('Escape');
    expect(part(element, 'menu')).to.equal(null);
    await click(buttonOf(element, 'Interrupt'));
    await stateOf(element, 'exited');
    await click(buttonOf(element, 'Restart'));
    await stateOf(element, 'waiting');
  });

  it('begins a line, on the screen that all programs share, where it is restarted', async () => {
    const element = consoleTerminal('lines');
    await start(element);
    await element.write('half a line\x1b[?1049hanother screen');
    const run = next(element, 'wasm-run');
    await click(buttonOf(element, 'Restart'));
    await run;
    await stateOf(element, 'waiting');
    await element.paste('next\r');
    const screen = await seen(element, /^got <next>$/m);
    expect(screen)
      .to.match(/^.*half a line$/m)
      .and.not.contain('another screen');
  });
});
