import { expect } from 'chai';
import { printed, program } from './program.js';

const typescript = { runtime: 'typescript', args: ['main.ts'] };

describe('A TypeScript program', () => {
  it('runs after its types were left out', async () => {
    const files = {
      'main.ts': `
        import { add, type Pair } from './lib';
        import type { Nothing } from './not-there';
        import { sub } from './lib.js';
        interface A { readonly a: number }
        enum Colour { Red, Green = 'g' }
        abstract class Shape { constructor(protected readonly size: number, private name?: string) {} abstract area(): number }
        class Square extends Shape { override area(): number { return this.size ** 2 } declare x: number }
        const v = { a: add(1, 2) } satisfies A;
        const pair: Pair<number> = [1, 2];
        function id<T extends unknown>(x: T): T { return x as T }
        declare const missing: number;
        let none: Nothing | undefined;
        console.log(v, Colour.Red, Colour[0], Colour.Green, new Square(3).area(), id<number>(5), pair!, sub(3, 1), none);`,
      'lib.ts': `export type Pair<T> = [T, T];
        export const add = (a: number, b: number): number => a + b;
        export function sub(a: number, b: number): number { return a - b }`,
    };
    expect(await printed(files, typescript)).to.equal('{ a: 3 } 0 Red g 9 5 [ 1, 2 ] 2 undefined\n');
  });

  it('is run by the javascript runtime too, by its ending', async () => {
    expect(await printed({ 'a.ts': 'const a: number = 1; console.log(a)' }, { args: ['a.ts'] })).to.equal(
      '1\n',
    );
  });

  it('may hold JSX', async () => {
    const files = {
      'main.tsx': `const React = { createElement: (type: string, props: object | null, ...children: unknown[]) => ({ type, props, children }) };
        console.log(<p id="x">hi {1 as number}</p>);`,
    };
    expect(await printed(files, { runtime: 'typescript', args: ['main.tsx'] })).to.equal(
      "{ type: 'p', props: { id: 'x' }, children: [ 'hi ', 1 ] }\n",
    );
  });

  it('has its errors at its own lines and columns', async () => {
    const line = 'function f(a: string, b: number): never { throw new Error(a) }';
    const { stderr } = await program(
      { 'main.ts': `interface A {\n  a: number\n}\n${line}\nf("boom" as string, 1);` },
      typescript,
    );
    expect(stderr.split('\n').slice(0, 2)).to.deep.equal(['main.ts:4', line]);
    const column = Number(/at f \(main\.ts:4:(\d+)\)/.exec(stderr)?.[1]);
    expect(column).to.be.within(line.indexOf('throw') + 1, line.indexOf('(a)') + 1);
  });

  it('has its syntax errors placed', async () => {
    const { code, stderr } = await program(
      { 'main.ts': 'const a: number = 1;\nlet b: string = ;' },
      typescript,
    );
    expect(code).to.equal(1);
    expect(stderr).to.match(/^main\.ts:2\nlet b: string = ;\n {16}\^\n\nSyntaxError: .+\n$/);
  });

  it('says so where leaving types out is not enough', async () => {
    const namespace = await program({ 'main.ts': '\nnamespace A { export const x = 1 }' }, typescript);
    expect(namespace.stderr)
      .to.match(/^main\.ts:2\n/)
      .and.contain('namespace with values');
    const required = await program({ 'main.ts': 'import fs = require("fs");' }, typescript);
    expect(required.stderr).to.contain('CommonJS');
    const types =
      'declare namespace B { const x: number }\nnamespace C { export type T = 1; export interface I { let: 1 } }\nconsole.log(1)';
    expect(await printed({ 'main.ts': types }, typescript)).to.equal('1\n');
  });
});
