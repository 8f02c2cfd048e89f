import { expect } from 'chai';
import { localFlags } from '../../../kernel-core/abi/termios.js';
import { PageTty } from '../../../kernel-core/proc/page-tty.js';
import { ReadWaiters } from '../../../kernel-core/proc/read-waiters.js';
import { kernelCaller } from '../../../kernel-core/file/wait-queue.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const nothing = (): void => undefined;
const process = (group: number) => ({
  ...kernelCaller,
  group,
  session: 1,
  isIgnoring: () => false,
});

function terminal(): PageTty {
  const tty = new PageTty(
    {
      columns: 80,
      rows: 24,
      signal: nothing,
      sessionOf: () => 1,
      output: (sent, taken) => taken(sent.length),
    },
    new ReadWaiters(nothing),
  );
  tty.jobs.control(1);
  const { local, ...others } = tty.attributes;
  tty.setAttributes({ ...others, local: local & ~(localFlags.ICANON | localFlags.ECHO) }, 'now', process(1));
  return tty;
}

describe('The answers of a terminal', () => {
  const answer = bytes('\x1b[1;1R');

  it('are typed for the job that asked', () => {
    const tty = terminal();
    tty.write(bytes('\x1b[6n'), nothing, process(1));
    tty.reply(answer);
    expect(tty.unread).to.equal(answer.length);
  });

  it('are typed for the job that asked behind much else', () => {
    const tty = terminal();
    tty.write(bytes(`${'\x1b[1mx'.repeat(200_000)}\x1b[0c`), nothing, process(1));
    tty.reply(answer);
    expect(tty.unread).to.equal(answer.length);
  });

  it('are nobody’s where nobody asked', () => {
    const tty = terminal();
    tty.reply(answer);
    expect(tty.unread).to.equal(0);
  });

  it('are nobody’s where another job has the terminal by now: the shell, after a file that asks was shown', () => {
    const tty = terminal();
    tty.jobs.setForeground(7, process(1));
    tty.write(bytes('harmless \x1b[c and \x1b[6n'), nothing, process(7));
    tty.jobs.setForeground(1, process(7));
    tty.write(bytes('\x1b[1m$ \x1b[0m'), nothing, process(1));
    tty.reply(answer);
    tty.reply(answer);
    expect(tty.unread).to.equal(0);
    tty.write(bytes('\x1b[6n'), nothing, process(1));
    tty.reply(answer);
    expect(tty.unread).to.equal(answer.length);
  });

  it('are nobody’s where lines are read', () => {
    const tty = terminal();
    const { local, ...others } = tty.attributes;
    tty.setAttributes({ ...others, local: local | localFlags.ICANON }, 'now', process(1));
    tty.write(bytes('\x1b[6n'), nothing, process(1));
    tty.reply(answer);
    expect(tty.unread).to.equal(0);
  });
});

describe('Typing into a terminal', () => {
  it('has room until much is unread, and again when it has been read', () => {
    const tty = terminal();
    let rooms = 0;
    const ask = (): void => tty.whenRoom(() => (rooms += 1));
    ask();
    expect(rooms).to.equal(1);
    tty.input(new Uint8Array(100_000).fill(97));
    ask();
    expect(rooms).to.equal(1);
    expect(tty.read(10_000, process(1))).to.have.length(10_000);
    expect(rooms).to.equal(1);
    expect(tty.read(90_000, process(1))).to.have.length(90_000);
    expect(rooms).to.equal(2);
  });

  it('has room where the terminal is no more', () => {
    const tty = terminal();
    let rooms = 0;
    tty.input(new Uint8Array(100_000).fill(97));
    tty.whenRoom(() => (rooms += 1));
    tty.hangup();
    expect(rooms).to.equal(1);
  });
});
