// javascript loader: `process`, `prompt`, `alert` and `confirm`. Node's names for what a program of one file
// needs; not Node: there is no `process.versions`, by which libraries would take it for that.
import type { ProcessContext } from '../runtime.js';
import type { Inspect } from './console.js';
import { stringToLowerCase, stringTrim } from './intrinsics.js';
import type { Output } from './output.js';
import type { StandardInput } from './standard-input.js';

/** Thrown by `process.exit` to unwind; never shown. */
export const exiting: unknown = Object.freeze({ __proto__: null, exiting: true });

export interface ProcessObject {
  /** `[command, path of the entry file, …arguments]`. */
  readonly argv: string[];
  readonly env: Record<string, string>;
  readonly pid: number;
  /** The exit code when the program ends by itself. */
  exitCode: number | undefined;
  cwd(): string;
  /** Ends the program; does not return. */
  exit(code?: number): never;
  readonly stdin: {
    /** The next line, null at the end. */
    readLine(): Promise<string | null>;
    /** Everything that is left. */
    text(): Promise<string>;
    /** Line by line. */
    [Symbol.asyncIterator](): AsyncGenerator<string, void>;
  };
  readonly stdout: { write(text: unknown): boolean };
  readonly stderr: { write(text: unknown): boolean };
}

export interface ProcessObjectOptions {
  readonly context: ProcessContext;
  readonly entry: string;
  readonly output: Output;
  readonly input: StandardInput;
  readonly inspect: Inspect;
  /** Ends the program now. */
  readonly exit: (code: number) => void;
}

/** Makes the globals; returns `process`, whose `exitCode` counts at the end. */
export function installProcessObject(options: ProcessObjectOptions): ProcessObject {
  const { context, entry, output, input } = options;
  const process: ProcessObject = {
    argv: [context.argv[0] ?? context.runtime.name, entry, ...context.argv.slice(2)],
    env: { ...context.env },
    pid: context.pid,
    exitCode: undefined,
    cwd: () => context.cwd,
    exit(code) {
      options.exit(code ?? process.exitCode ?? 0);
      throw exiting;
    },
    stdin: {
      readLine: () => input.readLine(),
      text: () => input.readText(),
      async *[Symbol.asyncIterator]() {
        for (;;) {
          const line = await input.readLine();
          if (line === null) return;
          yield line;
        }
      },
    },
    stdout: writer(output, 1),
    stderr: writer(output, 2),
  };
  define('process', process);
  define('prompt', (message?: unknown, preset?: unknown): string | null => {
    if (message !== undefined) output.write(1, `${toText(message)} `);
    output.flush();
    const line = input.readLineNow();
    return line === '' && preset !== undefined ? toText(preset) : line;
  });
  define('alert', (message?: unknown): void =>
    output.write(1, `${message === undefined ? '' : toText(message)}\n`),
  );
  define('confirm', (message?: unknown): boolean => {
    output.write(1, `${message === undefined ? '' : toText(message)} [y/N] `);
    output.flush();
    const answer = stringToLowerCase(stringTrim(input.readLineNow() ?? ''));
    return answer === 'y' || answer === 'yes';
  });
  return process;
}

/** Of whatever the program gave; like the browser's own functions of these names. */
function toText(value: unknown): string {
  return `${value as string}`;
}

function writer(output: Output, fd: 1 | 2): { write(text: unknown): boolean } {
  const decoder = new TextDecoder();
  return {
    write(text) {
      output.write(fd, text instanceof Uint8Array ? decoder.decode(text, { stream: true }) : String(text));
      return true;
    },
  };
}

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
}
