// runtime-loaders/python: JavaScript functions that C has pointers to. Emscripten puts each into the table of functions
// by a WebAssembly module of its own, after trying without, which throws; for some 260 of them that is 40 ms of a
// start. Here one module wraps them all, and what it exports goes into the table as it is.
import type { WasmImport } from './emscripten.js';

/** As Emscripten writes a signature: the result first. */
const typeCodes: Readonly<Record<string, number>> = { i: 0x7f, p: 0x7f, j: 0x7e, f: 0x7d, d: 0x7c, e: 0x6f };

type Signed = WasmImport & { readonly sig?: string; readonly stub?: boolean };

/** Puts wrapped functions in place of those that the program asks an address of. After it has been instantiated. */
export function wrapForTable(program: WebAssembly.Module, env: Record<string, WasmImport>): void {
  const wanted = WebAssembly.Module.imports(program).flatMap(({ module, name }) => {
    const { sig, stub } = (env[name] ?? {}) as Signed;
    return module === 'GOT.func' && sig !== undefined && stub !== true ? [{ name, sig }] : [];
  });
  const wrapped = new WebAssembly.Module(wrapperModule(wanted.map(({ sig }) => sig)));
  const functions = Object.fromEntries(wanted.map(({ name }, index) => [index, env[name] as WasmImport]));
  const { exports } = new WebAssembly.Instance(wrapped, { '': functions });
  for (const [index, { name }] of wanted.entries()) env[name] = exports[index] as WasmImport;
}

/** Imports function `'' 'n'` of the nth signature, and exports it as `'n'`. */
function wrapperModule(signatures: readonly string[]): Uint8Array<ArrayBuffer> {
  const types = [...new Set(signatures)];
  const name = (index: number) => vector([...String(index)].map((digit) => [digit.charCodeAt(0)]));
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types.map(functionType))),
    ...section(2, vector(signatures.map((sig, index) => [0, ...name(index), 0, ...leb(types.indexOf(sig))]))),
    ...section(7, vector(signatures.map((_sig, index) => [...name(index), 0, ...leb(index)]))),
  ]);
}

function functionType(signature: string): number[] {
  const codes = (letters: string) => vector([...letters].map((letter) => [codeOf(letter)]));
  const [result = 'v', ...parameters] = signature;
  return [0x60, ...codes(parameters.join('')), ...codes(result === 'v' ? '' : result)];
}

function codeOf(letter: string): number {
  const code = typeCodes[letter];
  if (code === undefined) throw new RangeError(`There is no type “${letter}”.`);
  return code;
}

const section = (id: number, bytes: number[]): number[] => [id, ...leb(bytes.length), ...bytes];
const vector = (items: readonly number[][]): number[] => [...leb(items.length), ...items.flat()];

/** LEB128. */
function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}
