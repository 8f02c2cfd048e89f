import { expect } from 'chai';
import type { WasmRunnable } from 'wasm-elements';
import { click, press, type } from '../input.js';
import { clearPage, drawn, part, show, shownBelow, until } from './page.js';

/** The links of the output, once there are so many. */
async function places(element: WasmRunnable, count: number): Promise<HTMLElement[]> {
  const found = (): HTMLElement[] => [
    ...(element.shadowRoot?.querySelectorAll<HTMLElement>('[part~="place"]') ?? []),
  ];
  await until(() => found().length === count);
  return found();
}

const inEditor = (element: WasmRunnable): boolean =>
  element.shadowRoot?.activeElement?.classList.contains('cm-content') === true;

describe('a line that a traceback names', function () {
  this.timeout(180_000);
  afterEach(clearPage);

  it('is a link to the editor, which it opens', async () => {
    const element = show(
      '<wasm-runnable><pre><code class="language-python">def f():\n    return 1 / 0\n\nf()</code></pre></wasm-runnable>',
    );
    await element.run();
    const [outer, inner] = await places(element, 2);
    expect(outer?.textContent).to.equal('File "/home/user/main.py", line 4');
    expect(outer?.getAttribute('role')).to.equal('link');
    await click(inner as HTMLElement);
    await until(() => inEditor(element));
    await type('!');
    expect(element.code).to.equal('def f():\n    !return 1 / 0\n\nf()');
    // The editor is open now, and the output as it was.
    await click(outer as HTMLElement);
    await type('?');
    expect(element.code).to.equal('def f():\n    !return 1 / 0\n\n?f()');
  });

  it('may be a message of a compiler', async () => {
    const element = show(
      `<wasm-runnable runtime="javascript">console.error("main.js:2:7: error: what\\nno.js:1:1: x");\nlet b;</wasm-runnable>`,
    );
    await element.run();
    const [link] = await places(element, 1);
    expect(link?.textContent).to.equal('main.js:2:7');
    await click(link as HTMLElement);
    await until(() => inEditor(element));
    await type('!');
    expect(element.code).to.include('\n!let b;');
  });

  it('may be in a header that a compiler names from where it is', async () => {
    const element = show(`<wasm-runnable runtime="sh">
      <script type="text/plain" filename="main.sh">printf 'In file included from main.c:1:\n./b.h:1:2: error: what\n' >&2</script>
      <script type="text/plain" filename="main.c">#include "b.h"</script>
      <script type="text/plain" filename="b.h">int b</script>
    </wasm-runnable>`);
    await element.run();
    const links = await places(element, 2);
    expect(links.map((each) => each.textContent)).to.deep.equal(['main.c:1', './b.h:1:2']);
    await click(links[1] as HTMLElement);
    await until(() => inEditor(element));
    await type('!');
    expect(element.files['b.h']).to.equal('!int b');
  });

  it('is reached and opened by keyboard', async () => {
    const element = show('<wasm-runnable runtime="python">x = 1\nx.y</wasm-runnable>');
    await element.run();
    const [link] = await places(element, 1);
    link?.focus();
    await press('Enter');
    await until(() => inEditor(element));
    await type('!');
    expect(element.code).to.equal('x = 1\n!x.y');
  });

  it('shows the file it is in, if the reader can see it', async () => {
    const element = show(`<wasm-runnable runtime="python">
      <script type="text/plain" filename="main.py">import shown</script>
      <script type="text/plain" filename="shown.py">import unseen\nunseen.fail()</script>
      <script type="text/plain" filename="unseen.py" hidden>def fail():\n  raise OSError("x")</script>
    </wasm-runnable>`);
    await element.run();
    const [, shown] = await places(element, 2);
    expect(shownBelow(element)).to.include('File "/home/user/unseen.py", line 2, in fail');
    await click(shown as HTMLElement);
    await until(() => inEditor(element));
    const selected = element.shadowRoot?.querySelector('[role="tab"][aria-selected="true"]');
    expect(selected?.textContent?.trim()).to.equal('shown.py');
    await press('Home');
    await type('#');
    expect(element.files['shown.py']).to.equal('import unseen\n#unseen.fail()');
  });

  it('is shown in an editor that cannot be written in where the sample is read only', async () => {
    const element = show('<wasm-runnable runtime="python" readonly>x = 1\nx.y</wasm-runnable>');
    await element.run();
    const [link] = await places(element, 1);
    await click(link as HTMLElement);
    await until(() => inEditor(element));
    await type('!');
    expect(element.code).to.equal('x = 1\nx.y');
  });

  it('leads to the cell it is in', async () => {
    const first = show('<wasm-runnable runtime="python" session="t">\n\ndef f():\n    1 / 0</wasm-runnable>');
    await first.run();
    const second = show('<wasm-runnable runtime="python" session="t">f()</wasm-runnable>');
    await drawn();
    await second.run();
    const [own, other] = await places(second, 2);
    expect([own, other].map((each) => each?.textContent)).to.deep.equal([
      'File "cell 2", line 1',
      'File "cell 1", line 2',
    ]);
    await click(other as HTMLElement);
    await until(() => inEditor(first));
    await click(own as HTMLElement);
    await until(() => inEditor(second));
  });

  it('is no link in what is printed as output, and none for what only looks like it', async () => {
    const element = show('<wasm-runnable runtime="python"></wasm-runnable>');
    element.code = [
      'import sys',
      'print(\'File "main.py", line 1\')',
      'for name in ("/etc/main.py", "main.pyc", "<b>", "main.py"):',
      '    print(f\'File "{name}", line 2, in x\', file=sys.stderr)',
    ].join('\n');
    await element.run();
    const [link] = await places(element, 1);
    expect(link?.textContent).to.equal('File "main.py", line 2');
    expect(part(element, 'output')?.querySelectorAll('a, b').length).to.equal(0);
    expect(part(element, 'output')?.textContent).to.include('File "<b>", line 2, in x');
  });
});
