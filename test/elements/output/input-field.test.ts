import { expect } from 'chai';
import { InputField } from '../../../elements/output/input-field.js';
import type { OutputView } from '../../../elements/output/output-view.js';
import { click, press, type } from '../../input.js';
import { mountView } from './mount.js';

describe('InputField', () => {
  let view: OutputView;
  let root: ShadowRoot;
  let host: HTMLElement;
  let field: InputField;
  let lines: string[];
  let ends: number;

  beforeEach(() => {
    ({ view, root, host } = mountView());
    lines = [];
    ends = 0;
    field = new InputField({ output: view, host, onLine: (line) => lines.push(line), onEof: () => ends++ });
  });
  afterEach(() => {
    field.dispose();
    view.dispose();
    document.body.replaceChildren();
  });

  const input = (): HTMLInputElement =>
    root.querySelector<HTMLInputElement>('input') ?? expect.fail('there is no input field');

  it('stands on the line of the prompt', () => {
    view.append('stdout', 'first line\nName? ');
    field.ask();
    const prompt = document.createRange();
    const text = input().closest('.block')?.firstChild as Text;
    prompt.setStart(text, text.length - 2);
    prompt.setEnd(text, text.length - 1);
    const [a, b] = [prompt.getBoundingClientRect(), input().getBoundingClientRect()];
    expect(b.top).to.be.below(a.bottom);
    expect(b.bottom).to.be.above(a.top);
    expect(b.left).to.be.at.least(a.right);
  });

  it('stands on a line of its own after a line feed', () => {
    view.append('stdout', 'question\n');
    field.ask();
    const block = input().closest('.block') as HTMLElement;
    expect(input().getBoundingClientRect().top).to.be.at.least(block.getBoundingClientRect().top + 10);
    field.hide();
    expect(view.text()).to.equal('question\n');
  });

  it('has a name and no help from the keyboard that a program would not want', () => {
    field.ask();
    expect(input().ariaLabel).to.equal('Program input');
    expect(input().autocomplete).to.equal('off');
    expect(input().spellcheck).to.equal(false);
  });

  it('sends a line with Enter, shows what was typed and goes away until the next read', async () => {
    view.append('stdout', 'Name? ');
    field.ask();
    await click(input());
    await type('Ada');
    await press('Enter');
    expect(lines).to.deep.equal(['Ada']);
    expect(field.visible).to.equal(false);
    expect(root.querySelectorAll('.block input')).to.have.length(0);
    view.append('stdout', 'Hello\n');
    expect(view.text()).to.equal('Name? Ada\nHello\n');
    expect(view.text('stdout')).to.equal('Name? Hello\n');
  });

  it('keeps the focus from one line to the next', async () => {
    field.ask();
    await click(input());
    await press('Enter');
    field.ask();
    expect(root.activeElement === input()).to.equal(true);
    await type('x');
    expect(input().value).to.equal('x');
  });

  it('takes what is typed ahead between two reads, whole lines and half ones', async () => {
    field.ask();
    await click(input());
    await type('1');
    await press('Enter');
    await type('22');
    await press('Enter');
    await type('33');
    expect(lines).to.deep.equal(['1']);
    field.ask();
    expect(lines).to.deep.equal(['1', '22']);
    field.ask();
    expect(field.visible).to.equal(true);
    expect(input().value).to.equal('33');
    expect(root.activeElement === input()).to.equal(true);
    expect(view.text().trimEnd()).to.equal('1\n22');
  });

  it('takes the end of the input ahead as well', async () => {
    field.ask();
    await click(input());
    await press('Enter');
    await press('Control+d');
    expect(ends).to.equal(0);
    field.ask();
    expect(ends).to.equal(1);
  });

  it('rests only as long as it has the focus', async () => {
    const other = document.createElement('input');
    document.body.append(other);
    field.ask();
    await click(input());
    await press('Enter');
    expect(root.querySelector('input')?.isConnected).to.equal(true);
    other.focus();
    await Promise.resolve();
    expect(root.querySelectorAll('input')).to.have.length(0);
    field.ask();
    expect(document.activeElement === other).to.equal(true);
  });

  it('leaves the focus to the output when the program ends', async () => {
    view.append('stdout', 'Name? ');
    field.ask();
    await click(input());
    field.dispose();
    expect(root.activeElement === view.element).to.equal(true);
    expect(root.querySelectorAll('input')).to.have.length(0);
  });

  it('keeps focus and text while other output arrives', async () => {
    view.append('stdout', 'Name? ');
    field.ask();
    await click(input());
    await type('Ad');
    view.append('stderr', 'a thread says\n'.repeat(300));
    view.flush();
    expect(root.activeElement === input()).to.equal(true);
    await type('a');
    expect(input().value).to.equal('Ada');
  });

  it('never takes the focus from elsewhere on the page', () => {
    const other = document.createElement('input');
    document.body.append(other);
    other.focus();
    field.ask();
    expect(document.activeElement === other).to.equal(true);
  });

  it('takes the focus when it was inside the element', () => {
    const button = document.createElement('button');
    root.append(button);
    button.focus();
    field.ask();
    expect(root.activeElement === input()).to.equal(true);
  });

  it('takes the focus when it was on something slotted into the element', () => {
    const slotted = document.createElement('button');
    host.append(slotted);
    root.append(document.createElement('slot'));
    slotted.focus();
    field.ask();
    expect(root.activeElement === input()).to.equal(true);
  });

  it('ends the input with Ctrl+D and by its button', async () => {
    field.ask();
    await click(input());
    await press('Control+d');
    expect([lines, ends]).to.deep.equal([[], 1]);
    field.ask();
    await click(root.querySelector('button') as HTMLElement);
    expect(ends).to.equal(2);
  });

  it('sends what is typed before the end', async () => {
    field.ask();
    await click(input());
    await type('last');
    await press('Control+d');
    expect([lines, ends]).to.deep.equal([['last'], 1]);
  });

  it('finds earlier lines with the arrows and comes back to the one being typed', async () => {
    for (const line of ['one', 'two']) {
      field.ask();
      await click(input());
      await type(line);
      await press('Enter');
    }
    field.ask();
    await type('new');
    await press('ArrowUp');
    expect(input().value).to.equal('two');
    await press('ArrowUp');
    await press('ArrowUp');
    expect(input().value).to.equal('one');
    await press('ArrowDown');
    await press('ArrowDown');
    expect(input().value).to.equal('new');
  });

  const paste = (text: string): void => {
    const event = new Event('paste', { bubbles: true, cancelable: true });
    // Firefox gives an event made by a script no data.
    Object.defineProperty(event, 'clipboardData', { value: { getData: () => text } });
    input().dispatchEvent(event);
  };

  it('sends pasted lines one for each read and leaves the last one to be finished', () => {
    field.ask();
    paste('a\nb\r\nc');
    expect(lines).to.deep.equal(['a']);
    field.settle();
    view.append('stdout', 'next? ');
    field.ask();
    expect(lines).to.deep.equal(['a', 'b']);
    field.ask();
    expect(lines).to.deep.equal(['a', 'b']);
    expect(input().value).to.equal('c');
    expect(view.text().trimEnd()).to.equal('a\nnext? b');
  });

  it('does not obey escape sequences that were pasted', () => {
    field.ask();
    paste('\x1b[2Jx\n');
    expect(lines).to.deep.equal(['\x1b[2Jx']);
    field.settle();
    expect(view.text()).to.contain('[2Jx');
  });

  it('keeps half a line through hide and ask, and forgets it on reset', () => {
    field.ask();
    input().value = 'half';
    field.hide();
    field.ask();
    expect(input().value).to.equal('half');
    field.reset();
    field.ask();
    expect(input().value).to.equal('');
  });

  it('is still there after the view was cleared', () => {
    view.append('stdout', 'x');
    field.ask();
    view.clear();
    expect(view.element.hidden).to.equal(false);
    expect(input().isConnected).to.equal(true);
  });
});
