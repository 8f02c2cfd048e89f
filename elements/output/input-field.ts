// elements/output: the line a reader types when the program reads its standard input.
// Sits at the end of the output, on the prompt's own line, and goes away with each answer until the
// program reads again. Takes focus only where focus already was inside the element.
import type { OutputView } from './output-view.js';

export interface InputFieldOptions {
  readonly output: OutputView;
  /** The host element; focus inside it (its shadow tree included) lets the field take focus. */
  readonly host: HTMLElement;
  /** Accessible name. Default: "Program input". */
  readonly label?: string;
  /** A line without its line feed; the caller sends `text + "\n"`. Already echoed into the output. */
  readonly onLine: (text: string) => void;
  /** End of file: Ctrl+D, or the "End input" button. */
  readonly onEof: () => void;
}

export class InputField {
  readonly #options: InputFieldOptions;
  readonly #element = document.createElement('span');
  readonly #text = document.createElement('input');
  readonly #end = document.createElement('button');
  #visible = false;
  /** Lines pasted at once wait here for the reads that take them. */
  #ahead: string[] = [];
  #history: string[] = [];
  /** Place in the history; its length is the line being typed, kept in `#draft`. */
  #place = 0;
  #draft = '';
  /** The field went away while it had focus: it may take it back if focus went nowhere else. */
  #hadFocus = false;

  constructor(options: InputFieldOptions) {
    this.#options = options;
    this.#element.className = 'input';
    this.#element.setAttribute('part', 'input');
    const text = this.#text;
    text.className = 'input-text';
    text.type = 'text';
    text.autocomplete = 'off';
    text.autocapitalize = 'off';
    text.spellcheck = false;
    text.setAttribute('autocorrect', 'off');
    text.enterKeyHint = 'send';
    text.ariaLabel = options.label ?? 'Program input';
    text.placeholder = 'Type input, press Enter';
    text.addEventListener('keydown', (event) => this.#onKey(event));
    text.addEventListener('input', () => this.#fit());
    text.addEventListener('paste', (event) => this.#onPaste(event));
    const end = this.#end;
    end.className = 'input-end';
    end.type = 'button';
    end.textContent = 'End input';
    end.title = 'End of file (Ctrl+D)';
    end.addEventListener('click', () => this.#sendEof());
    this.#element.append(text, end);
  }

  get visible(): boolean {
    return this.#visible;
  }

  /**
   * The program reads: shows the field, or answers at once with a line that was pasted ahead. To be called
   * for each read, as the field is gone after `onLine`. Calling it while the field is shown changes nothing.
   */
  ask(): void {
    if (this.#visible) return;
    if (this.#ahead.length > 1) {
      this.#send(this.#ahead.shift() ?? '');
      return;
    }
    this.#visible = true;
    this.#text.value = this.#ahead.shift() ?? this.#text.value;
    this.#fit();
    const mayFocus = this.#mayFocus();
    this.#options.output.setTail(this.#element);
    if (mayFocus) this.#text.focus({ preventScroll: true });
  }

  /** Takes the field away: the process goes on by itself or ended. What was typed stays for the next `ask`. */
  hide(): void {
    if (!this.#visible) return;
    this.#visible = false;
    this.#hadFocus = this.#hasFocus();
    this.#options.output.setTail(null);
  }

  /** Forgets what was typed and pasted ahead; for a new run. The history stays. */
  reset(): void {
    this.hide();
    this.#ahead = [];
    this.#text.value = this.#draft = '';
    this.#hadFocus = false;
  }

  dispose(): void {
    this.reset();
    this.#element.remove();
  }

  #hasFocus(): boolean {
    const root = this.#text.getRootNode();
    return (root instanceof Document || root instanceof ShadowRoot) && root.activeElement === this.#text;
  }

  /** Never from elsewhere on the page: only from inside the element, or from nowhere after a click on it. */
  #mayFocus(): boolean {
    const { host } = this.#options;
    if (host.matches(':focus-within')) return true;
    const { activeElement, body } = document;
    const nowhere = activeElement === null || activeElement === body;
    return nowhere && document.hasFocus() && (this.#hadFocus || host.matches(':hover'));
  }

  #onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key === 'Enter' && plain) {
      event.preventDefault();
      this.#send(this.#text.value);
    } else if (event.key.toLowerCase() === 'd' && event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      this.#sendEof();
    } else if ((event.key === 'ArrowUp' || event.key === 'ArrowDown') && plain) {
      event.preventDefault();
      this.#recall(event.key === 'ArrowUp' ? -1 : 1);
    }
  }

  #onPaste(event: ClipboardEvent): void {
    const pasted = event.clipboardData?.getData('text/plain') ?? '';
    if (!/[\r\n]/.test(pasted)) return;
    event.preventDefault();
    const { value, selectionStart, selectionEnd } = this.#text;
    const [from, to] = [selectionStart ?? value.length, selectionEnd ?? value.length];
    const lines = (value.slice(0, from) + pasted + value.slice(to)).split(/\r\n|\r|\n/);
    const first = lines.shift() ?? '';
    this.#ahead = lines;
    this.#send(first);
  }

  #recall(step: -1 | 1): void {
    const place = this.#place + step;
    if (place < 0 || place > this.#history.length) return;
    if (this.#place === this.#history.length) this.#draft = this.#text.value;
    this.#place = place;
    this.#text.value = this.#history[place] ?? this.#draft;
    this.#text.setSelectionRange(this.#text.value.length, this.#text.value.length);
    this.#fit();
  }

  #send(line: string): void {
    this.hide();
    if (line !== '' && line !== this.#history.at(-1)) this.#history.push(line);
    this.#place = this.#history.length;
    this.#text.value = this.#draft = '';
    // A line may hold control characters (pasted ESC): they are sent, not obeyed.
    // eslint-disable-next-line no-control-regex -- the ones to make harmless
    this.#options.output.echo(`${line.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '\ufffd')}\n`);
    this.#options.onLine(line);
  }

  /** What is typed goes first, as a line of its own. */
  #sendEof(): void {
    const rest = this.#text.value;
    if (rest === '') {
      this.hide();
      this.#options.output.echo('\n');
    } else {
      this.#send(rest);
    }
    this.#ahead = [];
    this.#options.onEof();
  }

  /** Wide enough for the text; one column is a `ch`. */
  #fit(): void {
    this.#text.style.setProperty('--characters', String(this.#text.value.length));
  }
}
