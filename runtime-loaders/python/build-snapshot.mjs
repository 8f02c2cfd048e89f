// runtime-loaders/python: an image of CPython's memory with the usual modules imported and our Python side in
// place, as what differs from memory right after instantiation. snapshot.ts reads it:
//
//   u32 magic · u32 bytes of the header · u32 runs · header (JSON, padded to 4)
//   runs × (u32 first block, u32 blocks) · the blocks, 64 bytes each
//
// Must always hold: the same package gives the same bytes. Clocks stand still, nothing is random, and memory
// nobody owns is zero.
import { chosenWord, fixedMs, startPyodide } from './build-interpreter.mjs';

const magic = 0x53_45_57_50;
const blockBytes = 64;
/** As loader.ts sets it (interpreter.ts, stackBytes). */
const stackBytes = 256 * 1024;

/** `side`: the Python sources of our half and the file name of their frames; `id` names what all was made of. */
export async function makeSnapshot({ folder, executable, library, modules, side, id }) {
  const { module: base } = await startPyodide({ folder, executable, initialRun: false });
  const before = base.HEAPU8.slice();
  const top = base._sbrk(0);
  const varying = await findVarying({ folder, executable }, new Uint32Array(before.buffer, 0, top >>> 2));
  const fields = await findConfigFields({ folder, executable, library });
  const { module, output } = await startPyodide({ folder, executable, library });
  const stackBase = module._emscripten_stack_get_base();
  const stackEnd = module._emscripten_stack_get_end();
  module._emscripten_stack_set_limits(stackBase, stackBase - stackBytes);
  module.API.rawRun(side.baseline);
  const api = module.API.finalizeBootstrap();
  await module.API.packageIndexReady;
  const globals = api.toPy(
    new Map([
      ['__name__', '_wasm_elements'],
      ['__file__', side.file],
    ]),
  );
  for (const source of side.sources) {
    const result = api.runPython(source, { globals, filename: side.file });
    result?.destroy?.();
  }
  globals.destroy();
  api.runPython(`for name in ${JSON.stringify(modules)}: __import__(name)\ndel name`);
  api.runPython(tidy);
  const files = new Set(api.runPython(importedFiles).split('\n'));
  api.runPython('del sys');
  if (output.length > 0) throw new Error(`Python said while its snapshot was made:\n${output.join('\n')}`);

  // As at the end of a program (interpreter.ts, release): these references stay in a restored interpreter.
  module.API.runPythonInternal_dict.delete('__main__');
  module.API.globals.destroy();
  const hiwire = module.API.serializeHiwireState();
  // Dead frames of the C stack, the part of it the limits hide as well; then what malloc has free.
  module.HEAPU8.fill(0, stackEnd, module.stackSave());
  zeroFreeMemory(module);

  const header = {
    id,
    memoryBytes: module.HEAPU8.length,
    // Memory before CPython starts, but for the stack, must be the same where this is restored.
    base: { stackEnd, stackBase, top, varying, digest: 0 },
    fields,
    hiwire,
  };
  header.base.digest = digest(before, base, header.base);
  return { bytes: encode(header, module.HEAPU8, before), files };
}

/** Names in the zip of the modules that are imported. */
const importedFiles = String.raw`
import sys
'\n'.join(m.__file__.partition('.zip/')[2] for m in sys.modules.values() if '.zip/' in (getattr(m, '__file__', None) or ''))
`;

/** What a start leaves behind that a program would otherwise find, and what only costs room. */
const tidy = String.raw`
def tidy():
    import gc, linecache, logging, re, sys
    logging._startTime = 0
    linecache.clearcache()
    re.purge()
    sys.path_importer_cache.pop('/home/user', None)
    gc.collect()
    gc.collect()

tidy()
del tidy
`;

/** Takes every free chunk of malloc's, largest first, clears it and gives all of them back. */
function zeroFreeMemory(module) {
  module._malloc_set_footprint_limit(module._malloc_footprint());
  const held = [];
  for (let size = 1 << 24; size >= 16; size = size > 256 ? Math.floor(size / 1.1) : size - 8) {
    for (;;) {
      const pointer = module._malloc(size);
      if (pointer === 0) break;
      held.push(pointer);
      module.HEAPU8.fill(0, pointer, pointer + module._malloc_usable_size(pointer));
    }
  }
  for (const pointer of held.reverse()) module._free(pointer);
  module._malloc_set_footprint_limit(-1);
}

/**
 * Where CPython's configuration keeps its command line. It was read at the start the snapshot was taken of; a
 * restored interpreter is told its own by writing these fields. Found by looking for known values.
 */
async function findConfigFields(start) {
  const marker = 'wasm-elements-marker';
  const { module } = await startPyodide({ ...start, args: [marker, 'second'] });
  const config = module.__Py_GetConfig();
  const word = (address) => module.HEAPU32[address >>> 2];
  const text = (address) => {
    let characters = '';
    for (let at = address; at > 0 && at + 4 < module.HEAPU8.length && characters.length < 100; at += 4) {
      const code = word(at);
      if (code === 0 || code > 0x7f) break;
      characters += String.fromCharCode(code);
    }
    return characters;
  };
  const found = { filename: [], argv: [] };
  for (let offset = 0; offset < 512; offset += 4) {
    const value = word(config + offset);
    if (text(value).endsWith(marker)) found.filename.push(offset);
    if (
      word(config + offset - 4) === 2 &&
      text(word(value)) === marker &&
      text(word(value + 4)) === 'second'
    ) {
      found.argv.push(offset - 4);
    }
  }
  if (found.filename.length !== 1 || found.argv.length !== 1) {
    throw new Error(`PyConfig is laid out otherwise: ${JSON.stringify(found)}`);
  }
  const [filename] = found.filename;
  // struct PyConfig: run_command, run_module, run_filename, in this order.
  return { command: filename - 8, module: filename - 4, filename, argv: found.argv[0] };
}

/**
 * Words that another moment makes others of (C's random numbers are seeded), or a slow machine (malloc measures the
 * clock): a restored module keeps its own.
 */
async function findVarying(start, words) {
  const time = { timeMs: fixedMs + 98_765_432_101, tickMs: 7 };
  const { module } = await startPyodide({ ...start, initialRun: false, ...time });
  const found = [];
  for (let index = 0; index < words.length; index += 1)
    if (words[index] !== module.HEAPU32[index]) found.push(index);
  if (found.length > 100) throw new Error(`${found.length} words of memory depend on when it is made.`);
  return found;
}

/** As snapshot.ts computes it. */
function digest(bytes, module, { stackEnd, stackBase, top, varying }) {
  const words = new Uint32Array(bytes.buffer, 0, top >>> 2);
  const skipped = [...varying, chosenWord(module)].sort((a, b) => a - b);
  let sum = 0;
  let next = 0;
  for (let index = 0; index < words.length; index += 1) {
    if (index === stackEnd >>> 2) index = stackBase >>> 2;
    if (index === skipped[next]) next += 1;
    else sum = (Math.imul(sum, 31) + words[index]) | 0;
  }
  return sum;
}

function encode(header, memory, before) {
  const words = new Uint32Array(memory.buffer, memory.byteOffset, memory.length >>> 2);
  const base = new Uint32Array(before.buffer);
  const each = blockBytes / 4;
  const runs = [];
  let blocks = 0;
  for (let block = 0; block * each < words.length; block += 1) {
    let same = true;
    for (let at = block * each; same && at < (block + 1) * each; at += 1)
      same = words[at] === (base[at] ?? 0);
    if (same) continue;
    const last = runs.at(-1);
    if (last !== undefined && last[0] + last[1] === block) last[1] += 1;
    else runs.push([block, 1]);
    blocks += 1;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const jsonBytes = Math.ceil(json.length / 4) * 4;
  const bytes = new Uint8Array(12 + jsonBytes + runs.length * 8 + blocks * blockBytes);
  const view = new Uint32Array(bytes.buffer);
  bytes.fill(0x20, 12, 12 + jsonBytes);
  bytes.set(json, 12);
  view.set([magic, jsonBytes, runs.length]);
  view.set(runs.flat(), (12 + jsonBytes) >>> 2);
  let at = 12 + jsonBytes + runs.length * 8;
  for (const [block, count] of runs) {
    bytes.set(memory.subarray(block * blockBytes, (block + count) * blockBytes), at);
    at += count * blockBytes;
  }
  return bytes;
}
