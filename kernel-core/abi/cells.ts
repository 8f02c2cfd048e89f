// abi: what the page and an interpreter that runs cells say to each other: JSON in the bytes of `syscall.nextRequest`.
// Imports nothing.
//
//   page ── CellRequest ──▶ kernel ──▶ interpreter      it waits for the next one on its event loop
//   page ◀── CellReply ─── kernel ◀── interpreter       after everything the cell printed

/** `python -m` this: no module, but how the loader is told to answer requests instead of running a program. */
export const cellsModule = '_wasm_elements_cells';

const setupModule = '_wasm_elements_setup';

/** What the arguments of a program begin with before which this block is to run, in the same scope. */
export const setupArguments = (source: string): readonly string[] => ['-m', setupModule, source];

/** The arguments without the block, and the block. */
export function takeSetup(argv: readonly string[]): {
  readonly argv: readonly string[];
  readonly setup: string | undefined;
} {
  const [command = '', option, name, setup, ...others] = argv;
  if (option !== '-m' || name !== setupModule) return { argv, setup: undefined };
  return { argv: [command, ...others], setup };
}

/** Code that runs before another's, hidden. */
export interface SetupBlock {
  /** By which an interpreter knows that it has run it. */
  readonly key: string;
  readonly source: string;
}

/** One cell to run in `__main__` of an interpreter. */
export interface CellRequest {
  readonly source: string;
  /** What tracebacks call it. */
  readonly name: string;
  /** `__file__`. */
  readonly path: string;
  /** `sys.argv` */
  readonly argv: readonly string[];
  /** Added to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** All of its input; absent: what the reader types. */
  readonly stdin?: string;
  /** `last`: the value of its last expression is shown. */
  readonly display?: string;
  /** To be run before, unless this interpreter has. */
  readonly setup?: SetupBlock;
}

/** How a cell ended; the interpreter goes on. */
export interface CellReply {
  readonly code: number;
  readonly reason?: 'memory';
  readonly message?: string;
}
