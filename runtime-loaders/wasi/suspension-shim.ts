// runtime-loaders/wasi: calls that may suspend the program, at the price of plain calls while they do not.
// An import made by `WebAssembly.Suspending` costs microseconds even when it answers at once (Chromium 156: 4 µs
// against 0.2). So a program imports, instead, functions of a small module made here: each makes the plain call,
// and only when that says so, the suspending one.
//
//   (func $fd_read (param i32 i32 i32 i32) (result i32) (local $answer i32)
//     (local.tee $answer (call $plain_fd_read (local.get 0) …))
//     (if (result i32) (i32.eq (i32.const suspended)) (then (call $suspend)) (else (local.get $answer))))
import type { Jspi } from './jspi.js';

/** A call as an import: a number, or a promise of one. */
export type Import = (...args: never[]) => number | Promise<number>;

/** Parameter types where they are not all i32: `i` and `I` for i32 and i64. */
const signatures: Readonly<Record<string, string>> = {
  fd_advise: 'iIIi',
  fd_allocate: 'iII',
  fd_fdstat_set_rights: 'iII',
  fd_filestat_set_size: 'iI',
  fd_filestat_set_times: 'iIIi',
  fd_pread: 'iiiIi',
  fd_pwrite: 'iiiIi',
  fd_readdir: 'iiiIi',
  fd_seek: 'iIii',
  lock: 'iiIIi',
  path_filestat_set_times: 'iiiiIIi',
  path_open: 'iiiiiIIii',
  test_lock: 'iiIIi',
};

/** What a plain call answers when its promise is to be waited for; no error number. */
const suspended = -1;

interface Shim {
  /** The calls of the program that runs now: one at a time does in a worker. */
  calls: readonly Import[];
  readonly imports: Record<string, WebAssembly.ImportValue>;
}

/** By the names a program imports, which are one set for all its runs. */
const shims = new WeakMap<ReadonlySet<string>, Shim>();

/** A call a program imports. */
export interface Offered {
  readonly name: string;
  /** How many, all of them i32 unless `signatures` says otherwise. */
  readonly parameters: number;
  readonly call: Import;
}

/**
 * Imports that suspend the program while the promise a call returned is pending. All runs of a program share them,
 * for they come one after another. `names`: of the program's imports, always the same set for it.
 */
export function shimmedImports(
  names: ReadonlySet<string>,
  offered: readonly Offered[],
  jspi: Jspi,
): Record<string, WebAssembly.ImportValue> {
  let shim = shims.get(names);
  if (shim === undefined) shims.set(names, (shim = makeShim(offered, jspi)));
  shim.calls = offered.map(({ call }) => call);
  return shim.imports;
}

/** Until a run begins, none of the imports can be called. */
export function closeShim(names: ReadonlySet<string>): void {
  const shim = shims.get(names);
  if (shim !== undefined) shim.calls = [];
}

function makeShim(offered: readonly Offered[], jspi: Jspi): Shim {
  const types = offered.map(
    ({ name, parameters }) => [name, signatures[name] ?? 'i'.repeat(parameters)] as const,
  );
  let waiting: Promise<number> | undefined;
  const plain: Record<string, WebAssembly.ImportValue> = {
    '': jspi.suspending(() => waiting),
  };
  const shim: Shim = { calls: [], imports: {} };
  for (const [index, [name]] of types.entries()) {
    // As many parameters as the longest call has: see `calls.ts`.
    plain[name] = (
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
      const answer = shim.calls[index]!(a, b, c, d, e, f, g, h, i);
      if (typeof answer === 'number') return answer;
      waiting = answer;
      return suspended;
    };
  }
  Object.assign(
    shim.imports,
    new WebAssembly.Instance(new WebAssembly.Module(shimModule(types)), { '': plain }).exports,
  );
  return shim;
}

const i32 = 0x7f;
const i64 = 0x7e;

function shimModule(functions: readonly (readonly [name: string, type: string])[]): Uint8Array<ArrayBuffer> {
  const shapes = [...new Set(['', ...functions.map(([, type]) => type)])];
  const text = (value: string): number[] => {
    const bytes = [...new TextEncoder().encode(value)];
    return [...leb(bytes.length), ...bytes];
  };
  const types = shapes.map((shape) => [
    ...[0x60, ...leb(shape.length), ...Array.from(shape, (each) => (each === 'I' ? i64 : i32))],
    ...[1, i32],
  ]);
  const shapeOf = (type: string): number[] => leb(shapes.indexOf(type));
  const imports = [['', ''] as const, ...functions].map(([name, type]) => [
    ...text(''),
    ...text(name),
    ...[0x00, ...shapeOf(type)],
  ]);
  const firstOwn = imports.length;
  const exports = functions.map(([name], index) => [...text(name), 0x00, ...leb(firstOwn + index)]);
  const bodies = functions.map(([, type], index) => {
    const answer = leb(type.length);
    const body = [
      ...[1, 1, i32], // one local: the answer
      ...Array.from(type, (_, parameter) => [0x20, ...leb(parameter)]).flat(),
      ...[0x10, ...leb(index + 1), 0x22, ...answer], // call plain, local.tee
      ...[0x41, 0x7f, 0x46], // i32.const -1, i32.eq
      ...[0x04, i32, 0x10, 0x00, 0x05, 0x20, ...answer, 0x0b, 0x0b], // if call 0 else answer end, end
    ];
    return [...leb(body.length), ...body];
  });
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, imports),
    ...section(
      3,
      functions.map(([, type]) => shapeOf(type)),
    ),
    ...section(7, exports),
    ...section(10, bodies),
  ]);
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  const content = [...leb(items.length), ...items.flat()];
  return [id, ...leb(content.length), ...content];
}

/** Unsigned LEB128. */
function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}
