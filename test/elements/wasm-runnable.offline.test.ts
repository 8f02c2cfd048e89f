// The library from a bad host: what a click needs beyond the entry does not come at first.
import { expect } from 'chai';
import type { WasmRunnable } from 'wasm-elements';
import { testConfig } from '../test-config.js';

describe('<wasm-runnable> whose lazy half cannot be downloaded', () => {
  const mode = (value: string): Promise<Response> =>
    fetch(`${testConfig.flaky}/__flaky/mode?name=elements&mode=${value}`, { method: 'POST' });

  for (const failure of ['offline', '404', 'cut'])
    it(`says so, and runs once it can be (${failure})`, async () => {
      const frame = document.createElement('iframe');
      frame.src = '/test/fixtures/elements/one.html';
      document.body.append(frame);
      await new Promise((resolve) => (frame.onload = resolve));
      const inside = frame.contentDocument as Document;
      const script = inside.createElement('script');
      script.type = 'module';
      await mode('ok');
      script.src = `${testConfig.flaky}/flaky/switch-elements/wasm-elements.js?${failure}`;
      const loaded = new Promise((resolve) => (script.onload = resolve));
      inside.body.append(script);
      await loaded;
      await mode(failure);
      const element = inside.querySelector('wasm-runnable') as WasmRunnable;
      const error = (await element.run().catch((thrown: unknown) => thrown)) as { code: string };
      expect(error.code).to.equal('ENETWORK');
      expect(element.state).to.equal('failed');
      expect(element.shadowRoot?.querySelector('[part=error]')?.textContent).to.include('downloaded');
      await mode('ok');
      expect((await element.run()).stdout).to.equal('at last\n');
      expect(element.shadowRoot?.querySelector('p[part=error]')).to.equal(null);
      frame.remove();
    });
});
