import { expect } from 'chai';
import { click, press } from '../input.js';
import { clearPage, part, stateOf, until } from './page.js';
import { buttonOf, consoleTerminal, pasteEvent, screenOf, seen, start } from './terminal.js';

describe('Pasting into a <wasm-terminal>', () => {
  afterEach(clearPage);

  it('types one line as it is and leaves Enter to the reader', async () => {
    const element = consoleTerminal('lines');
    await start(element);
    pasteEvent(element, 'ls -l');
    await seen(element, 'ls -l');
    expect(screenOf(element)).not.to.contain('got');
    await press('Enter');
    await seen(element, 'got <ls -l>');
  });

  it('asks before several lines, which would each be taken at once', async () => {
    const element = consoleTerminal('lines');
    await start(element);
    pasteEvent(element, 'one\r\ntwo\n');
    const question = part(element, 'question') as HTMLElement;
    expect(question.innerText).to.contain('Paste 2 lines?');
    await press('Escape');
    expect(question.hidden).to.equal(true);
    pasteEvent(element, 'three\nfour\n');
    await click(buttonOf(element, 'Paste'));
    await seen(element, 'got <four>');
    expect(screenOf(element)).to.contain('got <three>').and.not.contain('one');
  });

  it('marks the text for a program that wants it, and nothing in it can end the mark', async () => {
    const element = consoleTerminal('pastes');
    await start(element);
    await seen(element, 'ready');
    await until(() => screenOf(element).includes('ready'));
    pasteEvent(element, 'a\x1b[201~\x03b\nc');
    await seen(element, /7e/);
    const bytes = (): string => screenOf(element).replace(/\s+/g, ' ');
    await until(() => bytes().includes('1b 5b 32 30 31 7e'));
    expect(bytes()).to.contain('1b 5b 32 30 30 7e 61 5b 32 30 31 7e 62 0d 63 1b 5b 32 30 31 7e');
  });

  it('gives a program a megabyte whole, however slowly it reads', async () => {
    const element = consoleTerminal('sum');
    await start(element);
    const text = Array.from({ length: 2 ** 20 }, (_, index) => String.fromCharCode(97 + ((index * 7) % 26)));
    let sum = 0;
    for (const character of text) sum = (Math.imul(sum, 31) + character.charCodeAt(0)) >>> 0;
    await element.paste(`${text.join('')}.`);
    await stateOf(element, 'exited');
    await seen(element, `read ${2 ** 20} bytes, sum ${sum}`);
  });
});
