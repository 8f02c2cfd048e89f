// runtime-loaders/python: puts an image of CPython's memory (build-snapshot.mjs draws its layout) into a fresh
// module, and tells the interpreter in it its own command line.
// Must always hold: nothing is written before everything has been checked, so that a refusal costs nothing.
import type { CommandLine } from './command-line.js';
import type { PyodideModule } from './emscripten.js';
import { trampolineWord } from './pyodide-versions.js';

const magic = 0x53_45_57_50;
const headBytes = 12;
const blockBytes = 64;

interface Header {
  readonly id: string;
  readonly memoryBytes: number;
  readonly base: {
    readonly stackEnd: number;
    readonly stackBase: number;
    readonly top: number;
    /** Words that differ from one instantiation to the next. */
    readonly varying: readonly number[];
    readonly digest: number;
  };
  readonly fields: ConfigFields;
  readonly hiwire: object;
}

/** Offsets in PyConfig. */
interface ConfigFields {
  readonly command: number;
  readonly module: number;
  readonly filename: number;
  readonly argv: number;
}

/** What the interpreter's start goes on with. */
export interface Restoration {
  readonly fields: ConfigFields;
  /** The JavaScript objects Python holds, for `finalizeBootstrap`. */
  readonly hiwire: object;
}

/** The snapshot is not for this interpreter, or not whole. */
export class SnapshotMismatch extends Error {}

/** Writes the snapshot into the memory of a module that has not started CPython. Throws SnapshotMismatch. */
export function restoreSnapshot(module: PyodideModule, bytes: Uint8Array, id: string): Restoration {
  if (bytes.byteOffset % 4 !== 0) throw new SnapshotMismatch('it is not aligned');
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  const [found, jsonBytes = 0, runCount = 0] = words;
  if (found !== magic) throw new SnapshotMismatch('it is no snapshot');
  const header = JSON.parse(
    new TextDecoder().decode(bytes.subarray(headBytes, headBytes + jsonBytes)),
  ) as Header;
  if (header.id !== id) throw new SnapshotMismatch(`it was made of ${header.id}, not ${id}`);
  const runs = words.subarray((headBytes + jsonBytes) >>> 2, ((headBytes + jsonBytes) >>> 2) + runCount * 2);
  const data = headBytes + jsonBytes + runCount * 8;
  let blocks = 0;
  for (let run = 0; run < runCount; run += 1) {
    const end = (runs[run * 2] ?? 0) + (runs[run * 2 + 1] ?? 0);
    if (end * blockBytes > header.memoryBytes) throw new SnapshotMismatch('it does not fit into its memory');
    blocks += runs[run * 2 + 1] ?? 0;
  }
  if (data + blocks * blockBytes !== bytes.length) throw new SnapshotMismatch('it is not whole');
  if (digestOf(module, header.base) !== header.base.digest) {
    throw new SnapshotMismatch('memory is not what it is to be added to');
  }
  if (module.HEAPU8.length < header.memoryBytes && module.growMemory(header.memoryBytes) !== 1) {
    throw new SnapshotMismatch('there is not enough memory');
  }

  // Which function this engine calls C functions through; it was chosen while the module was made.
  const trampoline = trampolineWord(module);
  const chosen = module.HEAPU32[trampoline] ?? 0;
  const memory = module.HEAPU8;
  let at = data;
  for (let run = 0; run < runCount; run += 1) {
    const bytesOfRun = (runs[run * 2 + 1] ?? 0) * blockBytes;
    memory.set(bytes.subarray(at, at + bytesOfRun), (runs[run * 2] ?? 0) * blockBytes);
    at += bytesOfRun;
  }
  module.HEAPU32[trampoline] = chosen;
  return { fields: header.fields, hiwire: header.hiwire };
}

/** Puts a command line into the interpreter's configuration, where Py_RunMain reads it. */
export function setCommandLine(module: PyodideModule, fields: ConfigFields, line: CommandLine): void {
  const config = module.__Py_GetConfig() >>> 2;
  const items = module._PyMem_RawMalloc(line.argv.length * 4) >>> 2;
  for (const [index, text] of line.argv.entries()) module.HEAPU32[items + index] = wideString(module, text);
  module.HEAPU32[config + (fields.argv >>> 2)] = line.argv.length;
  module.HEAPU32[config + (fields.argv >>> 2) + 1] = items << 2;
  if (line.run === undefined) return;
  module.HEAPU32[config + (fields[line.run.field] >>> 2)] = wideString(module, line.run.text);
}

/** A wchar_t string of CPython's, which frees it. */
function wideString(module: PyodideModule, text: string): number {
  const codePoints = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const pointer = module._PyMem_RawMalloc((codePoints.length + 1) * 4);
  module.HEAPU32.set([...codePoints, 0], pointer >>> 2);
  return pointer;
}

/** Of memory before CPython starts, without the C stack, what the engine chose and what time changes. */
function digestOf(module: PyodideModule, { stackEnd, stackBase, top, varying }: Header['base']): number {
  const words = new Uint32Array(module.HEAPU8.buffer, 0, top >>> 2);
  const skipped = [...varying, trampolineWord(module)].sort((a, b) => a - b);
  let sum = 0;
  let next = 0;
  for (let index = 0; index < words.length; index += 1) {
    if (index === stackEnd >>> 2) index = stackBase >>> 2;
    if (index === skipped[next]) next += 1;
    else sum = (Math.imul(sum, 31) + (words[index] ?? 0)) | 0;
  }
  return sum;
}
