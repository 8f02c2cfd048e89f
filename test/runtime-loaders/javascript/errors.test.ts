import { expect } from 'chai';
import { program } from './program.js';

/** The words of engines differ, and so do columns: each test names what must be the same. */
async function failing(files: string | Record<string, string>, options = {}): Promise<string> {
  const { code, stdout, stderr } = await program(files, options);
  expect(code, stdout + stderr).to.equal(1);
  return stderr;
}

/** `main.js:3`, the line itself, and a mark somewhere below it. */
function expectPlace(stderr: string, place: string, line: string): void {
  const [first, second, third] = stderr.split('\n');
  expect(first).to.equal(place);
  expect(second).to.equal(line);
  expect(third).to.match(/^\s*\^+$/);
}

describe('An error nobody caught', () => {
  it('shows its line, what it says and frames of the program only', async () => {
    for (const prefix of ['', 'export {};']) {
      const stderr = await failing(`${prefix}\nfunction f() {\n  throw new Error('bad');\n}\n\nf();`);
      expectPlace(stderr, 'main.js:3', "  throw new Error('bad');");
      expect(stderr).to.match(/\nError: bad\n {4}at f \(main\.js:3:\d+\)\n {4}at main\.js:6:\d+\n$/);
      expect(stderr).not.to.contain('blob:');
    }
  });

  it('keeps its line behind imports, import.meta and import()', async () => {
    const files = {
      'main.js': `import './a.js'; import.meta.url; import('./a.js');\nnull.x; import.meta.url`,
      'a.js': '',
    };
    expectPlace(await failing(files), 'main.js:2', 'null.x; import.meta.url');
  });

  it('has the columns of the source where the line was rewritten', async () => {
    const code = `import { a } from './a.js'; export { a }; (() => { const f = undefined; throw new Error('x') })()`;
    const stderr = await failing({ 'main.js': code, 'a.js': 'export const a = 1' });
    const column = Number(/main\.js:1:(\d+)/.exec(stderr)?.[1]);
    const from = code.indexOf('throw') + 1;
    expect(column).to.be.within(from, from + 'throw new Error('.length);
  });

  it('in another file names that file', async () => {
    const files = {
      'main.js': `import { f } from './lib/a.js';\nf()`,
      'lib/a.js': `\nexport function f() {\n  null.x\n}`,
    };
    const stderr = await failing(files);
    expectPlace(stderr, 'lib/a.js:3', '  null.x');
    expect(stderr).to.contain('at main.js:2:');
  });

  it('in a timer, a promise or a listener ends the program', async () => {
    expectPlace(
      await failing('setTimeout(() => {\n  null.x\n}); setInterval(() => {}, 5)'),
      'main.js:2',
      '  null.x',
    );
    const rejected = await failing(
      'async function f() {\n  await 0;\n  throw new RangeError("r")\n}\nf(); setInterval(() => {}, 5)',
    );
    expectPlace(rejected, 'main.js:3', '  throw new RangeError("r")');
    expect(rejected).to.contain('RangeError: r\n    at f (main.js:3:');
    expect(
      await failing(
        'const t = new EventTarget(); t.addEventListener("x", () => { throw new Error("l") }); t.dispatchEvent(new Event("x")); setInterval(() => {}, 5)',
      ),
    ).to.contain('Error: l\n');
    expect(await failing('Promise.reject(42)')).to.equal('Uncaught 42\n');
  });

  it('that is no error is shown as it is', async () => {
    expect(await failing('setTimeout(() => {\n throw "text" })')).to.contain("Uncaught 'text'\n");
    expect(await failing('export {}; throw { a: 1 }')).to.contain('Uncaught { a: 1 }\n');
  });

  it('tells its cause and its own properties', async () => {
    const stderr = await failing(
      'const e = new TypeError("out", { cause: new Error("in") }); e.code = 5; setTimeout(() => { throw e })',
    );
    expect(stderr).to.match(/TypeError: out\n {4}at .*\{\n {2}code: 5,\n {2}\[cause\]: Error: in\n/s);
  });

  it('may be kept by the program', async () => {
    const code = `
      addEventListener('error', (event) => { event.preventDefault(); console.log('kept', event.message.includes('x1')) });
      addEventListener('unhandledrejection', (event) => { event.preventDefault(); console.log('kept', event.reason) });
      setTimeout(() => { throw new Error('x1') });
      Promise.reject('r');
      setTimeout(() => console.log('after'), 20);`;
    const { code: exit, stdout, stderr } = await program(code);
    expect({ exit, stderr }).to.deep.equal({ exit: 0, stderr: '' });
    expect(stdout.trim().split('\n').sort()).to.deep.equal(['after', 'kept r', 'kept true']);
  });

  it('about a missing name says what there is instead', async () => {
    expect(await failing('document.title')).to.contain('runtime="html"');
    expect(await failing('require("fs")')).to.contain('not Node.js');
    expect(await failing('new WebSocket("wss://example.org")')).to.contain('fetch()');
  });
});

describe('A syntax error', () => {
  it('is placed, in scripts and in modules', async () => {
    for (const prefix of ['', 'export {};']) {
      const stderr = await failing(`${prefix}console.log(1)\nlet a = ;\n`);
      expect(stderr).to.match(/^main\.js:2\nlet a = ;\n {8}\^\n\nSyntaxError: .+\n$/);
    }
  });

  it('in an imported file is placed there', async () => {
    const stderr = await failing({ 'main.js': `import './a.js'`, 'a.js': '\n\n  foo( ;' });
    expectPlace(stderr, 'a.js:3', '  foo( ;');
  });

  it('in a dynamically imported file can be caught, and says where it is', async () => {
    const files = {
      'main.js': `try { await import('./a.js') } catch (e) { console.log(e.name, e.message) } await import('./a.js')`,
      'a.js': '\n 1 +',
    };
    const { stdout, stderr, code } = await program(files);
    expect(code).to.equal(1);
    expect(stdout).to.match(/^SyntaxError /);
    expectPlace(stderr, 'a.js:2', ' 1 +');
  });
});

describe('An import that fails', () => {
  it('names importer, line and path', async () => {
    const stderr = await failing({
      'main.js': `import './a.js'`,
      'a.js': `\nimport { z } from './nope.js';`,
    });
    expect(stderr).to.equal(
      `a.js:2\nimport { z } from './nope.js';\n                   ^^^^^^^^^\n\n` +
        `Error: Cannot find './nope.js': there is no file /home/user/nope.js. (imported at a.js:2)\n`,
    );
  });

  it('without its ending proposes the file that is there', async () => {
    expect(await failing({ 'main.js': `import './a'`, 'a.js': '' })).to.contain("Did you mean './a.js'?");
  });

  it('dynamically is an error at the place of import()', async () => {
    const stderr = await failing('function f() {\n  return import("./q.js")\n}\nf()');
    expectPlace(stderr, 'main.js:2', '  return import("./q.js")');
    expect(stderr).to.contain('there is no file /home/user/q.js');
  });

  it('of a bare name says that there are no packages', async () => {
    expect(await failing(`import _ from 'lodash'`)).to.contain(
      "Cannot import 'lodash': a bare name needs a package manager",
    );
    expect(await failing(`import fs from 'node:fs'`)).to.contain('not Node.js');
  });

  it('of a name that is not exported says which there are', async () => {
    const stderr = await failing({
      'main.js': `import { Foo } from './a.js';`,
      'a.js': 'export const foo = 1',
    });
    expectPlace(stderr, 'main.js:1', `import { Foo } from './a.js';`);
    expect(stderr).to.contain("The module './a.js' has no export named 'Foo'. Did you mean 'foo'?");
  });

  it('of JSON without an attribute asks for it', async () => {
    expect(await failing({ 'main.js': `import d from './d.json'`, 'd.json': '1' })).to.contain(
      "with { type: 'json' }",
    );
    expect(
      await failing({ 'main.js': `import d from './d.json' with { type: 'json' }`, 'd.json': '{' }),
    ).to.contain('/home/user/d.json is not valid JSON');
  });

  it('of the entry itself says that there is no such file', async () => {
    const { code, stderr } = await program('', { args: ['other.js'] });
    expect(code).to.equal(1);
    expect(stderr).to.contain('/home/user/other.js');
  });
});
