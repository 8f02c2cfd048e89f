// elements/terminal: one program on the terminal, from the attributes to the exit status. Ends exactly once; after that
// nothing of it reaches the screen.
//
//   loading ──▶ running ◀──▶ waiting ──▶ finished (resolves)
//      │                                    ▲
//      ├── end(): superseded, stopped, removed
//      └── could not start ──▶ finished (rejects with KernelError)
import type { AskEvent, ExitStatus, Process, RunResult, Sandbox } from '../../kernel-core/client/index.js';
import { askToEnd } from '../run/ask-to-end.js';
import { emit } from '../run/events.js';
import type { ElementHost } from '../run/host.js';
import { prepareRun, type SandboxFor } from '../run/prepare-run.js';
import { asKernelError } from '../run/sentences.js';
import { baseEnvironment, readSettings, type Settings } from '../run/settings.js';
import type { ElementState } from '../types.js';
import { programOf, scrollbackOf, startLines } from './program.js';
import type { Screen } from './screen.js';
import type { Typist } from './typist.js';

/** What `result.stdout` holds at most, in characters; the screen and its log have the rest. */
const keptCharacters = 1_000_000;

export interface TerminalRunContext {
  readonly host: ElementHost;
  readonly screen: Screen;
  readonly typist: Typist;
  readonly sandbox: SandboxFor;
  readonly onProgress: (what: string, loadedBytes?: number, totalBytes?: number) => void;
  /** It runs, or does something else now. `title`: what it is called. */
  readonly onState: (state: ElementState, title: string) => void;
  /** It is over; called before `finished` settles. `settings`: null for what could not start. */
  readonly onEnd: (result: RunResult, settings: Settings | undefined, byReader: boolean) => void;
  /** A program asks something of the reader. */
  readonly onAsk: (event: AskEvent, sandbox: Sandbox) => void;
  readonly onFailure: (error: Error) => void;
}

export class TerminalRun {
  /** Rejects only when the program could not start. */
  readonly finished: Promise<RunResult>;
  readonly #context: TerminalRunContext;
  readonly #aborter = new AbortController();
  readonly #decoder = new TextDecoder();
  #resolve!: (result: RunResult) => void;
  #reject!: (error: Error) => void;
  #settings: Settings | undefined;
  #process: Process | undefined;
  #texts: string[] = [];
  #kept = 0;
  #startedAt: number | undefined;
  #stopped = false;
  #over = false;

  constructor(context: TerminalRunContext) {
    this.#context = context;
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get process(): Process | null {
    return this.#over ? null : (this.#process ?? null);
  }

  /** To be called once, when the one who made the run knows it. Returns `finished`. */
  start(): Promise<RunResult> {
    void this.#start();
    return this.finished;
  }

  /** Ends it now, whatever it is doing; it resolves with this status. */
  end(status: ExitStatus): void {
    if (this.#over) return;
    this.#process?.kill('SIGKILL');
    this.#finish(status);
  }

  /** Hangs up, as closing a terminal's window does, then makes it end; resolves once it has. */
  async stop(): Promise<void> {
    if (this.#over) return;
    const process = this.#process;
    const isAgain = this.#stopped;
    this.#stopped = true;
    if (!process) return this.end({ code: null, signal: 'SIGTERM' });
    await askToEnd(process, 'SIGHUP', isAgain, this.finished);
  }

  async #start(): Promise<void> {
    const { host, screen, typist, onProgress } = this.#context;
    const { signal } = this.#aborter;
    try {
      const settings = (this.#settings = readSettings(host.element));
      scrollbackOf(host.element);
      const program = await programOf(host, settings, signal);
      signal.throwIfAborted();
      emit(host.element, 'wasm-run', { runtime: program.runtime.name, entry: program.sources.entry });
      const { sandbox } = await prepareRun({
        ...{ host, settings, signal, sources: program.sources, spec: program.spec },
        ...{ accepted: [], warm: true, sandbox: this.#context.sandbox, onProgress },
      });
      const { columns, rows } = screen;
      const process = await sandbox.spawn(program.command, program.args, {
        tty: { columns, rows },
        env: { ...baseEnvironment, TERM: 'xterm-256color', COLORTERM: 'truecolor', ...settings.env },
        ...(settings.timeoutMs === undefined ? {} : { timeoutMs: settings.timeoutMs }),
      });
      if (this.#over) {
        process.kill('SIGKILL');
        return;
      }
      this.#process = process;
      this.#startedAt = performance.now();
      // The box may have changed meanwhile.
      if (screen.columns !== columns || screen.rows !== rows) process.resize(screen.columns, screen.rows);
      this.#context.onState('running', program.title);
      if (settings.stdin !== undefined) void typist.paste(settings.stdin, false);
      typist.attach(process, startLines(host.element));
      this.#listen(process, program.title);
      process.addEventListener('ask', (event) => this.#context.onAsk(event as AskEvent, sandbox));
      const [status] = await Promise.all([process.exited, this.#pump(process)]);
      this.#finish(status);
    } catch (error) {
      this.#fail(error);
    }
  }

  #listen(process: Process, title: string): void {
    const on = (type: 'waiting' | 'resumed', state: ElementState): void =>
      process.addEventListener(type, () => {
        if (this.#over) return;
        this.#context.onState(state, title);
        if (state === 'waiting') this.#context.typist.waiting();
      });
    on('waiting', 'waiting');
    on('resumed', 'running');
  }

  async #pump(process: Process): Promise<void> {
    const { screen, host } = this.#context;
    const reader = process.stdout.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (this.#over) return reader.cancel();
      if (done) return;
      const text = this.#decoder.decode(value, { stream: true });
      if (this.#kept < keptCharacters) {
        this.#texts.push(text.slice(0, keptCharacters - this.#kept));
        this.#kept += text.length;
      }
      if (text !== '') emit(host.element, 'wasm-output', { stream: 'stdout', text });
      await screen.write(value);
    }
  }

  #finish(status: ExitStatus): void {
    if (this.#over) return;
    const durationMs = this.#startedAt === undefined ? 0 : performance.now() - this.#startedAt;
    const result: RunResult = { ...status, stdout: this.#texts.join(''), stderr: '', durationMs };
    this.#close();
    this.#context.onEnd(result, this.#settings, this.#stopped);
    this.#resolve(result);
  }

  #fail(thrown: unknown): void {
    if (this.#over) return;
    const error = asKernelError(thrown);
    this.#close();
    this.#context.onFailure(error);
    this.#reject(error);
  }

  #close(): void {
    this.#over = true;
    this.#context.typist.detach();
    this.#aborter.abort();
  }
}
