// elements/run: the sentence about what went wrong, with a button that tries again. Read out when it appears.

export class ErrorLine {
  readonly element = document.createElement('div');
  readonly #sentence = document.createElement('span');

  constructor(onRetry: () => void) {
    this.element.className = 'error';
    this.element.setAttribute('part', 'error');
    this.element.setAttribute('role', 'alert');
    this.#sentence.className = 'sentence';
    const retry = document.createElement('button');
    retry.className = 'retry';
    retry.setAttribute('part', 'retry-button');
    retry.textContent = 'Try again';
    retry.addEventListener('click', onRetry);
    this.element.append(this.#sentence, retry);
    this.element.hidden = true;
  }

  show(sentence: string): void {
    this.#sentence.textContent = sentence;
    this.element.hidden = false;
  }

  hide(): void {
    this.element.hidden = true;
  }
}
