import { expect } from 'chai';

/** Runs module code in a frame whose policy allows no style in markup; resolves with the directives violated. */
function violationsOf(code: string): Promise<string[]> {
  const frame = document.createElement('iframe');
  frame.srcdoc = `<!doctype html><meta http-equiv="Content-Security-Policy" content="style-src 'none'"><body>
    <script>(async () => {
      const violations = [];
      document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective));
      const root = document.body.appendChild(document.createElement('div')).attachShadow({ mode: 'open' });
      try {
        ${code}
      } catch (error) {
        violations.push(String(error));
      }
      // Violations are told in a task of their own.
      setTimeout(() => parent.postMessage({ violations }, '*'), 200);
    })();</script>`;
  return new Promise((resolve) => {
    const onMessage = (event: MessageEvent): void => {
      if (event.source !== frame.contentWindow) return;
      removeEventListener('message', onMessage);
      frame.remove();
      resolve((event.data as { violations: string[] }).violations);
    };
    addEventListener('message', onMessage);
    document.body.append(frame);
  });
}

describe('under a strict style-src', () => {
  it('a style attribute in markup is a violation (or this test would see none)', async () => {
    expect(await violationsOf(`root.innerHTML = '<p style="color: red">x</p>';`)).to.deep.equal([
      'style-src-attr',
    ]);
  });

  it('the output and the input field are styled all the same', async () => {
    const violations = await violationsOf(`
      const { OutputView } = await import('${location.origin}/build/elements/output/output-view.js');
      const { InputField } = await import('${location.origin}/build/elements/output/input-field.js');
      const view = new OutputView({ parent: root });
      view.append('stdout', '\\x1b[38;2;1;2;3mfree\\x1b[48;5;9mground\\x1b[31mnamed\\x1b[0m\\n');
      view.append('stderr', 'line\\n'.repeat(5000));
      view.note('error', 'A note.');
      new InputField({ output: view, host: root.host, onLine() {}, onEof() {} }).ask();
      if (getComputedStyle(view.element).overflow !== 'auto') throw new Error('not styled');
      if (!root.querySelector('.rgb').style.getPropertyValue('--dark')) throw new Error('no free colour');
    `);
    expect(violations).to.deep.equal([]);
  });

  it('so is the editor', async () => {
    const violations = await violationsOf(`
      const { CodeEditor } = await import('${location.origin}/build/elements/editor/code-editor.js');
      const pre = root.appendChild(document.createElement('pre'));
      pre.textContent = 'print(1)';
      const editor = CodeEditor.mount({ replaces: pre, text: 'print(1)', language: 'python', lineNumbers: true, focus: true });
      editor.mark(1, 'an error');
      while (!editor.element.querySelector('.cm-line span:not(.cm-error-message)')) await new Promise((done) => setTimeout(done, 10));
      const scroller = editor.element.querySelector('.cm-scroller');
      if (getComputedStyle(scroller).display !== 'flex') throw new Error('not styled');
    `);
    expect(violations).to.deep.equal([]);
  });
});
