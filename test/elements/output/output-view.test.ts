import { expect } from 'chai';
import fc from 'fast-check';
import { OutputView } from '../../../elements/output/output-view.js';
import { mountView, nextFrame } from './mount.js';

const esc = '\x1b[';
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('OutputView', () => {
  let view: OutputView;
  let root: ShadowRoot;

  beforeEach(() => ({ view, root } = mountView()));
  afterEach(() => {
    view.dispose();
    document.body.replaceChildren();
  });

  const shown = (text: string): string => {
    view.append('stdout', text);
    return view.text();
  };

  describe('text', () => {
    it('is hidden while there is nothing to show', () => {
      expect(view.element.hidden).to.equal(true);
      expect(shown('hi\n')).to.equal('hi\n');
      expect(view.element.hidden).to.equal(false);
      view.clear();
      expect(view.element.hidden).to.equal(true);
    });

    it('keeps lines, blank lines and tabs as they were printed', () => {
      expect(shown('a\n\n\tb\tc\n')).to.equal('a\n\n\tb\tc\n');
    });

    it('shows a line without a line feed at its end', () => {
      view.append('stdout', 'Name? ');
      expect(view.text().trimEnd()).to.equal('Name?');
    });

    it('is drawn in the next frame without being asked', async () => {
      view.append('stdout', 'soon');
      await view.drained();
      await nextFrame();
      expect(view.element.textContent).to.contain('soon');
    });

    it('leaves what is drawn where it is when more comes, so that it can be selected and clicked', async () => {
      const linked = mountView({ places: () => () => undefined });
      linked.view.append('stderr', 'File "a.py", line 1\nwhat ');
      await nextFrame();
      await nextFrame();
      const link = linked.root.querySelector('[part="place"]');
      const rest = link?.nextSibling as Text;
      linked.view.append('stderr', 'was\nFile "b.py", line 2\n');
      await nextFrame();
      await nextFrame();
      expect(linked.root.querySelectorAll('[part="place"]')).to.have.length(2);
      expect(linked.root.querySelector('[part="place"]')).to.equal(link);
      expect(link?.nextSibling).to.equal(rest);
      expect(rest.data).to.equal('\nwhat was\n');
      linked.view.dispose();
    });

    it('joins characters whose bytes come in different chunks, stream by stream', () => {
      const [a, b] = [encode('é'), encode('ß')];
      view.append('stdout', a.slice(0, 1));
      view.append('stderr', b.slice(0, 1));
      view.append('stdout', a.slice(1));
      view.append('stderr', b.slice(1));
      expect(view.text('stdout')).to.equal('é');
      expect(view.text('stderr')).to.equal('ß');
      expect(view.text()).to.contain('éß');
    });

    it('gives back what a stream wrote, escape sequences included, and what is shown, without them', () => {
      view.append('stdout', `${esc}31mred${esc}0m\n`);
      view.append('stderr', 'warned\n');
      expect(view.text('stdout')).to.equal(`${esc}31mred${esc}0m\n`);
      expect(view.text('stderr')).to.equal('warned\n');
      expect(view.text()).to.equal('red\nwarned\n');
    });

    it('keeps a very long line in one piece', () => {
      const line = 'x'.repeat(100_000);
      expect(shown(`${line}\nnext\n`)).to.equal(`${line}\nnext\n`);
    });

    it('shows malformed bytes as replacement characters', () => {
      view.append('stdout', new Uint8Array([0x61, 0xff, 0x62, 0xe2, 0x82]));
      view.note('exit', 'done');
      expect(view.text()).to.equal('a\ufffdb\ufffd\n');
    });
  });

  describe('control characters and sequences', () => {
    const cases: [string, string, string][] = [
      ['a carriage return starts the line again', 'old text\rnew', 'new text\n'],
      ['a line feed after a carriage return keeps the line', 'a\r\nb\r\n', 'a\nb\n'],
      ['a backspace moves left', 'abc\b\bX', 'aXc\n'],
      ['a form of progress that erases the line', `10%\r${esc}K100%\n`, '100%\n'],
      ['erasing to the end, from the start, and the whole line', `abc${esc}2D${esc}K`, 'a\n'],
      ['erasing from the start leaves blanks', `abc${esc}2D${esc}1K`, '  c\n'],
      ['moving up and back down', `one\ntwo\n${esc}2AONE${esc}1B!\n`, 'ONE\ntwo!\n'],
      ['an absolute column', `abcdef${esc}3GX`, 'abXdef\n'],
      ['home and clear, as an animation does', `frame 1\nmore\n${esc}2J${esc}Hframe 2\n`, 'frame 2\n'],
      ['a saved cursor', `a\x1b7bcd\x1b8X`, 'aXcd\n'],
      ['deleted characters', `abcdef\r${esc}2P`, 'cdef\n'],
      ['a hyperlink is its text', `\x1b]8;;https://example.org\x1b\\site\x1b]8;;\x07!`, 'site!\n'],
      [
        'window titles, device strings and private modes vanish',
        `\x1b]0;t\x07\x1bPq#1\x1b\\${esc}?25lx${esc}?25h`,
        'x\n',
      ],
      ['unknown sequences vanish whole', `${esc}5;3;1zx\x1b(By`, 'xy\n'],
      ['a wide character overwritten by half', '日本\rx', 'x 本\n'],
      ['eight-bit control sequences', '\x9b31mx', 'x\n'],
    ];
    for (const [name, input, output] of cases) {
      it(name, () => expect(shown(input)).to.equal(output));
    }

    it('draws a tqdm bar as its last state', () => {
      for (let done = 0; done <= 100; done += 5)
        view.append('stderr', `\r${done}%|${'█'.repeat(done / 10)}| ${done}/100`);
      view.append('stderr', '\n');
      expect(view.text()).to.equal(`100%|${'█'.repeat(10)}| 100/100\n`);
    });

    it('draws several bars that are updated by moving up, as rich and pip do', () => {
      view.append('stdout', 'a 0%\nb 0%\nc 0%\n');
      for (const percent of [30, 60, 100]) {
        view.append('stdout', `${esc}3A`);
        for (const name of 'abc') view.append('stdout', `\r${esc}2K${name} ${percent}%\n`);
        view.flush();
      }
      expect(view.text()).to.equal('a 100%\nb 100%\nc 100%\n');
    });

    it('never makes up more text than a cursor position is worth', () => {
      view.append('stdout', `${esc}999999999;999999999Hx${esc}999999999Cy${esc}999999999By`);
      expect(view.text().length).to.be.below(20_000);
    });

    it('leaves alone what scrolled away long ago', () => {
      const lines = Array.from({ length: 500 }, (_, index) => `line ${index}\n`).join('');
      view.append('stdout', lines);
      view.append('stdout', `${esc}1000AX`);
      expect(view.text()).to.contain('line 0\n').and.to.contain('line 399\n').and.to.contain('line 499\n');
    });
  });

  describe('appearance', () => {
    const spanOf = (text: string): HTMLElement =>
      [...root.querySelectorAll<HTMLElement>('.block span')].find((span) =>
        span.textContent.startsWith(text),
      ) ?? expect.fail(`no span with ${text}`);

    it('gives the sixteen colours and attributes classes of their own', () => {
      view.append('stdout', `${esc}1;3;4;9;31mx${esc}0m ${esc}94my${esc}39mz`);
      view.flush();
      expect([...spanOf('x').classList]).to.have.members([
        'bold',
        'italic',
        'underline',
        'strike',
        'ansi',
        'fg1',
      ]);
      expect([...spanOf('y').classList]).to.have.members(['ansi', 'fg12']);
      expect(root.querySelectorAll('.block span')).to.have.length(2);
    });

    it('understands free colours with semicolons and with colons', () => {
      view.append('stdout', `${esc}38;2;0;0;0ma${esc}38:2::0:0:0mb${esc}38;5;16mc${esc}48;5;196md`);
      view.flush();
      const [abc, d] = [spanOf('abc'), spanOf('d')];
      expect(abc.style.getPropertyValue('--light')).to.equal('#000000');
      expect(d.style.getPropertyValue('--ground')).to.equal('#ff0000');
    });

    it('keeps the pen of each stream apart', () => {
      view.append('stdout', `${esc}32mgreen `);
      view.append('stderr', 'plain ');
      view.append('stdout', 'still\n');
      view.flush();
      expect(spanOf('still').classList.contains('fg2')).to.equal(true);
    });

    it('tells stderr apart by a block of its own, a bar and words for a screen reader', () => {
      view.append('stdout', 'fine\n');
      view.append('stderr', 'bad\n\nworse\n');
      view.append('stdout', 'fine again\n');
      view.flush();
      const blocks = [...root.querySelectorAll<HTMLElement>('.block')];
      expect(blocks.map((block) => block.textContent)).to.deep.equal([
        'fine\n',
        'bad\n\nworse\n',
        'fine again\n',
      ]);
      const error = blocks[1] as HTMLElement;
      expect(getComputedStyle(error).borderInlineStartWidth).to.equal('3px');
      expect(getComputedStyle(error, '::before').content).to.contain('Error output');
      expect(getComputedStyle(blocks[0] as HTMLElement).borderInlineStartWidth).to.equal('0px');
    });

    it('shows notes below the output so far, and later output below them', () => {
      view.append('stdout', 'no line feed');
      view.note('error', 'It failed.');
      view.append('stdout', 'after\n');
      view.flush();
      const children = [...(view.element.firstElementChild as HTMLElement).children];
      expect(children.map((child) => child.textContent)).to.deep.equal([
        'no line feed\n',
        'It failed.',
        'after\n',
      ]);
      expect(children[1]?.className).to.equal('note note-error');
    });
  });

  describe('in the page', () => {
    it('is a polite log with a name', () => {
      expect(view.element.getAttribute('role')).to.equal('log');
      expect(view.element.ariaLabel).to.equal('Output');
      expect(view.element.ariaLive).to.equal('polite');
    });

    it('falls silent during a flood', () => {
      view.append('stdout', 'x'.repeat(5000));
      view.flush();
      expect(view.element.ariaLive).to.equal('off');
    });

    it('is in the tab order only while it overflows', async () => {
      view.append('stdout', 'short\n');
      view.flush();
      await nextFrame();
      await nextFrame();
      expect(view.element.hasAttribute('tabindex')).to.equal(false);
      view.append('stdout', 'line\n'.repeat(500));
      view.flush();
      await nextFrame();
      await nextFrame();
      expect(view.element.tabIndex).to.equal(0);
    });

    it('follows the output while the reader is at its end, and stays where the reader scrolled to', async () => {
      const atEnd = (): boolean => {
        const { scrollTop, scrollHeight, clientHeight } = view.element;
        return scrollHeight - scrollTop - clientHeight < 8;
      };
      const more = async (): Promise<void> => {
        view.append('stdout', 'line\n'.repeat(300));
        view.flush();
        await nextFrame();
        await nextFrame();
      };
      await more();
      expect(atEnd()).to.equal(true);
      view.element.scrollTop = 10;
      await nextFrame();
      await nextFrame();
      await more();
      expect(view.element.scrollTop).to.be.within(5, 15);
      view.element.scrollTop = view.element.scrollHeight;
      await nextFrame();
      await nextFrame();
      await more();
      expect(atEnd()).to.equal(true);
    });

    it('is copied as the text that was printed', () => {
      const parent = document.createElement('div'); // selections inside shadow trees cannot be read in every engine
      document.body.append(parent);
      const open = new OutputView({ parent });
      const text = 'one\n\n\ttwo\n';
      open.append('stdout', text);
      open.append('stderr', 'three\n\n');
      open.append('stdout', `${esc}31mfour${esc}0m\n`);
      open.flush();
      const selection = document.getSelection() as Selection;
      selection.selectAllChildren(open.element);
      expect(selection.toString().trimEnd()).to.equal(`${text}three\n\nfour`);
      open.dispose();
    });

    it('leaves nothing behind', () => {
      view.append('stdout', 'x');
      view.dispose();
      expect(root.childElementCount).to.equal(0);
      view.append('stdout', 'y');
      expect(root.childElementCount).to.equal(0);
    });
  });

  describe('whatever a program prints', () => {
    const fragment = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        ...[
          '<img src=x onerror=alert(1)>',
          '</div><script>1</script>',
          '&lt;b&gt;',
          '<style>*{}</style>',
          '<svg/onload=1>',
        ],
        ...[
          '\n',
          '\r',
          '\b',
          '\t',
          '\x1b',
          '\x1b[',
          '\x1b]8;;javascript:alert(1)\x07x\x1b]8;;\x07',
          '\x9c',
          '日',
          '👩‍💻',
          'e\u0301',
        ],
        ...[
          '\x1b[31m',
          '\x1b[0m',
          '\x1b[38;5;9m',
          '\x1b[48;2;1;2;3m',
          '\x1b[7m',
          '\x1b[38:2::9:9:9m',
          '\x1b[m',
        ],
        ...[
          '\x1b[A',
          '\x1b[2B',
          '\x1b[5C',
          '\x1b[3D',
          '\x1b[K',
          '\x1b[1K',
          '\x1b[2K',
          '\x1b[J',
          '\x1b[2J',
          '\x1b[3J',
          '\x1b[H',
        ],
        ...['\x1b[3;4H', '\x1b[4G', '\x1b[2P', '\x1b[3X', '\x1b7', '\x1b8', '\x1bc', '\x1b[?25l', '\x1bM'],
      ),
      fc.integer({ min: 1, max: 40 }).map((count) => 'word '.repeat(count)),
    );
    const writes = fc.array(
      fc.record({ stream: fc.constantFrom('stdout' as const, 'stderr' as const), text: fragment }),
      { maxLength: 40 },
    );

    it('moves lines into other blocks when one between them turns to stderr', () => {
      view.append('stdout', `${esc}2Blast${esc}A`);
      view.flush();
      view.append('stderr', 'bad');
      expect(view.text()).to.equal('\n    bad\nlast\n');
    });

    const htmlOf = (): string => view.element.firstElementChild?.innerHTML ?? '';

    it('looks the same however it is cut into chunks', () => {
      fc.assert(
        fc.property(
          writes,
          fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 50 }),
          (all, sizes) => {
            view.clear();
            for (const { stream, text } of all) view.append(stream, encode(text));
            view.flush();
            const whole = { html: htmlOf(), text: view.text() };
            view.clear();
            let turn = 0;
            for (const { stream, text } of all) {
              const bytes = encode(text);
              for (let at = 0; at < bytes.length;) {
                const size = sizes[turn++ % sizes.length] ?? 1;
                view.append(stream, bytes.slice(at, at + size));
                at += size;
                if (turn % 3 === 0) view.flush();
              }
            }
            view.flush();
            expect({ html: htmlOf(), text: view.text() }).to.deep.equal(whole);
          },
        ),
        { numRuns: 200 },
      );
    });

    it('makes no element but blocks and spans, and no attribute but class and style', () => {
      fc.assert(
        fc.property(writes, (all) => {
          view.clear();
          for (const { stream, text } of all) view.append(stream, text);
          view.flush();
          for (const element of view.element.querySelectorAll('*')) {
            expect(element.localName).to.be.oneOf(['div', 'span']);
            expect(element.getAttributeNames()).to.satisfy((names: string[]) =>
              names.every((name) => name === 'class' || name === 'style'),
            );
          }
        }),
        { numRuns: 200 },
      );
    });
  });

  describe('a flood', () => {
    it('is cut after 1 MB and says so once, with few nodes in the document', () => {
      const line = `${esc}3%mthis line goes on for quite a while${esc}0m and ends\n`;
      for (let sent = 0, index = 0; sent < 5_000_000; index++) {
        const text = line.replace('%', String(index % 8));
        sent += text.length;
        view.append(index % 3 === 0 ? 'stderr' : 'stdout', text);
        if (index % 5000 === 0) view.flush();
      }
      view.flush();
      const notes = root.querySelectorAll('.note');
      expect(notes).to.have.length(1);
      expect(notes[0]?.textContent).to.contain('The output is cut after 1 MB');
      expect(view.text().length).to.be.within(990_000, 1_010_000);
      expect(view.text('stdout').length).to.be.at.most(1_000_000);
      expect(root.querySelectorAll('*').length).to.be.below(40_000);
      expect(view.pending).to.equal(0);
    });

    it('of line feeds is cut after 100,000 lines, with few nodes', () => {
      for (let round = 0; round < 50; round++) {
        view.append('stdout', '\n'.repeat(100_000));
        view.flush();
      }
      expect(root.querySelectorAll('.note')).to.have.length(1);
      expect(root.querySelector('.note')?.textContent).to.contain('100,000 lines');
      expect(root.querySelectorAll('*').length).to.be.below(3000);
    });

    it('of progress on one line is never cut', () => {
      for (let round = 0; round < 40; round++) {
        view.append('stdout', '\rdone: 12345678901234567890'.repeat(2500));
        view.flush();
      }
      view.append('stdout', '\n');
      expect(view.text()).to.equal('done: 12345678901234567890\n');
    });

    it('is taken in slices, and drained says when all of it is', async () => {
      view.append('stdout', 'a line of output\n'.repeat(40_000));
      await nextFrame();
      expect(view.pending).to.be.above(0);
      await view.drained();
      expect(view.pending).to.equal(0);
      expect(view.text().length).to.equal(17 * 40_000);
    });

    it('still takes notes after the cut, and starts afresh after clear', () => {
      view.append('stdout', 'x'.repeat(1_100_000));
      view.note('exit', 'Exited with code 0.');
      view.flush();
      expect([...root.querySelectorAll('.note')].map((note) => note.className)).to.deep.equal([
        'note note-limit',
        'note note-exit',
      ]);
      view.clear();
      view.append('stdout', 'again\n');
      expect(view.text()).to.equal('again\n');
    });

    it('resolves drained when it is thrown away', async () => {
      view.append('stdout', 'x'.repeat(500_000));
      const drained = view.drained();
      view.dispose();
      await drained;
    });
  });
});
