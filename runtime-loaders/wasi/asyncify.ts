// runtime-loaders/wasi: programs that suspend themselves, where the engine cannot: those that `wasm-opt --asyncify` has
// been through. Its contract is Binaryen's (src/passes/Asyncify.cpp there):
//
//   export called ─▶ … ─▶ import: its answer is a promise
//                         start_unwind(area): every function returns at once and leaves its locals in the area
//   export returned ◀─ …  stop_unwind
//        the promise is settled
//   start_rewind(area), export called again ─▶ every function takes its locals and goes on where it was
//                         import, once more: stop_rewind, and now it returns
//
// Handlers of signals are entered while the program waits; each entry on top of another has an area of its own. The
// program's stack in memory stays as it is: whoever is entered meanwhile uses what lies beneath.
import { wasmPageBytes } from '../../kernel-core/abi/wasm-binary.js';
import { CannotBlock } from '../stdio.js';
import { factsOf } from './module-facts.js';
import type { Suspension } from './suspension.js';
import type { Import, Offered } from './suspension-shim.js';

interface Functions {
  asyncify_start_unwind(area: number): void;
  asyncify_stop_unwind(): void;
  asyncify_start_rewind(area: number): void;
  asyncify_stop_rewind(): void;
  asyncify_get_state(): number;
}

const functions = [
  'asyncify_start_unwind',
  'asyncify_stop_unwind',
  'asyncify_start_rewind',
  'asyncify_stop_rewind',
  'asyncify_get_state',
] satisfies readonly (keyof Functions)[];

const unwindingState = 1;

/** Of the program's own entry, and of each handler's: of as many pages. */
const areaPages = [4, 1];
/** Where the next byte goes, and where the area ends. */
const headerBytes = 8;

/** Whether a program can suspend itself. */
export function isAsyncified(module: WebAssembly.Module): boolean {
  const { exports } = factsOf(module);
  return functions.every((name) => exports.some((each) => each.kind === 'function' && each.name === name));
}

/** A program that cannot go on waiting, or was never fit to. The sentence is for a reader. */
export class CannotUnwind extends Error {}

/** An export that was entered and has not come to its end. */
interface Entry {
  readonly area: number;
  state: { readonly is: 'running' } | Unwinding | { readonly is: 'rewinding'; readonly answer: () => number };
}

interface Unwinding {
  readonly is: 'unwinding';
  readonly answer: Promise<number>;
}

const running = { is: 'running' } as const;

/** What all runs of a program import; the calls are those of the run there is now. */
interface Standing {
  asyncify: Asyncify;
  calls: readonly Import[];
  readonly imports: Record<string, WebAssembly.ImportValue>;
}

/** By the names a program imports, which are one set for all its runs. */
const standing = new WeakMap<ReadonlySet<string>, Standing>();

/** Until a run begins, none of the imports can be called. */
export function closeAsyncified(names: ReadonlySet<string>): void {
  const known = standing.get(names);
  if (known !== undefined) known.calls = [];
}

export class Asyncify implements Suspension {
  #functions: Functions | undefined;
  #memory: WebAssembly.Memory | undefined;
  #areas: number[] = [];
  /** Those that have not come to their end; the last one runs, or all of them wait. */
  #entered = 0;
  /** Whose code runs. */
  #running: Entry | undefined;

  attach(exports: WebAssembly.Exports, memory: WebAssembly.Memory | undefined): void {
    this.#functions = exports as unknown as Functions;
    this.#memory = memory;
  }

  get areas(): readonly number[] {
    return this.#areas;
  }

  set areas(areas: readonly number[]) {
    this.#areas = [...areas];
  }

  imports(names: ReadonlySet<string>, offered: readonly Offered[]): Record<string, WebAssembly.ImportValue> {
    const calls = offered.map(({ call }) => call);
    let known = standing.get(names);
    if (known === undefined) {
      const made: Standing = { asyncify: this, calls, imports: {} };
      for (const [index, { name }] of offered.entries()) {
        // As many parameters as the longest call has: see `calls.ts`.
        made.imports[name] = (
          a: never,
          b: never,
          c: never,
          d: never,
          e: never,
          f: never,
          g: never,
          h: never,
          i: never,
        ) => {
          const entry = made.asyncify.#running;
          if (entry?.state.is === 'rewinding') return made.asyncify.#rewound(entry, entry.state.answer);
          if (entry?.state.is === 'unwinding') throw suspendsItself();
          const answer = made.calls[index]!(a, b, c, d, e, f, g, h, i);
          return typeof answer === 'number' ? answer : made.asyncify.#unwind(entry, answer);
        };
      }
      standing.set(names, (known = made));
    }
    known.asyncify = this;
    known.calls = calls;
    return known.imports;
  }

  entered(call: (...args: never[]) => unknown): (...args: readonly unknown[]) => unknown {
    return (...args) => {
      const entry: Entry = { area: this.#areaAt(this.#entered), state: running };
      this.#entered += 1;
      const left = (): void => void (this.#entered -= 1);
      let done: unknown;
      try {
        done = this.#goOn(entry, () => (call as (...args: readonly unknown[]) => unknown)(...args));
      } finally {
        if (!(done instanceof Promise)) left();
      }
      return done instanceof Promise ? done.finally(left) : done;
    };
  }

  /** Runs an entry until it has come to its end or waits. */
  #goOn(entry: Entry, call: () => unknown): unknown {
    const before = this.#running;
    this.#running = entry;
    let result: unknown;
    try {
      result = call();
    } catch (error) {
      if (entry.state.is === 'unwinding' && error instanceof WebAssembly.RuntimeError) throw tooDeep();
      throw error;
    } finally {
      this.#running = before;
    }
    if (entry.state.is !== 'unwinding') return result;
    const { answer } = entry.state;
    if (this.#functions!.asyncify_get_state() !== unwindingState) throw suspendsItself();
    this.#functions!.asyncify_stop_unwind();
    const rewind = (answered: () => number): unknown => {
      entry.state = { is: 'rewinding', answer: answered };
      this.#functions!.asyncify_start_rewind(entry.area);
      return this.#goOn(entry, call);
    };
    return answer.then(
      (settled) => rewind(() => settled),
      (error: unknown) => {
        // A handler has left by longjmp: where to is on the program's stack.
        if (!isOfProgram(error)) throw error;
        return rewind(() => {
          throw error;
        });
      },
    );
  }

  #unwind(entry: Entry | undefined, answer: Promise<number>): number {
    // A start function: whoever instantiates a module cannot enter it again.
    if (entry === undefined) throw new CannotBlock();
    const pages = areaPages[Math.min(this.#areas.indexOf(entry.area), areaPages.length - 1)]!;
    const header = new DataView(this.#memory!.buffer, entry.area, headerBytes);
    header.setUint32(0, entry.area + headerBytes, true);
    header.setUint32(4, entry.area + pages * wasmPageBytes, true);
    entry.state = { is: 'unwinding', answer };
    this.#functions!.asyncify_start_unwind(entry.area);
    return 0;
  }

  #rewound(entry: Entry, answer: () => number): number {
    entry.state = running;
    this.#functions!.asyncify_stop_rewind();
    return answer();
  }

  /** Memory added to the program's: allocators take such pages for somebody else's. */
  #areaAt(depth: number): number {
    const known = this.#areas[depth];
    if (known !== undefined) return known;
    const pages = areaPages[Math.min(depth, areaPages.length - 1)]!;
    try {
      const area = this.#memory!.grow(pages) * wasmPageBytes;
      this.#areas.push(area);
      return area;
    } catch (error) {
      if (error instanceof RangeError) throw noRoom(pages * wasmPageBytes);
      throw error;
    }
  }
}

/** An exception of the program's own: of C, a longjmp. */
const isOfProgram = (error: unknown): error is Error =>
  'Exception' in WebAssembly && error instanceof WebAssembly.Exception;

const tooDeep = (): CannotUnwind =>
  new CannotUnwind(
    'The program waits while more functions call each other than can be put aside: ' +
      `what they keep does not fit into ${(areaPages[0]! * wasmPageBytes) / 1024} KB.`,
  );

const noRoom = (bytes: number): CannotUnwind =>
  new CannotUnwind(
    `The program needs ${bytes / 1024} KB more memory than its limit, to be put aside while it waits.`,
  );

const suspendsItself = (): CannotUnwind =>
  new CannotUnwind(
    'The program uses asyncify for itself (as programs of TinyGo do), so that nobody else can pause it in this browser.',
  );
