import { expect } from 'chai';
import { press, type } from '../input.js';
import { testConfig } from '../test-config.js';
import { clearPage, stateOf } from './page.js';
import { seen, showTerminal, start } from './terminal.js';

describe('Python on a <wasm-terminal>', () => {
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
    await type('wrong');
    await press('Control+c');
    await seen(element, 'KeyboardInterrupt\n>>>');
    await type('1 / 0\n');
    await seen(element, /ZeroDivisionError: division by zero\n>>> *$/);
    await type('input("name? ")\n');
    // Where the browser cannot pause Python, between two statements nothing needs to be paused.
    if (testConfig.lane === 'webkit')
      await seen(element, /^RuntimeError: This program waits for input[^]*\n>>> *$/m);
    else {
      await seen(element, /^name\? *$/m);
      await type('Ada\n');
      await seen(element, "'Ada'");
    }
    await press('Control+d');
    await stateOf(element, 'exited');
    expect(element.result).to.include({ code: 0 });
  });

  it('waits at its prompt, where the lines of `start` are typed', async function () {
    this.timeout(90_000);
    // There nothing waits: it is called for each key.
    if (testConfig.lane === 'webkit') this.skip();
    const element = showTerminal(
      '<wasm-terminal runtime="python" start="name = input(\'name? \')\nAda\nlen(name)"></wasm-terminal>',
    );
    await start(element);
    await seen(element, /name\? Ada\n>>> len\(name\)\n3\n>>> *$/);
    await stateOf(element, 'waiting');
    await type('for n in iter(int, 1): pass\n\n');
    await stateOf(element, 'running');
    await press('Control+c');
    await seen(element, 'KeyboardInterrupt\n>>>');
    await stateOf(element, 'waiting');
  });

  it('is a prompt of lines where Python has no line editor of its own', async function () {
    this.timeout(90_000);
    const element = showTerminal('<wasm-terminal runtime="python@3.13"></wasm-terminal>');
    await start(element, ['running', 'waiting']);
    await seen(element, '>>>');
    await type('def twice(n):\n');
    await seen(element, /\n\.\.\. *$/);
    await type('    return 2 * n\n');
    await seen(element, / n\n\.\.\. *$/);
    await type('\n');
    await seen(element, /\n\.\.\. *\n>>> *$/);
    await type('twice(21)\n');
    await seen(element, /\n>>> twice\(21\)\n42\n>>> *$/);
    await type('twice(');
    await press('Control+c');
    await seen(element, 'KeyboardInterrupt\n>>>');
    await type('twice("a"\n');
    await seen(element, /a"\n\.\.\. *$/);
    await type(')\n');
    await seen(element, "\n'aa'\n");
    await type('raise SystemExit(3)\n');
    await stateOf(element, 'exited');
    expect(element.result).to.include({ code: 3 });
  });
});
