// runtime-loaders/wasi: an instance made in advance. A script starts the same program over and over, in the worker that
// ran it before; while the worker waits for its next start, the instance for it is made, which is half of a short start.
// Must always hold: no code of the program runs in it that could wait or end later than it did before. Its imports are
// closed until its run begins: a start function gets no further than to its first call, deterministically, as it did
// in the run before, which did not take long.
import { closeImports } from './calls.js';
import { factsOf } from './module-facts.js';

/** What takes longer, or begins with more memory, is made when it is wanted. */
const instantiationMs = 5;
const memoryBytesMax = 1024 * 1024;

interface Candidate {
  readonly module: WebAssembly.Module;
  readonly imports: WebAssembly.Imports;
}

/** Ran here last. */
let last: WebAssembly.Module | undefined;
/** Will be wanted again: it ran here twice in a row. */
let candidate: Candidate | undefined;
let made: { readonly module: WebAssembly.Module; readonly instance: WebAssembly.Instance } | undefined;
const unsuited = new WeakSet<WebAssembly.Module>();

/** The instance made for this program, or one that `instantiate` makes now. */
export function instanceOf(
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
  instantiate: () => WebAssembly.Instance,
): WebAssembly.Instance {
  const ready = made?.module === module ? made.instance : undefined;
  made = undefined;
  const isAgain = last === module;
  last = module;
  candidate = isAgain && !unsuited.has(module) ? { module, imports } : undefined;
  if (ready !== undefined) return ready;
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
  const { module, imports } = candidate;
  candidate = undefined;
  closeImports(factsOf(module).namesOf);
  try {
    made = { module, instance: new WebAssembly.Instance(module, imports) };
  } catch {
    // Its start function makes calls, or there is no room: the program's own start will say so.
    unsuited.add(module);
  }
}
