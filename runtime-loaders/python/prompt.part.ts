// python loader, part `prompt`: what is typed at Python, where the engine cannot wait. CPython's own prompt reads from
// within a call of the program's; this one hands over what has come, for between two statements nothing is on the stack.
// Must always hold: SIGINT is caught while no statement runs, and only then: a statement could not be told of it.
import { errno } from '../../kernel-core/abi/errno.js';
import { signals } from '../../kernel-core/abi/signals.js';
import { syscall } from '../../kernel-core/abi/syscalls.js';
import type { ProcessContext } from '../runtime.js';
import { readCommandLine } from './command-line.js';
import type { PyFunction } from './emscripten.js';
import { errnoOf } from './foreign-error.js';
import type { Interpreter } from './interpreter.js';
import { KnownTerminal } from './known-terminal.js';
import { pythonCells } from './python-cells-side.js';
import { promptAnswers, pythonInput, pythonPrompt, type Prompt } from './python-prompt-side.js';

const readBytes = 4096;

/** Has `input()` say why it cannot wait. */
export function explainInput({ extend }: Interpreter, side: PyFunction): void {
  extend(side, pythonInput);
}

/** Runs what is typed at terminal `handle`, which is fd 0. Returns the exit code. */
export async function answerTerminal(
  { extend, handles }: Interpreter,
  context: ProcessContext,
  side: PyFunction,
  handle: number,
): Promise<number> {
  const terminal = new KnownTerminal(handle, context.syscalls);
  handles.known = terminal;
  await terminal.ask();
  extend(side, pythonCells);
  const begin = extend(side, pythonPrompt);
  const typist = new Typist(context, handle);
  const isQuiet = readCommandLine(context.argv.slice(1), context.cwd)?.options.includes('q') === true;
  const prompt = begin(isQuiet) as Prompt;
  prompt.ask();
  for (;;) {
    const typed = await typist.next();
    let answer: number = promptAnswers.more;
    if (typeof typed === 'object') {
      await terminal.ask();
      for (const signal of typed.signals) heed(prompt, signal);
    } else answer = prompt.typed(typed);
    while (answer === promptAnswers.ready) {
      answer = typist.whileRunning(() => prompt.run());
      if (answer !== promptAnswers.more) break;
      await terminal.ask();
      prompt.ask();
      answer = prompt.typed('');
    }
    if (answer >= 0) return answer;
  }
}

function heed(prompt: Prompt, signal: number): void {
  if (signal === signals.SIGINT) prompt.interrupted();
  else if (signal === signals.SIGCONT) prompt.continued();
  else prompt.resized();
}

class Typist {
  readonly #context: ProcessContext;
  readonly #handle: number;
  readonly #come: number[] = [];

  constructor(context: ProcessContext, handle: number) {
    this.#context = context;
    this.#handle = handle;
    context.signals.listen((signal) => {
      this.#come.push(signal);
      // It may have come before the kernel had the call that it is to end.
      context.syscalls.tell(syscall.interrupt, []);
    });
  }

  /** Bytes as text, undefined at the end; or what has come in their place. */
  async next(): Promise<string | undefined | { readonly signals: readonly number[] }> {
    // CPython's editor sets two of them itself, in vain.
    for (const signal of [signals.SIGINT, signals.SIGWINCH, signals.SIGCONT])
      this.#context.signals.set(signal, 'catch');
    if (this.#come.length > 0) return { signals: this.#come.splice(0) };
    try {
      const bytes = await this.#context.handles.readLater(this.#handle, readBytes);
      return bytes.length === 0 ? undefined : String.fromCharCode(...bytes);
    } catch (error) {
      if (errnoOf(error) !== errno.EINTR) throw error;
      return { signals: this.#come.splice(0) };
    }
  }

  whileRunning<T>(run: () => T): T {
    const { signals: caught } = this.#context;
    caught.set(signals.SIGINT, 'default');
    try {
      return run();
    } finally {
      caught.set(signals.SIGINT, 'catch');
    }
  }
}
