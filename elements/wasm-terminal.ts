// elements/wasm-terminal: the half of <wasm-terminal> that every page pays for. It shows the transcript and a Start
// button; `terminal/terminal-runner.ts` has the rest and is imported when the reader first touches it.
import { html, type TemplateResult } from 'lit/html.js';
import type { Process } from '../kernel-core/client/index.js';
import { define } from './define.js';
import { LazyElement, told } from './lazy-element.js';
import { retried } from './retried-import.js';
import type { ElementHost, TerminalHalf } from './run/host.js';
import { styles } from './wasm-runnable.styles.js';
import { terminalTemplate } from './wasm-terminal.template.js';
import type { CommandList } from './terminal/command-list.js';

const loadCommands = retried('command-list', () => import('./terminal/command-list.js'));
const loadRunner = retried('terminal-runner', () => import('./terminal/terminal-runner.js'));

/**
 * An interactive terminal: a shell, a REPL, any program.
 *
 * What stands between the tags, a `<pre>` or text, is a transcript: what readers see before it starts, and without
 * JavaScript. Files are `<script type="text/plain" filename="…">`, `<template filename>` or `<pre data-filename>`.
 *
 * With `commands` there is no screen: what stands between the tags stays, and each `<pre>` is a command with a Run
 * button and its output below.
 *
 * @element wasm-terminal
 *
 * @attr {string} runtime - `sh` (default), `python`, `python@3.14`, `wasi` …
 * @attr {string} command - what to start instead of the runtime alone: `python -i main.py`
 * @attr {string} start - typed for the reader, a line each time the program waits: `make test`
 * @attr {boolean} commands - a list of commands instead of a screen; each `<pre>` between the tags is one
 * @attr {string} src - address of a program to run
 * @attr {string} files-src - manifest, `.zip` or `.tar.gz` to unpack into the working directory
 * @attr {string} entry - file to run
 * @attr {string} args - arguments, split as a shell would
 * @attr {string} env - `NAME=value` words
 * @attr {string} stdin - typed when it starts
 * @attr {string} packages - names the runtime's own installer understands
 * @attr {string} session - elements that name the same session share one sandbox
 * @attr {string} network - `none` (default), hosts, or `*`
 * @attr {string} timeout - `10s`, `500ms`, `1m`; time spent waiting for input does not count
 * @attr {string} memory - of one process: `256MB`
 * @attr {number} scrollback - lines kept above the screen, 5000
 * @attr {'click'|'visible'|'idle'|'eager'} boot - when to download and start what it needs
 * @attr {boolean} autorun - starts by itself, once, when `boot` says
 * @attr {'auto'|'light'|'dark'} theme - `auto` (default) follows the page
 *
 * @fires {CustomEvent<{ state: ElementState }>} wasm-state - the state has changed
 * @fires {CustomEvent<{ runtime: string, entry: string }>} wasm-run - a program is about to start
 * @fires {CustomEvent<{ stream: 'stdout'|'stderr', text: string }>} wasm-output - what is shown, escape sequences included
 * @fires {CustomEvent<RunResult>} wasm-exit - the program has ended
 * @fires {CustomEvent<KernelError>} wasm-error - it could not start, or was ended by a limit or a failure
 * @fires {CustomEvent<{ loadedBytes: number, totalBytes: number, cached: boolean }>} wasm-progress - of the download
 *
 * @csspart frame - transcript and Start, before it starts
 * @csspart source - the transcript, where it is plain text
 * @csspart toolbar - label and Start; buttons of the running terminal
 * @csspart label - program and size, or “cached”
 * @csspart run-button - Start; of a command, Run or Stop
 * @csspart copy-button - of a command
 * @csspart panel - everything that replaces the transcript; of a command, everything below it
 * @csspart output - of a command: what it printed
 * @csspart result - the box of the running terminal
 * @csspart button - of the toolbar
 * @csspart menu - of the toolbar, and at the pointer
 * @csspart screen - the terminal itself
 * @csspart progress - of the download
 * @csspart error - the sentence about what went wrong
 * @csspart retry-button - Try again
 * @csspart question - whether to paste several lines; what a program asks
 * @csspart accept-button - does what a program asks
 * @csspart find - the field that searches the screen
 * @csspart status - exit status and time of a command; address under the pointer, hints
 *
 * @cssprop --wasm-font-family - of buttons, labels and sentences
 * @cssprop --wasm-code-font - of the transcript where it is plain text: a `font` value
 * @cssprop --wasm-output-font - of the screen: a `font` value, monospaced
 * @cssprop --wasm-output-color - of the screen
 * @cssprop --wasm-output-background - of the screen
 * @cssprop --wasm-border-color - of boxes
 * @cssprop --wasm-border-radius - of boxes
 * @cssprop --wasm-accent-color - of the Start sign, the selection, progress and focus
 */
export class WasmTerminal extends LazyElement<TerminalHalf> {
  static readonly observedAttributes = 'runtime src entry theme'.split(' ');

  #list: CommandList | undefined;

  constructor() {
    super(styles, true);
  }

  /** The program that runs; null when none does. Its streams are the terminal's own. */
  get process(): Process | null {
    return this.half?.process ?? null;
  }

  /** Shows text or bytes on the screen, as if the program had; it is not told. */
  async write(data: string | Uint8Array): Promise<void> {
    await (await this.load()).write(data);
  }

  /**
   * Types text for the program, as the reader's own paste but without a question. Resolves when the program has been
   * given all of it.
   */
  async paste(text: string): Promise<void> {
    await (await this.load()).paste(text);
  }

  /** The terminal takes the focus, before it starts the button does. */
  override focus(): void {
    if (this.ran) this.half?.focus();
    else this.root.querySelector('button')?.focus();
  }

  /** Who pressed Start goes on in the terminal; the button is gone by then. */
  readonly #onStart = (): void => {
    this.onRun();
    this.load().then((half) => half.focus(), told);
  };

  protected override async loadHalf(): Promise<(host: ElementHost) => TerminalHalf> {
    return this.#hasCommands ? (await this.#commands()).loadHalf() : (await loadRunner()).createTerminal;
  }

  get #hasCommands(): boolean {
    return this.hasAttribute('commands');
  }

  async #commands(): Promise<CommandList> {
    const { CommandList } = await loadCommands();
    return (this.#list ??= new CommandList(this, this.sample, this.onReady, () => this.load()));
  }

  protected override render(): TemplateResult | Node {
    if (this.#hasCommands) {
      if (this.#list) return this.#list.update(this.loadError);
      this.#commands().then(() => this.requestUpdate(), told);
      return html`${[...this.children].map((shown) => html`<slot .shown=${shown}></slot>`)}`;
    }
    return terminalTemplate({
      element: this,
      sample: this.sample,
      ran: this.ran,
      cached: this.cached,
      error: this.loadError,
      onRun: this.#onStart,
      onReady: this.onReady,
    });
  }
}

define('wasm-terminal', WasmTerminal);

declare global {
  interface HTMLElementTagNameMap {
    'wasm-terminal': WasmTerminal;
  }
}
