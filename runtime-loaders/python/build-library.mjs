// runtime-loaders/python: the standard library compiled by pyodide itself. Every `.py` of its zip becomes an
// unchecked-hash `.pyc` (PEP 552), which CPython takes without asking for a source. One zip holds all of it,
// stored, and is downloaded in parts, each when something in it is first read (library.ts):
//
//   sources: pyodide's own zip, stored │ rest: other modules, compiled │ usual: those of the snapshot, compiled;
//                                      │                               │ central directory
import { startPyodide } from './build-interpreter.mjs';

const compileOne = String.raw`
import importlib.util, marshal

def compile_one(name, source):
    code = compile(source, archive + '/' + name, 'exec', dont_inherit=True, optimize=0)
    return (importlib.util.MAGIC_NUMBER + (1).to_bytes(4, 'little')
            + importlib.util.source_hash(source) + marshal.dumps(code))

compile_one
`;

/** From the stored zip of sources: name → bytes of every compiled module. */
export async function compileLibrary({ folder, executable, sources, archive }) {
  const { unzipSync } = await import('fflate');
  const { module } = await startPyodide({ folder, executable, library: sources });
  const api = module.API.finalizeBootstrap();
  await module.API.packageIndexReady;
  const globals = api.toPy(new Map([['archive', archive]]));
  const compile = api.runPython(compileOne, { globals });
  const compiled = new Map();
  const files = Object.entries(unzipSync(sources)).filter(([name]) => name.endsWith('.py'));
  for (const [name, bytes] of files.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const source = api.toPy(bytes);
    const asBytes = source.tobytes();
    const code = compile(name, asBytes);
    compiled.set(`${name}c`, code.toJs());
    for (const each of [code, asBytes, source]) each.destroy?.();
  }
  return compiled;
}

/** The parts of the one zip; `isUsual` tells which compiled modules go into the last one. */
export async function layOutLibrary({ sources, compiled, isUsual }) {
  const { unzipSync } = await import('fflate');
  const data = Object.entries(unzipSync(sources)).filter(([name]) => !/\.py$|\/$/.test(name));
  const all = [...data, ...compiled];
  const entries = [];
  const pack = (files, start) => {
    let at = start;
    const chunks = files.flatMap(([name, bytes]) => {
      const entry = { name: new TextEncoder().encode(name), bytes, crc: crc32(bytes), at };
      entries.push(entry);
      const header = localHeader(entry);
      at += header.length + bytes.length;
      return [header, bytes];
    });
    return Buffer.concat(chunks);
  };
  const rest = pack(
    all.filter(([name]) => !isUsual(name)),
    sources.length,
  );
  const modules = pack(
    all.filter(([name]) => isUsual(name)),
    sources.length + rest.length,
  );
  const central = Buffer.concat([centralDirectoryOf(sources), ...entries.map(centralHeader)]);
  const count = countOf(sources) + entries.length;
  const end = endRecord(count, central.length, sources.length + rest.length + modules.length);
  return { rest, usual: Buffer.concat([modules, central, end]) };
}

/** 1980-01-01, the first day zips know. */
const dosDate = 0x21;

function localHeader({ name, bytes, crc }) {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(dosDate, 12);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(bytes.length, 18);
  header.writeUInt32LE(bytes.length, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function centralHeader({ name, bytes, crc, at }) {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(20, 6);
  header.writeUInt16LE(dosDate, 14);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(bytes.length, 20);
  header.writeUInt32LE(bytes.length, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt32LE(at, 42);
  return Buffer.concat([header, name]);
}

function endRecord(count, bytes, at) {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(bytes, 12);
  record.writeUInt32LE(at, 16);
  return record;
}

/** Of a zip that begins at offset 0 and has no comment. */
function centralDirectoryOf(zip) {
  const end = Buffer.from(zip.buffer, zip.byteOffset + zip.length - 22, 22);
  if (end.readUInt32LE(0) !== 0x06054b50) throw new Error('The zip of sources has a comment.');
  return Buffer.from(zip.buffer, zip.byteOffset + end.readUInt32LE(16), end.readUInt32LE(12));
}

const countOf = (zip) => Buffer.from(zip.buffer, zip.byteOffset + zip.length - 22, 22).readUInt16LE(10);

const table = Uint32Array.from({ length: 256 }, (_none, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = table[(sum ^ byte) & 0xff] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
