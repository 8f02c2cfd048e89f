import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  controlCharacters,
  inputFlags,
  localFlags,
  outputFlags,
  saneTermios,
  type Termios,
} from '../../../kernel-core/abi/termios.js';
import { LineDiscipline } from '../../../kernel-core/tty/line-discipline.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

class Screen {
  shown = '';
  readonly events: string[] = [];
  readonly discipline: LineDiscipline;

  constructor(change: Partial<Termios> = {}) {
    this.discipline = new LineDiscipline({
      echo: (bytes) => {
        this.shown += decoder.decode(bytes);
      },
      signal: (number) => this.events.push(`signal ${number}`),
      holdOutput: (held) => this.events.push(held ? 'hold' : 'go on'),
      flushOutput: () => this.events.push('flush'),
    });
    this.discipline.termios = { ...saneTermios(), ...change };
  }

  type(text: string): this {
    this.discipline.receive(encoder.encode(text));
    return this;
  }

  /** What programs read, a line each. */
  lines(): string[] {
    const lines: string[] = [];
    for (let line = this.read(); line !== undefined; line = this.read()) lines.push(line);
    return lines;
  }

  /** What one read of a program finds. */
  read(max = 1 << 20): string | undefined {
    const line = this.discipline.takeLine(max);
    return line && decoder.decode(line);
  }
}

const sane = saneTermios();
const without = (flags: number): Partial<Termios> => ({ local: sane.local & ~flags });

describe('LineDiscipline', () => {
  describe('in canonical mode', () => {
    it('gives programs whole lines and shows what is typed', () => {
      const screen = new Screen().type('ls -l');
      expect(screen.lines()).to.deep.equal([]);
      screen.type('\rpwd\n');
      expect(screen.lines()).to.deep.equal(['ls -l\n', 'pwd\n']);
      expect(screen.shown).to.equal('ls -l\r\npwd\r\n');
    });

    it('leaves the rest of a long line for the next read', () => {
      const { input } = new Screen().type('abcdef\ng\n').discipline;
      expect(decoder.decode(input.takeLine(4))).to.equal('abcd');
      expect(decoder.decode(input.takeLine(100))).to.equal('ef\n');
      expect(decoder.decode(input.takeLine(100))).to.equal('g\n');
    });

    it('erases one character a backspace, as many columns as it took', () => {
      const rubOut = '\b \b';
      const erase = (text: string): string => {
        const screen = new Screen().type(text);
        screen.shown = '';
        screen.type('\x7f');
        return screen.shown;
      };
      expect(erase('a')).to.equal(rubOut);
      expect(erase('é')).to.equal(rubOut);
      expect(erase('漢')).to.equal(rubOut.repeat(2));
      expect(erase('😀')).to.equal(rubOut.repeat(2));
      expect(erase('e\u0301'), 'a letter and the accent that joins it').to.equal(rubOut);
      expect(erase('\x01'), '^A').to.equal(rubOut.repeat(2));
      expect(erase(''), 'nothing to erase').to.equal('');
      expect(new Screen().type('漢字\x7fx\n').lines()).to.deep.equal(['漢x\n']);
    });

    it('goes back over a tab to where it began', () => {
      const screen = new Screen();
      screen.shown += decoder.decode(screen.discipline.process(encoder.encode('\x1b[32m$ \x1b[0m')));
      screen.type('ab\t');
      screen.shown = '';
      screen.type('\x7f');
      expect(screen.shown, 'from column 8 to column 4').to.equal('\b'.repeat(4));
    });

    it('erases words and whole lines', () => {
      expect(new Screen().type('echo one-two  \x17\n').lines()).to.deep.equal(['echo one-\n']);
      expect(new Screen().type('größe naïve\x17x\n').lines()).to.deep.equal(['größe x\n']);
      const screen = new Screen().type('漢a\x01');
      screen.shown = '';
      screen.type('\x15').type('b\n');
      expect(screen.shown).to.equal(`${'\b \b'.repeat(5)}b\r\n`);
      expect(screen.lines()).to.deep.equal(['b\n']);
    });

    it('shows the kill character where it cannot rub out', () => {
      const screen = new Screen(without(localFlags.ECHOKE)).type('abc\x15d\n');
      expect(screen.shown).to.equal('abc^U\r\nd\r\n');
      expect(new Screen(without(localFlags.ECHOE)).type('ab\x7f').shown).to.equal('ab^?');
    });

    it('erases bytes where the terminal is not UTF-8', () => {
      const screen = new Screen({ input: sane.input & ~inputFlags.IUTF8 });
      screen.discipline.receive(Uint8Array.of(0xc3, 0xa9, 0x7f, 0x0a));
      expect([...screen.discipline.input.takeLine(9)]).to.deep.equal([0xc3, 0x0a]);
    });

    it('ends input at ^D: at once within a line, as end of file at its start', () => {
      expect(new Screen().type('abc\x04').lines()).to.deep.equal(['abc']);
      expect(new Screen().type('\x04x\n').lines()).to.deep.equal(['', 'x\n']);
      expect(new Screen().type('abc\x04').shown).to.equal('abc');
    });

    it('takes the character after ^V as it is', () => {
      const screen = new Screen().type('a\x16\x03b\x16\x04\n');
      expect(screen.lines()).to.deep.equal(['a\x03b\x04\n']);
      expect(screen.events).to.deep.equal([]);
      expect(screen.shown).to.equal('a^\b^Cb^\b^D\r\n');
      expect(new Screen().type('a\x16\nb\n').lines(), 'a newline that ends nothing').to.deep.equal([
        'a\nb\n',
      ]);
    });

    it('prints the line again at ^R', () => {
      expect(new Screen().type('ab\x12').shown).to.equal('ab^R\r\nab');
    });

    it('turns returns and newlines around as told', () => {
      const flags = (input: number): Screen => new Screen({ input }).type('a\rb\nc\x04');
      expect(flags(inputFlags.IGNCR).lines()).to.deep.equal(['ab\n', 'c']);
      expect(flags(0).lines()).to.deep.equal(['a\rb\n', 'c']);
      expect(flags(inputFlags.INLCR).lines()).to.deep.equal(['a\rb\rc']);
    });

    it('ends lines at VEOL and VEOL2', () => {
      const characters = sane.characters.slice();
      characters[controlCharacters.VEOL] = 0x3b;
      characters[controlCharacters.VEOL2] = 0x2c;
      expect(new Screen({ characters }).type('a;b,c\n').lines()).to.deep.equal(['a;', 'b,', 'c\n']);
    });

    it('refuses with a bell what makes a line longer than 4095 bytes', () => {
      const screen = new Screen().type('x'.repeat(5000));
      expect(screen.shown.slice(4094, 4098)).to.equal('x\x07\x07\x07');
      screen.type('\n');
      expect(screen.lines()[0]).to.have.length(4096);
    });

    it('echoes nothing, or only newlines, when told so', () => {
      expect(new Screen(without(localFlags.ECHO)).type('secret\x7f\n').shown).to.equal('');
      const newlines = { local: (sane.local & ~localFlags.ECHO) | localFlags.ECHONL };
      expect(new Screen(newlines).type('secret\n').shown).to.equal('\r\n');
    });
  });

  it('makes signals of ^C ^\\ ^Z and drops what was typed before', () => {
    const screen = new Screen().type('abc\x03');
    expect(screen.shown).to.equal('abc^C');
    expect(screen.events).to.include.members(['flush', 'signal 2']);
    screen.type('d\n');
    expect(screen.lines()).to.deep.equal(['d\n']);
    expect(new Screen().type('\x1c').events).to.include('signal 3');
    expect(new Screen().type('\x1a').events).to.include('signal 20');
  });

  it('keeps what was typed before a signal with NOFLSH', () => {
    const screen = new Screen({ local: sane.local | localFlags.NOFLSH }).type('ab\x03c\n');
    expect(screen.events).to.include('signal 2').and.not.include('flush');
    expect(screen.lines()).to.deep.equal(['abc\n']);
  });

  it('holds output at ^S and lets it go on at ^Q', () => {
    const screen = new Screen().type('a\x13b\x11c\n');
    expect(screen.events).to.deep.equal(['hold', 'go on']);
    expect(screen.lines()).to.deep.equal(['abc\n']);
    expect(new Screen({ input: 0 }).type('\x13\x04').lines()).to.deep.equal(['\x13']);
  });

  it('passes every byte on in raw mode', () => {
    const screen = new Screen({ input: 0, output: 0, local: 0 });
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    screen.discipline.receive(all);
    expect([...screen.discipline.input.takeBytes(1000)]).to.deep.equal([...all]);
    expect(screen.shown).to.equal('');
  });

  const raw = { ...sane, input: sane.input & ~inputFlags.ICRNL, local: 0 };

  it('gives the bytes of lines, ends of file and a line begun when canonical mode ends', () => {
    const screen = new Screen().type('one\rtwo\x04\x04half');
    screen.discipline.termios = raw;
    expect(decoder.decode(screen.discipline.input.takeBytes(100))).to.equal('one\ntwo\x04half');
  });

  it('shows what was typed before canonical mode began when it is read, as if it were typed then', () => {
    const screen = new Screen(raw).type('one\rtwo\x7fo\x04\rre');
    screen.discipline.termios = sane;
    screen.type('st');
    expect(screen.shown).to.equal('');
    expect(screen.discipline.hasLine).to.equal(true);
    expect(screen.read(2)).to.equal('on');
    expect(screen.shown).to.equal('one\r\n');
    expect(screen.read()).to.equal('e\n');
    expect(screen.read()).to.equal('two');
    expect(screen.read()).to.equal('\n');
    expect(screen.discipline.hasLine).to.equal(false);
    expect(screen.read()).to.equal(undefined);
    expect(screen.shown).to.equal('one\r\ntwo\b \bo\r\nrest');
    screen.type('\x7fing\n');
    expect(screen.lines()).to.deep.equal(['resing\n']);
    expect(screen.shown).to.equal('one\r\ntwo\b \bo\r\nrest\b \bing\r\n');
  });

  it('keeps what was typed ahead as it was, through canonical mode in which nobody reads', () => {
    const screen = new Screen(raw).type('one\rtw');
    screen.discipline.termios = sane;
    screen.type('o\x7f\r\x04');
    screen.discipline.termios = raw;
    screen.type('three');
    expect(screen.shown).to.equal('');
    expect(decoder.decode(screen.discipline.input.takeBytes(100))).to.equal('one\rtwo\x7f\r\x04three');
    screen.discipline.termios = sane;
    screen.type('four\n');
    expect(screen.shown).to.equal('four\r\n');
    expect(screen.lines()).to.deep.equal(['four\n']);
  });

  it('acts on a ^C typed ahead at once, which voids what came before', () => {
    const screen = new Screen(raw).type('one\r\x03two');
    screen.discipline.termios = sane;
    expect(screen.events).to.deep.equal(['flush', 'go on', 'signal 2']);
    screen.type('three\x03four\r');
    expect(screen.events).to.have.length(6);
    expect(screen.lines()).to.deep.equal(['four\n']);
  });

  it('loses and reorders nothing that is typed while the mode changes', () => {
    const key = fc.oneof(fc.constantFrom('a', 'b', '\r', 'é'), fc.constant(undefined));
    fc.assert(
      fc.property(fc.array(key, { maxLength: 60 }), (keys) => {
        const screen = new Screen();
        let typed = '';
        let isRaw = false;
        for (const each of keys) {
          if (each === undefined) {
            isRaw = !isRaw;
            screen.discipline.termios = isRaw ? raw : sane;
          } else {
            typed += each;
            screen.type(each);
          }
        }
        screen.discipline.termios = sane;
        screen.type('\r');
        expect(screen.lines().join('')).to.equal(`${typed}\r`.replaceAll('\r', '\n'));
      }),
    );
  });

  it('processes output as POSIX says', () => {
    const process = (output: number, text: string): string => {
      const { discipline } = new Screen({ output });
      return decoder.decode(discipline.process(encoder.encode(text)));
    };
    const { OPOST, ONLCR, OCRNL, ONOCR, XTABS, OLCUC } = outputFlags;
    expect(process(ONLCR, 'a\nb')).to.equal('a\nb');
    expect(process(OPOST | ONLCR, 'a\n\nb')).to.equal('a\r\n\r\nb');
    expect(process(OPOST | OCRNL, 'a\rb')).to.equal('a\nb');
    expect(process(OPOST | ONOCR, '\ra\rb')).to.equal('a\rb');
    expect(process(OPOST | XTABS, '漢\tb')).to.equal(`漢${' '.repeat(6)}b`);
    expect(process(OPOST | OLCUC, 'aZ')).to.equal('AZ');
  });

  it('gives programs the lines that were typed, whatever stands in them', () => {
    const printable = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) =>
      // eslint-disable-next-line no-control-regex
      text.replace(/[\x00-\x1f\x7f]/g, ''),
    );
    fc.assert(
      fc.property(fc.array(printable, { maxLength: 10 }), fc.integer({ min: 1, max: 7 }), (lines, step) => {
        const screen = new Screen();
        const bytes = encoder.encode(lines.map((line) => `${line}\r`).join(''));
        for (let at = 0; at < bytes.length; at += step)
          screen.discipline.receive(bytes.subarray(at, at + step));
        expect(screen.lines()).to.deep.equal(lines.map((line) => `${line}\n`));
      }),
    );
  });

  it('erases exactly what it showed', () => {
    const character = fc.constantFrom('a', ' ', 'é', '漢', '😀', '\t', '\x16\x01', '\x16\x1b');
    fc.assert(
      fc.property(
        fc.array(character, { maxLength: 30 }),
        fc.constantFrom('\x7f', '\x17', '\x15'),
        (text, erase) => {
          const screen = new Screen().type(text.join(''));
          for (let i = 0; i < 31; i += 1) screen.type(erase);
          screen.type('\n');
          expect(screen.lines()).to.deep.equal(['\n']);
          expect(cursorAfter(screen.shown.replace('\r\n', ''))).to.equal(0);
        },
      ),
    );
  });

  it('survives any bytes under any attributes', () => {
    const flags = fc.nat(0xffff);
    const attributes = fc.record({
      input: flags,
      output: flags,
      control: flags,
      local: flags,
      characters: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(attributes, fc.uint8Array({ maxLength: 60 })), { maxLength: 8 }),
        (steps) => {
          const { discipline } = new Screen();
          let typed = 0;
          for (const [termios, bytes] of steps) {
            discipline.termios = termios;
            discipline.process(bytes);
            discipline.receive(bytes);
            typed += bytes.length;
            expect(discipline.input.length).to.be.at.most(typed);
          }
          const { length } = discipline.input;
          expect(discipline.input.takeBytes(1 << 20)).to.have.length(length);
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** The column a terminal's cursor ends in. */
function cursorAfter(text: string): number {
  let column = 0;
  for (const character of text) {
    if (character === '\b') column -= 1;
    else if (character === '\t') column += 8 - (column % 8);
    else column += character === '漢' || character === '😀' ? 2 : 1;
  }
  return column;
}
