// The shell as a reader uses it: every key is one that the browser sends.
import { expect } from 'chai';
import type { WasmTerminal } from 'wasm-elements';
import { press, type } from '../input.js';
import { clearPage, stateOf, until } from './page.js';
import { begun, command, prompted, shell, waiter } from './shell.js';
import { screenOf, seen } from './terminal.js';

describe('The shell on a <wasm-terminal>', function () {
  this.timeout(60_000);
  let element: WasmTerminal;
  beforeEach(async function () {
    element = await shell();
  });
  afterEach(clearPage);

  it('edits its line: arrows, ^A ^E ^B, ^U ^W ^K, and words by Alt', async () => {
    await type('cho hellp');
    await press('Backspace');
    await press('Control+a');
    await type('e');
    await press('Control+e');
    await type('o');
    await press('ArrowLeft');
    await press('ArrowLeft');
    await type('L');
    await press('Enter');
    await seen(element, '\nhelLlo\n');
    await type('nonsense words');
    await press('Control+w');
    await press('Control+u');
    await type('echo one two');
    for (let times = 0; times < 4; times++) await press('Control+b');
    await press('Control+k');
    await press('Enter');
    await seen(element, '\none\n');
    await type('echo three four');
    await press('Alt+Backspace');
    await press('Enter');
    await seen(element, '\nthree\n');
  });

  it('has a history: up, down, ^R', async () => {
    await command(element, 'echo first');
    await command(element, 'echo second');
    await press('ArrowUp');
    await press('ArrowUp');
    await seen(element, /> echo first$/);
    await press('ArrowDown');
    await seen(element, /> echo second$/);
    await press('Control+c');
    await prompted(element);
    await press('Control+r');
    await type('fir');
    await seen(element, /echo first$/);
    await press('Enter');
    await until(
      () =>
        screenOf(element)
          .split('\n')
          .filter((line) => line === 'first').length === 2,
    );
  });

  it('completes commands and files by Tab', async () => {
    await command(element, 'echo text > remarkable.txt');
    await type('cat rem');
    await press('Tab');
    await seen(element, '> cat remarkable.txt');
    await press('Enter');
    await seen(element, '\ntext\n');
    await type('unex');
    await press('Tab');
    await seen(element, '> unexpand');
  });

  it('gives up a line by ^C, and a pipeline in the foreground', async () => {
    await type('echo never');
    await press('Control+c');
    await prompted(element);
    await command(element, 'echo $?');
    expect(screenOf(element)).to.match(/\n(130|1)\n/);
    await begun(element, `${waiter} | cat`);
    await press('Control+c');
    await prompted(element);
    await command(element, 'echo status $?');
    await seen(element, 'status 130');
    expect(screenOf(element)).not.to.match(/^never$/m);
  });

  it('stops a job by ^Z and goes on with it, behind or before', async () => {
    await begun(element, waiter);
    await press('Control+z');
    await prompted(element);
    expect(await command(element, 'jobs')).to.match(/\[1\]\+ +(Stopped|Suspended).*sleep 100/);
    await command(element, 'bg');
    expect(await command(element, 'jobs')).to.match(/\[1\]\+ +Running.*sleep 100/);
    await type('fg\n');
    await seen(element, /\n\\?sh -c [^\n]*sleep 100[^\n]*$/);
    await press('Control+z');
    await prompted(element);
    await command(element, 'kill %1');
    await until(async () => {
      await command(element, 'clear; jobs');
      return !screenOf(element).includes('sleep');
    });
  });

  it('ends a program by ^\\, its input by ^D, and itself by ^D on an empty line', async () => {
    await type('cat\n');
    await type('in\n');
    await seen(element, '\nin\nin');
    await press('Control+d');
    await prompted(element);
    await type('/usr/bin/cat\n');
    await type('again\n');
    await seen(element, '\nagain\nagain');
    await press('Control+\\');
    await prompted(element);
    await command(element, 'echo status $?');
    await seen(element, 'status 131');
    await press('Control+d');
    await stateOf(element, 'exited');
    expect(element.result).to.include({ code: 0 });
  });

  it('knows how large it is, also after that has changed', async () => {
    const size = async (): Promise<[number, number]> => {
      await command(element, 'clear; stty size');
      const [, rows, columns] = /^(\d+) (\d+)$/m.exec(screenOf(element)) ?? [];
      return [Number(rows), Number(columns)];
    };
    const [rows, columns] = await size();
    expect(columns).to.be.within(70, 130);
    element.style.width = '500px';
    element.style.height = '250px';
    await until(() => (element.shadowRoot?.querySelectorAll('.xterm-rows > div').length ?? rows) < rows);
    const [fewer, narrower] = await size();
    expect(fewer).to.be.lessThan(rows);
    expect(narrower).to.be.lessThan(columns - 20);
    expect(fewer).to.equal(element.shadowRoot?.querySelectorAll('.xterm-rows > div').length);
  });

  it('shows a file with less, page by page, and comes back', async () => {
    await type('seq 500 | less\n');
    await seen(element, /^1\n2\n3\n/);
    await type(' ');
    await until(() => !/^1$/m.test(screenOf(element)));
    await type('/^321\n');
    await seen(element, /^321\n322\n/m);
    await type('G');
    await seen(element, /\n500\n/);
    await type('q');
    await prompted(element);
    expect(screenOf(element)).to.match(/> seq 500 \| less\n>$/m);
  });

  it('has a program draw itself anew when its size changes', async () => {
    await type('seq 500 | less\n');
    await seen(element, /^1\n2\n3\n/);
    const rows = (): number => element.shadowRoot?.querySelectorAll('.xterm-rows > div').length ?? 0;
    const before = rows();
    element.style.height = '250px';
    await until(() => rows() < before);
    await until(() => {
      const lines = screenOf(element).split('\n');
      return lines.length === rows() && lines[0] === '1' && lines.at(-1)?.startsWith(':') === true;
    });
    await type('q');
    await prompted(element);
  });

  it('edits a file with an editor, which saves it', async () => {
    await type('edit note.txt\n');
    await seen(element, 'Exit');
    await type('Hello, wrld');
    await press('ArrowLeft');
    await press('ArrowLeft');
    await press('ArrowLeft');
    await type('o');
    await press('End');
    await press('Enter');
    await type('second');
    await press('Control+o');
    await seen(element, 'File name to write');
    await press('Enter');
    await seen(element, 'Wrote 2 lines');
    await press('Control+x');
    await prompted(element);
    await command(element, 'cat note.txt');
    await seen(element, '\nHello, world\nsecond\n');
  });

  it('takes commands and their input that are pasted together', async () => {
    await element.paste('read a\nfirst\n/usr/bin/head -n 1\nsecond\necho "$a and third"\n');
    await seen(element, '\nfirst and third\n');
    expect(await prompted(element)).to.match(/^> read a\nfirst\n> [^]*\nsecond\nsecond\n> echo/);
  });

  it('takes letters of every script, and erases what is wide whole', async () => {
    await element.paste('echo 日本語é');
    await seen(element, '> echo 日本語é');
    await press('Backspace');
    await press('Backspace');
    await press('Enter');
    await seen(element, '\n日本\n');
    await element.paste('echo "grüße" | wc -m\r');
    await seen(element, /^6$/m);
  });

  it('starts Python on the same terminal, and is there again after it', async function () {
    this.timeout(120_000);
    await type('python\n');
    await seen(element, />>> *$/);
    await type('6 * 7\n');
    await seen(element, '\n42\n');
    await type('open("made.txt", "w").write("by python")\n');
    await seen(element, '\n9\n');
    await press('Control+d');
    await prompted(element);
    await command(element, 'cat made.txt; echo');
    await seen(element, '\nby python\n');
  });

  it('takes a megabyte that is pasted into a file', async () => {
    await begun(element, 'echo up; cat > pasted.txt');
    const line = `${'0123456789abcde'.repeat(4)}xyz\n`;
    const text = line.repeat(2 ** 14);
    await element.paste(text);
    await press('Control+d');
    await prompted(element);
    expect((await element.sandbox?.fs.readFile('pasted.txt', 'utf-8'))?.length).to.equal(text.length);
    expect(text.length).to.equal(2 ** 20);
  });

  it('stops a job in the background that wants to read', async () => {
    await command(element, '/usr/bin/cat &');
    await until(async () => {
      await command(element, 'clear; jobs');
      return /\[1\]\+ +(Stopped|Suspended).*cat/.test(screenOf(element));
    });
    await type('fg\n');
    await seen(element, /\n\/usr\/bin\/cat$/);
    await type('now\n');
    await seen(element, '\nnow\nnow');
    await press('Control+d');
    await prompted(element);
  });
});
