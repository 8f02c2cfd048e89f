// runtime-loaders/python: which way CPython starts (interpreter.ts names them). A way that fails is told to
// whoever debugs and the next one is tried; a reader only ever learns of the last one.
import type { ProcessContext, Surroundings } from '../runtime.js';
import { canBeSet, readCommandLine } from './command-line.js';
import { restoreInterpreter, startInterpreter, type Interpreter, type Waiting } from './interpreter.js';
import { EndedAtStart } from './pyodide-module.js';

let spare: Promise<Waiting | undefined> | undefined;
/** A program has come. */
let isTaken = false;

/** Brings an interpreter up for the program that will run in this realm. */
export function prepareSpare(assets: Surroundings): Promise<unknown> {
  const waiting = restoreInterpreter(assets);
  spare = waiting.catch((error: unknown) => tell('spare', error));
  waiting.then(rehearseLater, () => undefined);
  return spare;
}

/** Not before the program that may have been waiting for the interpreter. */
function rehearseLater(waiting: Waiting): void {
  setTimeout(() => {
    if (isTaken) return;
    try {
      waiting.rehearse();
    } catch (error) {
      spare = Promise.resolve(tell('rehearsal', error));
    }
  });
}

/** Throws EndedAtStart where there is nothing to run. */
export async function startPython(context: ProcessContext): Promise<Interpreter> {
  isTaken = true;
  const line = readCommandLine(context.argv.slice(1), context.cwd);
  if (line !== undefined && canBeSet(line, context.env)) {
    try {
      const waiting = (await spare) ?? (await restoreInterpreter(context));
      return await waiting.connect(context, line);
    } catch (error) {
      tell('snapshot', error);
    }
  }
  try {
    return await startInterpreter(context, line, 'compiled');
  } catch (error) {
    // `--version` and wrong options end it, and would again; 1 says that it could not start.
    if (error instanceof EndedAtStart && error.code !== 1) throw error;
    tell('compiled library', error);
  }
  return startInterpreter(context, line, 'sources');
}

function tell(what: string, error: unknown): undefined {
  console.debug(`wasm-elements: Python’s ${what} is not used:`, error);
  return undefined;
}
