// javascript loader: one program. Puts the loader's pieces together and decides when and how it ends:
//   preparing → running (modules evaluate, then the event loop turns) → ended
// It ends by itself when nothing is pending, by `process.exit`, or by an error nobody caught.
import { normalize } from '../../kernel-core/abi/path.js';
import { restoreIntrinsics } from '../kept-intrinsics.js';
import type { ProcessContext, ProgramEnd } from '../runtime.js';
import { installConsole, type Inspect } from './console.js';
import { installCrypto } from './crypto.js';
import { errorReport } from './error-report.js';
import { atNextTurn, EventLoop } from './event-loop.js';
import { installHostPromises } from './host-promises.js';
import { inspect as inspectValue } from './inspect.js';
import {
  defineProperty,
  getterOf,
  NativeError,
  settle,
  stringIndexOf,
  stringSlice,
  uncurry,
} from './intrinsics.js';
import { ImportProblem, ModuleGraph, SyntaxProblem, type Module } from './module-graph.js';
import { ModuleLinker, type CycleLinker, type ModuleHooks, type Namespace } from './module-linker.js';
import { installFetch } from './outbound-fetch.js';
import { Output } from './output.js';
import { exiting, installProcessObject, type ProcessObject } from './process-object.js';
import { isScript, runScript, runSetup } from './script.js';
import { Source, type Place } from './source.js';
import { addressOf } from './specifier.js';
import { Stacks } from './stack.js';
import { StandardInput } from './standard-input.js';
import { installTimers } from './timers.js';
import type { SyntaxPart } from './syntax.part.js';
import type { TypescriptPart } from './typescript.part.js';

/** Exit codes that are not the program's: those of Node. */
const uncaughtCode = 1;
const usageCode = 9;
const unsettledCode = 13;

const errorOf = getterOf(ErrorEvent.prototype, 'error');
const reasonOf = getterOf(PromiseRejectionEvent.prototype, 'reason');

const preventDefault = uncurry(Event.prototype.preventDefault);
const isPrevented = getterOf(Event.prototype, 'defaultPrevented');

export class Program {
  readonly #context: ProcessContext;
  readonly #setup: string | undefined;
  readonly #end: (end: ProgramEnd) => void;
  readonly #loop = new EventLoop();
  readonly #output: Output;
  readonly #stacks: Stacks;
  readonly #inspect: Inspect;
  readonly #graph: ModuleGraph;
  readonly #linker: ModuleLinker;
  readonly #parts: Record<string, Promise<unknown>> = {};
  #cycles: Promise<CycleLinker> | undefined;
  #process: ProcessObject | undefined;
  #entry: Module | undefined;
  #state: 'preparing' | 'evaluating' | 'turning' | 'ended' = 'preparing';

  /** `setup`: a script that runs before the entry file. */
  constructor(context: ProcessContext, setup: string | undefined, end: (end: ProgramEnd) => void) {
    this.#context = context;
    this.#setup = setup;
    this.#end = end;
    this.#output = new Output(context.stdio);
    this.#stacks = new Stacks(context.cwd);
    const stackOf = (error: object): string => this.#stacks.textOf(error);
    this.#inspect = (value, depth = 2) => inspectValue(value, { depth, stackOf });
    this.#graph = new ModuleGraph({
      view: context.view,
      outbound: context.outbound,
      compile: (path, text) => this.#compile(path, text),
      placeOf: (source, offset) => {
        const { line } = source.positionOf(offset);
        return `${this.#stacks.display(source.path)}:${line}`;
      },
      added: (source, ...names) => this.#stacks.add(source, ...names),
    });
    this.#linker = new ModuleLinker({
      hooksOf: (module) => this.#hooksOf(module),
      added: (module, url) => this.#stacks.add(module.source, url),
      cycleLinker: () => (this.#cycles ??= this.#makeCycleLinker()),
    });
  }

  /** A part, imported once; another import would be another instance. */
  #part(name: string): Promise<unknown> {
    const loaded = this.#parts[name] ?? this.#context.part(name);
    this.#parts[name] = loaded;
    // Retried when it is asked for again: the network may be back.
    loaded.catch(() => delete this.#parts[name]);
    return loaded;
  }

  /** One for the program: it knows what it has evaluated. */
  async #makeCycleLinker(): Promise<CycleLinker> {
    const part = (await this.#part('syntax')) as SyntaxPart;
    return part.makeCycleLinker({
      linker: this.#linker,
      hooksOf: (module) => this.#hooksOf(module),
      stacks: this.#stacks,
      hold: () => this.#loop.hold(),
    });
  }

  async start(): Promise<void> {
    try {
      const file = this.#context.argv[1];
      if (file === undefined) {
        const command = this.#context.argv[0] ?? 'javascript';
        this.#finish(usageCode, `${command}: name a file to run, as in: ${command} main.js\n`);
        return;
      }
      const path = normalize(file, this.#context.cwd);
      this.#install(path);
      const entry = await this.#graph.load({ kind: 'file', path });
      this.#entry = entry;
      if (this.#setup !== undefined) runSetup(this.#setup, this.#stacks);
      this.#loop.onIdle = () => this.#idle();
      if (isScript(entry)) this.#runScript(entry);
      else this.#runModule(entry);
    } catch (error) {
      await this.#fail(error);
    }
  }

  #install(entry: string): void {
    const context = this.#context;
    const input = new StandardInput(context.stdio, context.transport, this.#loop);
    installTimers(this.#loop);
    installCrypto(this.#loop, () => this.#part('crypto'));
    installHostPromises(this.#loop);
    installFetch({ outbound: context.outbound, view: context.view, loop: this.#loop });
    const framesOf = (error: object): string => {
      const text = this.#stacks.textOf(error);
      const start = stringIndexOf(text, '\n');
      return start === -1 ? '' : stringSlice(text, start + 1);
    };
    installConsole({ output: this.#output, inspect: this.#inspect, framesOf });
    this.#process = installProcessObject({
      context,
      entry,
      output: this.#output,
      input,
      inspect: this.#inspect,
      exit: (code) => this.#finish(code),
    });
    this.#watchErrors();
  }

  #runScript(entry: Module): void {
    this.#state = 'evaluating';
    // In a turn of its own and uncaught: the error event knows the place of whatever is thrown.
    atNextTurn(() => {
      const release = this.#loop.hold();
      try {
        runScript(entry, this.#hooksOf(entry), this.#stacks, this.#context.view, this.#context.cwd);
      } finally {
        if (this.#state === 'evaluating') this.#state = 'turning';
        release();
      }
    });
  }

  #runModule(entry: Module): void {
    this.#state = 'evaluating';
    // Evaluation itself is no hold: a module that awaits forever has nothing pending.
    const release = this.#loop.hold();
    settle(
      this.#linker.evaluate(entry, release),
      () => {
        if (this.#state === 'evaluating') this.#state = 'turning';
        release();
      },
      (error) => void this.#fail(error),
    );
  }

  #idle(): void {
    if (this.#state === 'turning') {
      this.#finish(this.#process?.exitCode ?? 0);
    } else if (this.#state === 'evaluating') {
      void this.#unsettled();
    }
  }

  /** The modules await something that nothing pending can settle. */
  async #unsettled(): Promise<void> {
    const entry = this.#entry;
    if (entry === undefined) return;
    const place = await this.#syntax((part) => part.findTopLevelAwait(entry));
    const where = place === undefined ? this.#stacks.display(entry.source.path) : this.#placeText(place);
    this.#finish(unsettledCode, `Warning: Detected unsettled top-level await at ${where}\n`);
  }

  #placeText(place: Place): string {
    return `${this.#stacks.display(place.source.path)}:${place.position.line}`;
  }

  #hooksOf(module: Module): ModuleHooks {
    const resolve = (specifier: unknown): string =>
      addressOf(this.#context.view, String(specifier), module.url);
    const meta: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    meta['url'] = module.url;
    if (module.url.startsWith('file:')) {
      meta['filename'] = module.source.path;
      meta['dirname'] = normalize(`${module.source.path}/..`);
    }
    meta['main'] = module === this.#entry;
    meta['resolve'] = resolve;
    return {
      meta,
      load: (specifier, options) => this.#import(module, specifier, options, new NativeError()),
    };
  }

  /** `trace` was made where the program called `import()`; nothing else knows that place. */
  async #import(importer: Module, specifier: unknown, options: unknown, trace: Error): Promise<Namespace> {
    const release = this.#loop.hold();
    try {
      return await this.#importHeld(importer, specifier, options, release);
    } catch (error) {
      if (error instanceof ImportProblem && error.place === undefined) error.happenedAt(trace);
      throw error;
    } finally {
      release();
    }
  }

  async #importHeld(
    importer: Module,
    specifier: unknown,
    options: unknown,
    begun: () => void,
  ): Promise<Namespace> {
    const type = (options as { with?: { type?: unknown } } | undefined)?.with?.type;
    const target = this.#graph.resolve(String(specifier), importer);
    if (target.kind === 'foreign') return this.#linker.importNative(target.url, begun);
    const module = await this.#graph.load(target, type === undefined ? undefined : `${type as string}`);
    try {
      return await this.#linker.evaluate(module, begun);
    } catch (error) {
      throw await this.#placed(error, module);
    }
  }

  /** Compiles TypeScript and JSX. */
  async #compile(path: string, text: string): Promise<ReturnType<TypescriptPart['compile']>> {
    const part = (await this.#part('typescript')) as TypescriptPart;
    try {
      return part.compile(path, text);
    } catch (error) {
      const { message, line, column } = error as { message: string; line?: number; column?: number };
      if (line === undefined || column === undefined) throw error;
      throw new SyntaxProblem(message, { source: new Source(path, text), position: { line, column } });
    }
  }

  #watchErrors(): void {
    // Captured: a listener of the program's could stop the event before it gets here, and it would go on to
    // the kernel, which a loop of them would flood.
    addEventListener('error', (event) => this.#uncaught(event, errorOf(event)), { capture: true });
    addEventListener('unhandledrejection', (event) => this.#uncaught(event, reasonOf(event)), {
      capture: true,
    });
  }

  /** The program may have listeners of its own, which come after ours, and prevent the default. */
  #uncaught(event: Event, error: unknown): void {
    let prevented = isPrevented(event) === true;
    // The kernel worker is not to hear of it.
    preventDefault(event);
    if (this.#state === 'ended' || error === exiting) return;
    const { filename, lineno, colno } = event as Partial<ErrorEvent>;
    defineProperty(event, 'preventDefault', { value: () => (prevented = true) });
    const release = this.#loop.hold();
    atNextTurn(() => {
      release();
      if (prevented) return;
      const source = filename === undefined ? undefined : this.#stacks.find(filename);
      const position = source?.original({ line: lineno ?? 1, column: colno ?? 1 });
      void this.#fail(error, source && position ? { source, position } : undefined);
    });
  }

  async #fail(error: unknown, place?: Place): Promise<void> {
    if (this.#state === 'ended' || error === exiting) return;
    restoreIntrinsics();
    this.#output.flush();
    const placed = this.#entry === undefined ? error : await this.#placed(error, this.#entry);
    this.#finish(uncaughtCode, errorReport(placed, this.#stacks, this.#inspect, place));
  }

  /** A SyntaxError of the engine with its place, which Chromium does not tell. */
  async #placed(error: unknown, module: Module): Promise<unknown> {
    if (!(error instanceof SyntaxError) || error instanceof SyntaxProblem || error instanceof ImportProblem)
      return error;
    if (this.#stacks.framesOf(error).length > 0) return error;
    const found = await this.#syntax((part) => part.findSyntaxError(module, isScript(module)));
    if (found === undefined) return error;
    // Acorn, which reads modules of a circle, says the place in the message too.
    return new SyntaxProblem(found.message ?? error.message.replace(/ \(\d+:\d+\)$/, ''), found);
  }

  /** Asks the syntax part; what it cannot tell is told without. */
  async #syntax<T>(ask: (part: SyntaxPart) => T): Promise<T | undefined> {
    try {
      return ask((await this.#part('syntax')) as SyntaxPart);
    } catch {
      return undefined; // offline: the report lacks a place, nothing else
    }
  }

  #finish(code: number, report?: string): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    restoreIntrinsics();
    if (report !== undefined) this.#output.write(2, report);
    this.#output.close();
    this.#end({ code: Number.isInteger(Number(code)) ? Number(code) & 255 : uncaughtCode });
  }
}
