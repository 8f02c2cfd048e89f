// runtime-loaders/python: the loader. CPython's own main runs the program, so command lines, sys.path,
// tracebacks and exit codes are CPython's; this file gives it its surroundings and reads how it ended.
import type { ProcessContext, ProgramEnd } from '../runtime.js';
import type { PyFunction } from './emscripten.js';
import { startInterpreter, type Interpreter } from './interpreter.js';
import { pythonSide, pythonSideFile, type Host } from './python-side.js';

/** CPython's exit code when standard output could not be flushed at the end. */
const flushFailed = 120;

export async function run(context: ProcessContext): Promise<ProgramEnd> {
  const interpreter = await startInterpreter(context, context.argv.slice(1));
  let uncaught = '';
  const finish = prepare(interpreter, {
    takeRefusal: () => interpreter.streams.input.takeRefusal(),
    wake: () => interpreter.poll.wake(),
    uncaught: (name) => {
      uncaught = name;
    },
  });
  try {
    const status = await runMain(interpreter, finish);
    // A shell's number for a program that SIGINT ended.
    const code = uncaught === 'KeyboardInterrupt' ? 130 : status;
    const { memory, streams } = interpreter;
    if (uncaught === 'MemoryError' && memory.reached)
      return { code, reason: 'memory', message: memory.sentence };
    // Nobody was told why reading failed: the program itself was to come from standard input.
    const refusal = streams.input.takeRefusal();
    return refusal === undefined ? { code } : { code: code === 0 ? 1 : code, message: refusal };
  } catch (error) {
    return ended(interpreter, error);
  }
}

/** Runs the Python side, which leaves nothing for the program to import; returns its `finish`. */
function prepare({ api }: Interpreter, host: Host): PyFunction {
  const globals = api.toPy(
    new Map([
      ['__name__', '_wasm_elements'],
      ['__file__', pythonSideFile],
    ]),
  );
  api.registerJsModule('_host', host);
  try {
    return api.runPython(pythonSide, { globals, filename: pythonSideFile }) as PyFunction;
  } finally {
    api.unregisterJsModule('_host');
    globals.destroy();
  }
}

/** Runs the program to its end and shuts the interpreter down, as Py_RunMain does. Returns the exit code. */
async function runMain({ module }: Interpreter, finish: PyFunction): Promise<number> {
  const code = module.jspiSupported ? await module.promisingRunMain() : module._run_main();
  await (module.jspiSupported ? finish.callPromising() : finish());
  return module._Py_FinalizeEx() < 0 && code === 0 ? flushFailed : code;
}

function ended({ memory }: Interpreter, error: unknown): ProgramEnd {
  if (isExitStatus(error)) return { code: error.status };
  const text = error instanceof Error ? error.message : String(error);
  if (memory.reached) return { code: 134, reason: 'memory', message: memory.sentence };
  if (error instanceof RangeError) {
    return {
      code: 134,
      reason: 'trap',
      message: 'Python stopped: calls are nested too deeply for the browser’s stack.',
    };
  }
  return {
    code: 134,
    reason: 'trap',
    message: `Python stopped because of an error it cannot recover from: ${text}`,
  };
}

/** What Emscripten throws for `_exit`. */
function isExitStatus(error: unknown): error is { readonly status: number } {
  return (error as { name?: unknown } | null)?.name === 'ExitStatus';
}
