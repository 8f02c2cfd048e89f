import { expect } from 'chai';
import { clearPage, drawn, next, part, runButton, until } from './page.js';
import { showTerminal } from './terminal.js';

const requests = (): string[] => performance.getEntriesByType('resource').map(({ name }) => name);

describe('<wasm-terminal> before it starts', () => {
  afterEach(clearPage);

  it('shows the author’s transcript where and as high as it stands, and a button', async () => {
    const markup = '<pre>$ echo hi\nhi\n$ </pre>';
    document.body.insertAdjacentHTML('beforeend', `<div id="bare">${markup}</div>`);
    const bare = document.getElementById('bare')?.getBoundingClientRect().height;
    const element = showTerminal(`<wasm-terminal runtime="python">${markup}</wasm-terminal>`);
    await drawn();
    expect(element.getBoundingClientRect().height).to.equal(bare);
    expect(element.querySelector('pre')?.assignedSlot?.getRootNode()).to.equal(element.shadowRoot);
    expect(runButton(element).innerText.trim()).to.equal('Start');
    expect(part(element, 'label')?.textContent).to.contain('Python');
    expect(element.state).to.equal('idle');
    expect(element.process).to.equal(null);
  });

  it('shows a transcript that is plain text, dedented', async () => {
    const element = showTerminal('<wasm-terminal runtime="python">\n    >>> 6 * 7\n    42\n</wasm-terminal>');
    await drawn();
    expect(part(element, 'source')?.textContent).to.equal('>>> 6 * 7\n42');
  });

  it('has downloaded nothing of the terminal, and does when it is touched', async () => {
    const element = showTerminal(
      '<wasm-terminal runtime="javascript" src="/test/fixtures/elements/hello.js"></wasm-terminal>',
    );
    await drawn();
    await new Promise((resolve) => requestAnimationFrame(resolve));
    expect(requests().filter((name) => name.includes('terminal-runner'))).to.deep.equal([]);
    element.run().catch(() => undefined);
    await until(() => requests().some((name) => name.includes('terminal-runner')));
    await until(() => ['exited', 'failed'].includes(element.state));
  });

  it('says what a terminal has to run where it has nothing', async () => {
    const element = showTerminal('<wasm-terminal runtime="wasi"></wasm-terminal>');
    const failed = next(element, 'wasm-error');
    await element.run().catch(() => undefined);
    expect(await failed).to.include({ code: 'ENOENT', name: 'KernelError' });
    expect(part(element, 'error')?.innerText).to.contain('There is no code to run');
  });

  it('takes attributes and files from a script, as other elements do', () => {
    const element = document.createElement('wasm-terminal');
    element.runtime = 'python@3.14';
    element.files = { 'a.py': 'print(1)' };
    expect(element.getAttribute('runtime')).to.equal('python@3.14');
    expect(element.files).to.deep.equal({ 'a.py': 'print(1)' });
  });
});
