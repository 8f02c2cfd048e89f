// client: an interpreter that runs cells, one after the other, in one process. For our own elements (elements/run/session.ts);
// each cell looks like a process of its own to whoever follows it.
// Must always hold: a cell ends exactly once, with its own code or with the interpreter's end.
import { cellsModule, type CellReply, type CellRequest } from '../abi/cells.js';
import { KernelError } from './kernel-error.js';
import type { OutputPiece } from './output-stream.js';
import type { Asked, ExitStatus, Process, Signal } from './process.js';
import type { Sandbox } from './sandbox.js';

/** What runs may be: a process, or a cell. Contracts as of `Process`. */
export type Program = Pick<Process, 'stdin' | 'output' | 'exited' | 'kill' | keyof EventTarget> & {
  /** Nobody waits for it any more: ends it, and what it shares with others only if it must. */
  abandon?(): void;
};

/** How long an interrupted cell nobody waits for may take to unwind. */
const unwindMs = 1_000;

export class Interpreter {
  /** Never rejects. */
  readonly exited: Promise<ExitStatus>;
  readonly #process: Process;
  #isBusy = false;

  private constructor(process: Process) {
    this.#process = process;
    this.exited = process.exited;
  }

  /** Rejects as `sandbox.spawn`. */
  static async start(sandbox: Sandbox, spec: string): Promise<Interpreter> {
    return new Interpreter(await sandbox.spawn(spec, ['-m', cellsModule]));
  }

  /** What it prints while no cell runs: what a cell has left running. Both have to be read. */
  get stdout(): ReadableStream<Uint8Array> {
    return this.#process.stdout;
  }
  get stderr(): ReadableStream<Uint8Array> {
    return this.#process.stderr;
  }

  /** Runs a cell; the one before has ended, or this throws EBUSY. */
  run(request: CellRequest, timeoutMs: number | undefined): Cell {
    if (this.#isBusy) throw new KernelError('EBUSY', 'The interpreter runs another cell.');
    this.#isBusy = true;
    const cell = new Cell(this.#process, request, timeoutMs);
    void cell.exited.then(() => (this.#isBusy = false));
    return cell;
  }

  /** Ends it, whatever it does. */
  end(): void {
    this.#process.kill('SIGKILL');
  }
}

/** Events: `waiting`, `resumed`. A signal is for the whole interpreter, which SIGINT interrupts where it can. */
export class Cell extends EventTarget implements Program {
  readonly stdin: WritableStream<Uint8Array>;
  readonly exited: Promise<ExitStatus>;
  readonly #process: Process;
  readonly #output: Asked['output'];
  #ended = false;

  constructor(process: Process, request: CellRequest, timeoutMs: number | undefined) {
    super();
    this.#process = process;
    const { output, answered } = process.request(
      new TextEncoder().encode(JSON.stringify(request)),
      timeoutMs,
    );
    this.#output = output;
    const type = (bytes: Uint8Array | undefined): void => {
      if (!this.#ended) process.type(bytes);
    };
    this.stdin = new WritableStream<Uint8Array>({
      write: type,
      close: () => type(undefined),
      abort: () => type(undefined),
    });
    const tell = ({ type }: Event): boolean => this.dispatchEvent(new Event(type));
    for (const type of ['waiting', 'resumed']) process.addEventListener(type, tell);
    this.exited = answered.then((bytes) => {
      this.#ended = true;
      for (const type of ['waiting', 'resumed']) process.removeEventListener(type, tell);
      return bytes === undefined ? process.exited : statusOf(bytes);
    });
  }

  /** As `Process.output`. */
  output(): ReadableStream<OutputPiece> {
    return this.#output.inOrder();
  }

  /** Nothing, once the cell has ended. */
  kill(signal?: Signal): void {
    if (!this.#ended) this.#process.kill(signal);
  }

  abandon(): void {
    this.kill('SIGINT');
    const force = setTimeout(() => this.kill('SIGKILL'), unwindMs);
    void this.exited.then(() => clearTimeout(force));
  }
}

/** An answer comes from a process, which may be anybody's. */
function statusOf(bytes: Uint8Array): ExitStatus {
  let reply: Partial<Record<keyof CellReply, unknown>>;
  try {
    reply = Object(JSON.parse(new TextDecoder().decode(bytes))) as typeof reply;
  } catch {
    reply = {};
  }
  const { code, reason, message } = reply;
  return {
    code: typeof code === 'number' ? code & 255 : 0,
    signal: null,
    ...(reason === 'memory' ? { reason } : {}),
    ...(typeof message === 'string' ? { message } : {}),
  };
}
