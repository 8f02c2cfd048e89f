import { expect } from 'chai';
import { testConfig } from '../../test-config.js';
import { disposeAll, script, show } from './shown-page.js';

const pixel = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  (character) => character.charCodeAt(0),
);
const webkit = testConfig.lane === 'webkit';

describe('a shown page', () => {
  afterEach(disposeAll);

  describe('from one file', () => {
    it('runs inline scripts in order and in standards mode, also when it is only a fragment', async () => {
      const page = await show(
        '<p id=p>one</p><script>console.log(p.textContent, document.compatMode)</script>',
      );
      expect((await page.entry('one')).text).to.equal('one CSS1Compat');
    });

    it('keeps the author’s doctype and the attributes of html and body', async () => {
      const page = await show(
        '<!-- c --><!DOCTYPE html>\n<html lang="fi"><head><title>T</title></head><body class="b">' +
          script('console.log(document.documentElement.lang, document.title, document.body.className)'),
      );
      expect((await page.entry('fi')).text).to.equal('fi T b');
    });

    it('gives currentScript, DOMContentLoaded and load their usual order', async () => {
      const page = await show(
        script(`
          document.addEventListener('DOMContentLoaded', () => console.log('2', document.readyState));
          addEventListener('load', () => console.log('3', document.readyState));
          console.log('1', document.currentScript !== null, document.readyState);`) +
          '<script type="module">console.log("module")</script>',
      );
      await page.entry('3');
      expect(page.texts()).to.equal('1 true loading\nmodule\n2 interactive\n3 complete');
    });

    it('lets forms reach their submit listeners and goes nowhere', async () => {
      const page = await show(
        '<form id=f action="https://example.com/"><input name=a value=1></form>' +
          script(`
            f.addEventListener('submit', (event) => console.log('submitted', new FormData(f).get('a')));
            f.requestSubmit();
            setTimeout(() => console.log('still here'));`),
      );
      await page.entry('still here');
      expect(page.texts()).to.include('submitted 1').and.include('A form was not sent');
    });

    it('stores what localStorage is given for as long as it is shown', async () => {
      const page = await show(
        script(`
          localStorage.count = 1; localStorage.setItem('b', 2);
          console.log(localStorage.count, localStorage.getItem('b'), localStorage.length, localStorage.x, Object.keys(localStorage))`),
      );
      await page.entry("1 2 2 undefined [ 'count', 'b' ]".replace('[ ', '[').replace(' ]', ']'));
    });

    it('prints dialogs in the console and goes on', async () => {
      const page = await show(script(`alert('hello'); console.log(confirm('sure?'), prompt('name?'))`));
      await page.entry('false null');
      expect(page.texts()).to.include('alert: hello').and.include('confirm: sure?');
    });
  });

  it('is there once what its scripts printed at once has been told', async () => {
    const page = await show(`<body onload="console.log('loaded')"><script>console.log('inline')</script>`);
    expect(page.texts()).to.equal('inline\nloaded');
  });

  it('runs where it is not displayed, too', async () => {
    const parent = document.createElement('div');
    parent.hidden = true;
    document.body.append(parent);
    const page = await show('<p id=p>here</p>' + script('console.log(p.textContent)'), { parent });
    await page.entry('here');
    parent.remove();
  });

  describe('from several files', () => {
    it('loads scripts, style sheets, images and what they refer to', async () => {
      const page = await show({
        'index.html':
          '<link rel="stylesheet" href="css/main.css"><script src="/js/lib.js?v=1"></script>' +
          '<img src="img/a.png" onload="console.log(\'image\', this.width, this.getAttribute(\'src\'))">' +
          script(`const { color, backgroundImage } = getComputedStyle(document.body);
            console.log(lib, color, backgroundImage.startsWith('url("blob:'));`),
        css: {
          'main.css': '@import "more.css"; /* url(none.png) */ body { background: url("../img/a.png") }',
          'more.css': '@import url(main.css); body { color: rgb(1, 2, 3) }',
        },
        'js/lib.js': 'var lib = "lib";',
        'img/a.png': pixel,
      });
      await page.entry('lib rgb(1, 2, 3) true');
      await page.entry('image 1 img/a.png');
    });

    it('loads modules that import each other, data, and what an import map names', async () => {
      const page = await show({
        'index.html':
          '<script type="importmap">{ "imports": { "tools": "./lib/tools.js", "lib/": "./lib/" } }</script>' +
          '<script type="module" src="src/app.js"></script>' +
          '<script type="module">import { name } from "./src/b.js"; console.log("inline", name)</script>',
        'src/app.js': `
          import { name } from './b.js';
          import data from '../data.json' with { type: 'json' };
          import { tool } from 'tools';
          export const own = 'app';
          console.log(name, data.x, tool, import.meta.url);
          import(\`./\${'late'}.js\`).then(async ({ late }) =>
            console.log(late(), (await import('lib/tools.js')).tool === tool));`,
        'src/b.js': `import { own } from './app.js'; export const name = 'b'; export const circle = () => own;`,
        'src/late.js': `import { circle } from './b.js'; export const late = () => 'late ' + circle();`,
        'lib/tools.js': `export const tool = 'tool';`,
        'data.json': '{ "x": 1 }',
      });
      await page.entry('b 1 tool https://sandbox.invalid/src/app.js');
      await page.entry('late app true');
      await page.entry('inline b');
    });

    it('serves fetch, XMLHttpRequest and classic workers', async () => {
      const page = await show({
        'index.html': script(`
          fetch('data.json').then(async (r) => console.log('fetch', r.status, r.headers.get('content-type'), (await r.json()).x));
          fetch('none.json').then((r) => console.log('none', r.status, r.ok));
          const request = new XMLHttpRequest();
          request.open('GET', '/data.json', false);
          request.send();
          console.log('xhr', request.responseText);
          new Worker('worker.js').onmessage = (event) => console.log('worker', event.data);`),
        'worker.js': `importScripts('lib.js'); fetch('data.json').then((r) => r.json()).then((data) => postMessage(lib + data.x))`,
        'lib.js': 'var lib = "lib";',
        'data.json': '{"x":1}',
      });
      await page.entry('fetch 200 application/json 1');
      await page.entry('none 404 false');
      await page.entry('xhr {"x":1}');
      await page.entry('worker lib1');
    });

    it('loads what scripts put into the page', async () => {
      const page = await show({
        'index.html': script(`
          const image = new Image();
          image.onload = () => console.log('property', image.width, image.src);
          image.src = 'a.png';
          const box = document.createElement('div');
          document.body.append(box);
          box.innerHTML = '<img src="a.png" onload="console.log(\\'markup\\')" onerror="console.log(\\'failed\\')">';
          const other = document.createElement('script');
          other.setAttribute('src', 'other.js');
          document.body.append(other);`),
        'other.js': 'console.log("script")',
        'a.png': pixel,
      });
      await page.entry('property 1 https://sandbox.invalid/a.png');
      await page.entry('markup');
      await page.entry('script');
      expect(page.texts()).not.to.include('failed');
    });

    it('shows another of its pages in a fresh document when a link is followed', async () => {
      const page = await show({
        'index.html': '<a id=a href="sub/about.html#part">about</a>' + script('var old = 1; a.click()'),
        'sub/about.html':
          '<a id=b href="../index.html?x">back</a>' +
          script('console.log("about", typeof old, location.hash)'),
      });
      await page.entry('about undefined');
    });

    it('scrolls to a part of the page without a new entry in the reader’s history', async () => {
      const { length } = history;
      const page = await show(
        '<a id=a href="#part">part</a><p id=part>here</p>' +
          script(
            `onhashchange = () => console.log(location.hash, document.querySelector(':target').textContent); a.click()`,
          ),
      );
      await page.entry('#part here');
      expect(history.length).to.equal(length);
    });

    it('begins anew when the page reloads itself', async () => {
      const page = await show(
        script(`console.log('shown'); if (!window.name) { window.name = 'x'; location.reload() }`),
      );
      await page.until(() => (page.entries.length > 1 ? true : undefined));
      expect(page.entries.every((entry) => entry.text === 'shown')).to.equal(true);
    });
  });

  describe('its console', () => {
    it('shows values as a reader wants to see them', async () => {
      const page = await show(
        script(`
          class Point { constructor() { this.x = 1; this.self = this } }
          console.log('%s is %d', 'a', 1, { b: [1, 'two', null, undefined], c: { d: { e: { f: 1 } } } });
          console.log(new Map([['k', new Set([1])]]), new Point(), [1, , 3], Symbol('s'), -0, 10n, () => 1, class A {});
          console.log(document.createElement('p'), new Error('e').message, { get x() { throw 1 } });
          console.info('info'); console.debug('debug'); console.assert(1 === 2, 'assertion'); console.count(); console.count();
          console.group('group'); console.log('inner'); console.groupEnd(); console.table([{ a: 1 }]);`),
      );
      await page.entry('└');
      const texts = page.texts();
      expect(texts).to.include(`a is 1 { b: [1, 'two', null, undefined], c: { d: { e: { f: 1 } } } }`);
      expect(texts).to.include(
        `Map(1) { 'k' => Set(1) { 1 } } Point { x: 1, self: [Circular] } [1, <empty>, 3] Symbol(s) -0 10n [Function (anonymous)] [class A]`,
      );
      expect(texts).to.include('<p></p> e { x: [Getter] }');
      expect(texts).to.include('default: 2').and.include('group\n  inner');
      expect(page.entries.find(({ text }) => text === 'Assertion failed: assertion')).to.include({
        level: 'error',
        file: 'index.html',
      });
    });

    it('counts what comes too fast to be shown, instead of burying the page in it', async () => {
      const page = await show(
        script('for (let i = 0; i < 5000; i++) console.log(i); setTimeout(() => console.log("end"), 50)'),
      );
      await page.entry('end');
      expect((await page.entry('more lines')).text).to.match(/^… 4\d\d\d more lines/);
      expect(page.entries.length).to.be.below(600);
    });
  });

  describe('its errors', () => {
    const cases: [name: string, files: Record<string, string>, text: string, file: string, line: number][] = [
      [
        'in an inline script',
        { 'index.html': '<p>\n</p><script>\n\n  oops();\n</script>' },
        'oops',
        'index.html',
        4,
      ],
      [
        'on the first line of an inline script',
        { 'index.html': '<b>\n  <script>oops()</script>' },
        'oops',
        'index.html',
        2,
      ],
      [
        'in a script file',
        { 'index.html': '<script src=a.js></script>', 'a.js': '\n\noops()' },
        'oops',
        'a.js',
        3,
      ],
      [
        'of syntax in an inline script',
        { 'index.html': '<script>\nlet a = 1;\nlet b = ;\n</script>' },
        'SyntaxError',
        'index.html',
        3,
      ],
      [
        'of syntax in a file',
        { 'index.html': '<script src=a.js></script>', 'a.js': 'let a;\nlet b = (;' },
        'SyntaxError',
        'a.js',
        2,
      ],
      [
        'of syntax in a module',
        {
          'index.html': '<script type=module src=a.js></script>',
          'a.js': 'import "./b.js";\nlet b = ;',
          'b.js': '',
        },
        'SyntaxError',
        'a.js',
        2,
      ],
      [
        'in a module',
        {
          'index.html': '<script type=module src=a.js></script>',
          'a.js': 'import { b } from "./b.js";\nb()',
          'b.js': 'export function b() {\n  oops();\n}',
        },
        'oops',
        'b.js',
        2,
      ],
      [
        'in a listener',
        {
          'index.html':
            '<button id=b>b</button><script>\nb.onclick = () => {\n  oops();\n};\nb.click();</script>',
        },
        'oops',
        'index.html',
        3,
      ],
      [
        'in a promise',
        { 'index.html': '<script>\n(async () => {\n  throw new Error("oops");\n})();</script>' },
        'Uncaught (in promise) Error: oops',
        'index.html',
        3,
      ],
      [
        'after an inline script that waited for a file',
        { 'index.html': '<script src=a.js></script>\n<p>\n<script>\noops()</script>', 'a.js': '' },
        'oops',
        'index.html',
        4,
      ],
    ];
    for (const [name, files, text, file, line] of cases) {
      it(`are told with the author’s line ${name}`, async () => {
        const page = await show(files);
        const entry = await page.entry(text);
        expect(entry).to.include({ level: 'error', file, line });
        expect(entry.text)
          .to.match(/^Uncaught /)
          .and.not.include('blob:');
      });
    }

    it('carry the lines they passed through', async () => {
      const page = await show({
        'index.html': '<script src=a.js></script>\n<script>\nouter();\n</script>',
        'a.js': 'function inner() {\n  oops();\n}\nfunction outer() {\n  inner();\n}',
      });
      const { text } = await page.entry('oops');
      expect(text.replace(/:\d+\)?$/gm, '')).to.match(
        /at inner \(a\.js:2\n.*at outer \(a\.js:5\n.*at index\.html:3/,
      );
    });

    it('say which file is missing, once, with the line that names it', async () => {
      const page = await show({
        'index.html':
          '<p>\n<img src="cat.png">\n<link rel=stylesheet href=main.css><script type=module src=app.js></script>' +
          '<script type=module>console.log("end")</script>',
        'app.js': '\nimport("./lib.js").catch(() => {});',
        'main.css': '\n\nbody { background: url(sky.png) }',
      });
      await page.entry('end');
      for (const [path, file, line] of [
        ['cat.png', 'index.html', 2],
        ['lib.js', 'app.js', 2],
        ['sky.png', 'main.css', 3],
      ] as const) {
        const told = page.entries.filter(({ text }) => text.startsWith(`${path} is not among the files`));
        expect(told, path).to.have.length(1);
        expect(told[0]).to.include({ file, line });
      }
    });

    it('say what to add for a request the grant does not allow', async () => {
      const page = await show('<img src="https://example.com/cat.png">');
      const entry = await page.entry('blocked');
      expect(entry.text).to.equal(
        'blocked: https://example.com/cat.png — this page has no network grant; add network="example.com".',
      );
    });
  });

  describe('with a loop that does not end', () => {
    const loops: Record<string, string> = {
      'a while loop': 'while (true) { x++; }',
      'a loop without a block': 'for (;;) x++',
      'nested loops': 'for (;;) for (let i = 0; i < 5; i++) x++',
      'a do loop': 'do x++; while (true)',
      'a loop that catches everything': 'while (true) try { for (const y of [1, 2]) null.z } catch {}',
      'a loop of microtasks': '(async () => { while (true) await null })()',
    };
    for (const [name, loop] of Object.entries(loops)) {
      it(`stops ${name} and goes on, at the author’s line`, async () => {
        const page = await show(
          `<body><button id=b>b</button><script>\nlet x = 0;\nb.onclick = () => {\n  ${loop};\n};\nb.click();\nsetTimeout(() => console.log('next'));</script>`,
        );
        await page.entry('next');
        const entry = await page.entry('This loop kept the page');
        expect(entry).to.include({ level: 'error', file: 'index.html', line: 4 });
      });
    }

    it('lets loops run that wait in between, however long', async () => {
      const page = await show({
        'index.html': '<script type="module" src="a.js"></script>',
        'a.js': `
          let turns = 0;
          for (const end = performance.now() + 3000; performance.now() < end; turns++) {
            await new Promise((resolve) => setTimeout(resolve));
            for (let i = 0; i < 1e4; i++);
          }
          console.log('done', turns > 10);`,
      });
      await page.entry('done true');
      expect(page.texts()).not.to.include('stopped');
    });

    it('leaves columns where the author has them', async () => {
      const page = await show({
        'index.html': '<script src="a.js"></script>',
        'a.js': 'for (let i = 0; i < 1; i++) { import("./b.js"); oops(); }',
        'b.js': '',
      });
      const { column } = await page.entry('oops');
      // WebKit points behind the name.
      expect(column).to.be.oneOf([49, 53]);
    });
  });

  describe('that cannot be shown', () => {
    const rejection = async (
      shown: Promise<unknown>,
    ): Promise<{ code: string; message: string; hint?: string }> => {
      try {
        await shown;
      } catch (error) {
        return error as { code: string; message: string; hint?: string };
      }
      throw new Error('it was shown');
    };

    it('is refused with the names of the files there are', async () => {
      const error = await rejection(show({ 'a.css': '', 'b.js': '' }));
      expect(error).to.include({ code: 'ENOENT' });
      expect(error.message).to.equal(
        'index.html is not among the files of this page: there are a.css, b.js.',
      );
      expect(error.hint).to.include('HTML file');
      expect(document.querySelector('body > div')).to.equal(null);
    });

    it('is refused when its entry is a script', async () => {
      expect(await rejection(show({ 'b.js': '' }, { entry: 'b.js' }))).to.include({ code: 'ENOEXEC' });
    });

    it('is refused when its grant is no host', async () => {
      expect(await rejection(show('x', { grant: ["a.com; script-src 'self'"] }))).to.include({
        code: 'EINVAL',
      });
    });

    it('rejects with the reason of its signal and leaves nothing behind', async () => {
      const controller = new AbortController();
      const reason = new Error('stop');
      const shown = rejection(show('x', { signal: controller.signal }));
      controller.abort(reason);
      expect(await shown).to.equal(reason);
      expect(document.querySelector('body > div')).to.equal(null);
    });
  });

  describe('its frame', () => {
    it('is as high as its content and follows it', async () => {
      const page = await show(
        '<style>body { margin: 0 }</style><div id=d style="height: 321px"></div>' +
          script(`
            const shrink = () => innerHeight === 321 ? (d.style.height = '123px') : requestAnimationFrame(shrink);
            shrink();`),
      );
      await page.until(() => (page.heights.at(-1) === 123 ? true : undefined));
      expect(page.heights).to.include(321);
      expect(page.element.getBoundingClientRect().height).to.equal(123);
    });

    it('stops growing with content that is as high as the frame and a little more', async () => {
      const page = await show(
        '<div style="min-height: calc(100vh + 50px)"></div>' +
          script(
            `let last = 0; setInterval(() => { if (innerHeight === last) console.log('settled'); last = innerHeight }, 200)`,
          ),
      );
      await page.entry('settled');
      expect(page.heights.length).to.be.below(6);
    });

    it('is white and light whatever the page around is', async () => {
      document.documentElement.style.colorScheme = 'dark';
      try {
        const page = await show(script(`console.log(matchMedia('(prefers-color-scheme: dark)').matches)`));
        await page.entry(webkit ? '' : 'false');
        expect(getComputedStyle(page.element).backgroundColor).to.equal('rgb(255, 255, 255)');
      } finally {
        document.documentElement.style.colorScheme = '';
      }
    });

    it('goes away with everything in it', async () => {
      const page = await show(script(`setInterval(() => console.log('tick'), 1)`));
      await page.entry('tick');
      page.dispose();
      const count = page.entries.length;
      await (await show(script(`setTimeout(() => console.log('later'), 100)`))).entry('later');
      expect(page.entries.length).to.equal(count);
      expect(page.element.isConnected).to.equal(false);
    });
  });
});
