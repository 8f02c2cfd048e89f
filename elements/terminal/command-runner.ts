// elements/terminal: the half of a <wasm-terminal> with `commands` that is imported when the first of them is run. Owns
// the runs, one a command, and the sandbox that all of them share; `release` gives all back.
// Must always hold: one command runs at a time, in the order in which they were asked for; each is a process of its
// own, so that only files are handed from one to the next.
import {
  Kernel,
  KernelError,
  prepareRuntime,
  type ExitStatus,
  type RunResult,
  type Sandbox,
} from '../../kernel-core/client/index.js';
import type { ElementHost } from '../run/host.js';
import { Panel } from '../run/panel.js';
import { Run } from '../run/run.js';
import { OwnSandbox } from '../run/sandboxes.js';
import type { CheckResult, ElementState } from '../types.js';
import type { CommandBlock } from './command-block.js';
import type { CommandList, CommandsHalf } from './command-list.js';
import { listedCommand } from './program.js';

export function createCommands(host: ElementHost, list: CommandList): CommandsHalf {
  return new CommandRunner(host, list);
}

/** What one command has run, last. */
interface Ran {
  readonly panel: Panel;
  run: Run | undefined;
  state: ElementState;
}

/** Rejections that the panel tells the reader. */
const told = (): void => undefined;

const busy: readonly ElementState[] = ['waiting', 'running', 'loading'];

class CommandRunner implements CommandsHalf {
  result: RunResult | null = null;
  /** A program of one of many commands: each has its own. */
  readonly process = null;
  readonly #host: ElementHost;
  readonly #list: CommandList;
  readonly #own = new OwnSandbox();
  readonly #ran = new Map<CommandBlock, Ran>();
  /** Settles when all that was asked for is over. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Of the latest `run`, which runs all commands: what ends it. */
  #all = new AbortController();

  constructor(host: ElementHost, list: CommandList) {
    this.#host = host;
    this.#list = list;
  }

  get sandbox(): Sandbox | null {
    return this.#own.sandbox;
  }

  /** All of them, one after the other, whatever they exit with; resolves with how the last one ended. */
  async run(): Promise<RunResult> {
    this.#end({ code: null, signal: 'SIGKILL', reason: 'superseded' });
    for (const { panel } of this.#ran.values()) panel.clear();
    const { signal } = (this.#all = new AbortController());
    let result: RunResult | undefined;
    for (const block of this.#list.blocks) {
      result = await this.#run(block);
      if (signal.aborted) return result;
    }
    if (result) return result;
    this.#host.setState('idle');
    throw new KernelError('ENOENT', 'There is no command to run.', {
      hint: 'Put each into a <pre> between the tags.',
    });
  }

  press(block: CommandBlock): void {
    (block.isBusy ? this.#ran.get(block)?.run?.stop() : this.#run(block))?.catch(told);
  }

  forget(block: CommandBlock): void {
    const ran = this.#ran.get(block);
    ran?.run?.end({ code: null, signal: 'SIGKILL', message: 'The command was removed from the page.' });
    ran?.panel.dispose();
    this.#ran.delete(block);
  }

  async stop(): Promise<void> {
    this.#all.abort();
    await Promise.all([...this.#ran.values()].flatMap(({ run }) => run?.stop() ?? []));
  }

  reset(): void {
    this.#end({ code: null, signal: 'SIGKILL', message: 'The commands were reset.' });
    for (const { panel } of this.#ran.values()) panel.clear();
    this.result = null;
    this.#own.giveBack();
  }

  filesChanged(): void {
    // They are written when a sandbox is made; what runs has its own by now.
  }

  settingsChanged(): void {
    // Read when a command is run.
  }

  boot(): void {
    Kernel.boot().catch(told);
  }

  async prepare(): Promise<void> {
    try {
      this.boot();
      const { spec } = listedCommand(this.#host.element, ':');
      void Kernel.warm(spec);
      await prepareRuntime(spec);
    } catch {
      // The run will meet it again, and tell.
    }
  }

  async check(): Promise<CheckResult> {
    throw new KernelError('ENOSYS', 'A terminal has nothing to check.', {
      hint: 'Hidden tests belong to <wasm-runnable>.',
    });
  }

  moved(): void {
    // Nothing of it is in a frame.
  }

  release(): void {
    this.#end({ code: null, signal: 'SIGKILL', message: 'The terminal was removed from the page.' });
    for (const { panel } of this.#ran.values()) panel.dispose();
    this.#ran.clear();
    this.#own.giveBack();
    // Who comes back is as at first.
    this.#host.setState('idle');
  }

  focus(): void {
    this.#list.focus();
  }

  async write(): Promise<void> {
    throw noScreen();
  }

  async paste(): Promise<void> {
    throw noScreen();
  }

  #run(block: CommandBlock): Promise<RunResult> {
    const { element } = this.#host;
    if (!element.isConnected)
      return Promise.reject(
        new KernelError('ENOENT', 'A command was run of an element that is not in the page.', {
          hint: 'Insert the element first.',
        }),
      );
    const ran = this.#ran.get(block) ?? this.#place(block);
    ran.run?.end({ code: null, signal: 'SIGKILL', reason: 'superseded' });
    const { panel } = ran;
    panel.begin({ below: parseFloat(getComputedStyle(block.node).marginBottom) || 0 });
    this.result = null;
    const waits = [...this.#ran.values()].some((each) => each !== ran && busy.includes(each.state));
    const turn = this.#turn;
    this.#state(block, ran, 'loading');
    const run = (ran.run = new Run({
      host: {
        ...this.#host,
        panel: block.panel,
        setCached: () => this.#list.cached(),
        setState: (state) => ran.run === run && this.#state(block, ran, state),
      },
      panel,
      sandbox: async (settings, { files }, signal) => {
        if (waits) panel.progress('Waiting for its turn');
        await inTurn(turn, signal);
        panel.progress('Starting');
        // What the commands before have made of the files is what this one finds.
        return this.#own.get(settings, files, signal, 'keep');
      },
      accepted: [],
      member: { place: () => undefined, onRestart: told, onLateOutput: told },
      command: () => listedCommand(element, block.command),
      onResult: (result) => (this.result = result),
    }));
    const finished = run.start();
    this.#turn = Promise.allSettled([turn, finished]);
    return finished;
  }

  #place(block: CommandBlock): Ran {
    const again = (): void => void this.#run(block).catch(told);
    const panel = new Panel({ ...this.#host, panel: block.panel }, again, () => undefined);
    panel.output.element.ariaLabel = `Output of ${block.command}`;
    const ran: Ran = { panel, run: undefined, state: 'idle' };
    this.#ran.set(block, ran);
    return ran;
  }

  /** The element does what the busiest of its commands does. */
  #state(block: CommandBlock, ran: Ran, state: ElementState): void {
    ran.state = state;
    block.isBusy = busy.includes(state);
    const states = [...this.#ran.values()].map((each) => each.state);
    this.#host.setState(busy.find((each) => states.includes(each)) ?? state);
  }

  #end(status: ExitStatus): void {
    this.#all.abort();
    for (const { run } of this.#ran.values()) run?.end(status);
    for (const [block, ran] of this.#ran) {
      ran.run = undefined;
      ran.state = 'idle';
      block.isBusy = false;
    }
  }
}

/** Resolves when what was asked for before is over. Rejects with the signal's reason. */
async function inTurn(turn: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  await Promise.race([turn, aborted]);
}

const noScreen = (): KernelError =>
  new KernelError('ENOSYS', 'A list of commands has no screen.', {
    hint: 'Take the attribute commands away.',
  });
