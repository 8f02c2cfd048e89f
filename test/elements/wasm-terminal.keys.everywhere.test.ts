import { expect } from 'chai';
import { press, type } from '../input.js';
import { clearPage, stateOf, until } from './page.js';
import { consoleTerminal, screenOf, seen, start } from './terminal.js';

describe('Keys in a <wasm-terminal>', () => {
  afterEach(clearPage);

  it('reach the program line by line, edited as a terminal does', async () => {
    const element = consoleTerminal('lines');
    await start(element);
    await type('hellp');
    await press('Backspace');
    await type('o\n');
    await seen(element, 'hello\ngot <hello>');
  });

  it('can be of any script, and what is wide is erased whole', async () => {
    const element = consoleTerminal('lines');
    await start(element);
    await element.paste('日本語é');
    await press('Backspace');
    await press('Backspace');
    await type('!\n');
    await seen(element, '日本!\ngot <日本!>');
  });

  it('interrupt by ^C and end the input by ^D', async () => {
    const element = consoleTerminal('lines');
    await start(element);
    await press('Control+d');
    await stateOf(element, 'exited');
    expect(element.result).to.include({ code: 3, signal: null });
    await seen(element, /end of input\n\[exit 3/);
    await press('Enter');
    await stateOf(element, 'waiting');
    await press('Control+c');
    await stateOf(element, 'exited');
    expect(element.result).to.include({ code: null, signal: 'SIGINT' });
    await seen(element, 'ended by SIGINT');
  });

  it('are bytes for a program in raw mode, ^C and arrows too', async () => {
    const element = consoleTerminal('keys');
    await start(element);
    await press('Control+c');
    await press('ArrowUp');
    await press('Tab');
    await press('Enter');
    await type('q');
    await stateOf(element, 'exited');
    await seen(element, /03\s+1b\s+5b\s+41\s+09\s+0d\s+71/);
  });

  it('leave by Escape and Tab, and only so', async () => {
    const element = consoleTerminal('keys');
    document.body.insertAdjacentHTML('beforeend', '<button id="behind">behind</button>');
    await start(element);
    expect(element.shadowRoot?.activeElement?.tagName).to.equal('TEXTAREA');
    await press('Tab');
    await seen(element, '09');
    expect(document.activeElement).to.equal(element);
    await press('Escape');
    await press('Tab');
    await until(() => document.activeElement?.id === 'behind');
    await seen(element, /09\s+1b/);
    expect(screenOf(element).match(/09/g)).to.have.length(1);
  });

  it('are typed for the reader where start says so, each line when the program waits', async () => {
    const element = consoleTerminal('lines', 'start="make test\nmake install"');
    await start(element);
    await seen(element, 'make test\ngot <make test>\nmake install\ngot <make install>');
  });
});
