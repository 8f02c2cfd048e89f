// elements/terminal: what replaces the transcript: toolbar, screen, and the lines below it. Owns the screen and the
// typist; knows no run, only whether one is on. `dispose` removes it.
import type { Process } from '../../kernel-core/client/index.js';
import { saveFile } from '../run/ask-files.js';
import { AskLine } from '../run/ask-line.js';
import { ErrorLine } from '../run/error-line.js';
import type { ElementHost } from '../run/host.js';
import { panelStyles } from '../run/panel.styles.js';
import { ProgressLine } from '../run/progress-line.js';
import { Bar } from './bar.js';
import { copyText, readText } from './clipboard.js';
import { FindLine } from './find-line.js';
import { handleKeys, shortcuts } from './keys.js';
import { Menu, type MenuItem } from './menu.js';
import { scrollbackOf } from './program.js';
import { Question } from './question.js';
import { Screen } from './screen.js';
import { terminalStyles } from './terminal.styles.js';
import { Typist, hasLineEnds } from './typist.js';

export interface ConsoleActions {
  process(): Process | null;
  restart(): void;
}

const leaveHint = 'Escape, then Tab leaves the terminal.';

export class Console {
  readonly screen: Screen;
  readonly typist = new Typist();
  readonly #host: ElementHost;
  readonly #actions: ConsoleActions;
  readonly #box = document.createElement('div');
  readonly #bar: Bar;
  readonly #progress = new ProgressLine();
  readonly #error: ErrorLine;
  readonly #question: Question;
  readonly asks = new AskLine(() => this.screen.focus());
  readonly #find: FindLine;
  readonly #menu: Menu;
  readonly #status = document.createElement('div');
  readonly #place = document.createElement('div');
  readonly #height = new CSSStyleSheet();
  readonly #sheets: readonly CSSStyleSheet[];
  readonly #aborter = new AbortController();
  /** No program runs, and Enter starts it again. */
  #isOver = true;

  constructor(host: ElementHost, actions: ConsoleActions) {
    this.#host = host;
    this.#actions = actions;
    const { root, panel, element } = host;
    this.#height.replaceSync(`:host { height: max(22rem, ${heightOf(root.querySelector('.frame'))}px); }`);
    this.#sheets = [panelStyles(), ...terminalStyles(), this.#height];
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...this.#sheets];
    this.#box.className = 'box terminal';
    this.#box.setAttribute('part', 'result');
    this.#menu = new Menu(this.#box, () => this.screen.focus());
    this.#bar = new Bar({
      interrupt: () => this.#interrupt(),
      clear: () => this.#clear(),
      restart: () => actions.restart(),
      menu: (button) => this.#menu.open(this.#items(), button),
    });
    this.#bar.state('', false);
    this.#error = new ErrorLine(() => actions.restart());
    this.#question = new Question(() => this.screen.focus());
    this.#place.className = 'screen';
    this.#place.setAttribute('part', 'screen');
    this.#status.className = 'hint';
    this.#status.setAttribute('part', 'status');
    this.#status.id = 'hint';
    this.#find = new FindLine(() => this.screen.focus());
    this.#box.append(this.#bar.element, this.#find.element, this.#place, this.#progress.element);
    this.#box.append(this.#error.element, this.#question.element, this.asks.element, this.#status);
    panel.append(this.#box);
    this.screen = new Screen({
      ...{ host: element, root, parent: this.#place, colored: this.#box },
      scrollback: this.#scrollback(),
      onInput: (bytes) => {
        this.asks.mayAsk();
        if (!this.#isOver) this.typist.key(bytes);
      },
      onReply: (answer) => actions.process()?.reply(new TextEncoder().encode(answer)),
      onSize: (columns, rows) => actions.process()?.resize(columns, rows),
      onAddress: (address) => this.#say(address),
    });
    this.#find.search = this.screen.search;
    this.#listen();
  }

  /** A program is about to be started. */
  starting(): void {
    this.#isOver = false;
    this.#error.hide();
    this.#bar.state('starting…', true);
    // Who pressed Restart or Try again goes on in the terminal.
    if (this.#host.root.activeElement !== null) this.screen.focus();
  }

  progress(what: string, loadedBytes?: number, totalBytes?: number): void {
    this.#progress.show(what, loadedBytes, totalBytes);
  }

  /** `title`: what the program is called. */
  running(title: string): void {
    this.#progress.hide();
    this.#bar.state(title, true);
  }

  /** `status`: how it ended; `error`: why it did not end by itself. */
  ended(status: string, error: string | undefined): void {
    this.#over();
    this.#bar.state(status, false);
    void this.screen.settle().then(() => this.screen.say(`[${status} · Enter starts it again]`));
    if (error !== undefined) this.#error.show(error);
  }

  /** Another one takes its place. */
  superseded(): void {
    void this.screen.settle().then(() => this.screen.beginLine());
  }

  /** It could not start. */
  failed(sentence: string): void {
    this.#over();
    this.#bar.state('not started', false);
    this.#error.show(sentence);
  }

  /** Types it for the program; resolves when that has been given all of it. */
  paste(text: string): Promise<void> {
    return this.typist.paste(text, this.screen.marksPastes);
  }

  dispose(): void {
    this.#aborter.abort();
    this.#menu.close();
    this.screen.dispose();
    this.#box.remove();
    const { root } = this.#host;
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((sheet) => !this.#sheets.includes(sheet));
  }

  #over(): void {
    this.#isOver = true;
    this.#progress.hide();
    this.#question.close();
  }

  #listen(): void {
    const { terminal } = this.screen;
    const { signal } = this.#aborter;
    const { textarea } = terminal;
    textarea?.setAttribute('aria-label', 'Terminal');
    textarea?.setAttribute('aria-description', leaveHint);
    textarea?.addEventListener('focus', () => this.#say(leaveHint), { signal });
    textarea?.addEventListener('blur', () => this.#say(''), { signal });
    handleKeys(terminal, {
      find: () => this.#find.open(),
      copy: () => this.#copy(),
      again: () => {
        if (this.#isOver) this.#actions.restart();
        return this.#isOver;
      },
    });
    this.#place.addEventListener('paste', (event) => this.#pasted(event), { capture: true, signal });
    this.#place.addEventListener(
      'contextmenu',
      (event) => {
        // With Shift it is the browser's own.
        if (event.shiftKey) return;
        event.preventDefault();
        event.stopPropagation();
        this.#menu.open(this.#items(), event);
      },
      { capture: true, signal },
    );
  }

  #pasted(event: ClipboardEvent): void {
    event.preventDefault();
    event.stopPropagation();
    this.#pasteSafely(event.clipboardData?.getData('text/plain') ?? '');
  }

  /** Several lines at once are commands that run before the reader has seen them, unless the program is told. */
  #pasteSafely(text: string): void {
    if (text === '' || this.#isOver) return;
    const go = (): void => void this.paste(text);
    if (this.screen.marksPastes || !hasLineEnds(text)) return go();
    const lines = text.replace(/(\r\n?|\n)$/, '').split(/\r\n?|\n/).length;
    const count = lines === 1 ? 'a line with its Enter' : `${new Intl.NumberFormat().format(lines)} lines`;
    this.#question.ask(`Paste ${count}? The program takes each as if you had typed it.`, 'Paste', go);
  }

  #items(): MenuItem[] {
    const { terminal } = this.screen;
    return [
      { label: 'Copy', keys: shortcuts.copy, disabled: !terminal.hasSelection(), act: () => this.#copy() },
      {
        label: 'Paste',
        keys: shortcuts.paste,
        disabled: this.#isOver,
        act: () => void this.#pasteFromMenu(),
      },
      { label: 'Select all', act: () => terminal.selectAll() },
      { label: 'Find…', keys: shortcuts.find, act: () => this.#find.open() },
      { label: 'Clear', act: () => this.#clear() },
      { label: 'Interrupt', keys: shortcuts.interrupt, disabled: this.#isOver, act: () => this.#interrupt() },
      { label: 'Restart', act: () => this.#actions.restart() },
      {
        label: 'Download log',
        act: () => saveFile(new TextEncoder().encode(this.screen.log), 'terminal.txt'),
      },
      {
        label: 'Screen reader mode',
        checked: terminal.options.screenReaderMode === true,
        act: () => {
          terminal.options.screenReaderMode = terminal.options.screenReaderMode !== true;
        },
      },
    ];
  }

  #copy(): void {
    copyText(this.screen.terminal.getSelection(), (sentence) => this.#say(sentence));
    this.screen.terminal.clearSelection();
  }

  async #pasteFromMenu(): Promise<void> {
    const text = await readText();
    if (text === undefined) this.#say(`This browser pastes by ${shortcuts.paste} only.`);
    else this.#pasteSafely(text);
  }

  #interrupt(): void {
    this.typist.interrupt();
    this.screen.focus();
  }

  #clear(): void {
    this.screen.clear();
    this.screen.focus();
  }

  #say(sentence: string): void {
    this.#status.textContent = sentence;
  }

  #scrollback(): number {
    try {
      return scrollbackOf(this.#host.element);
    } catch {
      return 0; // the run says what is wrong with the attribute
    }
  }
}

/** Of the transcript, which may be hidden by now: what replaces it is no lower, so that nothing below moves up. */
function heightOf(frame: HTMLElement | null): number {
  if (frame === null) return 0;
  const { hidden } = frame;
  frame.hidden = false;
  const { offsetHeight } = frame;
  frame.hidden = hidden;
  return offsetHeight;
}
