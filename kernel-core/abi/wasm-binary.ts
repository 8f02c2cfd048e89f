// abi: the outside of a WebAssembly binary: header, sections, imports, memory limits. Imports nothing.
// The kernel caps a program's memory and says what is wrong with a file before an engine compiles it; code
// and types inside are the engine's business. Standard: WebAssembly core specification, "Binary Format".
//
//   00 61 73 6d  version (01 00 00 00)  section*        section = id:u8 size:leb payload
//
// Must always hold: bytes that cannot be read here are never changed here; the engine has the last word.

/** The JavaScript interface lets an engine refuse more; each one costs a copy of the module here. */
const memoriesMax = 100;

/** Bytes of one page of wasm memory. */
export const wasmPageBytes = 65536;

export interface WasmImport {
  readonly module: string;
  readonly name: string;
  readonly kind: 'function' | 'table' | 'memory' | 'global' | 'tag';
}

/** Limits of one memory, in pages (of 64 KiB unless the module says otherwise). */
export interface WasmMemory {
  readonly imported: boolean;
  readonly minimumPages: number;
  readonly maximumPages: number | undefined;
  readonly shared: boolean;
}

/** Whether bytes begin as every WebAssembly file does (`\0asm`), a module or a component. */
export function isWasm(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;
}

/**
 * What is wrong with a file that should be a WebAssembly module, as the rest of a sentence that begins with
 * its name (`is cut short: …`); undefined when header and sections are in order.
 */
export function wasmProblem(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return 'is empty';
  if (!isWasm(bytes)) return `is not WebAssembly: ${beginning(bytes)}`;
  if (bytes.length < 8) return `is cut short: the header needs 8 bytes and there are ${bytes.length}`;
  const version = bytes[4]! | (bytes[5]! << 8);
  const layer = bytes[6]! | (bytes[7]! << 8);
  if (layer === 1) {
    return (
      'is a WebAssembly component (WASI preview 2), and this runtime runs core modules: ' +
      'build it for wasm32-wasip1 (WASI preview 1)'
    );
  }
  if (version !== 1 || layer !== 0) return `has an unknown WebAssembly version (byte 4: ${hex(bytes, 4, 8)})`;
  try {
    for (const section of sections(bytes)) {
      if (section.id > lastSection) return `has an unknown section ${section.id} at byte ${section.start}`;
    }
  } catch (error) {
    if (error instanceof Unreadable) return `is ${error.message}`;
    throw error;
  }
  return undefined;
}

/** What a module imports, in order. Empty where the import section cannot be read. */
export function readWasmImports(bytes: Uint8Array): WasmImport[] {
  const imports: WasmImport[] = [];
  attempt(() => {
    for (const entry of importEntries(bytes)) {
      imports.push({ module: entry.module, name: entry.name, kind: entry.kind });
    }
  });
  return imports;
}

/** The memories a module imports or defines, in order. */
export function readWasmMemories(bytes: Uint8Array): WasmMemory[] {
  return attempt(() => limitsIn(bytes).map(({ place: _, ...memory }) => memory)) ?? [];
}

/**
 * The same module with every memory's maximum at `maxPages` (of 64 KiB) or lower, so that `memory.grow`
 * fails there. A minimum above that stays possible: the maximum becomes the minimum, and whoever starts
 * the program refuses it. Returns `bytes` itself when nothing has to change or they cannot be read; throws
 * RangeError for more memories than a module may have.
 */
export function patchMemoryMaximum(bytes: Uint8Array, maxPages: number): Uint8Array {
  const memories = attempt(() => limitsIn(bytes)) ?? [];
  if (memories.length > memoriesMax) {
    throw new RangeError(`it has ${memories.length} memories, and there may be ${memoriesMax}`);
  }
  for (const { place, minimumPages, maximumPages } of memories) {
    const limit = Math.max(minimumPages, Math.floor((maxPages * wasmPageBytes) / place.pageBytes));
    if (maximumPages !== undefined && maximumPages <= limit) continue;
    const { section } = place;
    const payload = join(
      bytes.subarray(section.payload, place.limitsStart),
      Uint8Array.from([place.flags | 1, ...leb(minimumPages), ...leb(limit)]),
      bytes.subarray(place.maximumEnd, section.end),
    );
    const patched = join(
      bytes.subarray(0, section.start + 1),
      Uint8Array.from(leb(payload.length)),
      payload,
      bytes.subarray(section.end),
    );
    // Places behind this one have moved; almost every module has one memory, so this is the last round.
    return patchMemoryMaximum(patched, maxPages);
  }
  return bytes;
}

interface Section {
  readonly id: number;
  /** Of its id byte. */
  readonly start: number;
  readonly payload: number;
  readonly end: number;
}

interface LimitsPlace {
  readonly section: Section;
  readonly flags: number;
  readonly limitsStart: number;
  /** After the maximum, or after the minimum where there is none: a page size may follow. */
  readonly maximumEnd: number;
  readonly pageBytes: number;
}

interface ImportEntry extends WasmImport {
  readonly limits?: WasmMemory & { readonly place: LimitsPlace };
}

const importSection = 2;
const memorySection = 5;
/** 13 is the tag section of exception handling. */
const lastSection = 13;

const sectionNames = [
  'custom',
  'type',
  'import',
  'function',
  'table',
  'memory',
  'global',
  'export',
  'start',
  'element',
  'code',
  'data',
  'data count',
  'tag',
];

class Unreadable extends Error {}

/** Runs a reader; undefined where the bytes do not follow the format. */
function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  position: number;

  constructor(bytes: Uint8Array, position: number, end: number) {
    this.#bytes = bytes;
    this.position = position;
    this.#end = end;
  }

  get done(): boolean {
    return this.position >= this.#end;
  }

  byte(): number {
    if (this.done) throw new Unreadable(`cut short at byte ${this.position}`);
    return this.#bytes[this.position++]!;
  }

  /** An unsigned LEB128 number; exact up to 2^53, which every length and page count stays below. */
  number(): number {
    let value = 0;
    for (let factor = 1, count = 0; count < 10; factor *= 128, count += 1) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new Unreadable(`damaged: a number at byte ${this.position - 10} does not end`);
  }

  text(): string {
    const length = this.number();
    if (this.position + length > this.#end) throw new Unreadable(`cut short at byte ${this.#end}`);
    const bytes = this.#bytes.subarray(this.position, this.position + length);
    this.position += length;
    return utf8(bytes);
  }

  /** A value or reference type; only `ref` types of the GC proposal have an operand. */
  skipType(): void {
    const byte = this.byte();
    if (byte === 0x63 || byte === 0x64) this.number();
  }
}

function* sections(bytes: Uint8Array): Generator<Section> {
  const reader = new Reader(bytes, 8, bytes.length);
  while (!reader.done) {
    const start = reader.position;
    const id = reader.byte();
    const size = reader.number();
    const payload = reader.position;
    const end = payload + size;
    if (end > bytes.length) {
      const name = sectionNames[id] ?? `number ${id}`;
      throw new Unreadable(
        `cut short: its ${name} section at byte ${start} ends at byte ${end}, the file at byte ${bytes.length}`,
      );
    }
    yield { id, start, payload, end };
    reader.position = end;
  }
}

function* importEntries(bytes: Uint8Array): Generator<ImportEntry> {
  if (!isWasm(bytes)) return;
  for (const section of sections(bytes)) {
    if (section.id !== importSection) continue;
    const reader = new Reader(bytes, section.payload, section.end);
    for (let left = reader.number(); left > 0; left -= 1) {
      const module = reader.text();
      const name = reader.text();
      const kind = reader.byte();
      if (kind === 0) {
        reader.number();
        yield { module, name, kind: 'function' };
      } else if (kind === 1) {
        reader.skipType();
        readLimits(reader, section, true);
        yield { module, name, kind: 'table' };
      } else if (kind === 2) {
        yield { module, name, kind: 'memory', limits: readLimits(reader, section, true) };
      } else if (kind === 3) {
        reader.skipType();
        reader.byte();
        yield { module, name, kind: 'global' };
      } else if (kind === 4) {
        reader.byte();
        reader.number();
        yield { module, name, kind: 'tag' };
      } else {
        throw new Unreadable(`damaged: an import of unknown kind ${kind} at byte ${reader.position - 1}`);
      }
    }
  }
}

function limitsIn(bytes: Uint8Array): (WasmMemory & { readonly place: LimitsPlace })[] {
  const found: (WasmMemory & { readonly place: LimitsPlace })[] = [];
  for (const { limits } of importEntries(bytes)) if (limits !== undefined) found.push(limits);
  if (!isWasm(bytes)) return found;
  for (const section of sections(bytes)) {
    if (section.id !== memorySection) continue;
    const reader = new Reader(bytes, section.payload, section.end);
    for (let left = reader.number(); left > 0; left -= 1) found.push(readLimits(reader, section, false));
  }
  return found;
}

/** `flags` (1: has a maximum, 2: shared, 4: 64-bit, 8: page size follows) minimum maximum? log2(page size)? */
function readLimits(
  reader: Reader,
  section: Section,
  imported: boolean,
): WasmMemory & { readonly place: LimitsPlace } {
  const limitsStart = reader.position;
  const flags = reader.byte();
  const minimumPages = reader.number();
  const maximumPages = (flags & 1) === 0 ? undefined : reader.number();
  const maximumEnd = reader.position;
  const pageBytes = (flags & 8) === 0 ? wasmPageBytes : 2 ** reader.number();
  const place = { section, flags, limitsStart, maximumEnd, pageBytes };
  return { imported, minimumPages, maximumPages, shared: (flags & 2) !== 0, place };
}

function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return bytes;
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}

/** Names are UTF-8, and the abi has no TextDecoder. */
function utf8(bytes: Uint8Array): string {
  const escaped = Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  try {
    return decodeURIComponent(escaped);
  } catch {
    return String.fromCharCode(...bytes);
  }
}

function hex(bytes: Uint8Array, start: number, end: number): string {
  return Array.from(bytes.subarray(start, end), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** Names what a file is instead, where its first bytes tell. */
function beginning(bytes: Uint8Array): string {
  const first = hex(bytes, 0, 4);
  const text = String.fromCharCode(...bytes.subarray(0, 16));
  const told = first === '7f 45 4c 46' ? 'a Linux program (ELF)' : undefined;
  if (told !== undefined) return `it is ${told}`;
  if (text.startsWith('MZ')) return 'it is a Windows program';
  if (text.startsWith('#!')) return 'it is a script';
  if (text.startsWith('(module') || text.startsWith('(component'))
    return 'it is WebAssembly text; assemble it first';
  if (/^\s*<(!doctype|html)/i.test(text)) return 'it is an HTML page, perhaps the answer to a wrong URL';
  if (first.startsWith('1f 8b')) return 'it is gzip-compressed';
  return `it begins with ${first} instead of 00 61 73 6d`;
}

/**
 * What an engine's CompileError says, without the engine's own wrapping: `type mismatch … (byte 123)`.
 * V8 ends with `@+123`, SpiderMonkey says `at offset 123`, JavaScriptCore `at byte 123`.
 */
export function compileErrorReason(message: string): string {
  const place = /@\+(\d+)|at (?:offset|byte) (\d+)/.exec(message);
  const reason = message
    .replace(/^(?:CompileError: )?(?:WebAssembly\.\w+(?:\(\))?:? ?)/, '')
    .replace(/^wasm validation error: /, '')
    .replace(/^doesn't (?:parse|validate)(?: at byte \d+)?: /, '')
    .replace(/^at offset \d+: /, '')
    .replace(/ ?@\+\d+/, '')
    .replace(/ \(evaluating '.*'\)$/, '')
    .trim();
  const byte = place?.[1] ?? place?.[2];
  return byte === undefined || reason.includes(`byte ${byte}`) ? reason : `${reason} (byte ${byte})`;
}
