// elements/run: the half of <wasm-runnable> that is imported at the first interaction. Owns the current run
// (the latest wins), the element's share of a sandbox, the panel and the editors; `release` gives all back.
import {
  Kernel,
  KernelError,
  prepareRuntime,
  type RunResult,
  type Sandbox,
} from '../../kernel-core/client/index.js';
import type { CheckResult } from '../types.js';
import type { CodeElement } from '../wasm-runnable.template.js';
import { Editors } from './editors.js';
import type { ElementHost, Runner } from './host.js';
import { Panel } from './panel.js';
import { placeInEntry, placesOf } from './places.js';
import { Run } from './run.js';
import { restarted, Session, type Member } from './session.js';
import { emit } from './events.js';
import { OwnSandbox } from './sandboxes.js';

export function createRunner(host: ElementHost): Runner {
  return new RunnableRunner(host);
}

/** Rejections that the panel tells the reader. */
const told = (): void => undefined;

class RunnableRunner implements Runner {
  result: RunResult | null = null;
  readonly #host: ElementHost;
  readonly #editors: Editors;
  #panel: Panel | undefined;
  #run: Run | undefined;
  readonly #own = new OwnSandbox();
  /** Packages the reader agreed to install. */
  #accepted: readonly string[] = [];
  readonly #member: Member = {
    place: (line) => placeInEntry(this.#host, this.#editors, line),
    onRestart: (session) => {
      this.#panel?.notice(restarted);
      emit(this.#host.element, 'wasm-restart', { session });
    },
    onLateOutput: (stream, bytes) => this.#panel?.output.append(stream, bytes),
  };

  constructor(host: ElementHost) {
    this.#host = host;
    const run = (): void => void this.run().catch(told);
    this.#editors = new Editors(host, run);
    host.root.addEventListener('keydown', (event) => {
      const { key, ctrlKey, metaKey, target } = event as KeyboardEvent;
      const inCode = target instanceof Element && target.classList.contains('code');
      if (!inCode || key !== 'Enter' || !(ctrlKey || metaKey)) return;
      event.preventDefault();
      run();
    });
  }

  get sandbox(): Sandbox | null {
    return this.#own.sandbox;
  }

  run(): Promise<RunResult> {
    if (!this.#host.element.isConnected) {
      this.#host.setState('idle');
      return Promise.reject(
        new KernelError('ENOENT', 'run() was called on an element that is not in the page.', {
          hint: 'Insert the element first.',
        }),
      );
    }
    this.#run?.end({ code: null, signal: 'SIGKILL', reason: 'superseded' });
    const panel = (this.#panel ??= this.#makePanel());
    panel.begin(marginBelow(this.#host));
    this.result = null;
    this.#host.setState('loading');
    const run = new Run({
      host: this.#host,
      panel,
      sandbox: (settings, { files }, signal) => this.#own.get(settings, files, signal, 'write'),
      accepted: this.#accepted,
      member: this.#member,
      onAccept: (name) => {
        this.#accepted = [...this.#accepted, name];
        this.run().catch(told);
      },
      onResult: (result) => {
        if (this.#run === run || this.#run === undefined) this.result = result;
      },
    });
    this.#run = run;
    return run.start();
  }

  async stop(): Promise<void> {
    await this.#run?.stop();
  }

  reset(): void {
    this.#end('The sample was reset.');
    Session.of(this.#member)?.restart();
    this.#panel?.clear();
    this.result = null;
    this.#accepted = [];
    this.#own.giveBack();
  }

  filesChanged(): void {
    this.#editors.close();
  }

  settingsChanged(): void {
    this.#editors.settingsChanged();
  }

  boot(): void {
    if (this.#host.sample.label?.kind !== 'page') Kernel.boot().catch(told);
  }

  async prepare(): Promise<void> {
    const spec = this.#host.element.getAttribute('runtime')?.trim() || this.#host.sample.label?.name;
    try {
      this.boot();
      if (!spec) return;
      if (this.#host.sample.label?.kind !== 'page' && Session.of(this.#member)?.hasInterpreter !== true)
        void Kernel.warm(spec);
      await prepareRuntime(spec);
    } catch {
      // The run will meet it again, and tell.
    }
  }

  edit(code: CodeElement, released: Promise<unknown> | undefined): void {
    this.#editors.edit(code, released).catch(told);
  }

  async check(): Promise<CheckResult> {
    const what =
      this.#host.sample.markup.check === undefined
        ? 'has no <script type="text/x-check">'
        : 'cannot be checked yet';
    throw new KernelError('ENOSYS', `This sample ${what}.`, {
      hint: 'Checks come with a later version of wasm-elements.',
    });
  }

  moved(): void {
    if (this.#run?.showsPage) this.run().catch(told);
  }

  release(): void {
    this.#end('The sample was removed from the page.');
    Session.of(this.#member)?.leave(this.#member);
    this.#editors.close();
    this.#panel?.dispose();
    this.#panel = undefined;
    this.#own.giveBack();
  }

  #makePanel(): Panel {
    const places = placesOf(this.#host, this.#editors, this.#member);
    return new Panel(this.#host, () => void this.run().catch(told), places);
  }

  #end(message: string): void {
    this.#run?.end({ code: null, signal: 'SIGKILL', message });
    this.#run = undefined;
  }
}

/** What the author's block keeps free below itself: the panel moves up into it and keeps it free again. */
function marginBelow({ root }: ElementHost): { below: number } {
  const slotted = [...root.querySelectorAll('slot')].flatMap((slot) => slot.assignedElements())[0];
  const block = slotted ?? root.querySelector('.frame');
  return { below: block ? parseFloat(getComputedStyle(block).marginBottom) || 0 : 0 };
}
