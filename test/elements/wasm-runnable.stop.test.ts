import { expect } from 'chai';
import type { WasmRunnable } from 'wasm-elements';
import { click } from '../input.js';
import { testConfig } from '../test-config.js';
import { clearPage, drawn, next, runButton, show, shownBelow, until } from './page.js';

/** Whether signals reach a Python program that runs. */
const canReach = testConfig.lane !== 'webkit';

const python = (code: string): WasmRunnable => {
  const element = show('<wasm-runnable runtime="python"></wasm-runnable>');
  element.code = code;
  return element;
};

describe('Stop of a Python sample', function () {
  // An interpreter takes seconds to start, and many on a busy machine.
  this.timeout(180_000);
  // The first end of an interpreter on a page takes longest (in Firefox half a second), and Stop waits for a second.
  before(async () => {
    await python('raise KeyboardInterrupt').run();
    clearPage();
  });
  afterEach(clearPage);

  it('interrupts a loop, and shows the line it was in', async () => {
    const element = python('print("on")\nwhile True:\n    pass\n');
    await drawn();
    await click(runButton(element));
    await next(element, 'wasm-output');
    const exit = next(element, 'wasm-exit');
    await click(runButton(element));
    const result = await exit;
    await until(() => shownBelow(element).includes('stopped · '));
    expect(runButton(element).textContent.trim()).to.equal('Run');
    if (!canReach) {
      expect(result).to.include({ code: null, signal: 'SIGINT' });
      return;
    }
    expect(result).to.include({ code: 130, signal: null, stdout: 'on\n' });
    expect(result.stderr).to.match(/main\.py", line [23], in <module>\n(.*\n)*KeyboardInterrupt\n$/);
    expect(shownBelow(element)).to.include('KeyboardInterrupt');
  });

  it('lets the program clean up', async () => {
    const element = python(
      'import time\ntry:\n    print("on")\n    time.sleep(1000)\nfinally:\n    print("cleaned up")\n',
    );
    const run = element.run();
    await next(element, 'wasm-output');
    await element.stop();
    const result = await run;
    if (canReach) expect(result).to.include({ code: 130, stdout: 'on\ncleaned up\n' });
    else expect(result).to.include({ signal: 'SIGINT', stdout: 'on\n' });
  });

  it('ends a program that goes on after it, and the next run is as good as new', async () => {
    const element = python(
      'while True:\n    try:\n        print("on")\n        while True: pass\n    except KeyboardInterrupt:\n        pass\n',
    );
    const run = element.run();
    await next(element, 'wasm-output');
    await element.stop();
    expect(await run).to.include({ code: null, signal: canReach ? 'SIGKILL' : 'SIGINT' });
    await until(() => shownBelow(element).includes('stopped · '));
    element.code = 'print("again")';
    expect(await element.run()).to.include({ code: 0, stdout: 'again\n' });
  });
});
