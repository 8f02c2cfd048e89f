import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  compileErrorReason,
  isWasm,
  patchMemoryMaximum,
  readWasmImports,
  readWasmMemories,
  wasmProblem,
} from '../../../kernel-core/abi/wasm-binary.js';

const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const name = (text: string) => [text.length, ...new TextEncoder().encode(text)];
const section = (id: number, ...payload: number[]) => [id, payload.length, ...payload];
const module = (...sections: number[][]) => Uint8Array.from([...header, ...sections.flat()]);

const fixture = async (file: string): Promise<Uint8Array> => {
  const response = await fetch(`/build/test-fixtures/wasi/${file}.wasm`);
  return new Uint8Array(await response.arrayBuffer());
};

const compile = (bytes: Uint8Array) => new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);

/** How often memory grew by one page. */
const growth = (bytes: Uint8Array): number => {
  const memory = new WebAssembly.Instance(compile(bytes)).exports['m'] as WebAssembly.Memory;
  let grown = 0;
  try {
    for (; grown < 1000; grown += 1) memory.grow(1);
  } catch {
    // The maximum is reached.
  }
  return grown;
};

const exportMemory = section(7, 1, ...name('m'), 2, 0);

describe('patchMemoryMaximum', () => {
  it('gives a memory without a maximum one', () => {
    const bytes = module(section(5, 1, 0, 2), exportMemory);
    const patched = patchMemoryMaximum(bytes, 10);
    expect(growth(patched)).to.equal(8);
    expect(readWasmMemories(patched)).to.deep.equal([
      { imported: false, minimumPages: 2, maximumPages: 10, shared: false },
    ]);
    expect(readWasmMemories(bytes)[0]?.maximumPages).to.equal(undefined);
  });

  it('lowers a maximum above the limit and keeps one below it', () => {
    const bytes = module(section(5, 1, 1, 1, 100), exportMemory);
    expect(growth(patchMemoryMaximum(bytes, 5))).to.equal(4);
    expect(patchMemoryMaximum(bytes, 100)).to.equal(bytes);
    expect(patchMemoryMaximum(bytes, 30_000)).to.equal(bytes);
  });

  it('writes a maximum of several bytes, and moves what follows', () => {
    const bytes = module(section(5, 1, 0, 1), exportMemory, section(0, ...name('note'), 1, 2, 3));
    const patched = patchMemoryMaximum(bytes, 4096);
    expect(patched.length).to.equal(bytes.length + 2);
    expect(WebAssembly.Module.customSections(compile(patched), 'note')).to.have.length(1);
    expect(readWasmMemories(patched)[0]?.maximumPages).to.equal(4096);
  });

  it('never makes a maximum below the minimum', () => {
    const patched = patchMemoryMaximum(module(section(5, 1, 0, 50), exportMemory), 10);
    expect(readWasmMemories(patched)[0]).to.include({ minimumPages: 50, maximumPages: 50 });
    expect(growth(patched)).to.equal(0);
  });

  it('caps imported and shared memories', () => {
    const imported = module(section(2, 1, ...name('env'), ...name('memory'), 2, 3, 1, 80));
    expect(readWasmMemories(patchMemoryMaximum(imported, 10))).to.deep.equal([
      { imported: true, minimumPages: 1, maximumPages: 10, shared: true },
    ]);
  });

  it('returns what has no memory, or is no module, as it is', () => {
    for (const bytes of [module(), new Uint8Array(0), Uint8Array.of(1, 2, 3), module([5, 50, 1])]) {
      expect(patchMemoryMaximum(bytes, 10)).to.equal(bytes);
    }
  });

  it('changes nothing but the memory of a real module', async () => {
    const bytes = await fixture('grow');
    const outside = (compiled: WebAssembly.Module) =>
      [...WebAssembly.Module.imports(compiled), ...WebAssembly.Module.exports(compiled)].map(
        ({ name, kind }) => `${kind} ${name}`,
      );
    expect(outside(compile(patchMemoryMaximum(bytes, 20)))).to.deep.equal(outside(compile(bytes)));
  });

  it('reads any bytes without failing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (tail) => {
        const bytes = Uint8Array.from([...header, ...tail]);
        patchMemoryMaximum(bytes, 10);
        readWasmImports(bytes);
        wasmProblem(bytes);
      }),
    );
  });
});

describe('readWasmImports', () => {
  it('lists every kind of import as the engine does', async () => {
    const bytes = module(
      section(1, 1, 0x60, 0, 0),
      section(
        2,
        5,
        ...[...name('a'), ...name('f'), 0, 0],
        ...[...name('a'), ...name('t'), 1, 0x70, 1, 0, 9],
        ...[...name('b'), ...name('m'), 2, 0, 1],
        ...[...name('b'), ...name('g'), 3, 0x7f, 1],
        ...[...name('c'), ...name('e'), 4, 0, 0],
      ),
    );
    expect(readWasmImports(bytes)).to.deep.equal([
      { module: 'a', name: 'f', kind: 'function' },
      { module: 'a', name: 't', kind: 'table' },
      { module: 'b', name: 'm', kind: 'memory' },
      { module: 'b', name: 'g', kind: 'global' },
      { module: 'c', name: 'e', kind: 'tag' },
    ]);
    const real = await fixture('wait-for-input');
    expect(readWasmImports(real)).to.deep.equal(
      WebAssembly.Module.imports(compile(real)).map(({ module, name, kind }) => ({ module, name, kind })),
    );
  });
});

describe('wasmProblem', () => {
  const text = (content: string) => wasmProblem(new TextEncoder().encode(content));

  it('has nothing to say about modules', async () => {
    expect(wasmProblem(module())).to.equal(undefined);
    expect(wasmProblem(await fixture('trap'))).to.equal(undefined);
    expect(isWasm(module())).to.equal(true);
  });

  it('names what a file is instead', () => {
    expect(wasmProblem(new Uint8Array(0))).to.equal('is empty');
    expect(text('<html>')).to.contain('HTML');
    expect(text('#!/bin/sh')).to.contain('script');
    expect(text('(module)')).to.contain('text');
    expect(wasmProblem(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 1))).to.contain('ELF');
    expect(wasmProblem(Uint8Array.of(1, 2, 3, 4))).to.contain('01 02 03 04 instead of 00 61 73 6d');
    expect(wasmProblem(Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0))).to.contain('component');
    expect(wasmProblem(Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0))).to.contain('02 00 00 00');
  });

  it('says where a file was cut short', async () => {
    expect(wasmProblem(module().slice(0, 6))).to.contain('8 bytes and there are 6');
    const bytes = await fixture('hello');
    for (const length of [20, 60, bytes.length - 1]) {
      expect(wasmProblem(bytes.slice(0, length)), `${length}`).to.match(/^is cut short/);
    }
  });
});

describe('compileErrorReason', () => {
  it('is the reason and the byte in every engine’s wording', () => {
    for (const message of [
      'WebAssembly.compile(): type mismatch @+42',
      'wasm validation error: at offset 42: type mismatch',
      "WebAssembly.Module doesn't parse at byte 42: type mismatch (evaluating 'new WebAssembly.Module(b)')",
    ]) {
      expect(compileErrorReason(message)).to.equal('type mismatch (byte 42)');
    }
  });

  it('gives a place for what this engine refuses', () => {
    let message = '';
    try {
      compile(module(section(5, 1, 9, 1)));
    } catch (error) {
      message = compileErrorReason((error as Error).message);
    }
    expect(message).to.match(/byte \d+/);
    expect(message).not.to.contain('WebAssembly.Module');
  });
});
