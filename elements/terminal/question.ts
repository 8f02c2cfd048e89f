// elements/terminal: a question to the reader, below the screen. One at a time; a newer one replaces it.

export class Question {
  readonly element = document.createElement('div');
  readonly #text = document.createElement('span');
  readonly #yes = document.createElement('button');
  readonly #onClosed: () => void;
  #act: (() => void) | undefined;

  /** `onClosed`: takes the focus back. */
  constructor(onClosed: () => void) {
    this.#onClosed = onClosed;
    const { element } = this;
    element.className = 'question';
    element.setAttribute('part', 'question');
    element.setAttribute('role', 'alertdialog');
    element.setAttribute('aria-labelledby', 'question');
    this.#text.id = 'question';
    this.#text.className = 'sentence';
    const no = document.createElement('button');
    no.type = this.#yes.type = 'button';
    no.textContent = 'Cancel';
    no.className = this.#yes.className = 'retry';
    no.addEventListener('click', () => this.#answer(false));
    this.#yes.addEventListener('click', () => this.#answer(true));
    element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      // In WebKit a keypress follows, which would go to the terminal that has the focus by then.
      event.preventDefault();
      this.#answer(false);
    });
    element.append(this.#text, this.#yes, no);
    element.hidden = true;
  }

  /** `yes`: the word on the button that calls `act`. */
  ask(text: string, yes: string, act: () => void): void {
    this.#act = act;
    this.#text.textContent = text;
    this.#yes.textContent = yes;
    this.element.hidden = false;
    this.#yes.focus();
  }

  close(): void {
    this.#act = undefined;
    this.element.hidden = true;
  }

  #answer(isYes: boolean): void {
    const act = this.#act;
    this.close();
    this.#onClosed();
    if (isYes) act?.();
  }
}
