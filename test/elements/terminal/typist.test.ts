import { expect } from 'chai';
import { isWebAddress } from '../../../elements/terminal/links.js';
import { Typist, typeable } from '../../../elements/terminal/typist.js';

/** A program that makes room when it is told to. */
function program() {
  const typed: Uint8Array[] = [];
  const rooms: (() => void)[] = [];
  return {
    text: () => typed.map((bytes) => new TextDecoder().decode(bytes)).join(''),
    type: (bytes: Uint8Array) => void typed.push(bytes),
    room: () => new Promise<void>((resolve) => rooms.push(resolve)),
    read: async () => {
      rooms.shift()?.();
      for (let turn = 0; turn < 3; turn++) await Promise.resolve();
    },
  };
}
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('The typist of a terminal', () => {
  it('keeps what is typed for the program that is yet to come', () => {
    const typist = new Typist();
    typist.key(bytes('a'));
    const reader = program();
    typist.attach(reader, []);
    expect(reader.text()).to.equal('a');
  });

  it('sends of a paste as much as there is room for, and what is typed meanwhile behind it', async () => {
    const typist = new Typist();
    const reader = program();
    typist.attach(reader, []);
    let isDone = false;
    void typist.paste('x'.repeat(40_000), false).then(() => (isDone = true));
    typist.key(bytes('!'));
    expect(reader.text()).to.have.length(16_384);
    await reader.read();
    expect(reader.text()).to.have.length(32_768);
    expect(isDone).to.equal(false);
    await reader.read();
    await reader.read();
    await reader.read();
    expect(reader.text()).to.equal(`${'x'.repeat(40_000)}!`);
    expect(isDone).to.equal(true);
  });

  it('lets ^C pass a paste that nobody reads, and drops the rest of it', async () => {
    const typist = new Typist();
    const reader = program();
    typist.attach(reader, []);
    const pasted = typist.paste('x'.repeat(40_000), true);
    typist.key(Uint8Array.of(3));
    expect(reader.text().endsWith('\x03')).to.equal(true);
    await pasted;
    await reader.read();
    typist.key(bytes('a'));
    expect(reader.text().endsWith('\x03a')).to.equal(true);
  });

  it('types line by line for the reader, when the program waits, until the reader interrupts', () => {
    const typist = new Typist();
    const reader = program();
    typist.attach(reader, ['one', 'two', 'three']);
    expect(reader.text()).to.equal('');
    typist.waiting();
    typist.waiting();
    expect(reader.text()).to.equal('one\rtwo\r');
    typist.interrupt();
    typist.waiting();
    expect(reader.text()).to.equal('one\rtwo\r\x03');
  });

  it('drops what could be keys that nobody pressed', () => {
    expect(typeable('a\r\nb\nc\rd\te')).to.equal('a\rb\rc\rd\te');
    expect(typeable('\x1b[201~rm\x03\x7f\x9b2J é日👍')).to.equal('[201~rm2J é日👍');
  });
});

describe('Links of a terminal', () => {
  it('are addresses of the web and no others', () => {
    for (const yes of ['https://example.com/a?b#c', 'HTTP://example.com'])
      expect(isWebAddress(yes)).to.equal(true);
    const others = [
      'javascript:alert(1)',
      ' javascript:x',
      'data:text/html,x',
      'file:///etc/passwd',
      'blob:x',
      '//x',
      'x',
      '',
    ];
    for (const no of others) expect(isWebAddress(no), no).to.equal(false);
  });
});
