// runtime-loaders/python: the loader. CPython's own main runs the program, so command lines, sys.path,
// tracebacks and exit codes are CPython's; this file gives it its surroundings and reads how it ended.
import type { ProcessContext, ProgramEnd } from '../runtime.js';
import { startInterpreter, type Interpreter } from './interpreter.js';
import { pythonSide, pythonSideFile, type Host } from './python-side.js';

export async function run(context: ProcessContext): Promise<ProgramEnd> {
  const interpreter = await startInterpreter(context, context.argv.slice(1));
  let uncaught = '';
  prepare(interpreter, {
    ...waiting(context),
    takeRefusal: () => interpreter.streams.takeRefusal(),
    uncaught: (name) => {
      uncaught = name;
    },
  });
  try {
    const code = await runMain(interpreter);
    const { memory, streams } = interpreter;
    if (uncaught === 'MemoryError' && memory.reached)
      return { code, reason: 'memory', message: memory.sentence };
    // Nobody was told why reading failed: the program itself was to come from standard input.
    const refusal = streams.takeRefusal();
    return refusal === undefined ? { code } : { code: code === 0 ? 1 : code, message: refusal };
  } catch (error) {
    return ended(interpreter, error);
  }
}

/** Runs the Python side. It leaves nothing for the program to import. */
function prepare({ api }: Interpreter, host: Host): void {
  const globals = api.toPy(
    new Map([
      ['__name__', '_wasm_elements'],
      ['__file__', pythonSideFile],
    ]),
  );
  api.registerJsModule('_host', host);
  try {
    api.runPython(pythonSide, { globals, filename: pythonSideFile });
    api.runPython("import sys; del sys.modules['_host'], sys", { globals, filename: pythonSideFile });
  } finally {
    api.unregisterJsModule('_host');
    globals.destroy();
  }
}

/** Py_RunMain: the program, `atexit`, threads, flushing; its result is the exit code. */
async function runMain({ module }: Interpreter): Promise<number> {
  const { promising } = WebAssembly as {
    promising?: (call: (...args: number[]) => number) => (...args: number[]) => Promise<number>;
  };
  if (promising === undefined) return module._Py_RunMain();
  const main = promising(module._Py_RunMain);
  module.validSuspender.value = true;
  module.stackStop = module.stackSave();
  return main();
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

const timerMsMax = 2 ** 31 - 1;

function waiting({ stdio }: ProcessContext): Pick<Host, 'sleep' | 'sleepInPlace' | 'waitForWake' | 'wake'> {
  let cell: Int32Array | undefined;
  let wake = () => undefined as void;
  return {
    sleep: (ms) => stdio.sleep(Math.min(ms, timerMsMax)),
    sleepInPlace: (ms) => {
      stdio.flush();
      cell ??= new Int32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer);
      Atomics.wait(cell, 0, 0, ms);
    },
    waitForWake: (ms) =>
      new Promise((resolve) => {
        stdio.flush();
        const timer = ms === undefined ? undefined : setTimeout(resolve, Math.min(ms, timerMsMax));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    wake: () => wake(),
  };
}
