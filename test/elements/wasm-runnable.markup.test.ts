import { expect } from 'chai';
import type { WasmRunnable } from 'wasm-elements';
import { resolveRuntime } from 'wasm-elements/kernel';
import { clearPage, drawn, part, show } from './page.js';

describe('<wasm-runnable> and its markup', () => {
  afterEach(clearPage);

  const tabs = (element: WasmRunnable): string[] =>
    [...(element.shadowRoot?.querySelectorAll('[role=tab]') ?? [])].map((tab) => tab.textContent.trim());

  it('takes plain text, dedented', async () => {
    const element = show(
      '<wasm-runnable runtime="javascript">\n    if (x) {\n      y();\n    }\n  </wasm-runnable>',
    );
    expect(element.code).to.equal('if (x) {\n  y();\n}');
    await drawn();
    expect(part(element, 'source')?.textContent).to.equal(element.code);
  });

  it('leaves the author’s <pre> where it is, with its nodes and its box', async () => {
    document.body.insertAdjacentHTML(
      'beforeend',
      '<p>before</p><div id="place"><pre style="margin: 13px 0; padding: 5px"><code><b>a</b>()\nb()</code></pre></div><p id="after">after</p>',
    );
    const pre = document.querySelector('pre') as HTMLElement;
    const [box, after] = [
      pre.getBoundingClientRect(),
      document.getElementById('after')?.getBoundingClientRect(),
    ];
    const element = document.createElement('wasm-runnable');
    document.getElementById('place')?.append(element);
    element.append(pre);
    await drawn();
    expect(pre.isConnected && pre.assignedSlot !== undefined).to.equal(true);
    expect(pre.querySelector('b')).to.not.equal(null);
    expect(pre.getBoundingClientRect().toJSON()).to.deep.equal(box.toJSON());
    expect(document.getElementById('after')?.getBoundingClientRect().top).to.equal(after?.top);
    expect(element.code).to.equal('a()\nb()');
  });

  it('shows inert files as tabs, keeps hidden ones and selects the one asked for', async () => {
    const element = show(`<wasm-runnable>
      <script type="text/plain" filename="main.js">
        import { a } from './a.js';
      </script>
      <script type="text/plain" filename="a.js" selected>export const a = '<\\/script>';</script>
      <script type="text/plain" filename="secret.js" hidden>secret</script>
      <template filename="page.html"><p>hi</p></template>
      <pre data-filename="data.txt">1 &lt; 2</pre>
    </wasm-runnable>`);
    await drawn();
    expect(tabs(element)).to.deep.equal(['main.js', 'a.js', 'page.html', 'data.txt']);
    expect(element.files).to.deep.equal({
      'main.js': `import { a } from './a.js';`,
      'a.js': `export const a = '</script>';`,
      'secret.js': 'secret',
      'page.html': '<p>hi</p>',
      'data.txt': '1 < 2',
    });
    expect(element.code).to.equal(`import { a } from './a.js';`);
    const selected = element.shadowRoot?.querySelector('[aria-selected=true]');
    expect(selected?.textContent.trim()).to.equal('a.js');
  });

  it('moves between tabs by arrow keys, Home and End', async () => {
    const element = show(`<wasm-runnable>
      <script type="text/plain" filename="a.js">1</script><script type="text/plain" filename="b.js">2</script>
      <script type="text/plain" filename="c.js">3</script></wasm-runnable>`);
    await drawn();
    const selected = (): string =>
      element.shadowRoot?.querySelector('[role=tab][aria-selected=true]')?.textContent.trim() ?? '';
    const press = async (key: string): Promise<string> => {
      element.shadowRoot
        ?.querySelector('[tabindex="0"][role=tab]')
        ?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      await drawn();
      return selected();
    };
    expect(await press('ArrowLeft')).to.equal('c.js');
    expect(await press('ArrowRight')).to.equal('a.js');
    expect(await press('ArrowRight')).to.equal('b.js');
    expect(await press('End')).to.equal('c.js');
    expect(await press('Home')).to.equal('a.js');
    const panels = [...(element.shadowRoot?.querySelectorAll<HTMLElement>('[role=tabpanel]') ?? [])];
    expect(panels.map((panel) => panel.hidden)).to.deep.equal([false, true, true]);
    expect(element.shadowRoot?.activeElement?.id).to.equal('tab0');
  });

  it('tells the language from a highlighter’s class and from file names', async () => {
    const label = async (markup: string): Promise<string> => {
      const element = show(markup);
      await drawn();
      return part(element, 'label')?.textContent.trim() ?? '';
    };
    expect(
      await label('<wasm-runnable><pre><code class="hljs language-js">1</code></pre></wasm-runnable>'),
    ).to.equal('JavaScript');
    clearPage();
    expect(await label('<wasm-runnable><pre data-filename="a.ts">1</pre></wasm-runnable>')).to.equal(
      'TypeScript',
    );
    clearPage();
    const python = await label('<wasm-runnable runtime="python">1</wasm-runnable>');
    expect(python).to.match(/^Python · [\d.,]+\sMB$/);
    // What a first run downloads, not what it may come to.
    const { assets } = resolveRuntime('python').version;
    const bytes = assets.reduce((sum, asset) => sum + (asset.later === true ? 0 : asset.bytes), 0);
    const shown = Number(/[\d.,]+/.exec(python)?.[0].replace(',', '.'));
    expect(shown).to.be.closeTo(bytes / 1e6, 0.5);
    clearPage();
    expect(
      await label('<pre><code class="language-html">1</code></pre><wasm-runnable></wasm-runnable>'),
    ).to.equal('HTML');
  });

  it('reads children that come after the element, and changes of the author', async () => {
    const element = document.createElement('wasm-runnable');
    document.body.append(element);
    expect(element.code).to.equal('');
    element.innerHTML = '<pre><code>one()</code></pre>';
    await drawn();
    expect(element.code).to.equal('one()');
    (element.querySelector('code') as Element).textContent = 'two()';
    await drawn();
    expect(element.code).to.equal('two()');
  });

  it('keeps what a script set until the markup changes', async () => {
    const element = document.createElement('wasm-runnable');
    element.runtime = 'javascript';
    element.textContent = 'markup()';
    element.files = { 'main.js': 'set()', lib: { 'a.js': 'a()' } };
    document.body.append(element);
    await drawn();
    expect(element.code).to.equal('set()');
    expect(element.files).to.deep.equal({ 'main.js': 'set()', 'lib/a.js': 'a()' });
    element.code = 'again()';
    expect(element.files).to.deep.equal({ 'main.js': 'again()', 'lib/a.js': 'a()' });
    element.textContent = 'changed()';
    await drawn();
    expect(element.code).to.equal('changed()');
    element.code = 'edited()';
    element.reset();
    expect(element.code).to.equal('changed()');
  });

  it('survives a highlighter that replaces the nodes', async () => {
    const element = show('<wasm-runnable><pre><code class="language-js">a()</code></pre></wasm-runnable>');
    await drawn();
    element.innerHTML = '<pre class="shiki language-js"><code><span>a</span>()</code></pre>';
    await drawn();
    expect(element.code).to.equal('a()');
    const slot = element.shadowRoot?.querySelector('slot');
    expect(slot?.assignedElements()).to.deep.equal([element.firstElementChild]);
  });

  it('borrows the block right before it, or the one that for names', () => {
    const after = show('<pre><code class="language-js">before()</code></pre><wasm-runnable></wasm-runnable>');
    expect(after.code).to.equal('before()');
    const elsewhere = show(
      '<div id="x"><pre>there()</pre></div><p></p><wasm-runnable for="x"></wasm-runnable>',
    );
    expect(elsewhere.code).to.equal('there()');
    elsewhere.setAttribute('for', '#x pre');
    expect(elsewhere.code).to.equal('there()');
  });

  it('makes copies that are their own', async () => {
    const element = show('<wasm-runnable runtime="javascript"><pre>a()</pre></wasm-runnable>');
    const copy = element.cloneNode(true) as WasmRunnable;
    document.body.append(copy);
    copy.code = 'b()';
    await drawn();
    expect([element.code, copy.code]).to.deep.equal(['a()', 'b()']);
  });

  it('shows the expected output before the first run', async () => {
    const element = show(
      '<wasm-runnable runtime="javascript">a()<script type="text/expected-output">\n  42\n</script></wasm-runnable>',
    );
    await drawn();
    expect(part(element, 'expected-output')?.innerText).to.include('42');
    expect(element.code).to.equal('a()');
  });

  it('takes the expected output of a block that is there without JavaScript too', async () => {
    const element = show(
      '<wasm-runnable runtime="javascript"><pre>a()</pre><pre data-expected-output>42</pre></wasm-runnable>',
    );
    await drawn();
    expect(part(element, 'expected-output')?.innerText).to.include('42');
    expect(element.code).to.equal('a()');
    expect((element.lastElementChild as HTMLElement).checkVisibility()).to.equal(false);
  });

  it('numbers the lines of its own code', async () => {
    const element = show('<wasm-runnable runtime="javascript" line-numbers>a()\nb()</wasm-runnable>');
    await drawn();
    const gutter = part(element, 'gutter') as HTMLElement;
    expect(gutter.textContent.trim()).to.equal('1\n2');
    expect(gutter.getAttribute('aria-hidden')).to.equal('true');
    const source = part(element, 'source') as HTMLElement;
    expect(getComputedStyle(gutter).lineHeight).to.equal(getComputedStyle(source).lineHeight);
    expect(gutter.getBoundingClientRect().top).to.equal(source.getBoundingClientRect().top);
  });
});
