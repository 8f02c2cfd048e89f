import { expect } from 'chai';
import { click, press, type } from '../input.js';

describe('real input', () => {
  let first: HTMLInputElement;
  let button: HTMLButtonElement;

  beforeEach(() => {
    document.body.innerHTML = '<input id="first"><button id="go">go</button>';
    first = document.querySelector<HTMLInputElement>('#first')!;
    button = document.querySelector<HTMLButtonElement>('#go')!;
  });
  afterEach(() => document.body.replaceChildren());

  it('clicks, types and moves the focus with Tab', async () => {
    await click(first);
    expect(document.activeElement).to.equal(first);
    await type('héllo');
    expect(first.value).to.equal('héllo');
    await press('Tab');
    expect(document.activeElement).to.equal(button);
    await press('Shift+Tab');
    expect(document.activeElement).to.equal(first);
  });

  it('is trusted and knows modifiers', async () => {
    const events: string[] = [];
    first.addEventListener('keydown', (event) =>
      events.push(`${event.key} ${event.ctrlKey} ${event.isTrusted}`),
    );
    await click(first);
    await press('Control+Enter');
    expect(events).to.deep.equal(['Control true true', 'Enter true true']);
  });
});
