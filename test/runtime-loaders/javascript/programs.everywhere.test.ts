import { expect } from 'chai';
import { printed, program } from './program.js';

describe('A JavaScript program', () => {
  it('prints', async () => {
    expect(await printed('console.log("hello", 6 * 7)')).to.equal('hello 42\n');
  });

  it('without module syntax is a sloppy script', async () => {
    expect(
      await printed('console.log(this === globalThis, (function () { return typeof this })())'),
    ).to.equal('true object\n');
    expect(await printed('x = 1; var y = 2; console.log(globalThis.x, globalThis.y)')).to.equal('1 2\n');
  });

  it('named .cjs is a script, named .mjs a module', async () => {
    const code = 'console.log(this === undefined)';
    expect(await printed({ 'a.cjs': code }, { args: ['a.cjs'] })).to.equal('false\n');
    expect(await printed({ 'a.mjs': code }, { args: ['a.mjs'] })).to.equal('true\n');
  });

  it('may await at its top without being told that it is a module', async () => {
    expect(await printed('console.log(await Promise.resolve(5), this)')).to.equal('5 undefined\n');
  });

  it('may begin with #!', async () => {
    expect(await printed('#!/usr/bin/env javascript\nconsole.log(1)')).to.equal('1\n');
    expect(await printed('#!/usr/bin/env javascript\nexport {}; console.log(import.meta.main)')).to.equal(
      'true\n',
    );
  });

  it('imports files of the sandbox, by relative and absolute paths', async () => {
    const files = {
      'main.js': `import a, { b as c } from './lib/a.js';
        import * as all from '/home/user/lib/a.js';
        export * from './lib/a.js';
        console.log(a, c, all, all.b === c);`,
      'lib/a.js': `import { deep } from '../deep.js'; export default deep; export const b = 'b';`,
      'deep.js': `export const deep = 'deep';`,
    };
    expect(await printed(files)).to.equal(
      "deep b [Module: null prototype] { b: 'b', default: 'deep' } true\n",
    );
  });

  it('evaluates each module once, in order', async () => {
    const files = {
      'main.js': `import './a.js'; import './b.js'; import { n } from './n.js'; console.log('main', n);`,
      'a.js': `import { n, up } from './n.js'; up(); console.log('a', n);`,
      'b.js': `import { n } from './n.js'; console.log('b', n); await 0;`,
      'n.js': `console.log('n'); export let n = 0; export function up() { n += 1 }`,
    };
    expect(await printed(files)).to.equal('n\na 1\nb 1\nmain 1\n');
  });

  it('imports JSON and text with an attribute', async () => {
    const files = {
      'main.js': `import data from './d.json' with { type: 'json' };
        import text from "./t.txt" with {
          type: "text"
        };
        const again = await import('./d.json', { with: { type: 'json' } });
        console.log(data, text, again.default === data);`,
      'd.json': '{ "a": [1, 2] }',
      't.txt': 'some text',
    };
    expect(await printed(files)).to.equal('{ a: [ 1, 2 ] } some text true\n');
  });

  it('imports dynamically, from modules, scripts and timers', async () => {
    const files = {
      'main.js': `import('./a.js').then(({ a }) => console.log(a));
        setTimeout(async () => console.log((await import('./' + 'a.js')).a), 1);`,
      'a.js': `export const a = import.meta.url;`,
    };
    expect(await printed(files)).to.equal('file:///home/user/a.js\nfile:///home/user/a.js\n');
  });

  it('knows where it is', async () => {
    const code = `const { url, filename, dirname, main } = import.meta;
      console.log(url, filename, dirname, main, import.meta.resolve('./x/../y.js'))`;
    expect(await printed({ 'a b/m.js': code }, { args: ['a b/m.js'] })).to.equal(
      'file:///home/user/a%20b/m.js /home/user/a b/m.js /home/user/a b true file:///home/user/a%20b/y.js\n',
    );
  });

  it('gets arguments and environment', async () => {
    const { stdout } = await program('console.log(process.argv.slice(1), process.env.A, process.cwd())', {
      args: ['main.js', '-x', 'y z'],
      env: { A: '1' },
    });
    expect(stdout).to.equal("[ '/home/user/main.js', '-x', 'y z' ] 1 /home/user\n");
  });

  it('ends when nothing is pending any more', async () => {
    const code = `
      const done = (what) => () => console.log(what);
      setTimeout(done('timer'), 20);
      let ticks = 0;
      const interval = setInterval(() => { if (++ticks === 3) { clearInterval(interval); console.log('ticks') } }, 1);
      clearTimeout(setTimeout(done('never'), 1_000_000));
      new Blob(['x'.repeat(1e6)]).text().then(done('blob'));
      new Response('x').json().catch(done('json'));
      crypto.subtle.digest('SHA-256', new Uint8Array(3)).then(done('digest'));
      WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(done('wasm'));
      queueMicrotask(done('microtask'));
      new Response(new Blob(['abc']).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer().then(done('gzip'));
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => data < 3 ? port2.postMessage(data + 1) : console.log('message');
      port2.postMessage(0);`;
    const lines = (await printed(code)).trim().split('\n').sort();
    expect(lines).to.deep.equal(
      ['timer', 'ticks', 'blob', 'json', 'digest', 'wasm', 'microtask', 'gzip', 'message'].sort(),
    );
  });

  it('ends by process.exit, wherever that is called', async () => {
    const looping =
      'setInterval(() => {}, 1); setTimeout(() => { console.log("a"); process.exit(7); console.log("b") }, 5)';
    expect(await program(looping)).to.deep.equal({ code: 7, stdout: 'a\n', stderr: '' });
    const caught =
      'try { process.exit(3) } catch { console.log("caught") } finally { console.log("finally") }';
    expect(await program(caught)).to.deep.equal({ code: 3, stdout: '', stderr: '' });
    expect((await program('await 0; process.exitCode = 5')).code).to.equal(5);
    expect((await program('Promise.resolve().then(() => process.exit(4)); export {}')).code).to.equal(4);
  });

  it('that awaits what nothing can settle ends with 13 and says where', async () => {
    expect(await program('console.log(1)\nawait new Promise(() => {})\nconsole.log(2)')).to.deep.equal({
      code: 13,
      stdout: '1\n',
      stderr: 'Warning: Detected unsettled top-level await at main.js:2\n',
    });
  });

  it('reads its input line by line', async () => {
    const code = 'for await (const line of process.stdin) console.log(`[${line}]`)';
    expect(await printed(code, { stdin: 'a\r\nbß\n\nc' })).to.equal('[a]\n[bß]\n[]\n[c]\n');
    const stdin = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of new TextEncoder().encode('ä\nb')) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    expect(await printed(code, { stdin })).to.equal('[ä]\n[b]\n');
  });

  it('prompts for input that was given', async () => {
    const code = 'const name = prompt("Name?"); console.log(`Hi ${name}`, prompt(), confirm("Sure?"))';
    expect(await printed(code, { stdin: 'Ann\n' })).to.equal('Name? Sure? [y/N] Hi Ann null false\n');
  });

  it('without a file says how it is used', async () => {
    const { code, stderr } = await program('', { args: [] });
    expect(code).to.equal(9);
    expect(stderr).to.contain('name a file to run');
  });
});
