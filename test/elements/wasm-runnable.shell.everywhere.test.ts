import { expect } from 'chai';
import { clearPage, drawn, part, show, shownBelow, until } from './page.js';

describe('A shell script in a <wasm-runnable>', () => {
  afterEach(clearPage);

  it('is told by its name or its class', async () => {
    for (const markup of [
      '<wasm-runnable><pre data-filename="build.sh">ls</pre></wasm-runnable>',
      '<wasm-runnable><pre><code class="language-bash">ls</code></pre></wasm-runnable>',
      '<wasm-runnable runtime="sh">ls</wasm-runnable>',
    ]) {
      const element = show(markup);
      await drawn();
      expect(part(element, 'label')?.textContent).to.match(/^\s*Shell · [\d.,]+\s[kKM]B\s*$/);
      clearPage();
    }
  });

  it('runs with the files beside it', async function () {
    this.timeout(90_000);
    const element = show(`<wasm-runnable runtime="sh" args="third">
      <script type="text/plain" filename="main.sh">
        sort data.txt | while read -r word; do echo "$word, $1"; done
        . ./more.sh
        exit 3
      </script>
      <script type="text/plain" filename="more.sh">echo "from $0"</script>
      <script type="text/plain" filename="data.txt">second
first</script>
    </wasm-runnable>`);
    const result = await element.run();
    expect(result).to.include({ code: 3, stderr: '' });
    expect(result.stdout).to.match(/^first, third\nsecond, third\nfrom .*main\.sh\n$/);
    await until(() => shownBelow(element).includes('exit 3'));
  });

  it('asks the reader below its output', async function () {
    this.timeout(90_000);
    const element = show(
      '<wasm-runnable runtime="sh">echo hi > a.txt; download a.txt; echo $?</wasm-runnable>',
    );
    const run = element.run();
    await until(() => part(element, 'accept-button') !== null);
    expect(part(element, 'accept-button')?.textContent).to.equal('Download a.txt');
    const no = [...(element.shadowRoot?.querySelectorAll('button') ?? [])].find(
      (button) => button.textContent === 'No',
    );
    no?.click();
    expect(await run).to.include({ stdout: '1\n', stderr: 'download: the reader did not save it\n' });
    expect(part(element, 'accept-button')).to.equal(null);
  });
});
