// runtime-loaders/python: the loader. CPython's own main runs the program, so command lines, sys.path,
// tracebacks and exit codes are CPython's; this file gives it its surroundings and reads how it ended.
import type { ProcessContext, ProgramEnd, Surroundings } from '../runtime.js';
import { answerRequests, isAskedForCells, runSetup, withSetup, type Setup } from './cells.js';
import { installFetch } from '../javascript/outbound-fetch.js';
import type { PyFunction } from './emscripten.js';
import { errnoOf } from './foreign-error.js';
import type { Interpreter } from './interpreter.js';
import { readCommandLine } from './command-line.js';
import { pythonCells } from './python-cells-side.js';
import { displayVariable, pythonDisplayPart, pythonLastExpression } from './python-display.js';
import { beginRequest } from './python-network.js';
import { beginInstall } from './python-packages.js';
import { signalHost } from './python-signals.js';
import { EndedAtStart } from './pyodide-module.js';
import type * as promptPart from './prompt.part.js';
import { promisingMain } from './pyodide-versions.js';
import { prepareSpare, startPython } from './start.js';

/** CPython's exit code when standard output could not be flushed at the end. */
const flushFailed = 120;

/** A shell's number for a program that abort(3) ended. */
const abortCode = 134;

/** At a time, of a program that comes from standard input. */
const readBytes = 64 * 1024;

/** The interpreter takes seconds to start where a program takes milliseconds; only the latter is limited. */
export const begins = true;

export async function prepare(surroundings: Surroundings): Promise<void> {
  await prepareSpare(surroundings);
}

export async function run(given: ProcessContext): Promise<ProgramEnd> {
  const { context, setup } = withSetup(asPython(given));
  installFetch({ outbound: context.outbound, view: context.view, loop: { track: (promise) => promise } });
  const started = await startPython(context).catch((error: unknown) => {
    if (error instanceof EndedAtStart) return error.code;
    throw error;
  });
  if (typeof started === 'number') return { code: started };
  const interpreter = started;
  const { poll, interrupts } = interpreter;
  const wake = () => poll.wake();
  const uncaught = { name: '' };
  const finish = interpreter.begin({
    takeRefusal: () => interpreter.streams.input.takeRefusal(),
    signals: signalHost(context, interrupts, poll),
    wake,
    isSwitching: () => interpreter.suspension.isSwitching,
    processes: interpreter.processes,
    sockets: interpreter.sockets,
    links: interpreter.links,
    canWait: context.syscalls.canWait,
    installPackages: (requirements) => beginInstall(context.syscalls, wake, [...requirements]),
    beginRequest: (method, url, headers, body) =>
      beginRequest(context.outbound, wake, method, url, headers, body),
    displaySource: pythonDisplayPart,
    uncaught: (name) => {
      uncaught.name = name;
    },
  });
  try {
    interrupts.begin(interpreter.module, () => poll.wake());
    context.begin();
    const main = isAskedForCells(context)
      ? answerRequests(interpreter, context, finish, uncaught)
      : runMain(interpreter, finish, setup, context);
    const status = await Promise.race([main, interpreter.broken]);
    // A shell's number for a program that SIGINT ended; one that passed through JavaScript on its way to whoever caught
    // it has been told of, too.
    const code = uncaught.name === 'KeyboardInterrupt' && status === 1 ? 130 : status;
    const { memory, streams } = interpreter;
    if (uncaught.name === 'MemoryError' && memory.reached)
      return { code, reason: 'memory', message: memory.sentence };
    // Nobody was told why reading failed: the program itself was to come from standard input.
    const refusal = streams.input.takeRefusal();
    return refusal === undefined ? { code } : { code: code === 0 ? 1 : code, message: refusal };
  } catch (error) {
    return ended(interpreter, error);
  } finally {
    flush(interpreter);
  }
}

/** The programs `pip`, `pip3` and `pip3.13` are `python -m pip`. */
function asPython(context: ProcessContext): ProcessContext {
  const [command = '', ...args] = context.argv;
  if (!/(^|\/)pip3?(\.\d+)?(@|$)/.test(command)) return context;
  return Object.create(context, { argv: { value: ['python', '-m', 'pip', ...args] } }) as ProcessContext;
}

function flush({ streams }: Interpreter): void {
  try {
    streams.output.flush();
  } catch (error) {
    // Nobody reads any more.
    if (errnoOf(error) === undefined) throw error;
  }
}

/** A file whose last expression is to be shown. */
interface Shown {
  readonly path: string;
  readonly folder: string;
}

/** Whether this program is one: a file, and whoever started it wants that. */
function showsLast({ argv, cwd, env }: ProcessContext): Shown | undefined {
  if (env[displayVariable] !== 'last') return undefined;
  const line = readCommandLine(argv.slice(1), cwd);
  const path = line?.run?.field === 'filename' ? line.run.text : '';
  return line !== undefined && path.endsWith('.py') ? { path, folder: line.folder } : undefined;
}

/** Runs the program to its end and shuts the interpreter down, as Py_RunMain does. Returns the exit code. */
async function runMain(
  interpreter: Interpreter,
  finish: PyFunction,
  setup: Setup | undefined,
  context: ProcessContext,
): Promise<number> {
  const { module, interrupts } = interpreter;
  const before = setup === undefined ? undefined : await runSetup(interpreter, finish, setup);
  const code = before ?? (await runProgram(interpreter, finish, context));
  await (module.jspiSupported ? finish.callPromising() : finish());
  interrupts.end(module);
  // Nothing that runs from here on was entered by a promising call.
  module.validSuspender.value = false;
  try {
    interpreter.release();
    return module._Py_FinalizeEx() < 0 && code === 0 ? flushFailed : code;
  } catch {
    // The program has ended and everything it printed has left: taking its objects apart may fail, as it
    // does for very long chains of them.
    return code;
  }
}

async function runProgram(
  interpreter: Interpreter,
  side: PyFunction,
  context: ProcessContext,
): Promise<number> {
  const { module, streams } = interpreter;
  const shown = showsLast(context);
  if (shown !== undefined) return runAndShowLast(interpreter, side, shown);
  if (context.transport === 'local') {
    const isTyped = isReadFromInput(context);
    const terminal = context.stdio.terminalOf(0);
    if (terminal !== undefined) {
      const part = (await context.part('prompt')) as typeof promptPart;
      part.explainInput(interpreter, side);
      if (isTyped) return part.answerTerminal(interpreter, context, side, terminal);
    } else if (isTyped) streams.input.begin(await readAll(context));
  }
  return module.jspiSupported ? promisingMain(module) : module._run_main();
}

/** Whether the program itself comes from standard input, and is still to come. */
function isReadFromInput({ argv, cwd, stdio }: ProcessContext): boolean {
  const line = readCommandLine(argv.slice(1), cwd);
  return line !== undefined && line.run === undefined && !stdio.inputGiven;
}

async function readAll({ stdio }: ProcessContext): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (;;) {
    const part = (await stdio.readLater(0, readBytes)) as Uint8Array<ArrayBuffer>;
    if (part.length === 0) return new Uint8Array(await new Blob(parts).arrayBuffer());
    parts.push(part);
  }
}

async function runAndShowLast(
  interpreter: Interpreter,
  side: PyFunction,
  { path, folder }: Shown,
): Promise<number> {
  interpreter.extend(side, pythonCells);
  const run = interpreter.extend(side, pythonLastExpression);
  const { jspiSupported } = interpreter.module;
  return Number(jspiSupported ? await run.callPromising(path, folder) : run(path, folder));
}

function ended({ memory }: Interpreter, error: unknown): ProgramEnd {
  if (isExitStatus(error)) return { code: error.status };
  const text = error instanceof Error ? error.message : String(error);
  const end = (reason: 'memory' | 'trap', message: string) => ({ code: abortCode, reason, message });
  // Chromium's words, Firefox's words.
  if (/call stack|too much recursion/i.test(text)) {
    return end('trap', 'Python stopped: calls or objects are nested too deeply for this browser.');
  }
  if (memory.reached) return end('memory', memory.sentence);
  return end('trap', `Python stopped because of an error it cannot recover from: ${text}`);
}

/** What Emscripten throws for `_exit`, and what pyodide makes of it where it called Python itself. */
function isExitStatus(error: unknown): error is { readonly status: number } {
  const { name, status, constructor } = Object(error) as Partial<Error> & { status?: unknown };
  return name === 'ExitStatus' || (constructor?.name === 'Exit' && typeof status === 'number');
}
