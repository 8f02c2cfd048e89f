// runtime-loaders/wasi: an instance made in advance. A script starts the same program over and over, in the worker that
// ran it before; while the worker waits for its next start, the instance for it is made, which is half of a short start.
// The instance that ran is made as new, where a program of ours says that it can be, for another one costs five times as
// much. A program of the tree is not believed: it could leave something for its next run in another sandbox.
// Must always hold: no code of the program runs in it that could wait or end later than it did before. Its imports are
// closed until its run begins: a start function gets no further than to its first call, deterministically, as it did
// in the run before, which did not take long. Of what a run left in an instance nothing is there in the next.
import { closeImports } from './calls.js';
import { factsOf } from './module-facts.js';

/** What takes longer, or begins with more memory, is made when it is wanted. */
const instantiationMs = 5;
const memoryBytesMax = 1024 * 1024;

interface Candidate {
  readonly module: WebAssembly.Module;
  readonly imports: WebAssembly.Imports;
  /** It comes with a runtime. */
  readonly isProvided: boolean;
}

interface Made {
  readonly module: WebAssembly.Module;
  readonly instance: WebAssembly.Instance;
  /** Undefined: it runs once. */
  readonly asNew: (() => boolean) | undefined;
}

/** Ran here last. */
let last: WebAssembly.Module | undefined;
/** Will be wanted again: it ran here twice in a row. */
let candidate: Candidate | undefined;
let made: Made | undefined;
/** Runs now, and was made in advance. */
let running: Made | undefined;
const unsuited = new WeakSet<WebAssembly.Module>();

/** The instance made for this program, or one that `instantiate` makes now. */
export function instanceOf(
  program: Candidate,
  instantiate: () => WebAssembly.Instance,
): WebAssembly.Instance {
  const { module } = program;
  running = made?.module === module ? made : undefined;
  made = undefined;
  const isAgain = last === module;
  last = module;
  candidate = isAgain && !unsuited.has(module) ? program : undefined;
  if (running !== undefined) return running.instance;
  const startedMs = performance.now();
  const instance = instantiate();
  const { memory } = instance.exports;
  const isSmall = memory instanceof WebAssembly.Memory && memory.buffer.byteLength <= memoryBytesMax;
  if (!isSmall || performance.now() - startedMs > instantiationMs) {
    unsuited.add(module);
    candidate = undefined;
  }
  return instance;
}

/** The program has ended and its end was told: makes the instance that will be wanted next. */
export function makeNextInstance(): void {
  if (candidate === undefined) return;
  const { module, imports, isProvided } = candidate;
  const ran = running;
  candidate = undefined;
  running = undefined;
  closeImports(factsOf(module).namesOf);
  if (ran?.asNew?.() === true) {
    made = ran;
    return;
  }
  try {
    const instance = new WebAssembly.Instance(module, imports);
    made = { module, instance, asNew: isProvided ? renewal(module, instance.exports) : undefined };
  } catch {
    // Its start function makes calls, or there is no room: the program's own start will say so.
    unsuited.add(module);
  }
}

/** How the instances of a program begin. */
interface Beginning {
  /** Up to the first byte of `data` memory is zero, and after the last. */
  readonly from: number;
  readonly data: Uint8Array;
  readonly memoryBytes: number;
  readonly stackPointer: number;
}

const beginnings = new WeakMap<WebAssembly.Module, Beginning>();

/**
 * For an instance that nothing has run in: what makes it that again, later. A program that exports the global
 * `__stack_pointer` says that there is no state in it but that and its memory; asyncify has more.
 */
function renewal(module: WebAssembly.Module, exports: WebAssembly.Exports): (() => boolean) | undefined {
  const { memory, __stack_pointer: stack, asyncify_get_state: asyncified } = exports;
  if (!(memory instanceof WebAssembly.Memory) || !(stack instanceof WebAssembly.Global)) return undefined;
  if (asyncified !== undefined) return undefined;
  const known = beginnings.get(module) ?? beginningOf(memory, stack);
  beginnings.set(module, known);
  return () => {
    const { from, data, memoryBytes, stackPointer } = known;
    const bytes = new Uint8Array(memory.buffer);
    // Memory that has grown stays as large.
    if (bytes.length !== memoryBytes) return false;
    bytes.fill(0, 0, from);
    bytes.set(data, from);
    bytes.fill(0, from + data.length);
    stack.value = stackPointer;
    return true;
  };
}

function beginningOf({ buffer }: WebAssembly.Memory, stack: WebAssembly.Global): Beginning {
  const words = new Int32Array(buffer);
  let from = 0;
  while (from < words.length && words[from] === 0) from += 1;
  let end = words.length;
  while (end > from && words[end - 1] === 0) end -= 1;
  const data = new Uint8Array(buffer).slice(4 * from, 4 * end);
  return { from: 4 * from, data, memoryBytes: buffer.byteLength, stackPointer: stack.value as number };
}
