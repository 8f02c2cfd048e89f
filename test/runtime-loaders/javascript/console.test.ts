import { expect } from 'chai';
import { Kernel } from 'wasm-elements/kernel';
import { printed, program } from './program.js';

/** What console.log shows of an expression. */
const values: readonly (readonly [string, string])[] = [
  ['1, -0, 1n, "s", true, null, undefined, Symbol("q")', '1 -0 1n s true null undefined Symbol(q)'],
  [`["it's", 'a"b', 'x\\ny']`, `[ "it's", 'a"b', 'x\\ny' ]`],
  [
    '{ a: 1, "b-c": [{}], [Symbol("k")]: new Map([[1, { a: 2 }]]) }',
    "{ a: 1, 'b-c': [ {} ], [Symbol(k)]: Map(1) { 1 => { a: 2 } } }",
  ],
  ['{ a: { b: { c: { d: 1 } } } }', '{ a: { b: { c: [Object] } } }'],
  [
    'new Set(["a", [1]]), new Map(), [,1,,]',
    "Set(2) { 'a', [ 1 ] } Map(0) {} [ <1 empty item>, 1, <1 empty item> ]",
  ],
  [
    'new (class Foo { a = 1; get b() { return 2 } }), class A extends Map {}, () => {}, async function f() {}',
    'Foo { a: 1 } [class A extends Map] [Function (anonymous)] [AsyncFunction: f]',
  ],
  [
    'Object.create(null), { get a() { return 1 }, set a(v) {}, get b() { return 1 } }',
    '[Object: null prototype] {} { a: [Getter/Setter], b: [Getter] }',
  ],
  ['(() => { const o = { n: 1 }; o.self = o; return o })()', '<ref *1> { n: 1, self: [Circular *1] }'],
  ['new Date(0), /x/gi, [new Date(NaN)]', '1970-01-01T00:00:00.000Z /x/gi [ Invalid Date ]'],
  [
    'new Uint8Array([1, 2]), new ArrayBuffer(2), new Number(3), new String("ab")',
    "Uint8Array(2) [ 1, 2 ] ArrayBuffer { [Uint8Contents]: <00 00>, byteLength: 2 } [Number: 3] [String: 'ab']",
  ],
  ['Array.from({ length: 8 }, (_, i) => i * 50)', '[\n    0,  50, 100, 150,\n  200, 250, 300, 350\n]'],
  ['Array(120).fill(7).length, Array(101).fill("x").slice(99)', "120 [ 'x', 'x' ]"],
  [
    'new Headers({ a: "1" }), new URLSearchParams("x=1&y=2")',
    "Headers { 'a' => '1' } URLSearchParams { 'x' => '1', 'y' => '2' }",
  ],
  ['new Proxy({ a: 1 }, {}), new Proxy({}, { ownKeys() { throw 1 } })', '{ a: 1 } [Object: cannot be shown]'],
  [
    '"%s is %d years and %i, %f%% %j %o %O %c!", "Ann", "42", 42.9, "1.5", {a:1}, [1], {b:2}, "color: red", "rest"',
    'Ann is 42 years and 42, 1.5% {"a":1} [ 1 ] { b: 2 } ! rest',
  ],
  ['"100%", "%s", 5, "%x"', '100% %s 5 %x'],
];

describe('console', () => {
  for (const [expression, shown] of values) {
    it(`shows ${expression}`, async () => {
      expect(await printed(`console.log(${expression})`)).to.equal(`${shown}\n`);
    });
  }

  it('prints notices to stdout and problems to stderr', async () => {
    const code =
      'for (const name of ["log", "info", "debug", "warn", "error"]) console[name](name); console.assert(0, "no %s", 1); console.trace("t")';
    const { stdout, stderr } = await program(code);
    expect(stdout).to.equal('log\ninfo\ndebug\n');
    expect(stderr).to.match(/^warn\nerror\nAssertion failed: no 1\nTrace: t\n {4}at main\.js:1:\d+\n$/);
  });

  it('groups, counts, measures and draws tables', async () => {
    const code = `console.group('a'); console.log('b\\nc'); console.group(); console.log('d'); console.groupEnd(); console.groupEnd();
      console.count(); console.count('x'); console.count(); console.countReset(); console.count();
      console.table([{ a: 1, b: 'x' }, { a: 2 }]); console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 });
      console.time('t'); console.timeEnd('t');`;
    const stdout = await printed(code);
    expect(stdout).to.match(/t: [\d.]+ms\n$/);
    expect(stdout.replace(/t: [\d.]+ms\n$/, '')).to.equal(
      `a\n  b\n  c\n    d\ndefault: 1\nx: 1\ndefault: 2\ndefault: 1\n` +
        `┌─────────┬───┬─────┐\n│ (index) │ a │ b   │\n├─────────┼───┼─────┤\n│ 0       │ 1 │ 'x' │\n│ 1       │ 2 │     │\n└─────────┴───┴─────┘\n{ a: [Object] }\n`,
    );
  });

  it('loses nothing of a loop that prints without end in sight', async () => {
    const stdout = await printed('for (let i = 0; i < 100_000; i++) console.log(i)');
    const lines = stdout.split('\n');
    expect(lines.length).to.equal(100_001);
    expect(lines[99_999]).to.equal('99999');
  });

  it('lets the page live while a program prints without end', async () => {
    const sandbox = await (
      await Kernel.boot()
    ).sandbox({
      files: { 'main.js': `while (true) console.log('x'.repeat(79))` },
    });
    const process = await sandbox.spawn('javascript', ['main.js']);
    const reader = process.stdout.getReader();
    let bytes = 0;
    let ended = false;
    while (bytes < 3_000_000 && !ended) {
      const { done, value } = await reader.read();
      ended = done;
      bytes += value?.length ?? 0;
    }
    expect(bytes).to.be.above(0);
    process.kill('SIGKILL');
    const { signal, reason } = await process.exited;
    // It cannot be made to wait: where the page was too slow for it, it was ended for that.
    expect([signal, reason]).to.deep.equal(['SIGKILL', ended ? 'output' : undefined]);
    await sandbox.dispose();
  });

  it('shows errors by the frames of the program', async () => {
    const stdout = await printed(
      'function f() {\n  return new TypeError("x")\n}\nconsole.log(f()); console.log({ e: f() })',
    );
    expect(stdout).to.match(
      /^TypeError: x\n {4}at f \(main\.js:2:\d+\)\n {4}at main\.js:4:\d+\n\{\n {2}e: TypeError: x\n {6}at f/,
    );
  });
});
