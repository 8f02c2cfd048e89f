// elements/run: what appears below the code after the first click: progress, output, status, errors.
// Owns its nodes inside the element's panel and the output view; `clear` empties it, `dispose` removes it.
import { OutputView } from '../output/output-view.js';
import { watchTheme } from '../output/page-theme.js';
import type { Places } from '../output/places.js';
import { formatBytes } from '../markup/size.js';
import type { RunnableHost } from './host.js';
import { panelStyles } from './panel.styles.js';

export class Panel {
  readonly output: OutputView;
  /** Where an `html` sample is shown. */
  readonly page: HTMLElement;
  readonly #box: HTMLElement;
  readonly #progress: HTMLElement;
  readonly #bar: HTMLProgressElement;
  readonly #bytes: HTMLElement;
  readonly #error: HTMLElement;
  readonly #sentence: HTMLElement;
  readonly #offer: HTMLElement;
  readonly #status: HTMLElement;
  readonly #notice: HTMLElement;
  readonly #unwatchTheme: () => void;

  constructor(host: RunnableHost, onRetry: () => void, places: Places) {
    const { root } = host;
    if (!root.adoptedStyleSheets.includes(panelStyles()))
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, panelStyles()];
    this.#box = make('div', 'box', 'result');
    this.#box.hidden = true;

    this.#progress = make('div', 'progress', 'progress');
    this.#bar = document.createElement('progress');
    this.#bytes = make('span', 'bytes');
    this.#progress.append(this.#bar, this.#bytes);
    this.#progress.hidden = true;

    this.page = make('div', 'page', 'page');

    this.#error = make('div', 'error', 'error');
    this.#error.setAttribute('role', 'alert');
    this.#sentence = make('span', 'sentence');
    const retry = make('button', 'retry', 'retry-button');
    retry.textContent = 'Try again';
    retry.addEventListener('click', onRetry);
    this.#error.append(this.#sentence, retry);
    this.#error.hidden = true;

    this.#offer = make('div', 'offer', 'offer');
    this.#offer.hidden = true;

    this.#status = make('div', 'status', 'status');
    this.#status.setAttribute('role', 'status');

    this.#notice = make('div', 'status', 'notice');
    this.#notice.setAttribute('role', 'status');

    this.#box.append(this.page, this.#progress);
    host.panel.append(this.#box);
    this.output = new OutputView({ parent: this.#box, places });
    this.#box.append(this.#error, this.#offer, this.#status, this.#notice);
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
    this.#box.hidden = false;
  }

  /** Undefined total: something is under way that cannot be measured. */
  progress(what: string, loadedBytes?: number, totalBytes?: number): void {
    this.#progress.hidden = false;
    if (loadedBytes === undefined || !totalBytes) {
      this.#bar.removeAttribute('value');
      this.#bytes.textContent = what;
    } else {
      this.#bar.max = totalBytes;
      this.#bar.value = loadedBytes;
      this.#bytes.textContent = `${what} · ${formatBytes(loadedBytes)} / ${formatBytes(totalBytes)}`;
    }
    this.#bar.setAttribute('aria-label', what);
  }

  /** The program has started. */
  started(): void {
    this.#progress.hidden = true;
    this.#status.textContent = 'running…';
  }

  waiting(waiting: boolean): void {
    this.#status.textContent = waiting ? 'waiting for input' : 'running…';
  }

  /** The run is over, in one way or another. */
  ended(status: string): void {
    this.#progress.hidden = true;
    this.#status.textContent = status;
    this.#box.style.minHeight = '';
  }

  fail(sentence: string): void {
    this.#sentence.textContent = sentence;
    this.#error.hidden = false;
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
    this.#error.hidden = true;
    this.#offer.hidden = true;
    this.#progress.hidden = true;
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
