// elements/terminal: the half of <wasm-terminal> that is imported at the first interaction. Owns the program that runs
// (the latest wins), the element's share of a sandbox and the console it runs on; `release` gives all back.
import {
  Kernel,
  KernelError,
  type ExitStatus,
  type Process,
  type RunResult,
  type Sandbox,
} from '../../kernel-core/client/index.js';
import { emit } from '../run/events.js';
import type { ElementHost, TerminalHalf } from '../run/host.js';
import { OwnSandbox } from '../run/sandboxes.js';
import { errorOfResult, sentence, statusLine } from '../run/sentences.js';
import type { Settings } from '../run/settings.js';
import type { CheckResult } from '../types.js';
import { nothingToCheck, prepareAhead } from './ahead.js';
import { Console } from './console.js';
import { TerminalRun } from './terminal-run.js';

export function createTerminal(host: ElementHost): TerminalHalf {
  return new TerminalRunner(host);
}

/** Rejections that the console tells the reader. */
const told = (): void => undefined;

class TerminalRunner implements TerminalHalf {
  result: RunResult | null = null;
  readonly #host: ElementHost;
  readonly #own = new OwnSandbox();
  #console: Console | undefined;
  #run: TerminalRun | undefined;

  constructor(host: ElementHost) {
    this.#host = host;
  }

  get sandbox(): Sandbox | null {
    return this.#own.sandbox;
  }

  get process(): Process | null {
    return this.#run?.process ?? null;
  }

  async run(): Promise<RunResult> {
    const { element } = this.#host;
    if (!element.isConnected) {
      this.#host.setState('idle');
      throw new KernelError('ENOENT', 'run() was called on an element that is not in the page.', {
        hint: 'Insert the element first.',
      });
    }
    const before = this.#run;
    this.#run = undefined;
    before?.end({ code: null, signal: 'SIGKILL', reason: 'superseded' });
    this.result = null;
    const console = this.#openConsole();
    this.#host.setState('loading');
    console.starting();
    const run = new TerminalRun({
      host: this.#host,
      screen: console.screen,
      typist: console.typist,
      // Restarting is no reset: what the reader made of the files stays.
      sandbox: (settings, { files }, signal) => this.#own.get(settings, files, signal, 'keep'),
      onProgress: (what, loaded, total) => console.progress(what, loaded, total),
      onState: (state, title) => {
        console.running(title);
        this.#host.setState(state);
      },
      onEnd: (result, settings, byReader) => {
        if (this.#run === run || this.#run === undefined) this.result = result;
        this.#ended(result, settings, byReader);
      },
      onAsk: (event, sandbox) => console.asks.ask(event, sandbox.fs),
      onFailure: (error) => {
        console.failed(sentence(error as KernelError));
        this.#host.setState('failed');
        emit(element, 'wasm-error', error as KernelError);
      },
    });
    this.#run = run;
    return run.start();
  }

  async stop(): Promise<void> {
    await this.#run?.stop();
  }

  reset(): void {
    this.#end({ code: null, signal: 'SIGKILL', message: 'The terminal was reset.' });
    this.#console?.dispose();
    this.#console = undefined;
    this.result = null;
    this.#own.giveBack();
  }

  filesChanged(): void {
    // They are written when a sandbox is made; what runs has its own by now.
  }

  settingsChanged(): void {
    this.#console?.screen.restyle();
  }

  boot(): void {
    Kernel.boot().catch(told);
  }

  prepare(): Promise<void> {
    const { element, sample } = this.#host;
    return prepareAhead(
      () => this.boot(),
      () => element.getAttribute('runtime')?.trim() || sample.label?.name,
    );
  }

  check(): Promise<CheckResult> {
    return Promise.reject(nothingToCheck());
  }

  moved(): void {
    this.#console?.screen.fit();
  }

  release(): void {
    this.#end({ code: null, signal: 'SIGKILL', message: 'The terminal was removed from the page.' });
    this.#console?.dispose();
    this.#console = undefined;
    this.#own.giveBack();
    // Who comes back is as at first.
    this.#host.setState('idle');
  }

  focus(): void {
    this.#openConsole().screen.focus();
  }

  async write(data: string | Uint8Array): Promise<void> {
    await this.#openConsole().screen.show(typeof data === 'string' ? new TextEncoder().encode(data) : data);
  }

  async paste(text: string): Promise<void> {
    await this.#openConsole().paste(text);
  }

  #openConsole(): Console {
    return (this.#console ??= new Console(this.#host, {
      process: () => this.process,
      restart: () => void this.run().catch(told),
    }));
  }

  #end(status: ExitStatus): void {
    const run = this.#run;
    this.#run = undefined;
    run?.end(status);
  }

  #ended(result: RunResult, settings: Settings | undefined, byReader: boolean): void {
    const { element } = this.#host;
    if (result.reason === 'superseded') {
      this.#console?.superseded();
      emit(element, 'wasm-exit', result);
      return;
    }
    const status = settings === undefined ? 'ended' : statusLine(result, settings, byReader);
    const error = errorOfResult(result);
    this.#console?.ended(status, error === undefined ? undefined : sentence(error));
    this.#host.setState('exited');
    emit(element, 'wasm-exit', result);
    if (error) emit(element, 'wasm-error', error);
  }
}
