import { expect } from 'chai';
import { isErrno } from '../../../kernel-core/abi/errno.js';
import {
  controlCharacters,
  localFlags,
  saneTermios,
  type Termios,
} from '../../../kernel-core/abi/termios.js';
import { signals } from '../../../kernel-core/abi/signals.js';
import { readiness } from '../../../kernel-core/file/open-file.js';
import { kernelCaller } from '../../../kernel-core/file/wait-queue.js';
import type { TerminalCaller } from '../../../kernel-core/tty/job-control.js';
import { Tty } from '../../../kernel-core/tty/tty.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const nobody = (): void => undefined;

class FakeProcess implements TerminalCaller {
  readonly group: number;
  readonly session = 10;
  orphaned = false;
  readonly ignored = new Set<number>();
  readonly waits = new Set<() => void>();

  constructor(group: number) {
    this.group = group;
  }

  onInterrupt(giveUp: () => void): () => void {
    this.waits.add(giveUp);
    return () => this.waits.delete(giveUp);
  }

  interrupt(): void {
    for (const giveUp of [...this.waits]) {
      this.waits.delete(giveUp);
      giveUp();
    }
  }

  isIgnoring(signal: number): boolean {
    return this.ignored.has(signal);
  }
}

function terminal() {
  const page: { bytes: Uint8Array; taken: (bytes: number) => void }[] = [];
  const raised: string[] = [];
  let alarms: { ms: number; act: () => void }[] = [];
  const tty = new Tty({
    columns: 80,
    rows: 24,
    output: (bytes, taken) => page.push({ bytes, taken }),
    signal: (group, number, isKept = false) => raised.push(`${number} to ${group}${isKept ? ', kept' : ''}`),
    sessionOf: (group) => (group >= 10 && group < 20 ? 10 : group === 30 ? 30 : undefined),
    after: (ms, act) => {
      const alarm = { ms, act };
      alarms.push(alarm);
      return () => {
        alarms = alarms.filter((other) => other !== alarm);
      };
    },
  });
  tty.jobs.control(10);
  const type = (text: string): void => tty.input(encoder.encode(text));
  const shown = (): string => page.map(({ bytes }) => decoder.decode(bytes)).join('');
  const set = (change: Partial<Termios>): void => {
    tty.setAttributes({ ...saneTermios(), ...change }, 'now', kernelCaller);
  };
  const raw = (minimum: number, time: number): void => {
    const { characters } = saneTermios();
    characters[controlCharacters.VMIN] = minimum;
    characters[controlCharacters.VTIME] = time;
    set({ local: 0, characters });
  };
  return { tty, page, raised, type, shown, set, raw, alarms: () => alarms };
}

async function text(read: Uint8Array | Promise<Uint8Array>): Promise<string> {
  return decoder.decode(await read);
}

async function failure(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (isErrno(error)) return error.code;
    throw error;
  }
  return 'none';
}

describe('Tty', () => {
  it('lets a reader wait for a line, and the next reader for the next', async () => {
    const { tty, type } = terminal();
    const shell = new FakeProcess(10);
    const first = text(tty.read(100, shell));
    const second = text(tty.read(100, shell));
    type('one\ntwo\n');
    expect(await first).to.equal('one\n');
    expect(await second).to.equal('two\n');
    expect(shell.waits.size, 'nothing stays behind').to.equal(0);
  });

  it('shows what is typed while a program waits for it, and else when one does', async () => {
    const { tty, type, shown, raw, set } = terminal();
    const shell = new FakeProcess(10);
    type('ahead\nbeg');
    expect(shown()).to.equal('');
    expect(await text(tty.read(100, shell))).to.equal('ahead\n');
    expect(shown()).to.equal('ahead\r\n');
    const line = text(tty.read(100, shell));
    expect(shown()).to.equal('ahead\r\nbeg');
    type('un\n');
    expect(shown()).to.equal('ahead\r\nbegun\r\n');
    expect(await line).to.equal('begun\n');
    type('for the shell');
    raw(1, 0);
    expect(await text(tty.read(100, shell))).to.equal('for the shell');
    set({});
    expect(shown()).to.equal('ahead\r\nbegun\r\n');
  });

  it('shows it to a program that waits for it to come, and to none that waits for room', () => {
    const { tty, type, shown } = terminal();
    const forRoom = tty.watch(nobody, readiness.write);
    type('a');
    expect(shown()).to.equal('');
    const forInput = tty.watch(nobody, readiness.read);
    type('b');
    expect(shown()).to.equal('ab');
    forInput();
    forInput();
    type('c');
    expect(shown()).to.equal('ab');
    forRoom();
  });

  it('heeds ^S and ^Q of what nobody reads', () => {
    const { tty, type, shown } = terminal();
    type('x\x13y');
    tty.write(encoder.encode('held'), nobody);
    expect(shown()).to.equal('');
    type('\x11');
    expect(shown()).to.equal('held');
  });

  it('ends one read at ^D, once', async () => {
    const { tty, type } = terminal();
    const shell = new FakeProcess(10);
    type('\x04');
    expect(await text(tty.read(100, shell))).to.equal('');
    const next = text(tty.read(100, shell));
    type('more\n');
    expect(await next).to.equal('more\n');
  });

  it('gives up a read that a signal interrupts', async () => {
    const { tty, type } = terminal();
    const shell = new FakeProcess(10);
    const reading = failure(() => tty.read(100, shell));
    shell.interrupt();
    expect(await reading).to.equal('EINTR');
    type('kept\n');
    expect(await text(tty.read(100, shell))).to.equal('kept\n');
  });

  it('reports to the writer what the page has drawn, in the writer’s bytes', () => {
    const { tty, page } = terminal();
    let taken = 0;
    tty.write(encoder.encode('a\nb\n'), (bytes) => {
      taken += bytes;
    });
    expect(decoder.decode(page[0]?.bytes)).to.equal('a\r\nb\r\n');
    page[0]?.taken(3);
    expect(taken).to.equal(2);
    page[0]?.taken(3);
    page[0]?.taken(3);
    expect(taken).to.equal(4);
  });

  it('holds output from ^S to ^Q, and drops it at ^C', () => {
    const { tty, type, shown } = terminal();
    let taken = 0;
    const count = (bytes: number): void => {
      taken += bytes;
    };
    type('\x13');
    expect(tty.ready & readiness.write).to.equal(0);
    tty.write(encoder.encode('late'), count);
    expect(shown()).to.equal('');
    type('\x11');
    expect(shown()).to.equal('late');
    type('\x13');
    tty.write(encoder.encode('never'), count);
    type('\x03');
    expect(shown()).to.equal('late^C');
    expect(taken, 'who wrote it may go on').to.equal(5);
  });

  describe('job control', () => {
    it('signals the foreground group', () => {
      const { tty, raised, type } = terminal();
      tty.jobs.setForeground(12, new FakeProcess(10));
      type('\x03\x1a');
      expect(raised).to.deep.equal(['2 to 12', '20 to 12, kept']);
    });

    it('has the first ^Z of a group in the foreground kept for those that do not run yet', () => {
      const { tty, raised, type } = terminal();
      tty.jobs.setForeground(12, new FakeProcess(10));
      type('\x1a\x1a');
      tty.jobs.setForeground(10, new FakeProcess(12));
      tty.jobs.setForeground(12, new FakeProcess(10));
      type('\x03\x1a');
      expect(raised).to.deep.equal(['20 to 12, kept', '20 to 12', '2 to 12', '20 to 12, kept']);
    });

    it('has those who join the group in the foreground hear of the key that ended it', () => {
      const { tty, type } = terminal();
      const heard: number[] = [];
      const join = (group: number): void => tty.jobs.joined(group, (number) => heard.push(number));
      tty.jobs.setForeground(12, new FakeProcess(10));
      join(12);
      expect(heard, 'no key').to.deep.equal([]);
      type('\x03');
      join(12);
      join(11);
      expect(heard).to.deep.equal([2]);
      const shell = new FakeProcess(10);
      shell.ignored.add(signals.SIGTTOU);
      tty.jobs.setForeground(10, shell);
      tty.jobs.setForeground(12, shell);
      join(12);
      expect(heard, 'it was away').to.deep.equal([2]);
    });

    it('has a job hear of the key that came while the shell was about to hand it the terminal', () => {
      const { tty, raised, type } = terminal();
      const shell = new FakeProcess(10);
      shell.ignored.add(signals.SIGTTOU);
      type('\x03');
      tty.jobs.setForeground(12, shell);
      expect(raised).to.deep.equal(['2 to 10', '2 to 12']);
      tty.jobs.setForeground(10, shell);
      tty.jobs.setForeground(13, shell);
      expect(raised, 'the next job').to.have.length(2);
    });

    it('has no job hear of a key from before the shell asked for it', async () => {
      const { tty, raised, type } = terminal();
      const shell = new FakeProcess(10);
      shell.ignored.add(signals.SIGTTOU);
      type('\x03');
      const line = tty.read(100, shell);
      type('a line\n');
      await line;
      tty.jobs.setForeground(12, shell);
      expect(raised).to.deep.equal(['2 to 10']);
      tty.jobs.setForeground(10, shell);
      type('\x03');
      tty.setAttributes({ ...saneTermios(), local: 0 }, 'now', shell);
      tty.setAttributes(saneTermios(), 'now', shell);
      tty.jobs.setForeground(12, shell);
      expect(raised).to.deep.equal(['2 to 10', '2 to 10']);
    });

    it('stops a background group that reads', async () => {
      const { tty, raised, type } = terminal();
      type('for the shell\n');
      const background = new FakeProcess(11);
      expect(await failure(() => tty.read(10, background))).to.equal('EINTR');
      expect(raised).to.deep.equal(['21 to 11']);
      background.orphaned = true;
      expect(await failure(() => tty.read(10, background))).to.equal('EIO');
      background.orphaned = false;
      background.ignored.add(21);
      expect(await failure(() => tty.read(10, background))).to.equal('EIO');
      expect(raised).to.have.length(1);
    });

    it('sends a reader that was moved to the background away without the line', async () => {
      const { tty, raised, type } = terminal();
      const reading = failure(() => tty.read(10, new FakeProcess(10)));
      tty.jobs.setForeground(12, new FakeProcess(10));
      type('line\n');
      expect(await reading).to.equal('EINTR');
      expect(raised).to.deep.equal(['21 to 10']);
      expect(await text(tty.read(10, new FakeProcess(12)))).to.equal('line\n');
    });

    it('stops a background group that writes only with TOSTOP', async () => {
      const { tty, raised, set, shown } = terminal();
      const background = new FakeProcess(11);
      tty.write(encoder.encode('a'), nobody, background);
      set({ local: saneTermios().local | localFlags.TOSTOP });
      expect(await failure(() => tty.write(encoder.encode('b'), nobody, background))).to.equal('EINTR');
      expect(raised).to.deep.equal(['22 to 11']);
      background.ignored.add(22);
      tty.write(encoder.encode('c'), nobody, background);
      expect(shown()).to.equal('ac');
    });

    it('changes the foreground by the rules of tcsetpgrp', async () => {
      const { tty, raised } = terminal();
      const shell = new FakeProcess(10);
      expect(await failure(() => tty.jobs.setForeground(99, shell))).to.equal('ESRCH');
      expect(await failure(() => tty.jobs.setForeground(30, shell))).to.equal('EPERM');
      expect(await failure(() => tty.jobs.setForeground(-1, shell))).to.equal('EINVAL');
      tty.jobs.setForeground(12, shell);
      expect(tty.jobs.foregroundFor(shell)).to.equal(12);
      expect(await failure(() => tty.jobs.setForeground(10, shell))).to.equal('EINTR');
      expect(raised).to.deep.equal(['22 to 10']);
      shell.ignored.add(22);
      tty.jobs.setForeground(10, shell);
      expect(tty.jobs.foreground).to.equal(10);
      const stranger = { ...kernelCaller, group: 30, session: 30, isIgnoring: () => false };
      expect(await failure(() => tty.jobs.foregroundFor(stranger))).to.equal('ENOTTY');
    });
  });

  describe('in raw mode', () => {
    it('waits for VMIN bytes', async () => {
      const { tty, type, raw } = terminal();
      raw(3, 0);
      const reading = text(tty.read(10, kernelCaller));
      type('ab');
      expect(tty.ready & readiness.read).to.equal(0);
      type('cd');
      expect(await reading).to.equal('abcd');
    });

    it('never waits for more bytes than were asked for', async () => {
      const { tty, type, raw } = terminal();
      raw(100, 0);
      type('abc');
      expect(await text(tty.read(2, kernelCaller))).to.equal('ab');
    });

    it('does not wait without VMIN and VTIME', async () => {
      const { tty, raw } = terminal();
      raw(0, 0);
      expect(await text(tty.read(10, kernelCaller))).to.equal('');
    });

    it('waits for the first byte as long as VTIME says', async () => {
      const { tty, type, raw, alarms } = terminal();
      raw(0, 5);
      const empty = text(tty.read(10, kernelCaller));
      expect(alarms()[0]?.ms).to.equal(500);
      alarms()[0]?.act();
      expect(await empty).to.equal('');
      const reading = text(tty.read(10, kernelCaller));
      type('x');
      expect(await reading).to.equal('x');
      expect(alarms(), 'no clock runs on').to.deep.equal([]);
    });

    it('runs the clock between bytes when both are set', async () => {
      const { tty, type, raw, alarms } = terminal();
      raw(3, 1);
      const reading = text(tty.read(10, kernelCaller));
      expect(alarms(), 'not before the first byte').to.deep.equal([]);
      type('a');
      await Promise.resolve();
      const [first] = alarms();
      type('b');
      await Promise.resolve();
      expect(alarms()).to.have.length(1).and.not.include(first);
      alarms()[0]?.act();
      expect(await reading).to.equal('ab');
      expect(alarms()).to.deep.equal([]);
    });

    it('withdraws the clock when interrupted', async () => {
      const { tty, raw, alarms } = terminal();
      raw(0, 5);
      const process = new FakeProcess(10);
      const reading = failure(() => tty.read(10, process));
      process.interrupt();
      expect(await reading).to.equal('EINTR');
      expect(alarms()).to.deep.equal([]);
    });
  });

  it('changes attributes at once, whatever is not drawn yet, and drops input where told so', async () => {
    const { tty, type, page } = terminal();
    tty.write(encoder.encode('prompt'), nobody);
    type('early\n');
    let drained = false;
    const draining = Promise.resolve(tty.drain(kernelCaller)).then(() => {
      drained = true;
    });
    tty.setAttributes({ ...saneTermios(), local: 0 }, 'flush', kernelCaller);
    expect(tty.attributes.local).to.equal(0);
    expect(tty.unread).to.equal(0);
    await Promise.resolve();
    expect(drained, 'tcdrain waits').to.be.false;
    for (const { bytes, taken } of page) taken(bytes.length);
    await draining;
  });

  it('tells the foreground group of another window size, and only of another', () => {
    const { tty, raised } = terminal();
    tty.windowSize = { columns: 80, rows: 24 };
    tty.windowSize = { columns: 100, rows: 1e9 };
    expect(tty.windowSize).to.deep.equal({ columns: 100, rows: 65535 });
    expect(raised).to.deep.equal(['28 to 10']);
  });

  it('ends everything when the page closes it', async () => {
    const { tty, raised, type } = terminal();
    let taken = 0;
    tty.write(encoder.encode('unseen'), (bytes) => {
      taken += bytes;
    });
    const reading = text(tty.read(10, new FakeProcess(10)));
    tty.hangup();
    expect(await reading).to.equal('');
    expect(await text(tty.read(10, kernelCaller))).to.equal('');
    expect(await failure(() => tty.write(encoder.encode('x'), nobody))).to.equal('EIO');
    expect(raised).to.deep.equal(['1 to 10', '18 to 10']);
    expect(taken).to.equal(6);
    await tty.drain(kernelCaller);
    type('ignored\n');
    expect(tty.ready & readiness.hangup).to.not.equal(0);
  });
});
