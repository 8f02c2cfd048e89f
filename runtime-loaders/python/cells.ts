// runtime-loaders/python: an interpreter that outlives what it runs: the cells of a session, one request of the page
// after the other, and the block that runs before a program. `python-cells-side.ts` is the half that runs them.
// Must always hold: between two cells the event loops turn, the browser's and Python's, on every transport; a cell is answered
// after all it printed.
import { cellsModule, takeSetup, type CellReply, type CellRequest } from '../../kernel-core/abi/cells.js';
import { syscall } from '../../kernel-core/abi/syscalls.js';
import type { ProcessContext } from '../runtime.js';
import { readCommandLine } from './command-line.js';
import type { PyFunction } from './emscripten.js';
import type { Interpreter } from './interpreter.js';
import { pythonCells } from './python-cells-side.js';
import { pythonLastExpression } from './python-display.js';

/** A block that runs in `__main__` before the program does. */
export interface Setup {
  readonly source: string;
  /** Where the program's own modules are. */
  readonly folder: string;
}

export const isAskedForCells = ({ argv }: ProcessContext): boolean =>
  argv[1] === '-m' && argv[2] === cellsModule;

/** The program that is to run, and the block before it, if there is one. */
export function withSetup(context: ProcessContext): {
  readonly context: ProcessContext;
  readonly setup: Setup | undefined;
} {
  const { argv, setup: source } = takeSetup(context.argv);
  if (source === undefined) return { context, setup: undefined };
  const folder = readCommandLine(argv.slice(1), context.cwd)?.folder ?? context.cwd;
  return {
    context: Object.create(context, { argv: { value: argv } }) as ProcessContext,
    setup: { source, folder },
  };
}

/** Undefined: the program may run; else the exit code, for the block has ended it. */
export async function runSetup(
  interpreter: Interpreter,
  side: PyFunction,
  { source, folder }: Setup,
): Promise<number | undefined> {
  interpreter.extend(side, pythonCells);
  const code = await call(interpreter, interpreter.extend(side, 'run_setup'), source, folder);
  return code < 0 ? undefined : code;
}

/**
 * Runs cells for as long as the page asks. `uncaught` is where the class of an uncaught exception is told. Rejects with
 * what the interpreter does not survive.
 */
export async function answerRequests(
  interpreter: Interpreter,
  context: ProcessContext,
  side: PyFunction,
  uncaught: { name: string },
): Promise<never> {
  interpreter.extend(side, pythonLastExpression);
  const runCell = interpreter.extend(side, pythonCells);
  const between = betweenCells(interpreter, side);
  const { streams, memory } = interpreter;
  const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
  let answer = new Uint8Array(0);
  for (;;) {
    const asked = context.syscalls.call(syscall.nextRequest, [answer]) as Promise<Uint8Array<ArrayBuffer>>;
    await between(asked);
    const text = decoder.decode(await asked);
    const { stdin } = JSON.parse(text) as CellRequest;
    streams.input.begin(stdin === undefined ? undefined : encoder.encode(stdin));
    uncaught.name = '';
    const code = await call(interpreter, runCell, text);
    streams.output.flushLate();
    const isOut = uncaught.name === 'MemoryError' && memory.reached;
    const reply: CellReply = isOut ? { code, reason: 'memory', message: memory.sentence } : { code };
    answer = encoder.encode(JSON.stringify(reply));
  }
}

/** Goes on with what cells have left running, until the page asks for the next. */
function betweenCells(
  interpreter: Interpreter,
  side: PyFunction,
): (asked: Promise<unknown>) => Promise<void> {
  if (interpreter.module.jspiSupported) {
    const goOn = interpreter.extend(side, 'go_on');
    return async (asked) => {
      await call(interpreter, goOn, asked);
    };
  }
  const takeTurn = interpreter.extend(side, 'take_turn');
  return async (asked) => {
    let isOver = false;
    const over = asked.then(
      () => (isOver = true),
      () => (isOver = true),
    );
    for (;;) {
      const waitMs = await call(interpreter, takeTurn);
      if (waitMs < 0 || isOver) return;
      const later = new Promise((resolve) => setTimeout(resolve, waitMs));
      await Promise.race([over, later]);
    }
  };
}

async function call({ module }: Interpreter, run: PyFunction, ...args: readonly unknown[]): Promise<number> {
  const code = module.jspiSupported ? await run.callPromising(...args) : run(...args);
  // Whatever runs until the next call was not entered by a promising one.
  module.validSuspender.value = false;
  return Number(code);
}
