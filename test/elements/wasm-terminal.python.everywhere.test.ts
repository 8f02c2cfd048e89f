import { expect } from 'chai';
import { press, type } from '../input.js';
import { testConfig } from '../test-config.js';
import { clearPage, stateOf } from './page.js';
import { seen, showTerminal, start } from './terminal.js';

describe('Python on a <wasm-terminal>', () => {
  beforeEach(function () {
    if (testConfig.lane === 'webkit') this.skip();
  });
  afterEach(clearPage);

  it('is a prompt that runs what is typed', async function () {
    this.timeout(90_000);
    const element = showTerminal('<wasm-terminal runtime="python"></wasm-terminal>');
    await start(element, ['running', 'waiting']);
    await seen(element, '>>>');
    await type('6 * 8');
    await press('Backspace');
    await type('7\n');
    await seen(element, />>> 6 \* 7\n42\n>>>/);
    await press('ArrowUp');
    await seen(element, /42\n>>> 6 \* 7/);
    await type(' + 1\n');
    await seen(element, /6 \* 7 \+ 1\n43\n/);
    await type('for n in range(2): print("n", n)\n\n');
    await seen(element, 'n 0\nn 1');
    await type('input("name? ")\n');
    await seen(element, /^name\? *$/m);
    await type('Ada\n');
    await seen(element, "'Ada'");
    await press('Control+d');
    await stateOf(element, 'exited');
    expect(element.result).to.include({ code: 0 });
  });
});
