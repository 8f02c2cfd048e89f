// elements/run: the bar that shows what is being downloaded or started. Owns its nodes; whoever makes it places them.
import { formatBytes } from '../markup/size.js';

export class ProgressLine {
  readonly element = document.createElement('div');
  readonly #bar = document.createElement('progress');
  readonly #bytes = document.createElement('span');

  constructor() {
    this.element.className = 'progress';
    this.element.setAttribute('part', 'progress');
    this.#bytes.className = 'bytes';
    this.element.append(this.#bar, this.#bytes);
    this.element.hidden = true;
  }

  /** Undefined total: something is under way that cannot be measured. */
  show(what: string, loadedBytes?: number, totalBytes?: number): void {
    this.element.hidden = false;
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

  hide(): void {
    this.element.hidden = true;
  }
}
