// ^C at every moment, by keys: whatever the shell and its programs are at, its prompt is there again and works.
import type { WasmTerminal } from 'wasm-elements';
import { press, type } from '../input.js';
import { clearPage } from './page.js';
import { command, prompted, shell } from './shell.js';
import { screenIs, screenOf, seen } from './terminal.js';

describe('^C in the shell on a <wasm-terminal>', function () {
  this.timeout(20_000);
  let element: WasmTerminal;
  before(async () => {
    element = await shell("PS1='> ' PS2='... '");
  });
  after(clearPage);

  /** Presses ^C; resolves when the shell has done what is asked of it next. */
  async function interrupted(): Promise<void> {
    await press('Control+c');
    await prompted(element);
    await command(element, 'clear');
    await screenIs(element, 'only a prompt', () => screenOf(element).trim() === '>');
    await command(element, 'echo here $((6 * 7))');
    await seen(element, /^here 42$/m);
    await command(element, 'clear');
    await screenIs(element, 'only a prompt', () => screenOf(element).trim() === '>');
  }

  const moments: Record<string, () => Promise<unknown>> = {
    'at an empty prompt': () => Promise.resolve(),
    'behind a command that is typed': () => type('echo not'),
    'when a program was just started': () => type('sh -c "sleep 100; :"\n'),
    'when a pipeline was just started': () => type('sleep 100 | cat | cat\n'),
    'while a pipeline runs': async () => {
      await type('(echo up; while sleep 0.01; do echo y; done) | tee /dev/null | grep -v y\n');
      await seen(element, /^up$/m);
    },
    'while the shell itself computes': async () => {
      await type('echo up; while :; do :; done\n');
      await seen(element, /^up$/m);
    },
    'in read': async () => {
      await type('read word\n');
      await type('half a li');
      await seen(element, /^half a li$/m);
    },
    'in a line that goes on': async () => {
      await type('echo "not\n');
      await seen(element, /^\.\.\. *$/m);
      await type('this');
    },
    'in a document that is typed': async () => {
      await type('cat <<END\nnot\n');
      await seen(element, /^\.\.\. not\n\.\.\. *$/m);
    },
    'in completion': async () => {
      await type('un');
      await press('Tab');
      await press('Tab');
    },
    'in a search of the history': async () => {
      await press('Control+r');
      await type('her');
      await seen(element, 'echo here');
    },
    'in a program that reads lines': async () => {
      await type('/usr/bin/cat\nline\n');
      await seen(element, /^line\nline$/m);
    },
    'while wait waits': async () => {
      await type('sleep 100 & wait\n');
      await seen(element, /^\[1\] \d+$/m);
    },
  };

  for (const [moment, begin] of Object.entries(moments)) {
    it(`gives the prompt back ${moment}`, async () => {
      await begin();
      await interrupted();
    });
  }
});
