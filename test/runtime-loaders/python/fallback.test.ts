import { expect } from 'chai';
import { configure, Kernel } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';

const name = 'python-fallback';
configure({ assets: `${testConfig.flaky}/flaky/switch-${name}/assets/` });

const howItStarted =
  'import sys, json; print("statistics" in sys.modules, json.__file__.rpartition(".")[2], json.dumps([1]))';

describe('a start of Python that lacks something', () => {
  const cases: [what: string, mode: string, stdout: string][] = [
    ['restores the snapshot where everything is whole', 'ok', 'True pyc [1]\n'],
    ['goes on with the compiled library without a snapshot', 'wrong-bytes@snapshot', 'False pyc [1]\n'],
    [
      'goes on with the sources when that is broken too',
      'wrong-bytes@snapshot,404@library-usual',
      'False py [1]\n',
    ],
  ];
  // Brought up before there is a program, as the elements do, or by the program's own start.
  const started = cases.flatMap((each) => [[...each, false] as const, [...each, true] as const]);
  for (const [what, mode, stdout, early] of started) {
    it(`${what}${early ? ', brought up in advance' : ''}`, async () => {
      await caches.delete('wasm-elements-assets-1');
      await fetch(`${testConfig.flaky}/__flaky/mode?name=${name}&mode=${mode}`, { method: 'POST' });
      const kernel = await Kernel.boot();
      if (early) await Kernel.warm('python');
      const sandbox = await kernel.sandbox();
      const result = await sandbox.run('python', ['-c', howItStarted]);
      await kernel.dispose();
      expect(result).to.deep.include({ code: 0, stdout, stderr: '' });
    });
  }
});
