// elements/wasm-runnable: the half of <wasm-runnable> that every page pays for. It shows the code and a Run
// button and knows the files; `run/runner.ts` has the rest and is imported when the reader first touches it.
// Starts no worker and makes no request before that, unless `boot` or `autorun` ask for it.
import { html, nothing, type TemplateResult } from 'lit/html.js';
import { runtimeLabels, type RuntimeLabel } from 'virtual:runtime-labels';
import type { FileTree, RunResult, Sandbox } from '../kernel-core/client/index.js';
import { define } from './define.js';
import { fileName, readChildren, textIn, type Markup } from './markup/children.js';
import { blockBefore, referred } from './markup/reference.js';
import { formatBytes } from './markup/size.js';
import { bytesOf, entryOf, filesOf, labelNamed, labelOfFile, textOf, type SourceFile } from './markup/source-file.js';
import { expectedOutput } from './output/expected-output.js';
import type { Runner, RunnableHost } from './run/host.js';
import { ThinElement } from './thin-element.js';
import type { CheckResult, ElementState, WasmElement, WasmElementDetails } from './types.js';
import { styles } from './wasm-runnable.styles.js';

/** A few pixels wider than the toolbar, and an em of code: good enough to know when one lies over the other. */
const toolbarWidth = 200;
const characterWidth = 8.4;

export class WasmRunnable extends ThinElement implements WasmElement {
  static readonly observedAttributes = ['runtime', 'src', 'for', 'entry', 'readonly', 'line-numbers', 'theme'];

  constructor() {
    super(styles);
  }

  #markup: Markup | undefined;
  #files: SourceFile[] = [];
  /** `files` or `code` were set; they stand until the markup changes. */
  #given = false;
  #tab = 0;
  #state: ElementState = 'idle';
  #ran = false;
  #cached = false;
  #started = false;
  #crowded = false;
  #loadError = '';
  #lazy: Promise<Runner> | undefined;
  #runner: Runner | undefined;

  get runtime(): string {
    return this.getAttribute('runtime') ?? '';
  }
  set runtime(value: string) {
    this.setAttribute('runtime', value);
  }

  get state(): ElementState {
    return this.#state;
  }

  get result(): RunResult | null {
    return this.#runner?.result ?? null;
  }

  get sandbox(): Sandbox | null {
    return this.#runner?.sandbox ?? null;
  }

  get code(): string {
    this.#readOnce();
    const borrowed = this.#borrowed;
    return borrowed ? textIn(borrowed) : textOf(this.#entry);
  }
  set code(value: string) {
    this.#readOnce();
    const entry = this.#entry;
    const file = { name: '', ...entry, content: value, edit: undefined, shown: null };
    this.#setFiles(entry ? this.#files.map((old) => (old === entry ? file : old)) : [file], true);
  }

  get files(): FileTree {
    this.#readOnce();
    const unnamed = this.#label?.entry ?? 'main';
    return Object.fromEntries(this.#files.map((file) => [file.name || unnamed, file.edit ?? file.content]));
  }
  set files(tree: FileTree) {
    this.#setFiles(filesOf(tree), true);
  }

  async run(): Promise<RunResult> {
    if (!this.#runner) this.#setState('loading');
    return (await this.#load()).run();
  }

  async stop(): Promise<void> {
    await (await this.#lazy)?.stop();
  }

  reset(): void {
    this.#given = this.#ran = false;
    this.#loadError = '';
    this.#markup = undefined;
    this.#runner?.reset();
    this.#read();
    this.#setState('idle');
  }

  async check(): Promise<CheckResult> {
    return (await this.#load()).check();
  }

  connectedCallback(): void {
    WasmRunnable.#fitting.observe(this);
    if (this.#started) return;
    this.#started = true;
    // Also while the parser is still inside the element: what comes later is read when it comes.
    const what = { childList: true, subtree: true, characterData: true };
    new MutationObserver(() => this.#read()).observe(this, what);
    this.#read();
    if (this.hasAttribute('autorun') || /^(?!click$)./.test(this.getAttribute('boot') ?? ''))
      void import('./run/begin.js').then(({ begin }) => begin(this, () => this.#load()));
  }

  disconnectedCallback(): void {
    WasmRunnable.#fitting.unobserve(this);
    // A move within the page disconnects and connects in one go: only who stays away has left.
    queueMicrotask(() => this.#lazy?.then((runner) => this.isConnected || runner.release(), told));
  }

  attributeChangedCallback(name: string, before: string | null, value: string | null): void {
    if (!this.#markup || before === value) return;
    if (name === 'src') this.#markup = undefined;
    this.#read();
    this.#runner?.settingsChanged();
  }

  get #entry(): SourceFile | undefined {
    return entryOf(this.#files, this.#label, this.getAttribute('entry'));
  }

  get #borrowed(): Element | null {
    const reference = this.getAttribute('for');
    return reference ? referred(reference) : this.#files.length ? null : blockBefore(this);
  }

  get #label(): RuntimeLabel | undefined {
    if (this.runtime) return labelNamed(runtimeLabels, this.runtime);
    const names = [this.getAttribute('entry') ?? '', ...this.#files.map((file) => file.name)];
    for (const name of names) {
      const label = labelOfFile(runtimeLabels, name);
      if (label) return label;
    }
    return labelNamed(runtimeLabels, this.#markup?.language ?? '');
  }

  #readOnce(): void {
    if (!this.#markup) this.#read();
  }

  /** Reads the markup; what the reader wrote stays when the author's text is the same as before. */
  #read(): void {
    const first = !this.#markup;
    const before = fingerprint(this.#markup);
    const markup = (this.#markup = readChildren(this));
    const src = this.getAttribute('src');
    if (src) {
      const preview = markup.files.findIndex((file) => !file.name);
      const file = {
        name: fileName(src),
        content: new URL(src, document.baseURI),
        shown: markup.files[preview]?.shown ?? null,
      };
      markup.files.splice(Math.max(preview, 0), preview < 0 ? 0 : 1, file);
    }
    if (first && this.#given) this.requestUpdate();
    else if (fingerprint(markup) !== before) this.#setFiles(markup.files, false);
    else {
      // The same text in other nodes: a highlighter has been at work.
      if (!this.#given)
        this.#files.forEach((file, index) => {
          if (file.shown) file.shown = markup.files[index]?.shown ?? null;
        });
      this.requestUpdate();
    }
  }

  #setFiles(files: SourceFile[], given: boolean): void {
    this.#files = files;
    this.#given = given;
    const visible = files.filter((file) => !file.hidden);
    this.#tab = Math.max(
      0,
      visible.findIndex((file) => file.selected),
    );
    this.#runner?.filesChanged();
    this.requestUpdate();
  }

  #load(): Promise<Runner> {
    return (this.#lazy ??= import('./run/runner.js').then(
      ({ createRunner }) => {
        this.#loadError = '';
        return (this.#runner = createRunner(this.#host()));
      },
      (cause: unknown) => {
        this.#lazy = undefined;
        this.#loadError = 'A part of wasm-elements could not be downloaded. Check the connection and try again.';
        const error = Object.assign(new Error(this.#loadError, { cause }), { name: 'KernelError', code: 'ENETWORK' });
        this.#setState('failed');
        this.#emit('wasm-error', error);
        throw error;
      },
    ));
  }

  #host(): RunnableHost {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- getters of the literal have a `this` of their own
    const element = this;
    return {
      element,
      root: this.root,
      panel: this.root.querySelector('.panel') as HTMLElement,
      get files() {
        element.#readOnce();
        return element.#files;
      },
      get label() {
        return element.#label;
      },
      get borrowed() {
        return element.#borrowed;
      },
      get check() {
        return element.#markup?.check;
      },
      setState: (state) => this.#setState(state),
      setCached: () => {
        this.#cached = true;
        this.requestUpdate();
      },
      refresh: () => this.requestUpdate(),
    };
  }

  #setState(state: ElementState): void {
    if (state !== 'idle') this.#ran = true;
    if (state === this.#state) return;
    this.#state = state;
    this.requestUpdate();
    this.#emit('wasm-state', { state });
  }

  #emit<Name extends keyof WasmElementDetails>(type: Name, detail: WasmElementDetails[Name]): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  get #busy(): boolean {
    return ['loading', 'running', 'waiting'].includes(this.#state);
  }

  #click = (): void => void (this.#busy ? this.stop() : this.run()).catch(told);

  #boot = (): void => void this.#load().then((runner) => runner.boot(), told);

  #edit = (event: Event): void => {
    const code = event.currentTarget as HTMLElement;
    const released =
      event.type === 'focus'
        ? undefined
        : new Promise((resolve) => {
            for (const end of ['pointerup', 'pointercancel']) addEventListener(end, resolve, { once: true });
          });
    void this.#load().then((runner) => runner.edit(code, released), told);
  };

  #select = (event: KeyboardEvent): void => {
    const tabs = [...(event.currentTarget as Element).children] as HTMLElement[];
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -this.#tab, End: tabs.length - 1 - this.#tab }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.#tab = (this.#tab + step + tabs.length) % tabs.length;
    tabs[this.#tab]?.focus();
    this.requestUpdate();
  };

  protected override render(): TemplateResult {
    const files = this.#files.filter((file) => !file.hidden);
    const tabs = files.length > 1;
    const own = tabs || files.some((file) => !file.shown);
    const borrowed = files.length ? null : this.#borrowed;
    const frame = [
      'frame',
      own ? 'own' : '',
      tabs ? 'boxed' : '',
      files.length ? (this.#crowded && !tabs ? 'above' : '') : borrowed === this.previousElementSibling ? 'below' : 'beside',
    ];
    return html`<div class=${frame.join(' ')} part="frame">
        ${tabs ? this.#renderTabs(files) : nothing}${files.map((file, index) => this.#renderCode(file, index, tabs))}
        <div class="corner">${this.#renderToolbar()}</div>
      </div>
      ${this.#markup?.expected === undefined || this.#ran
        ? nothing
        : expectedOutput(this.#markup.expected)}
      <div class="panel" part="panel">
        ${this.#loadError ? html`<p role="alert" part="error">${this.#loadError}</p>` : nothing}
      </div>`;
  }

  #renderTabs(files: readonly SourceFile[]): TemplateResult {
    return html`<div role="tablist" part="tabs" @keydown=${this.#select}>
      ${files.map(
        (file, index) =>
          html`<button
            role="tab"
            part="tab"
            id="tab${index}"
            aria-controls="code${index}"
            aria-selected=${index === this.#tab}
            tabindex=${index === this.#tab ? 0 : -1}
            @click=${() => {
              this.#tab = index;
              this.requestUpdate();
            }}
            >${file.name || this.#label?.entry}</button
          >`,
      )}
    </div>`;
  }

  #renderCode(file: SourceFile, index: number, tabs: boolean): TemplateResult {
    const text = textOf(file) || (typeof file.content === 'string' ? '' : file.name);
    const numbered = !file.shown && this.hasAttribute('line-numbers');
    // prettier-ignore
    return html`<div class="code ${numbered ? 'numbered' : ''}" part="code" id="code${index}" tabindex="0"
      role=${tabs ? 'tabpanel' : 'group'} aria-label=${file.name || 'Code'} ?hidden=${tabs && index !== this.#tab}
      .file=${file} @pointerdown=${this.#edit} @focus=${this.#edit}>${
        file.shown
          ? html`<slot .shown=${file.shown}></slot>`
          : html`${numbered ? html`<pre class="gutter" part="gutter" aria-hidden="true">${text.split('\n').map((_, line) => `${line + 1}\n`)}</pre>` : nothing}<pre part="source" dir="ltr"><code>${text}</code></pre>`
      }</div>`;
  }

  #renderToolbar(): TemplateResult {
    const label = this.#label;
    const title = label?.title ?? this.runtime;
    const bytes = bytesOf(label, this.runtime);
    const size = this.#cached ? 'cached' : bytes ? formatBytes(bytes) : '';
    return html`<div class="toolbar" part="toolbar">
      <span class="label" part="label" id="label"
        >${size ? html`<span class="title">${title} · </span>${size}` : title}</span
      >
      <button
        class="run ${this.#busy ? 'stop' : ''}"
        part="run-button"
        aria-describedby="label"
        @click=${this.#click}
        @pointerdown=${this.#boot}
        @focus=${this.#boot}
      >
        ${this.#busy ? 'Stop' : 'Run'}
      </button>
    </div>`;
  }

  protected override blockFor(slot: HTMLSlotElement & { readonly shown: Element }): Element {
    return slot.shown;
  }

  /** Told after layout, all elements of a page in one go, so that nobody has to measure. */
  static #fitting = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) (target as WasmRunnable).#fit(contentRect.width);
  });

  #fit(width: number): void {
    const line = textOf(this.#files.find((file) => !file.hidden)).split('\n', 1)[0] ?? '';
    const crowded = line.length * characterWidth + toolbarWidth > width;
    if (crowded === this.#crowded) return;
    this.#crowded = crowded;
    this.requestUpdate();
  }
}

const fingerprint = (markup: Markup | undefined): string =>
  JSON.stringify([markup?.files.map((file) => ({ ...file, content: String(file.content), shown: !!file.shown })), markup?.expected, markup?.check]);

/** Whoever rejected has told the reader already. */
const told = (): void => undefined;

define('wasm-runnable', WasmRunnable);

declare global {
  interface HTMLElementTagNameMap {
    'wasm-runnable': WasmRunnable;
  }
}
