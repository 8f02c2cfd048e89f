import { expect } from 'chai';
import { printed, program } from './program.js';

describe('Modules that import each other', () => {
  it('see functions before, and values after their evaluation', async () => {
    const files = {
      'main.js': `import { a, n } from './a.js'; console.log(a(), n);`,
      'a.js': `import { b, up } from './b.js'; export function a() { return 'a' + b() } export let n = 0; export function bump() { n++ } up();`,
      'b.js': `import { bump, n, a } from './a.js';
        export function b() { return 'b' + typeof a }
        export function up() { bump(); console.log(n) }
        try { n } catch (e) { console.log(e.name) }`,
    };
    expect(await printed(files)).to.equal('ReferenceError\n1\nabfunction 1\n');
  });

  it('may be classes that extend and make each other', async () => {
    const files = {
      'main.js': `import { Node } from './node.js'; console.log(new Node('x').wrap().wrap().text());`,
      'node.js': `import { List } from './list.js'; export class Node { constructor(t) { this.t = t } wrap() { return new List([this]) } text() { return this.t } }`,
      'list.js': `import * as nodes from './node.js'; let Base; export class List { constructor(items) { this.items = items } wrap() { return new List([this]) } text() { return '[' + this.items.map((i) => i.text()).join() + ']' } is(n) { return n instanceof nodes.Node } }`,
    };
    expect(await printed(files)).to.equal('[[x]]\n');
  });

  it('keep names that inner scopes declare, and calls without a receiver', async () => {
    const files = {
      'main.js': `import { f, v, me } from './a.js';
        export const main = 1
        f
        (1)
        const o = { f, v, g(f) { return f }, [v]: v };
        function h(v) { { let f = v; v = f } var me = 2; return { v, me } }
        for (const f of [9]) console.log(f);
        try { throw 8 } catch (v) { console.log(v) }
        const { v: w, x = v } = { v: 7 };
        class C { v = v; static f = f(2); ['m' + v]() { return v } }
        console.log(o, h(5), w, x, new C(), C.f, f?.(3), f\`t\`, typeof me, (({ v }) => v)({ v: 6 }));`,
      'a.js': `import { main } from './main.js';
        export function f(...args) { return this === undefined && args.length }
        export const v = 'v'; export * as me from './a.js'; export const late = () => main;`,
    };
    expect(await printed(files)).to.equal(
      `9\n8\n{ f: [Function: f], v: 'v', g: [Function: g] } { v: 5, me: 2 } 7 v C { v: 'v' } 1 1 1 object 6\n`,
    );
  });

  it('may await, re-export and export by default', async () => {
    const files = {
      'main.js': `import D, { x, ns } from './a.js'; import * as all from './b.js'; console.log(D.name, new D().v(), x, ns.y, Object.keys(all));`,
      'a.js': `import { y } from './b.js'; export default class { v() { return y } } export { x } from './b.js'; export * as ns from './b.js'; await 0;`,
      'b.js': `export * from './c.js'; import * as a from './a.js'; export const x = await Promise.resolve('x'); export const y = 'y'; export default () => a;`,
      'c.js': `export const z = 'z';`,
    };
    expect(await printed(files)).to.equal("default y x y [ 'default', 'x', 'y', 'z' ]\n");
  });

  it('place their errors as others do', async () => {
    const files = {
      'main.js': `import { a } from './a.js';\n\n  a();`,
      'a.js': `import './main.js';\nexport function a() {\n  null.x;\n}`,
    };
    const { code, stderr } = await program(files);
    expect(code).to.equal(1);
    expect(stderr).to.match(
      /^a\.js:3\n {2}null\.x;\n *\^\n\nTypeError: .*\n {4}at a \(a\.js:3:\d+\)\n {4}at main\.js:3:\d+\n$/,
    );
    const wrong = await program({
      'main.js': `import { q } from './a.js';`,
      'a.js': `import './main.js';\nlet = 5 5;`,
    });
    expect(wrong.stderr).to.match(/^a\.js:2\nlet = 5 5;\n/);
    const missing = await program({
      'main.js': `import { q } from './a.js';`,
      'a.js': `import './main.js';`,
    });
    expect(missing.stderr).to.contain("The module './a.js' has no export named 'q'");
  });

  it('are evaluated once, however they are reached', async () => {
    const files = {
      'main.js': `const [a, b] = await Promise.all([import('./a.js'), import('./b.js')]); console.log(a.v(), b.v(), (await import('./a.js')) === a);`,
      'a.js': `console.log('a'); import { v as b } from './b.js'; export const v = () => 'a' + typeof b;`,
      'b.js': `console.log('b'); import { v as a } from './a.js'; export const v = () => 'b' + typeof a;`,
    };
    const lines = (await printed(files)).split('\n');
    expect(lines.slice(0, 2).sort()).to.deep.equal(['a', 'b']);
    expect(lines.slice(2)).to.deep.equal(['afunction bfunction true', '']);
  });
});
