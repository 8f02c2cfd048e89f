// elements/run: what appears below the code after the first click: progress, output, status, errors.
// Owns its nodes inside the element's panel and the output view; `clear` empties it, `dispose` removes it.
import { OutputView } from '../output/output-view.js';
import { watchTheme } from '../output/page-theme.js';
import type { Places } from '../output/places.js';
import { AskLine } from './ask-line.js';
import { ErrorLine } from './error-line.js';
import type { ElementHost } from './host.js';
import { panelStyles } from './panel.styles.js';
import { ProgressLine } from './progress-line.js';

export class Panel {
  readonly output: OutputView;
  /** Where an `html` sample is shown. */
  readonly page: HTMLElement;
  /** What the program asks of the reader. */
  readonly asks = new AskLine(() => undefined);
  readonly #box: HTMLElement;
  readonly #progress = new ProgressLine();
  readonly #error: ErrorLine;
  readonly #offer: HTMLElement;
  readonly #status: HTMLElement;
  readonly #notice: HTMLElement;
  readonly #unwatchTheme: () => void;

  constructor(host: ElementHost, onRetry: () => void, places: Places) {
    const { root } = host;
    if (!root.adoptedStyleSheets.includes(panelStyles()))
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, panelStyles()];
    this.#box = make('div', 'box', 'result');
    this.#box.hidden = true;

    this.page = make('div', 'page', 'page');

    this.#error = new ErrorLine(onRetry);

    this.#offer = make('div', 'offer', 'offer');
    this.#offer.hidden = true;

    this.#status = make('div', 'status', 'status');
    this.#status.setAttribute('role', 'status');

    this.#notice = make('div', 'status', 'notice');
    this.#notice.setAttribute('role', 'status');

    this.#box.append(this.page, this.#progress.element);
    host.panel.append(this.#box);
    this.output = new OutputView({ parent: this.#box, places });
    this.#box.append(this.#error.element, this.asks.element, this.#offer, this.#status, this.#notice);
    this.#unwatchTheme = watchTheme(host.element, (theme) => {
      const asked = host.element.getAttribute('theme');
      this.#box.style.colorScheme = asked === 'light' || asked === 'dark' ? asked : theme;
    });
  }

  /** A run begins: empties everything, but holds the height so that the page below does not jump. */
  begin(margin: { readonly below: number }): void {
    this.#box.style.marginBlock = `calc(8px - ${margin.below}px) ${margin.below}px`;
    this.#box.style.minHeight = this.#box.hidden ? '' : `${this.#box.offsetHeight}px`;
    this.#empty();
    this.asks.mayAsk();
    this.#box.hidden = false;
  }

  /** As `ProgressLine.show`. */
  progress(what: string, loadedBytes?: number, totalBytes?: number): void {
    this.#progress.show(what, loadedBytes, totalBytes);
  }

  /** The program has started. */
  started(): void {
    this.#progress.hide();
    this.#status.textContent = 'running…';
  }

  waiting(waiting: boolean): void {
    this.#status.textContent = waiting ? 'waiting for input' : 'running…';
  }

  /** The run is over, in one way or another. */
  ended(status: string): void {
    this.#progress.hide();
    this.#status.textContent = status;
    this.#box.style.minHeight = '';
  }

  fail(sentence: string): void {
    this.#error.show(sentence);
  }

  /** Something happened to what the run has left behind. */
  notice(sentence: string): void {
    this.#notice.textContent = sentence;
  }

  /** Offers to install a package the program missed, and to run it again. */
  offer(name: string, onAccept: () => void): void {
    const button = make('button', 'accept', 'install-button');
    button.textContent = `Install ${name} and run again`;
    button.addEventListener('click', onAccept);
    this.#offer.replaceChildren(button);
    this.#offer.hidden = false;
  }

  clear(): void {
    this.#empty();
    this.#box.hidden = true;
  }

  dispose(): void {
    this.#unwatchTheme();
    this.output.dispose();
    this.#box.remove();
  }

  #empty(): void {
    this.output.clear();
    this.page.replaceChildren();
    this.#error.hide();
    this.#offer.hidden = true;
    this.#progress.hide();
    this.#status.textContent = '';
    this.#notice.textContent = '';
  }
}

function make(tag: string, name: string, part = ''): HTMLElement {
  const element = document.createElement(tag);
  element.className = name;
  if (part) element.setAttribute('part', part);
  return element;
}
