import { expect } from 'chai';
import { readableName } from '../../../runtime-loaders/wasi/function-names.js';
import { formatBytes } from '../../../runtime-loaders/wasi/memory-limit.js';
import { missingImportsMessage } from '../../../runtime-loaders/wasi/missing-imports.js';
import { describeTrap } from '../../../runtime-loaders/wasi/traps.js';

const trap = (message: string, stack = '') =>
  describeTrap(Object.assign(new WebAssembly.RuntimeError(message), { stack }));

describe('A trap in words', () => {
  it('is the same for what V8, SpiderMonkey and JavaScriptCore say', () => {
    const phrases: Record<string, readonly string[]> = {
      'unreachable executed': [
        'unreachable',
        'unreachable executed',
        'Unreachable code should not be executed',
      ],
      'out of bounds memory access': ['memory access out of bounds', 'Out of bounds memory access'],
      'integer divide by zero': ['divide by zero', 'remainder by zero', 'Division by zero'],
      'integer overflow': ['divide result unrepresentable', 'integer overflow', 'Integer overflow'],
      'indirect call type mismatch': [
        'null function or function signature mismatch',
        'indirect call signature mismatch',
        'indirect call to null',
        'call_indirect to a signature that does not match',
        'call_indirect to a null table entry',
      ],
      'undefined table element (table index out of bounds)': [
        'table index is out of bounds',
        'Out of bounds call_indirect',
      ],
      'invalid conversion to integer': [
        'float unrepresentable in integer range',
        'invalid conversion to integer',
        'Out of bounds Trunc operation',
      ],
      'unaligned atomic access': ['operation does not support unaligned accesses', 'unaligned memory access'],
    };
    for (const [reason, messages] of Object.entries(phrases)) {
      for (const message of messages) expect(trap(message)?.reason, message).to.equal(reason);
    }
  });

  it('is what the engine says where that is new to us', () => {
    expect(trap('the moon is full')?.reason).to.equal('the moon is full');
  });

  it('is none where no program is to blame', () => {
    expect(describeTrap(new TypeError('x is undefined'))).to.equal(undefined);
    expect(describeTrap('text')).to.equal(undefined);
    expect(describeTrap(new RangeError('Maximum call stack size exceeded'))?.reason).to.contain(
      'stack overflow',
    );
  });

  it('names the wasm functions in every engine’s stack, repeated ones once', () => {
    const v8 = [
      'RuntimeError: unreachable',
      '    at fall (wasm://wasm/5a1b2c3d:wasm-function[4]:0xd9)',
      '    at mod.deep (wasm://wasm/mod-5a1b2c3d:wasm-function[5]:0xe1)',
      '    at mod.deep (wasm://wasm/mod-5a1b2c3d:wasm-function[5]:0xe1)',
      '    at wasm://wasm/5a1b2c3d:wasm-function[6]:0xf0',
      '    at run (blob:null/0:1:2)',
    ];
    expect(trap('unreachable', v8.join('\n'))?.frames).to.deep.equal([
      'fall',
      'deep (2 times)',
      'function 6',
    ]);
    const firefox = [
      'fall@http://localhost/loader.js line 3 > WebAssembly.Module:wasm-function[4]:0xd9',
      '@http://localhost/loader.js line 3 > WebAssembly.Module:wasm-function[6]:0xf0',
      'run@http://localhost/loader.js:1:2',
    ];
    expect(trap('unreachable executed', firefox.join('\n'))?.frames).to.deep.equal(['fall', 'function 6']);
    const webkit = [
      '<?>.wasm-function[fall]@[wasm code]',
      '<?>.wasm-function[6]@[wasm code]',
      'run@[native code]',
    ];
    expect(trap('Unreachable', webkit.join('\n'))?.frames).to.deep.equal(['fall', 'function 6']);
  });
});

describe('readableName', () => {
  it('reads the symbols of Rust and C++ and leaves others alone', () => {
    for (const [symbol, name] of [
      ['_RNvNtCs6TxCtTcuIIP_3std7process5abort', 'std::process::abort'],
      ['_RNCNvNtCs6TxCtTcuIIP_3std9panicking13panic_handler0B5_', 'std::panicking::panic_handler::{closure}'],
      ['_ZN4core9panicking5panic17h0123456789abcdefE', 'core::panicking::panic'],
      ['_ZN3foo3barEi', 'foo::bar'],
      ['std::rt::lang_start::h0123456789abcdef', 'std::rt::lang_start'],
      ['main.main', 'main.main'],
      ['_R', '_R'],
      ['_ZN', '_ZN'],
    ] as const) {
      expect(readableName(symbol)).to.equal(name);
    }
  });
});

describe('Missing imports', () => {
  const message = (module: string, name: string, kind = 'function') =>
    missingImportsMessage('a.wasm', [{ module, name, kind }]);

  it('say what the program was built for', () => {
    for (const [module, name, host] of [
      ['wasi:cli/stdout@0.2.0', 'get-stdout', 'preview 2'],
      ['wasi', 'thread-spawn', 'threads'],
      ['wasix_32v1', 'proc_fork', 'WASIX'],
      ['wasi_snapshot_preview1', 'sock_open', 'socket extension'],
      ['wbg', '__wbindgen_throw', 'wasm-bindgen'],
      ['./prog_bg.js', '__wbg_log', 'wasm-bindgen'],
      ['gojs', 'runtime.wasmExit', 'GOOS=wasip1'],
      ['env', 'abort', 'AssemblyScript'],
      ['env', '__syscall_openat', 'Emscripten'],
      ['a', 'b', 'Emscripten'],
      ['game', 'draw', 'another host|a host that provides them'],
    ] as const) {
      expect(message(module, name), `${module}.${name}`)
        .to.contain(`${module}.${name}`)
        .and.match(new RegExp(host));
    }
    expect(message('env', 'memory', 'memory')).to.contain('threads');
  });

  it('are not listed without end', () => {
    const imports = Array.from({ length: 20 }, (_, index) => ({
      module: 'm',
      name: `f${index}`,
      kind: 'function',
    }));
    expect(missingImportsMessage('a.wasm', imports)).to.contain('m.f5 and 14 more');
  });
});

describe('formatBytes', () => {
  it('writes sizes as the attribute takes them', () => {
    for (const [bytes, text] of [
      [256 * 1024 * 1024, '256MB'],
      [64_000_000, '61MB'],
      [128 * 1024, '128KB'],
    ] as const) {
      expect(formatBytes(bytes)).to.equal(text);
    }
  });
});
