// elements/terminal: the field that finds text on the screen and above it. Enter: the one before, as what is new is at
// the bottom; Shift+Enter: the next. Escape closes it.
import type { SearchAddon } from '@xterm/addon-search';

export class FindLine {
  readonly element = document.createElement('div');
  /** Set by whoever makes the screen, which comes later. */
  search: SearchAddon | undefined;
  readonly #field = document.createElement('input');
  readonly #found = document.createElement('span');
  readonly #onClosed: () => void;

  /** `onClosed`: takes the focus back. */
  constructor(onClosed: () => void) {
    this.#onClosed = onClosed;
    const { element } = this;
    element.className = 'find';
    element.setAttribute('part', 'find');
    element.setAttribute('role', 'search');
    this.#field.type = 'search';
    this.#field.placeholder = 'Find';
    this.#field.setAttribute('aria-label', 'Find in the terminal');
    this.#found.setAttribute('role', 'status');
    this.#field.addEventListener('input', () => this.#go('previous', true));
    element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
      else if (event.key === 'Enter') this.#go(event.shiftKey ? 'next' : 'previous', false);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    const close = document.createElement('button');
    close.type = 'button';
    close.textContent = 'Close';
    close.setAttribute('part', 'button');
    close.addEventListener('click', () => this.close());
    element.append(this.#field, this.#found, close);
    element.hidden = true;
  }

  open(): void {
    this.element.hidden = false;
    this.#field.focus();
    this.#field.select();
  }

  close(): void {
    this.element.hidden = true;
    this.search?.clearDecorations();
    this.#onClosed();
  }

  #go(where: 'next' | 'previous', incremental: boolean): void {
    const text = this.#field.value;
    const found =
      where === 'next' ? this.search?.findNext(text) : this.search?.findPrevious(text, { incremental });
    this.#found.textContent = text !== '' && found === false ? 'Not found' : '';
  }
}
