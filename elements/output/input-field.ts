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
  /** A line without its line feed; the caller sends `text + "\n"`. Echoed into the output by `settle`. */
  readonly onLine: (text: string) => void;
  /** End of file: Ctrl+D, or the "End input" button. */
  readonly onEof: () => void;
}

/**
 * Shown while the program waits. Otherwise, if it has the focus, it rests unseen in the output, so that
 * neither focus nor what the reader types ahead is lost between two reads.
 */
export class InputField {
  readonly #options: InputFieldOptions;
  readonly #element = document.createElement('span');
  readonly #text = document.createElement('input');
  #state: 'away' | 'shown' | 'resting' = 'away';
  /** Complete lines pasted or typed ahead, and whether the end of the input follows them. */
  #ahead: string[] = [];
  #endAhead = false;
  #history: string[] = [];
  /** Place in the history; its length is the line being typed, kept in `#draft`. */
  #place = 0;
  #draft = '';
  /** Shows that a line was sent. */
  #draw: (() => void) | undefined;

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
    // Being moved also blurs: whether the focus really left shows only afterwards.
    text.addEventListener('blur', () => queueMicrotask(() => this.#endRest()));
    const end = document.createElement('button');
    end.className = 'input-end';
    end.type = 'button';
    end.textContent = 'End input';
    end.title = 'End of file (Ctrl+D)';
    end.addEventListener('click', () => this.#enterEof());
    this.#element.append(text, end);
  }

  get visible(): boolean {
    return this.#state === 'shown' && this.#draw === undefined;
  }

  /**
   * The program reads: shows the field, or answers at once with what was pasted or typed ahead. To be called
   * for each read, as the field is gone after `onLine`. Calling it while the field is shown changes nothing.
   */
  ask(): void {
    this.settle();
    if (this.visible) return;
    const line = this.#ahead.shift();
    if (line !== undefined) {
      this.#send(line, this.#text.value);
    } else if (this.#endAhead) {
      this.#endAhead = false;
      this.#options.onEof();
    } else {
      this.#show();
    }
  }

  /** The process goes on by itself. What was typed stays for the next `ask`. */
  hide(): void {
    this.settle();
    if (!this.visible) return;
    const focused = this.#hasFocus();
    const { output } = this.#options;
    this.#state = focused ? 'resting' : 'away';
    output.setTail(null);
    if (!focused) return;
    this.#element.classList.add('resting');
    output.keep(this.#element);
    this.#text.focus({ preventScroll: true });
  }

  /** Takes the field away, with all that was typed and pasted ahead. The history stays. */
  reset(): void {
    this.settle();
    const { output } = this.#options;
    const focused = this.#hasFocus();
    if (this.visible) output.setTail(null);
    output.keep(null);
    this.#state = 'away';
    this.#element.classList.remove('resting');
    this.#ahead = [];
    this.#endAhead = false;
    this.#begin('');
    if (focused) output.focus(); // a reader without a mouse goes on from here
  }

  /** Echoes the line that was entered, if it was not yet; to be called before more output is shown. */
  settle(): void {
    const draw = this.#draw;
    this.#draw = undefined;
    draw?.();
  }

  dispose(): void {
    this.reset();
  }

  #show(): void {
    const mayFocus = this.#mayFocus();
    this.#state = 'shown';
    this.#element.classList.remove('resting');
    this.#fit();
    this.#options.output.setTail(this.#element);
    if (mayFocus) this.#text.focus({ preventScroll: true });
  }

  #endRest(): void {
    if (this.#state !== 'resting' || this.#hasFocus()) return;
    this.#state = 'away';
    this.#options.output.keep(null);
  }

  #hasFocus(): boolean {
    const root = this.#text.getRootNode();
    if (!(root instanceof Document || root instanceof ShadowRoot)) return false;
    return root.activeElement !== null && this.#element.contains(root.activeElement);
  }

  /** Never from elsewhere on the page: only from inside the element, or from nowhere after a click on it. */
  #mayFocus(): boolean {
    const { host } = this.#options;
    if (host.matches(':focus-within')) return true;
    const { activeElement, body } = document;
    // Safari does not focus a button that is clicked: the Run button leaves the focus nowhere.
    const nowhere = activeElement === null || activeElement === body;
    return nowhere && document.hasFocus() && host.matches(':hover');
  }

  #onKey(event: KeyboardEvent): void {
    this.settle();
    if (event.isComposing) return;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key === 'Enter' && plain) {
      event.preventDefault();
      this.#enter([this.#text.value], '');
    } else if (event.key.toLowerCase() === 'd' && event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      this.#enterEof();
    } else if ((event.key === 'ArrowUp' || event.key === 'ArrowDown') && plain) {
      event.preventDefault();
      this.#recall(event.key === 'ArrowUp' ? -1 : 1);
    }
  }

  #onPaste(event: ClipboardEvent): void {
    this.settle();
    const pasted = event.clipboardData?.getData('text/plain') ?? '';
    if (!/[\r\n]/.test(pasted)) return;
    event.preventDefault();
    const { value, selectionStart, selectionEnd } = this.#text;
    const [from, to] = [selectionStart ?? value.length, selectionEnd ?? value.length];
    const lines = (value.slice(0, from) + pasted + value.slice(to)).split(/\r\n|\r|\n/);
    this.#enter(lines.slice(0, -1), lines.at(-1) ?? '');
  }

  /** The reader completed lines and began another one. The first goes to a waiting program at once. */
  #enter(lines: readonly string[], rest: string): void {
    this.#ahead.push(...lines);
    const first = this.visible ? this.#ahead.shift() : undefined;
    if (first === undefined) this.#begin(rest);
    else this.#send(first, rest);
  }

  /** What is typed goes first, as a line of its own. */
  #enterEof(): void {
    const waiting = this.visible;
    if (this.#text.value !== '') this.#enter([this.#text.value], '');
    else if (waiting) this.#options.output.echo('\n');
    this.hide();
    if (waiting) this.#options.onEof();
    else this.#endAhead = true;
  }

  /**
   * The program gets the line now, the reader sees so a moment later: after a key that changed the page, Chromium
   * delivers no message, and so no answer of the program, before the next frame.
   */
  #send(line: string, rest: string): void {
    if (line !== '' && line !== this.#history.at(-1)) this.#history.push(line);
    this.#draw = () => {
      this.hide();
      this.#begin(rest);
      // A line may hold control characters (pasted ESC): they are sent, not obeyed.
      // eslint-disable-next-line no-control-regex -- the ones to make harmless
      this.#options.output.echo(`${line.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '\ufffd')}\n`);
    };
    setTimeout(() => this.settle());
    this.#options.onLine(line);
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

  /** Another line, with this much of it typed. */
  #begin(typed: string): void {
    this.#draft = '';
    this.#place = this.#history.length;
    this.#text.value = typed;
    this.#fit();
  }

  /** Wide enough for the text; one column is a `ch`. */
  #fit(): void {
    this.#text.style.setProperty('--characters', String(this.#text.value.length));
  }
}
