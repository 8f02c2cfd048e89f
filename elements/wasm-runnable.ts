// elements/wasm-runnable: the half of <wasm-runnable> that every page pays for. It shows the code and a Run
// button and knows the files; `run/runner.ts` has the rest and is imported when the reader first touches it.
import type { TemplateResult } from 'lit/html.js';
import { define } from './define.js';
import { LazyElement, told } from './lazy-element.js';
import { textOf } from './markup/source-file.js';
import { retried } from './retried-import.js';
import type { ElementHost, Runner } from './run/host.js';
import { styles } from './wasm-runnable.styles.js';
import { runnableTemplate, type CodeElement } from './wasm-runnable.template.js';

const loadRunner = retried('runner', () => import('./run/runner.js'));

/** Of code, in pixels: near enough to know when the toolbar lies over it. */
const characterWidth = 8.4;

/**
 * A code sample with a Run button and its output inline.
 *
 * Without a shift of the page: put the code into `<pre><code>`, which stays where it is, in the page's own type
 * and colours. For code in inert blocks or plain text, either load the library with
 * `<script type="module" async blocking="render" src="…">` in the head, or show the code before it comes (this
 * also serves readers without JavaScript):
 *
 *     wasm-runnable:not(:defined) { display: block; white-space: pre; font: 0.875em/1.5 monospace; margin: 1em 0; }
 *     wasm-runnable:not(:defined) > script[type='text/plain']:not([hidden]) { display: block; padding: 1em; }
 *
 * @element wasm-runnable
 *
 * @attr {string} runtime - `python`, `python@3.14`, `javascript` …; missing: told from the files or from a
 *   highlighter's class (`language-python`)
 * @attr {string} src - address of the code, read at the first run
 * @attr {string} for - id or selector of a block of code on the page, read at Run; an element without any code
 *   takes the block right before it
 * @attr {string} files-src - manifest, `.zip` or `.tar.gz` to unpack into the working directory
 * @attr {string} entry - file to run
 * @attr {string} args - arguments, split as a shell would
 * @attr {string} env - `NAME=value` words
 * @attr {string} stdin - the whole input, known in advance
 * @attr {string} session - elements that name the same session share one sandbox and, in Python, one interpreter
 * @attr {string} setup - id or selector of a block that runs before the code, hidden
 * @attr {string} network - `none` (default), hosts, or `*`
 * @attr {string} timeout - `10s`, `500ms`, `1m`; time spent waiting for input does not count
 * @attr {string} memory - of one process: `256MB`
 * @attr {'last'} display - Python: the value of the last expression is shown
 * @attr {'click'|'visible'|'idle'|'eager'} boot - when to download and start what a run needs
 * @attr {boolean} autorun - runs by itself, once, when `boot` says
 * @attr {boolean} readonly - the code cannot be edited
 * @attr {boolean} line-numbers - numbers the lines
 * @attr {'auto'|'light'|'dark'} theme - `auto` (default) follows the page
 *
 * @fires {CustomEvent<{ state: ElementState }>} wasm-state - the state has changed
 * @fires {CustomEvent<{ runtime: string, entry: string }>} wasm-run - a run begins
 * @fires {CustomEvent<{ stream: 'stdout'|'stderr', text: string }>} wasm-output - the program printed
 * @fires {CustomEvent<{ stream: 'stdout'|'stderr', data: Record<string, string | Uint8Array>, alt: string }>} wasm-display - the program showed an object
 * @fires {CustomEvent<RunResult>} wasm-exit - the run is over
 * @fires {CustomEvent<KernelError>} wasm-error - it could not start, or was ended by a limit or a failure
 * @fires {CustomEvent<{ session: string }>} wasm-restart - its session's interpreter has ended, with all variables
 * @fires {CustomEvent<CheckResult>} wasm-check - a check is over
 * @fires {CustomEvent<{ path: string }>} wasm-change - the reader edited a file
 * @fires {CustomEvent<{ loadedBytes: number, totalBytes: number, cached: boolean }>} wasm-progress - of the download
 *
 * @csspart frame - code, tabs and toolbar
 * @csspart tabs - the list of files
 * @csspart tab - one file's tab
 * @csspart code - one file's code, static or being edited
 * @csspart source - our own `<pre>`, where the author gave none
 * @csspart gutter - static line numbers
 * @csspart editor - the editor in place of the code
 * @csspart toolbar - label and button
 * @csspart label - language and size, or “cached”
 * @csspart run-button - Run, or Stop
 * @csspart expected-output - the author's expected output, before the first run
 * @csspart panel - everything below the code
 * @csspart result - the box with progress, page, output, errors and status
 * @csspart progress - of the download
 * @csspart page - the live page of an `html` sample
 * @csspart output - what the program printed
 * @csspart display - an image, a table and the like among the output
 * @csspart error - the sentence about what went wrong
 * @csspart question - what the program asks: to open an address, to save a file, to choose files
 * @csspart accept-button - does it
 * @csspart retry-button - Try again
 * @csspart offer - a package the program missed
 * @csspart install-button - installs it and runs again
 * @csspart place - in error output, a link to a line of the code
 * @csspart status - exit status and time
 * @csspart notice - the session was restarted
 *
 * @cssprop --wasm-font-family - of buttons, labels and sentences
 * @cssprop --wasm-code-font - of code: a `font` value
 * @cssprop --wasm-code-color - of our own `<pre>`
 * @cssprop --wasm-code-background - of our own `<pre>`
 * @cssprop --wasm-border-color - of boxes
 * @cssprop --wasm-border-radius - of boxes
 * @cssprop --wasm-accent-color - of the Run sign, the selected tab, progress, input and focus
 * @cssprop --wasm-output-background - of the output
 * @cssprop --wasm-output-max-height - of the output, which scrolls above it
 */
export class WasmRunnable extends LazyElement<Runner> {
  static readonly observedAttributes = 'runtime src for entry readonly line-numbers theme'.split(' ');

  /** Index among the visible files. */
  #tab = 0;
  #crowded = false;

  constructor() {
    super(styles);
  }

  protected override async loadHalf(): Promise<(host: ElementHost) => Runner> {
    return (await loadRunner()).createRunner;
  }

  override connectedCallback(): void {
    WasmRunnable.#fitting.observe(this);
    super.connectedCallback();
  }

  override disconnectedCallback(): void {
    WasmRunnable.#fitting.unobserve(this);
    super.disconnectedCallback();
  }

  protected override filesChanged(): void {
    const selected = this.sample.visible.findIndex((file) => file.selected);
    this.#tab = Math.max(0, selected);
    super.filesChanged();
  }

  protected override render(): TemplateResult {
    return runnableTemplate({
      element: this,
      sample: this.sample,
      tab: this.#tab,
      busy: this.busy,
      cached: this.cached,
      crowded: this.#crowded,
      expected: this.ran ? undefined : this.sample.markup.expected,
      error: this.loadError,
      onRun: this.onRun,
      onReady: this.onReady,
      onCode: this.#onCode,
      onTab: this.#onTab,
    });
  }

  /** Pointer or focus on the code. */
  readonly #onCode = (event: Event): void => {
    const code = event.currentTarget as CodeElement;
    const released =
      event.type === 'focus'
        ? undefined
        : new Promise((resolve) => {
            for (const end of ['pointerup', 'pointercancel']) addEventListener(end, resolve, { once: true });
          });
    void this.load().then((runner) => runner.edit(code, released), told);
  };

  readonly #onTab = (index: number): void => {
    this.#tab = index;
    this.requestUpdate();
  };

  /** Told after layout, all elements of a page in one go, so that nobody has to measure. */
  static readonly #fitting = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) (target as WasmRunnable).#fit(contentRect.width);
  });

  #fit(width: number): void {
    const lines = textOf(this.sample.visible[0]).split('\n', 2);
    const longest = Math.max(...lines.map((line) => line.length)) * characterWidth;
    const crowded = longest + (width < 400 ? 150 : 210) > width;
    if (crowded === this.#crowded) return;
    this.#crowded = crowded;
    this.requestUpdate();
  }
}

define('wasm-runnable', WasmRunnable);

declare global {
  interface HTMLElementTagNameMap {
    'wasm-runnable': WasmRunnable;
  }
}
