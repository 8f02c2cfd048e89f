// elements/run: one run, from the attributes to the exit status. Ends exactly once; after that nothing of it
// reaches the page. What it shows goes to the panel, what it tells to the element's events.
//
//   loading ──▶ running ◀──▶ waiting ──▶ finished (resolves)
//      │                                    ▲
//      ├── end(): superseded, stopped, removed
//      └── could not start ──▶ finished (rejects with KernelError)
import {
  resolveRuntime,
  runtimes,
  setupArguments,
  KernelError,
  type AskEvent,
  type ExitStatus,
  type Program,
  type RunResult,
  type SpawnOptions,
} from '../../kernel-core/client/index.js';
import { Display } from '../display/display.js';
import { InputField } from '../output/input-field.js';
import type { OutputStream } from '../output/output-view.js';
import type { ElementState } from '../types.js';
import { askToEnd } from './ask-to-end.js';
import { emit } from './events.js';
import type { ElementHost } from './host.js';
import type { Panel } from './panel.js';
import { missingPackage } from './packages.js';
import { prepareRun, type SandboxFor } from './prepare-run.js';
import { cellRequest, setupBlock } from './cells.js';
import { Session, type Member, type Turn } from './session.js';
import { asKernelError, errorOfResult, sentence, statusLine } from './sentences.js';
import { baseEnvironment, readSettings, type Settings } from './settings.js';
import { gather, type Sources } from './sources.js';

/** What `result.stdout` and `result.stderr` hold at most, in characters each. */
const keptCharacters = 8_000_000;
/** Output the view has not taken in yet, above which the program's pipe is left to fill. */
const pendingCharacters = 256_000;
/** What Stop asks a program to end with. */
const asking = { interrupt: 'SIGINT', terminate: 'SIGTERM' } as const;

/** What a run starts that is no file of its element. */
export interface Command {
  /** `sh`, `python@3.14`: what has to be downloaded. */
  readonly spec: string;
  /** As the author wrote it. */
  readonly text: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** What a run is given by its element's runner. */
export interface RunContext {
  readonly host: ElementHost;
  readonly panel: Panel;
  readonly sandbox: SandboxFor;
  /** Packages the reader agreed to install. */
  readonly accepted: readonly string[];
  /** The element in its session. */
  readonly member: Member;
  /** What is started instead of the runtime with the entry file. Throws a KernelError for what cannot be. */
  readonly command?: () => Command;
  /** The reader agrees to another one: runs again with it. Without this nobody is asked. */
  readonly onAccept?: (name: string) => void;
  /** The run is over; called before `finished` settles. */
  onResult(result: RunResult | null): void;
}

export class Run {
  /** Rejects only when the program could not start. */
  readonly finished: Promise<RunResult>;
  readonly #context: RunContext;
  readonly #aborter = new AbortController();
  readonly #texts = { stdout: '', stderr: '' };
  #resolve!: (result: RunResult) => void;
  #reject!: (error: Error) => void;
  #settings: Settings | undefined;
  #process: Program | undefined;
  #turn: Turn | undefined;
  #input: InputField | undefined;
  #page: { dispose(): void } | undefined;
  #startedAt: number | undefined;
  /** How its programs are asked to end. */
  #asking: keyof typeof asking = 'terminate';
  #stopped = false;
  #over = false;

  constructor(context: RunContext) {
    this.#context = context;
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** To be called once, when the one who made the run knows it. Returns `finished`. */
  start(): Promise<RunResult> {
    void this.#start();
    return this.finished;
  }

  /** Of an `html` sample: a document is being shown. */
  get showsPage(): boolean {
    return this.#page !== undefined;
  }

  /** Ends the run now, whatever it is doing; it resolves with this status. */
  end(status: ExitStatus): void {
    this.#page?.dispose();
    if (this.#over) return;
    const process = this.#process;
    if (process?.abandon) process.abandon();
    else process?.kill('SIGKILL');
    this.#finish(status);
  }

  /** Asks the program to end, then makes it, at once when asked again; resolves once it has. */
  async stop(): Promise<void> {
    if (this.#over) return;
    const process = this.#process;
    const isAgain = this.#stopped;
    this.#stopped = true;
    if (!process) return this.end({ code: null, signal: 'SIGTERM' });
    await askToEnd(process, asking[this.#asking], isAgain, this.finished);
  }

  async #start(): Promise<void> {
    const { host, panel } = this.#context;
    const { signal } = this.#aborter;
    try {
      const settings = (this.#settings = readSettings(host.element));
      const session = settings.session === undefined ? undefined : Session.named(settings.session);
      // Before anything that takes time: cells run in the order in which they were asked for.
      this.#turn = session?.turn();
      const command = this.#context.command?.();
      const sources = await gather(host, signal, command === undefined);
      signal.throwIfAborted();
      const spec =
        command?.spec ??
        (host.element.getAttribute('runtime')?.trim() || host.sample.label?.name || noRuntime(sources));
      const { runtime, version } = resolveRuntime(spec);
      if (runtime.interruptible === true) this.#asking = 'interrupt';
      const setup = setupBlock(settings.setup, runtime);
      if (settings.display !== undefined && runtime.lastExpression !== true)
        throw noLastExpression(runtime.title);
      emit(host.element, 'wasm-run', { runtime: runtime.name, entry: command?.text ?? sources.entry });
      if (runtime.kind === 'page') {
        await this.#showPage(sources, settings);
        return;
      }
      const cells = runtime.cells === true && command === undefined ? session : undefined;
      if (cells) await this.#itsTurn();
      else {
        this.#turn?.end();
        Session.of(this.#context.member)?.leave(this.#context.member);
      }
      const made = prepareRun({
        ...{ host, settings, sources, spec, signal, accepted: this.#context.accepted },
        // The cells of a session have an interpreter, but for the first one.
        warm: cells?.isLive(`${runtime.name}@${version.version}`) !== true,
        sandbox: this.#context.sandbox,
        onProgress: (what, loaded, total) => this.#over || panel.progress(what, loaded, total),
      });
      const { sandbox, sources: written } = await made;
      if (cells) {
        const { member } = this.#context;
        if (this.#over) return;
        cells.join(member);
        const name = cells.nameOf(member, host.sample.entry?.name ?? '');
        const request = await cellRequest(name, written, settings, setup);
        const isOver = (): boolean => this.#over;
        const versioned = `${runtime.name}@${version.version}`;
        const cell = await cells.run(member, versioned, sandbox, request, settings.timeoutMs, isOver);
        if (cell) await this.#follow(cell);
        return;
      }
      const words = [...(setup ? setupArguments(setup.source) : []), sources.entry, ...settings.args];
      const [name, args] = command ? [command.command, command.args] : [spec, words];
      const process = await sandbox.spawn(name, args, spawnOptions(settings));
      if (this.#over) {
        process.kill('SIGKILL');
        return;
      }
      process.addEventListener('ask', (event) => this.#context.panel.asks.ask(event as AskEvent, sandbox.fs));
      await this.#follow(process);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#turn?.end();
    }
  }

  /** Resolves when the cells asked for before have ended. */
  async #itsTurn(): Promise<void> {
    const turn = this.#turn;
    const { signal } = this.#aborter;
    if (turn?.waits) this.#context.panel.progress('Waiting for its turn');
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      turn?.come.then(resolve, reject);
    });
  }

  /** From start to end of a process. */
  async #follow(process: Program): Promise<void> {
    const { host, panel } = this.#context;
    this.#process = process;
    this.#startedAt = performance.now();
    const writer = process.stdin.getWriter();
    const encoder = new TextEncoder();
    const input = (this.#input = new InputField({
      output: panel.output,
      host: host.element,
      onLine: (text) => void writer.write(encoder.encode(`${text}\n`)).catch(ignored),
      onEof: () => void writer.close().catch(ignored),
    }));
    const listen = (type: 'waiting' | 'resumed', state: ElementState): void =>
      process.addEventListener(type, () => {
        if (this.#over) return;
        if (state === 'waiting') input.ask();
        else input.hide();
        panel.waiting(state === 'waiting');
        host.setState(state);
      });
    panel.started();
    host.setState('running');
    listen('waiting', 'waiting');
    listen('resumed', 'running');
    const [status] = await Promise.all([process.exited, this.#pump(process)]);
    this.#finish(status);
  }

  async #pump(process: Program): Promise<void> {
    const reader = process.output().getReader();
    const { output } = this.#context.panel;
    const display = new Display({
      output,
      isOver: () => this.#over,
      onText: (stream, text) => this.#tell(stream, text),
      onObject: (detail) => emit(this.#context.host.element, 'wasm-display', detail),
    });
    for (;;) {
      const { done, value } = await reader.read();
      if (this.#over) return reader.cancel();
      this.#input?.settle();
      if (done) return display.end();
      display.take(value.fd === 1 ? 'stdout' : 'stderr', value.bytes);
      if (output.pending > pendingCharacters) await output.drained();
    }
  }

  /** An `html` sample: it goes on after the run has ended, until the next one. */
  async #showPage(sources: Sources, settings: Settings): Promise<void> {
    const { host, panel } = this.#context;
    const { showPage } = await import('../../kernel-core/client/preview.js');
    this.#aborter.signal.throwIfAborted();
    this.#startedAt = performance.now();
    host.setState('running');
    panel.progress('Starting');
    this.#page = await showPage({
      parent: panel.page,
      files: { ...sources.files },
      entry: sources.entry,
      grant: settings.network,
      title: `Result of ${sources.entry}`,
      signal: this.#aborter.signal,
      onConsole: ({ level, text, file, line }) => {
        const stream = level === 'warn' || level === 'error' ? 'stderr' : 'stdout';
        const place =
          file !== undefined && line !== undefined && stream === 'stderr' ? ` (${file}:${line})` : '';
        panel.output.append(stream, `${text}${place}\n`);
        this.#tell(stream, `${text}${place}\n`);
      },
    });
    this.#finish({ code: 0, signal: null });
  }

  #tell(stream: OutputStream, text: string): void {
    this.#texts[stream] += text.slice(0, keptCharacters - this.#texts[stream].length);
    emit(this.#context.host.element, 'wasm-output', { stream, text });
  }

  #finish(status: ExitStatus): void {
    if (this.#over) return;
    const { panel, host, onResult } = this.#context;
    const durationMs = this.#startedAt === undefined ? 0 : performance.now() - this.#startedAt;
    const result: RunResult = { ...status, ...this.#texts, durationMs };
    this.#close();
    onResult(result);
    if (result.reason !== 'superseded') {
      panel.ended(this.#page || !this.#settings ? '' : statusLine(result, this.#settings, this.#stopped));
      const error = errorOfResult(result);
      if (error) panel.fail(sentence(error));
      const { onAccept } = this.#context;
      const missing = result.code === 0 ? undefined : missingPackage(result.stderr);
      if (missing !== undefined && onAccept) panel.offer(missing, () => onAccept(missing));
      host.setState('exited');
      emit(host.element, 'wasm-exit', result);
      if (error) emit(host.element, 'wasm-error', error);
    } else emit(host.element, 'wasm-exit', result);
    this.#resolve(result);
  }

  #fail(thrown: unknown): void {
    if (this.#over) return;
    const { panel, host, onResult } = this.#context;
    const error = asKernelError(thrown);
    this.#close();
    this.#page?.dispose();
    onResult(null);
    panel.ended('');
    panel.fail(sentence(error));
    host.setState('failed');
    emit(host.element, 'wasm-error', error);
    this.#reject(error);
  }

  /** From here on nothing of the run reaches the page. */
  #close(): void {
    this.#over = true;
    this.#input?.dispose();
    if (!this.#page) this.#aborter.abort();
  }
}

/** Input for a program that has ended meanwhile; the cache of a browser that has none. */
const ignored = (): void => undefined;

function spawnOptions({ stdin, timeoutMs, env, display }: Settings): SpawnOptions {
  // Told to the program, and to those it starts: objects are understood here (docs/reference/rich-output.md).
  const understood = { WASM_ELEMENTS_DISPLAY: display ?? 'rich' };
  return {
    // As bytes, for the words pipe and null are input like any other here.
    stdin: stdin === undefined ? 'pipe' : new TextEncoder().encode(stdin),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    env: { ...baseEnvironment, TERM: 'dumb', ...understood, ...env },
  };
}

function noLastExpression(title: string): KernelError {
  return new KernelError(
    'ENOSYS',
    `display="last": the last expression of a program in ${title} cannot be shown.`,
    {
      hint: 'Print it, and take the attribute away.',
    },
  );
}

function noRuntime(sources: Sources): never {
  const names = runtimes().map((runtime) => runtime.name);
  throw new KernelError('ERUNTIME', `It cannot be told from “${sources.entry}” which language this is.`, {
    hint: `Say it: runtime="${names[0] ?? 'python'}". There are ${names.join(', ')}.`,
  });
}
