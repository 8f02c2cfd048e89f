import { expect } from 'chai';
import type { WasmElementEventMap, WasmRunnable } from 'wasm-elements';
import { click, press, type } from '../input.js';
import { testConfig } from '../test-config.js';
import { clearPage, drawn, next, part, runButton, show, shownBelow, stateOf, until } from './page.js';

const javascript = (code: string, attributes = ''): WasmRunnable =>
  show(`<wasm-runnable runtime="javascript" ${attributes}><pre><code>${code}</code></pre></wasm-runnable>`);

const forever = 'console.log("begun"); setInterval(() => console.log("old"), 1);';

async function failure(promise: Promise<unknown>): Promise<{ code: string; message: string; hint?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as { code: string; message: string; hint?: string };
  }
  return expect.fail('it did not reject');
}

describe('a run of <wasm-runnable>', () => {
  afterEach(clearPage);

  it('resolves with what the program printed and how it ended', async () => {
    const element = javascript('console.log("out"); console.error("err"); process.exitCode = 3');
    const result = await element.run();
    expect(result).to.include({ code: 3, signal: null, stdout: 'out\n', stderr: 'err\n' });
    expect(result.durationMs).to.be.above(0);
    expect(element.result).to.equal(result);
    expect(element.state).to.equal('exited');
    expect(element.sandbox).to.not.equal(null);
    await until(() => shownBelow(element).includes('err'));
    expect(shownBelow(element)).to.include('out').and.include('exit 3');
  });

  it('tells what happens by events that bubble out of every shadow root, in order', async () => {
    const seen: string[] = [];
    const names = ['wasm-state', 'wasm-run', 'wasm-output', 'wasm-exit', 'wasm-error'] as const;
    const listener = (event: Event): void => {
      const { detail } = event as WasmElementEventMap['wasm-state' | 'wasm-output'];
      const more =
        'state' in detail ? ` ${detail.state}` : 'text' in detail ? ` ${detail.stream} ${detail.text}` : '';
      seen.push(event.type.slice(5) + more);
    };
    for (const name of names) document.addEventListener(name, listener);
    const outer = document.createElement('div');
    document.body.append(outer);
    outer.attachShadow({ mode: 'open' }).innerHTML =
      '<wasm-runnable runtime="javascript">console.log(1)</wasm-runnable>';
    await (outer.shadowRoot?.querySelector('wasm-runnable') as WasmRunnable).run();
    for (const name of names) document.removeEventListener(name, listener);
    expect(seen).to.deep.equal([
      'state loading',
      'run',
      'state running',
      'output stdout 1\n',
      'state exited',
      'exit',
    ]);
  });

  it('starts by a click, shows Stop meanwhile and is ended by it', async () => {
    const element = javascript(forever);
    await drawn();
    await click(runButton(element));
    await next(element, 'wasm-output');
    expect(runButton(element).textContent.trim()).to.equal('Stop');
    const exit = next(element, 'wasm-exit');
    await click(runButton(element));
    expect(await exit).to.include({ code: null, signal: 'SIGTERM' });
    expect(element.state).to.equal('exited');
    await drawn();
    expect(runButton(element).textContent.trim()).to.equal('Run');
    expect(shownBelow(element)).to.include('stopped · ');
  });

  it('is ended by a newer one, and prints nothing once that has begun', async () => {
    const element = javascript(forever);
    const first = element.run();
    await next(element, 'wasm-output', ({ text }) => text.includes('old'));
    element.code = 'setTimeout(() => console.log("new"), 50)';
    const texts: string[] = [];
    element.addEventListener('wasm-output', (event) => {
      texts.push((event as WasmElementEventMap['wasm-output']).detail.text);
    });
    const second = element.run();
    expect(await first).to.include({ code: null, reason: 'superseded' });
    expect(await second).to.include({ code: 0, stdout: 'new\n' });
    expect(texts.join('')).to.equal('new\n');
    await until(() => shownBelow(element).includes('new'));
    expect(shownBelow(element)).to.not.include('old');
  });

  it('wins over all that were asked for before it', async () => {
    const element = javascript('console.log("ran")');
    const results = await Promise.all([element.run(), element.run(), element.run()]);
    expect(results.map((result) => result.reason)).to.deep.equal(['superseded', 'superseded', undefined]);
    expect(results[2]?.stdout).to.equal('ran\n');
  });

  it('is taken back by reset, with output and edits', async () => {
    const element = javascript('console.log("first")');
    element.code = 'console.log("edited")';
    await element.run();
    element.reset();
    expect(element.state).to.equal('idle');
    expect(element.result).to.equal(null);
    expect(element.code).to.equal('console.log("first")');
    expect(shownBelow(element).trim()).to.equal('');
    expect((await element.run()).stdout).to.equal('first\n');
  });

  it('gets arguments, environment and input from the attributes', async () => {
    const element = javascript(
      'console.log(process.argv.slice(2), process.env.A, process.env.HOME)',
      `args="one 'two words'" env="A='b c'"`,
    );
    const { stdout } = await element.run();
    expect(stdout).to.include('two words').and.include('b c').and.include('/home/user');
  });

  it('sees all files, those of src and of folders too', async () => {
    const element = show(`<wasm-runnable entry="app/main.js">
      <script type="text/plain" filename="app/main.js">import { text } from '../lib/a.js'; console.log(text);</script>
      <script type="text/plain" filename="lib/a.js" src="/test/fixtures/elements/module.js"></script>
    </wasm-runnable>`);
    expect((await element.run()).stdout).to.equal('from a fixture\n');
    expect(element.files['lib/a.js']).to.include('from a fixture');
  });

  it('runs the code of an address, and shows it from then on', async () => {
    const element = show('<wasm-runnable src="/test/fixtures/elements/hello.js"></wasm-runnable>');
    await drawn();
    expect(part(element, 'source')?.textContent).to.equal('hello.js');
    expect((await element.run()).stdout).to.equal('hello from a file\n');
    await drawn();
    expect(part(element, 'source')?.textContent).to.include('hello from a file');
  });

  it('unpacks files-src', async () => {
    const element = show(
      '<wasm-runnable files-src="/test/fixtures/elements/manifest.json" entry="hello.js"></wasm-runnable>',
    );
    expect((await element.run()).stdout).to.equal('hello from a file\n');
  });

  it('is ended by its limit, which the reader and the page are told', async () => {
    const element = javascript('for (;;);', 'timeout="300ms"');
    const error = next(element, 'wasm-error');
    expect(await element.run()).to.include({ code: null, reason: 'timeout' });
    expect((await error).code).to.equal('ETIMEDOUT');
    expect(shownBelow(element)).to.include('timeout');
  });

  it('starts by Ctrl+Enter from the code', async () => {
    const element = javascript('console.log("by key")');
    await drawn();
    await click(part(element, 'code') as HTMLElement);
    await until(() => element.shadowRoot?.querySelector('.cm-editor') !== null);
    const exit = next(element, 'wasm-exit');
    await press('Control+Enter');
    expect((await exit).stdout).to.equal('by key\n');
  });

  it('runs what the reader made of it, which reset takes back', async () => {
    const element = javascript('console.log("a")');
    await drawn();
    await click(part(element, 'code') as HTMLElement);
    await until(() => element.shadowRoot?.querySelector('.cm-editor') !== null);
    const change = next(element, 'wasm-change');
    await press('Control+A');
    await press('9');
    expect(await change).to.deep.equal({ path: 'main.js' });
    expect(element.code).to.equal('9');
    element.reset();
    expect(element.code).to.equal('console.log("a")');
  });

  it('runs a WebAssembly program named by src', async () => {
    const element = show(`<wasm-runnable src="/build/test-fixtures/wasi/hello.wasm"></wasm-runnable>`);
    const result = await element.run();
    expect(result.code).to.equal(0);
    expect(result.stdout).to.match(/hello/i);
  });

  it('shows an html sample as a page, with its console below', async () => {
    const element = show(
      `<wasm-runnable runtime="html"><pre>&lt;h1&gt;Hi&lt;/h1&gt;&lt;script&gt;console.log('from the page')&lt;/script&gt;</pre></wasm-runnable>`,
    );
    expect(await element.run()).to.include({ code: 0, signal: null });
    await until(() => shownBelow(element).includes('from the page'));
    expect(part(element, 'page')?.childElementCount).to.equal(1);
    document.body.append(document.createElement('p'), element);
    expect(await next(element, 'wasm-exit')).to.include({ code: 0 });
    element.reset();
    expect(part(element, 'page')?.childElementCount).to.equal(0);
  });

  it('can be asked for by autorun', async () => {
    const element = javascript('console.log("by itself")', 'autorun');
    expect(await next(element, 'wasm-exit')).to.include({ code: 0, stdout: 'by itself\n' });
  });

  it('shares files with the elements of its session', async () => {
    const first = javascript(
      'import fs from "node:fs"; fs.writeFileSync("shared.txt", "left here")',
      'session="s"',
    );
    const second = javascript('console.log(1)', 'session="s"');
    const stranger = javascript('console.log(1)');
    await Promise.all([second.run(), stranger.run()]);
    await second.sandbox?.fs.writeFile('shared.txt', 'left here');
    await first.run();
    expect(first.sandbox).to.equal(second.sandbox);
    expect(stranger.sandbox).to.not.equal(first.sandbox);
  });
});

describe('a program that reads its standard input', () => {
  afterEach(clearPage);
  const cat = (attributes = ''): WasmRunnable =>
    show(`<wasm-runnable src="/build/test-fixtures/wasi/cat.wasm" ${attributes}></wasm-runnable>`);

  it('gets what stdin says', async () => {
    expect((await cat('stdin="given"').run()).stdout).to.equal('given');
    clearPage();
    expect((await cat('stdin=""').run()).stdout).to.equal('');
  });

  it('waits for the reader’s line, where a program can wait', async function () {
    if (testConfig.lane === 'webkit') this.skip();
    const element = cat();
    const exit = next(element, 'wasm-exit');
    await drawn();
    await click(runButton(element));
    await stateOf(element, 'waiting');
    expect(shownBelow(element)).to.include('waiting for input');
    await until(() => element.shadowRoot?.activeElement?.matches('input') === true);
    const echoed = next(element, 'wasm-output');
    const again = next(element, 'wasm-state', ({ state }) => state === 'waiting');
    await type('typed');
    await press('Enter');
    expect((await echoed).text).to.equal('typed\n');
    await again;
    await press('Control+D');
    // The program ends with 5 at the end of its input.
    expect(await exit).to.include({ code: 5, stdout: 'typed\n' });
    expect(element.shadowRoot?.querySelector('input')).to.equal(null);
  });

  it('is told why it cannot wait, and what to do, where it cannot', async function () {
    if (testConfig.lane !== 'webkit') this.skip();
    const element = cat();
    const result = await element.run();
    expect(result.code).to.not.equal(0);
    await until(() => shownBelow(element).includes('stdin="'));
  });
});

describe('a run that cannot start', () => {
  afterEach(clearPage);

  it('names the runtimes there are', async () => {
    const element = show('<wasm-runnable runtime="pyton">print(1)</wasm-runnable>');
    const told = next(element, 'wasm-error');
    const error = await failure(element.run());
    expect(error.code).to.equal('ERUNTIME');
    expect(`${error.message} ${error.hint ?? ''}`)
      .to.include('pyton')
      .and.include('javascript');
    expect(await told).to.equal(error);
    expect(element.state).to.equal('failed');
    expect(element.result).to.equal(null);
    expect(shownBelow(element)).to.include('pyton');
    expect(part(element, 'error')?.getAttribute('role')).to.equal('alert');
  });

  it('runs after all once the cause is gone, by Try again', async () => {
    const element = javascript('console.log("at last")', 'timeout="soon"');
    expect((await failure(element.run())).code).to.equal('EINVAL');
    expect(shownBelow(element)).to.include('timeout="soon"');
    element.setAttribute('timeout', '10s');
    const exit = next(element, 'wasm-exit');
    await click(part(element, 'retry-button') as HTMLElement);
    expect((await exit).stdout).to.equal('at last\n');
    expect(part(element, 'error')?.hidden).to.equal(true);
  });

  const causes: Record<string, [markup: string, code: string, words: string]> = {
    'an address without a file': [
      '<wasm-runnable src="/test/fixtures/none.js"></wasm-runnable>',
      'ENOTFOUND',
      '404',
    ],
    'a block that is not there': [
      '<wasm-runnable runtime="javascript" for="none"></wasm-runnable>',
      'ENOENT',
      'for="none"',
    ],
    'no code at all': ['<wasm-runnable runtime="javascript"></wasm-runnable>', 'ENOENT', 'no code'],
    'no language': ['<wasm-runnable>what am I</wasm-runnable>', 'ERUNTIME', 'runtime='],
    'an entry that is not there': [
      '<wasm-runnable entry="b.js"><pre data-filename="a.js">1</pre></wasm-runnable>',
      'ENOENT',
      'b.js',
    ],
    'a file outside the tree': [
      '<wasm-runnable runtime="javascript">1<script type="text/plain" filename="../../../etc/x">1</script></wasm-runnable>',
      'EINVAL',
      '../../../etc/x',
    ],
    'another network in its session': ['', 'ECONFLICT', 'session'],
  };
  for (const [cause, [markup, code, words]] of Object.entries(causes))
    it(`says why: ${cause}`, async () => {
      if (markup === '') {
        await javascript('1', 'session="grants"').run();
        javascript('1', 'session="grants" network="example.com" class="joins"');
      } else show(markup);
      const element = document.querySelector('wasm-runnable:last-of-type') as WasmRunnable;
      const error = await failure(element.run());
      expect(error.code).to.equal(code);
      expect(`${error.message} ${error.hint ?? ''}`).to.include(words);
      expect(shownBelow(element)).to.include(words);
    });

  it('is not started outside the page', async () => {
    const element = document.createElement('wasm-runnable');
    element.textContent = '1';
    expect((await failure(element.run())).message).to.include('not in the page');
    expect(element.state).to.equal('idle');
  });

  it('rejects a check it cannot make', async () => {
    const element = javascript('1');
    expect((await failure(element.check())).code).to.equal('ENOSYS');
    await stateOf(element, 'idle');
  });
});
