import { expect } from 'chai';
import { press, type } from '../input.js';
import { clearPage, stateOf } from './page.js';
import { seen, showTerminal, start } from './terminal.js';

describe('The shell on a <wasm-terminal>', () => {
  afterEach(clearPage);

  it('is what a terminal without runtime runs', async function () {
    this.timeout(90_000);
    const element = showTerminal('<wasm-terminal></wasm-terminal>');
    await start(element, ['running', 'waiting']);
    await seen(element, '$');
    await type('echo one two | tr a-z A-Z; ls /\n');
    await seen(element, /ONE TWO\nbin +dev/);
    // A key typed before a program has the terminal is the shell's: the program says when it has.
    await type('sh -c "echo up; sleep 60"\n');
    await seen(element, /^up$/m);
    await press('Control+c');
    await type('echo $?\n');
    await seen(element, /^130$/m);
    await type('exit 4\n');
    await stateOf(element, 'exited');
    expect(element.result).to.include({ code: 4 });
  });
});
