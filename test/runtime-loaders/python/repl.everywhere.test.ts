import { expect } from 'chai';
import { Kernel, type Process, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';
import { reading, type Reading } from './reading.js';

/** A browser with neither JSPI nor shared memory cannot make a program wait. */
const canWait = testConfig.lane !== 'webkit';

const keys = {
  up: '\x1bOA',
  left: '\x1bOD',
  tab: '\t',
  enter: '\r',
  interrupt: '\x03',
  end: '\x04',
} as const;

describe('python on a terminal', () => {
  let kernel: Kernel;
  let sandbox: Sandbox;
  let process: Process;
  let screen: Reading;
  let writer: WritableStreamDefaultWriter<Uint8Array>;

  const type = (text: string): Promise<void> => writer.write(new TextEncoder().encode(text));

  /** Starts it, up to the first prompt. */
  const start = async (args: string[] = []): Promise<void> => {
    process = await sandbox.spawn('python', args, { tty: { columns: 80, rows: 24 } });
    screen = reading(process.stdout);
    writer = process.stdin.getWriter();
  };

  /** What is on the screen up to the next prompt, without colours and movements of the cursor. */
  const untilPrompt = async (): Promise<string> => plain(await screen.until('>>> \x1b[0m\x1b[4D'));

  before(async () => {
    kernel = await Kernel.boot();
  });

  beforeEach(async function () {
    if (!canWait) this.skip();
    sandbox = await kernel.sandbox();
  });

  afterEach(async () => {
    if (canWait) await sandbox.dispose();
  });

  it('is CPython’s own REPL: colours, several lines, history, completion', async () => {
    await start();
    expect(await untilPrompt()).to.match(/^Python 3\.\d+\.\d+ .*\nType "help"/s);
    await type('def double(n):\r');
    await screen.until('...');
    await type('return n * 2\r');
    await screen.until('...');
    await type('\r');
    await untilPrompt();
    await type('double(21)\r');
    expect(await screen.until('42\r\n')).to.contain('\x1b[');
    await untilPrompt();
    await type(`${keys.up}${keys.left}0${keys.enter}`);
    await screen.until('420\r\n');
    await untilPrompt();
    await type(`double.__qualn${keys.tab}${keys.enter}`);
    await screen.until("'double'");
    await untilPrompt();
    await type(`1/0${keys.enter}`);
    expect(plain(await screen.until('by zero'))).to.contain('File "<python-input-');
    await untilPrompt();
    await type(keys.end);
    await screen.ended();
    expect(await process.exited).to.deep.include({ code: 0, signal: null });
  });

  it('keeps what was typed for the next one in this sandbox', async () => {
    await start();
    await untilPrompt();
    await type(`40 + 2${keys.enter}`);
    await screen.until('42\r\n');
    await untilPrompt();
    await type(`exit${keys.enter}`);
    await screen.ended();
    await start();
    await untilPrompt();
    await type(`${keys.up}${keys.enter}`);
    await screen.until('42\r\n');
  });

  it('is interrupted while it waits and while it computes, and goes on', async () => {
    await start();
    await untilPrompt();
    await type('half a line');
    await screen.until('e');
    await type(keys.interrupt);
    await screen.until('KeyboardInterrupt');
    await untilPrompt();
    await type(`while True: print(end="on\\n")${keys.enter}${keys.enter}`);
    await screen.until('on\r\n');
    await type(keys.interrupt);
    await screen.until('KeyboardInterrupt');
    await untilPrompt();
    await type(`input("name: ").upper()${keys.enter}`);
    await screen.until('name: \x1b[0m');
    await type(`ada${keys.enter}`);
    await screen.until("'ADA'");
  });

  it('knows the size of its window, and hears of a new one', async () => {
    await start(['-q']);
    await untilPrompt();
    await type(`import os, signal; os.get_terminal_size()${keys.enter}`);
    await screen.until('columns=80, lines=24');
    await untilPrompt();
    process.resize(100, 30);
    await type(`os.get_terminal_size()${keys.enter}`);
    await screen.until('columns=100, lines=30');
  });

  it('reads what is typed unseen, key by key, and gives the terminal back', async () => {
    const code = [
      'import getpass, os, sys, termios, tty',
      'print(os.isatty(0), os.tcgetpgrp(0) == os.getpgrp())',
      'secret = getpass.getpass()',
      'print("secret", secret)',
      'before = tty.setcbreak(0)',
      'print("key?", flush=True)',
      'print("key", repr(os.read(0, 10)))',
      'termios.tcsetattr(0, termios.TCSADRAIN, before)',
      'print("line?", flush=True)',
      'print("line", sys.stdin.readline())',
    ].join('\n');
    await sandbox.fs.writeFile('keys.py', code);
    await start(['keys.py']);
    await screen.until('True True\r\n');
    await screen.until('Password: ');
    await type('sesame\r');
    expect(await screen.until('secret sesame\r\n')).to.equal('\r\nsecret sesame\r\n');
    await screen.until('key?\r\n');
    await type('k');
    expect(await screen.until('\r\n')).to.equal("key b'k'\r\n");
    await screen.until('line?\r\n');
    await type('typed\r');
    expect(await screen.until('line ')).to.equal('typed\r\nline ');
    await screen.until('typed');
    expect(await process.exited).to.deep.include({ code: 0 });
  });

  it('leaves to its children what it has not read', async () => {
    const code = [
      'import select, subprocess, sys',
      'print("ready", flush=True)',
      'select.select([0], [], [])',
      'print("typed", flush=True)',
      'subprocess.run([sys.executable, "-c", "print(input().upper())"])',
    ].join('\n');
    await start(['-c', code]);
    await screen.until('ready\r\n');
    await type('for the child\r');
    await screen.until('FOR THE CHILD\r\n');
    expect(await process.exited).to.deep.include({ code: 0 });
  });

  it('is the simple one where it is asked for, or the terminal is a simple one', async () => {
    const env = { HOME: '/home/user', PATH: '/usr/bin', TERM: 'xterm', PYTHON_BASIC_REPL: '1' };
    process = await sandbox.spawn('python', ['-q'], { tty: { columns: 80, rows: 24 }, env });
    screen = reading(process.stdout);
    writer = process.stdin.getWriter();
    expect(await screen.until('>>> ')).to.equal('>>> ');
    await type('6 * 7\r');
    expect(await screen.until('>>> ')).to.equal('6 * 7\r\n42\r\n>>> ');
    await type(keys.end);
    expect(await process.exited).to.deep.include({ code: 0 });
  });
});

function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- control sequences are what is taken away
  return text.replace(/\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]/g, '').replace(/\r/g, '');
}
