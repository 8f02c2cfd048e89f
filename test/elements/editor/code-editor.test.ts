import { expect } from 'chai';
import { CodeEditor, type CodeEditorOptions } from '../../../elements/editor/code-editor.js';
import { click, press, type } from '../../input.js';

const python = `import sys

def greet(name):
    for i in range(3):
        print(f"Hello {name}", i, file=sys.stderr)

greet("Ada")`;

const looks: Record<string, string> = {
  'a plain pre': '',
  'padding, border and a font of its own': `
    pre { margin: 0 0 20px; padding: 13px 17px; border: 2px solid red; border-radius: 8px; font: 15px/1.6 monospace; }`,
  'a normal line height': 'pre { font: 14px/normal monospace; padding: 8px; }',
  'padding on the code, as highlighters have it': `
    pre { margin: 1em 0; padding: 0; background: #222; color: #eee; } code { display: block; padding: 1.25em 2em; font-size: 13px; }`,
  'a limited height': 'pre { max-height: 60px; overflow: auto; padding: 10px; font: 14px/20px monospace; }',
  'wrapped lines':
    'pre { white-space: pre-wrap; overflow-wrap: anywhere; width: 200px; font: 14px/20px monospace; }',
  'a zoomed page': ':host { zoom: 1.3 } pre { padding: 7.3px; font: 0.83em/1.47 monospace; }',
};

describe('CodeEditor', () => {
  let editors: CodeEditor[];

  beforeEach(() => (editors = []));
  afterEach(() => {
    for (const editor of editors) editor.dispose();
    document.body.replaceChildren();
    document.body.removeAttribute('style');
  });

  /** Static code in a shadow root, between two paragraphs. */
  function page(css = '', text = python): { host: HTMLElement; pre: HTMLElement; root: ShadowRoot } {
    const host = document.createElement('div');
    const after = document.createElement('p');
    after.textContent = 'after';
    document.body.append(host, after);
    const root = host.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`:host { display: block } ${css}`);
    root.adoptedStyleSheets = [sheet];
    const pre = document.createElement('pre');
    const code = document.createElement('code');
    code.textContent = text;
    pre.append(code);
    root.append(pre);
    return { host, pre, root };
  }

  function mount(replaces: HTMLElement, options: Partial<CodeEditorOptions> = {}): CodeEditor {
    const editor = CodeEditor.mount({ replaces, text: python, language: 'python', ...options });
    editors.push(editor);
    return editor;
  }

  const content = (editor: CodeEditor): HTMLElement =>
    editor.element.querySelector<HTMLElement>('.cm-content') ?? expect.fail('no content');

  /** Box of the characters of a text, wherever nodes are cut. */
  function rectOf(inside: Element, text: string): DOMRect {
    const walker = document.createTreeWalker(inside, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = (node.nodeValue ?? '').indexOf(text);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + text.length);
      return [...range.getClientRects()].at(-1) as DOMRect; // WebKit counts the line feed before it as well
    }
    return expect.fail(`no ${text}`);
  }

  describe('in place of static code', () => {
    for (const [name, css] of Object.entries(looks)) {
      it(`moves nothing: ${name}`, () => {
        const { host, pre } = page(css);
        const after = host.nextElementSibling as HTMLElement;
        const before = {
          box: pre.getBoundingClientRect(),
          first: rectOf(pre, 'imp'),
          next: rectOf(pre, 'def'),
          after: after.getBoundingClientRect(),
        };
        const editor = mount(pre);
        const box = editor.element.getBoundingClientRect();
        for (const side of ['left', 'top', 'right', 'bottom'] as const) {
          expect(box[side], side).to.be.closeTo(before.box[side], 1);
          if (side === 'left' || side === 'top') {
            expect(rectOf(content(editor), 'imp')[side], `first line ${side}`).to.be.closeTo(
              before.first[side],
              1,
            );
            expect(rectOf(content(editor), 'def')[side], `third line ${side}`).to.be.closeTo(
              before.next[side],
              1,
            );
          }
        }
        expect(after.getBoundingClientRect().top).to.be.closeTo(before.after.top, 1);
      });
    }

    it('moves nothing when the text ends with a line feed', () => {
      const { pre } = page('', `${python}\n`);
      const { height } = pre.getBoundingClientRect();
      const editor = mount(pre, { text: `${python}\n` });
      expect(editor.element.getBoundingClientRect().height).to.be.closeTo(height, 1);
      expect(editor.text).to.equal(`${python}\n`);
    });

    it("stands in for slotted code, wrapper and all, without a mark on the page's own elements", () => {
      const { host, root, pre } = page();
      pre.remove();
      const wrapper = document.createElement('div');
      wrapper.innerHTML = '<pre><span></span><code></code></pre>';
      (wrapper.querySelector('code') as HTMLElement).textContent = python;
      wrapper.setAttribute(
        'style',
        'margin: 10px; padding: 5px; background: rgb(20, 20, 20); color: rgb(240, 240, 240)',
      );
      host.append(wrapper);
      const frame = document.createElement('div');
      frame.append(document.createElement('slot'));
      root.append(frame);
      const markup = wrapper.outerHTML;
      const before = wrapper.getBoundingClientRect();
      const first = rectOf(wrapper, 'imp');
      const editor = mount(wrapper.querySelector('pre') as HTMLElement, { parent: frame });
      const now = editor.element.getBoundingClientRect();
      expect(now.top).to.be.closeTo(before.top, 1);
      expect(now.height).to.be.closeTo(before.height, 1);
      expect(rectOf(content(editor), 'imp').top).to.be.closeTo(first.top, 1);
      expect(getComputedStyle(editor.element).backgroundColor).to.equal('rgb(20, 20, 20)');
      expect(getComputedStyle(editor.element).colorScheme).to.equal('dark');
      expect(wrapper.outerHTML).to.equal(markup);
      editor.dispose();
      expect(wrapper.getBoundingClientRect().height).to.equal(before.height);
    });

    it('takes over a static gutter', () => {
      const { pre, root } = page(
        '.row { display: flex } pre { margin: 0; padding: 10px; font: 14px/20px monospace } .code { flex: 1 }',
      );
      const row = document.createElement('div');
      row.className = 'row';
      const gutter = document.createElement('pre');
      gutter.textContent = python
        .split('\n')
        .map((_, index) => `${index + 1}\n`)
        .join('');
      pre.className = 'code';
      root.append(row);
      row.append(gutter, pre);
      const before = {
        row: row.getBoundingClientRect(),
        first: rectOf(pre, 'imp'),
        three: rectOf(gutter, '3'),
      };
      const editor = mount(pre, { lineNumbers: gutter });
      expect(row.getBoundingClientRect().height).to.be.closeTo(before.row.height, 1);
      expect(editor.element.getBoundingClientRect().width).to.be.closeTo(before.row.width, 1);
      expect(rectOf(content(editor), 'imp').left).to.be.closeTo(before.first.left, 1);
      const numbers = [...editor.element.querySelectorAll('.cm-lineNumbers .cm-gutterElement')];
      const three = numbers.find((number) => number.textContent === '3') as HTMLElement;
      expect(rectOf(three, '3').top).to.be.closeTo(before.three.top, 1);
      editor.dispose();
      expect(getComputedStyle(gutter).display).to.equal('block');
    });

    it('keeps the scroll position', () => {
      const { pre } = page('pre { max-height: 60px; overflow: auto; font: 14px/20px monospace }');
      pre.scrollTop = 40;
      const editor = mount(pre);
      expect(editor.element.querySelector('.cm-scroller')?.scrollTop).to.equal(40);
    });

    it('shows the static code again when it is disposed', () => {
      const { pre, root } = page();
      const before = pre.outerHTML;
      const editor = mount(pre);
      expect(pre.getBoundingClientRect().height).to.equal(0);
      editor.dispose();
      expect(pre.getBoundingClientRect().height).to.be.above(0);
      expect(pre.outerHTML.replace(' style=""', '')).to.equal(before);
      expect(root.querySelectorAll('.editor')).to.have.length(0);
    });

    it('uses constructed style sheets only, so that a strict style-src is fine', () => {
      const { pre, root } = page();
      const violations: Event[] = [];
      document.addEventListener('securitypolicyviolation', (event) => violations.push(event));
      const editor = mount(pre);
      expect(root.querySelectorAll('style')).to.have.length(0);
      expect(root.adoptedStyleSheets.length).to.be.above(2);
      expect(getComputedStyle(editor.element.querySelector('.cm-scroller') as HTMLElement).display).to.equal(
        'flex',
      );
    });
  });

  describe('the caret', () => {
    it('is where the reader clicked the static code', async () => {
      const { pre } = page('pre { font: 16px/24px monospace }');
      const at = rectOf(pre, 'greet(name)');
      const editor = mount(pre, { selection: { point: { x: at.left + 1, y: at.top + 10 } }, focus: true });
      await type('X');
      expect(editor.text).to.contain('def Xgreet(name)');
    });

    it('is where the native selection was after a real click', async () => {
      const { pre } = page(
        'pre { font: 16px/24px monospace; margin: 0; width: 300px }',
        'aaaa\nbbbbbbbbbbbb\ncccc',
      );
      pre.tabIndex = 0;
      await click(pre);
      const editor = mount(pre, { text: 'aaaa\nbbbbbbbbbbbb\ncccc', focus: true });
      await type('X');
      expect(editor.text).to.match(/^aaaa\nb+Xb*\ncccc$/);
    });

    it('is at the offset that was asked for, never outside the text', async () => {
      const { pre } = page();
      const editor = mount(pre, { selection: { anchor: 1_000_000 }, focus: true });
      await type('!');
      expect(editor.text).to.equal(`${python}!`);
    });

    it('does not take the focus unasked', () => {
      const { pre } = page();
      const editor = mount(pre);
      expect(editor.hasFocus).to.equal(false);
      editor.focus();
      expect(editor.hasFocus).to.equal(true);
    });
  });

  describe('keys', () => {
    let runs: number;
    let changes: string[];
    let editor: CodeEditor;

    async function start(text: string, options: Partial<CodeEditorOptions> = {}): Promise<void> {
      runs = 0;
      changes = [];
      const { pre } = page('', text);
      editor = mount(pre, {
        text,
        focus: true,
        selection: { anchor: text.length },
        onRun: () => runs++,
        onChange: (now) => changes.push(now),
        ...options,
      });
      // Python's indentation is part of its language, which comes later.
      await new Promise<void>((resolve) => {
        const look = (): void =>
          editor.element.querySelector('.cm-line span') ? resolve() : void setTimeout(look, 10);
        look();
      });
    }

    it('Ctrl+Enter and Cmd+Enter run and change nothing', async () => {
      await start('print(1)');
      await press('Control+Enter');
      await press('Meta+Enter');
      expect(runs).to.equal(2);
      expect(changes).to.deep.equal([]);
    });

    it('Enter keeps and deepens the indentation', async () => {
      await start('def f():');
      await press('Enter');
      await type('return 1');
      expect(editor.text).to.equal('def f():\n    return 1');
      expect(changes.at(-1)).to.equal(editor.text);
    });

    it('Tab indents, Shift+Tab takes back, and the reader can leave after Escape', async () => {
      await start('return 1', { selection: { anchor: 0 } });
      const next = document.createElement('button');
      document.body.append(next);
      await press('Tab');
      expect(editor.text).to.equal('    return 1');
      await press('Shift+Tab');
      expect(editor.text).to.equal('return 1');
      expect(editor.hasFocus).to.equal(true);
      await press('Escape');
      await press('Tab');
      expect(editor.hasFocus).to.equal(false);
      expect(document.activeElement === next).to.equal(true);
      expect(editor.text).to.equal('return 1');
    });

    it('undoes', async () => {
      await start('return');
      await type('x');
      await press('Control+z');
      expect(editor.text).to.equal('return');
    });

    it('a read-only editor runs, but neither changes nor traps Tab', async () => {
      await start('print(1)', { readonly: true });
      await type('x');
      expect(editor.text).to.equal('print(1)');
      expect(content(editor).getAttribute('aria-readonly')).to.equal('true');
      editor.focus();
      await press('Control+Enter');
      expect(runs).to.equal(1);
      const next = document.createElement('button');
      document.body.append(next);
      await press('Tab');
      expect(document.activeElement === next).to.equal(true);
      editor.setReadonly(false);
      editor.focus();
      await type('x');
      expect(editor.text).to.contain('x');
    });

    it('are explained to a screen reader', async () => {
      await start('print(1)', { label: 'main.py' });
      expect(content(editor).getAttribute('aria-label')).to.equal('main.py');
      expect(content(editor).getAttribute('aria-description')).to.match(/Control\+Enter.*Escape, then Tab/);
    });
  });

  it('replaces the text without telling, and its history begins anew', async () => {
    const { pre } = page();
    const changes: string[] = [];
    const editor = mount(pre, { focus: true, onChange: (text) => changes.push(text) });
    editor.setText('a = 1\n');
    expect(editor.text).to.equal('a = 1\n');
    editor.focus();
    await press('Control+z');
    expect(editor.text).to.equal('a = 1\n');
    expect(changes).to.deep.equal([]);
  });

  it('marks the line of an error until it is edited', async () => {
    const { pre } = page('', 'a\nb\nc');
    const editor = mount(pre, { text: 'a\nb\nc', selection: { anchor: 0 }, focus: true });
    editor.mark(2, '<b>bad</b>');
    editor.mark(0, 'nowhere');
    editor.mark(99, 'nowhere');
    const marked = (): string[] =>
      [...editor.element.querySelectorAll('.cm-error-line')].map((line) => line.textContent);
    expect(marked()).to.deep.equal(['b<b>bad</b>']);
    expect(editor.text).to.equal('a\nb\nc');
    await press('Enter');
    expect(marked()).to.deep.equal(['b<b>bad</b>']);
    await press('ArrowDown');
    await type('x');
    expect(marked()).to.deep.equal([]);
    editor.mark(1, 'again');
    editor.clearMarks();
    expect(marked()).to.deep.equal([]);
  });

  for (const language of [
    'python',
    'js',
    'typescript',
    'html',
    'css',
    'json',
    'bash',
    'c',
    'cpp',
    'ruby',
    'lua',
    'sql',
    'go',
    'rust',
    'yaml',
    'python@3.14',
  ]) {
    it(`colours ${language}`, async () => {
      const text =
        { html: '<p class="x">1</p>', css: 'a { color: red }', json: '{"a": 1}', yaml: 'a: "1"' }[language] ??
        'if (x == "1") { 1 }';
      const { pre } = page('', text);
      const editor = mount(pre, { text, language });
      await new Promise<void>((resolve) => {
        const look = (): void =>
          editor.element.querySelector('.cm-line span') ? resolve() : void setTimeout(look, 10);
        look();
      });
      expect(editor.text).to.equal(text);
    });
  }

  it('takes any text of an unknown language as plain text', async () => {
    const { pre } = page('', 'constructor');
    const editor = mount(pre, { text: 'constructor', language: 'constructor', focus: true });
    await type('x');
    expect(editor.text).to.contain('x');
  });

  it('follows the theme of the page, or the one it is given', async () => {
    document.body.style.background = '#fff';
    document.body.style.color = '#111';
    const { pre } = page();
    const editor = mount(pre);
    const scheme = (): string => getComputedStyle(editor.element).colorScheme;
    expect(scheme()).to.equal('light');
    document.body.style.background = '#000';
    document.body.style.color = '#eee';
    await new Promise((resolve) => setTimeout(resolve));
    expect(scheme()).to.equal('dark');
    expect(getComputedStyle(editor.element).color).to.equal('rgb(238, 238, 238)');
    editor.setTheme('light');
    expect(scheme()).to.equal('light');
  });
});
