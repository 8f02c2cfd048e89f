// elements: the half of an element that every page pays for, as far as the elements have it in common: files, state,
// the button, and the other half, which is imported when the reader first touches the element. Starts no worker and
// makes no request before that, unless `boot` or `autorun` ask for it.
import type { FileTree, RunResult, Sandbox } from '../kernel-core/client/index.js';
import { Sample } from './markup/sample.js';
import type { ElementHost, LazyHalf } from './run/host.js';
import { ThinElement } from './thin-element.js';
import type { CheckResult, ElementState, WasmElement, WasmElementDetails } from './types.js';

/** Elements of a session run in the order in which they were asked to, whichever of them has its other half already. */
let asked: Promise<unknown> | undefined;

export abstract class LazyElement<Half extends LazyHalf> extends ThinElement implements WasmElement {
  protected readonly sample: Sample;
  protected half: Half | undefined;
  /** A run has begun: what stood there for readers before it can go. */
  protected ran = false;
  protected cached = false;
  protected loadError = '';
  #state: ElementState = 'idle';
  #started = false;
  #lazy: Promise<Half> | undefined;

  constructor(styles: CSSStyleSheet, hasTranscript = false) {
    super(styles);
    this.sample = new Sample(this, hasTranscript);
  }

  /** Downloads what makes the other half. */
  protected abstract loadHalf(): Promise<(host: ElementHost) => Half>;

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
    return this.half?.result ?? null;
  }

  get sandbox(): Sandbox | null {
    return this.half?.sandbox ?? null;
  }

  get code(): string {
    return this.sample.code;
  }
  set code(text: string) {
    this.sample.code = text;
    this.filesChanged();
  }

  get files(): FileTree {
    return this.sample.tree;
  }
  set files(tree: FileTree) {
    this.sample.tree = tree;
    this.filesChanged();
  }

  async run(): Promise<RunResult> {
    if (!this.half && this.isConnected) this.#setState('loading');
    const half = this.load();
    if (this.hasAttribute('session')) {
      const before = asked;
      asked = Promise.allSettled([before, half]);
      await before;
    }
    return (await half).run();
  }

  async stop(): Promise<void> {
    await (await this.#lazy?.catch(told))?.stop();
  }

  reset(): void {
    this.loadError = '';
    this.half?.reset();
    this.sample.reset();
    this.filesChanged();
    this.#setState('idle');
  }

  async check(): Promise<CheckResult> {
    return (await this.load()).check();
  }

  connectedCallback(): void {
    this.half?.moved();
    if (this.#started) return;
    this.#started = true;
    // Also while the parser is still inside the element: what comes later is read when it comes.
    const what = { childList: true, subtree: true, characterData: true };
    new MutationObserver(() => this.#read()).observe(this, what);
    this.sample.read();
    this.filesChanged();
    const boot = this.getAttribute('boot') ?? 'click';
    if (boot !== 'click' || this.hasAttribute('autorun'))
      import('./run/begin.js').then(({ begin }) => begin(this, () => this.load())).catch(told);
  }

  disconnectedCallback(): void {
    // A move within the page disconnects and connects in one go: only who stays away has left.
    queueMicrotask(() => void this.#lazy?.then((half) => this.isConnected || half.release(), told));
  }

  /** A move that keeps the element alive (`moveBefore`). */
  connectedMoveCallback(): void {
    // Nothing was lost, nothing is to be done; without this the two above would be called.
  }

  attributeChangedCallback(_name: string, before: string | null, value: string | null): void {
    if (!this.#started || before === value) return;
    this.#read();
    this.half?.settingsChanged();
  }

  #read(): void {
    if (this.sample.read()) this.filesChanged();
    this.requestUpdate();
  }

  protected filesChanged(): void {
    this.half?.filesChanged();
    this.requestUpdate();
  }

  /** The other half; rejects, and tells the reader, when it cannot be downloaded. */
  protected load(): Promise<Half> {
    return (this.#lazy ??= this.loadHalf().then(
      (create) => {
        this.loadError = '';
        return (this.half = create(this.#host()));
      },
      (cause: unknown) => {
        this.#lazy = undefined;
        this.loadError =
          'A part of wasm-elements could not be downloaded. Check the connection and try again.';
        // What defines KernelError is among what could not be downloaded.
        const error = new Error(this.loadError, { cause });
        this.#setState('failed');
        this.#emit('wasm-error', Object.assign(error, { name: 'KernelError', code: 'ENETWORK' }));
        throw error;
      },
    ));
  }

  #host(): ElementHost {
    return {
      element: this,
      sample: this.sample,
      root: this.root,
      panel: this.root.querySelector('.panel') as HTMLElement,
      setState: (state) => this.#setState(state),
      setCached: () => {
        this.cached = true;
        this.requestUpdate();
      },
      refresh: () => this.requestUpdate(),
    };
  }

  #setState(state: ElementState): void {
    this.ran = state !== 'idle';
    if (state === this.#state) return;
    this.#state = state;
    this.requestUpdate();
    this.#emit('wasm-state', { state });
  }

  #emit<Name extends keyof WasmElementDetails>(type: Name, detail: WasmElementDetails[Name]): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  protected get busy(): boolean {
    return ['loading', 'running', 'waiting'].includes(this.#state);
  }

  protected readonly onRun = (): void => void (this.busy ? this.stop() : this.run()).catch(told);

  /** Focus on the button, which need not mean a run, or a pointer that goes down on it, which does. */
  protected readonly onReady = ({ type }: Event): void =>
    void this.load().then((half) => (type === 'focus' ? half.boot() : half.prepare()), told);

  protected override blockFor(slot: HTMLSlotElement & { readonly shown?: Element }): Element | undefined {
    return slot.shown;
  }
}

/** Whoever rejected has told the reader already. */
export const told = (): void => undefined;
