// Programs that are used by keys, in a shell: a pager, an editor, prompts in prompts.
import { expect } from 'chai';
import type { WasmTerminal } from 'wasm-elements';
import { press, type } from '../input.js';
import { clearPage, until } from './page.js';
import { command, lastLine, prompted, shell } from './shell.js';
import { screenOf, seen } from './terminal.js';

describe('Programs in the shell on a <wasm-terminal>', function () {
  this.timeout(60_000);
  let element: WasmTerminal;
  beforeEach(async () => {
    element = await shell();
  });
  afterEach(clearPage);

  const firstIs = (line: string): Promise<unknown> =>
    until(() => screenOf(element).split('\n')[0]?.trim() === line);
  const rows = (): number => element.shadowRoot?.querySelectorAll('.xterm-rows > div').length ?? 0;

  it('go back in less, and search both ways', async () => {
    await type('seq 500 | less\n');
    await seen(element, /^1\n2\n3\n/);
    await press('PageDown');
    await until(() => !/^1$/m.test(screenOf(element)));
    await press('PageUp');
    await firstIs('1');
    await press('ArrowDown');
    await firstIs('2');
    await type('k');
    await firstIs('1');
    await type('/^.*00$\n');
    await firstIs('100');
    await type('n');
    await firstIs('200');
    await type('N');
    await firstIs('100');
    await type('G');
    await seen(element, /^500$/m);
    await type('?^77$\n');
    await firstIs('77');
    await type('/nowhere\n');
    await seen(element, 'Pattern not found');
    await press('Enter');
    await type('g');
    await firstIs('1');
    await type('q');
    await prompted(element);
  });

  it('take a document that is typed', async () => {
    await type('cat <<END > note.txt\n');
    await type('sum $((40 + 2))\n');
    await press('Tab');
    await type('indented\n');
    await type('END\n');
    await prompted(element);
    await command(element, 'clear; cat note.txt');
    await seen(element, /^sum 42\n *indented\n> *$/m);
  });

  it('are prompts in prompts: Python in a shell in a shell', async function () {
    this.timeout(120_000);
    await type("PS1='inner ' sh\n");
    await until(() => lastLine(element) === 'inner');
    await type('python\n');
    await until(() => lastLine(element) === '>>>');
    await type('6 * 7\n');
    await seen(element, /^42$/m);
    await until(() => lastLine(element) === '>>>');
    await press('Control+d');
    await until(() => lastLine(element) === 'inner');
    await type('echo $((6 * 8))\n');
    await seen(element, /^48$/m);
    await until(() => lastLine(element) === 'inner');
    await press('Control+d');
    await prompted(element);
    await command(element, 'echo $((6 * 9))');
    await seen(element, /^54$/m);
  });

  it('are prompts of their own: sqlite3', async () => {
    await type('sqlite3 numbers.db\n');
    await until(() => lastLine(element) === 'sqlite>');
    await type('create table n (value);\n');
    await until(() => lastLine(element) === 'sqlite>');
    await type('insert into n\n');
    await until(() => lastLine(element).startsWith('...>'));
    await type('values (40), (2);\n');
    await until(() => lastLine(element) === 'sqlite>');
    await type('select sum(value) from n;\n');
    await seen(element, /^42$/m);
    await press('Control+d');
    await prompted(element);
    expect(await command(element, 'clear; sqlite3 numbers.db "select count(*) from n"')).to.match(/^2$/m);
  });

  it('are drawn anew in another size: the editor', async () => {
    await type('edit note.txt\n');
    await seen(element, 'Exit');
    await type('first\nsecond');
    await seen(element, /^second$/m);
    const before = rows();
    element.style.height = '250px';
    await until(() => rows() < before);
    await until(() => {
      const lines = screenOf(element).split('\n');
      return lines.length === rows() && lines.at(-1)?.includes('Exit') === true && lines.includes('second');
    });
    await type(' line');
    await seen(element, /^second line$/m);
    await press('Control+o');
    await seen(element, 'File name to write');
    await press('Enter');
    await seen(element, 'Wrote 2 lines');
    await press('Control+x');
    await prompted(element);
    expect(await element.sandbox?.fs.readFile('note.txt', 'utf-8')).to.equal('first\nsecond line\n');
  });
});
