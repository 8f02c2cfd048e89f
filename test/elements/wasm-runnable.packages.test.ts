import { expect } from 'chai';
import { configure } from 'wasm-elements/kernel';
import { makeWheel, Shelf } from '../runtime-loaders/python/wheels.js';
import { clearPage, next, part, show, shownBelow, stateOf, until } from './page.js';

const shelf = new Shelf();
configure({ registries: { pypi: shelf.index, pyodide: shelf.distribution } });

describe('packages of <wasm-runnable>', () => {
  before(async () => {
    for (const name of ['apple', 'berry', 'cherry', 'damson']) {
      const files = { [`${name}.py`]: `print('${name}')\n` };
      await shelf.offer(name, [await makeWheel({ name, files })]);
    }
  });
  afterEach(clearPage);

  it('are those of the attribute, of requirements.txt, of the program’s own block and of its %pip lines', async () => {
    const element = show(`<wasm-runnable packages="apple" timeout="20s">
      <script type="text/plain" filename="main.py">
        # /// script
        # requires-python = ">=3.11"
        # dependencies = [
        #   "cherry<2",
        # ]
        # ///
        import apple, berry, cherry
        %pip install damson
        import damson
      </script>
      <script type="text/plain" filename="requirements.txt">
        # what it needs
        berry == 1.0
      </script>
    </wasm-runnable>`);
    const progress = next(element, 'wasm-progress', ({ totalBytes }) => totalBytes > 0);
    const result = await element.run();
    expect(result.stderr).to.equal('');
    expect(result.stdout).to.equal('apple\nberry\ncherry\ndamson\n');
    await progress;
    expect((await element.run()).stdout).to.equal('apple\nberry\ncherry\ndamson\n');
  });

  it('come into a session that runs already', async () => {
    const first = show('<wasm-runnable runtime="python" session="packages">x = 1</wasm-runnable>');
    expect(await first.run()).to.include({ code: 0 });
    const second = show(
      '<wasm-runnable session="packages" packages="berry">import berry; print(x)</wasm-runnable>',
    );
    second.runtime = 'python';
    expect(await second.run()).to.include({ code: 0, stdout: 'berry\n1\n', stderr: '' });
  });

  it('that cannot be had are told below the code', async () => {
    const element = show('<wasm-runnable runtime="python" packages="elderberry">print(1)</wasm-runnable>');
    const error = await element.run().then(
      () => expect.fail('it ran'),
      (reason: unknown) => reason as { code: string },
    );
    expect(error.code).to.equal('EPACKAGE');
    expect(shownBelow(element)).to.contain('There is no Python package “elderberry”.');
  });

  it('of a runtime that has none are refused', async () => {
    const element = show('<wasm-runnable runtime="javascript" packages="left-pad">1</wasm-runnable>');
    await element.run().catch(() => undefined);
    expect(shownBelow(element)).to.contain('packages of “javascript” cannot be installed');
  });

  it('are refused where the program asks for another Python, until it runs on that', async () => {
    const element = show(`<wasm-runnable runtime="python" timeout="20s">
      <script type="text/plain" filename="main.py">
        # /// script
        # requires-python = "<3.14"
        # ///
        import sys
        print(sys.version_info[:2])
      </script>
    </wasm-runnable>`);
    const error = await element.run().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.have.property('code', 'EINVAL');
    expect(shownBelow(element)).to.match(/This program asks for Python <3\.14; this is 3\.14\.\d\./);
    element.runtime = 'python@3.13';
    expect((await element.run()).stdout).to.equal('(3, 13)\n');
  });

  it('that the program missed are offered, and installed when the reader agrees', async () => {
    const element = show('<wasm-runnable runtime="python">import packaging</wasm-runnable>');
    await element.run();
    const button = (): HTMLElement | null => part(element, 'install-button');
    expect(button()?.textContent).to.equal('Install packaging and run again');
    button()?.click();
    await stateOf(element, 'failed');
    await until(() => shownBelow(element).includes('distribution'));
    // The shelf has no wheel of the distribution’s.
    expect(shownBelow(element)).to.match(/The wheel of “packaging” [\d.]+ is not at/);
    expect(button()?.checkVisibility()).to.equal(false);
  });
});
