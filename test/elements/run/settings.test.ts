import { expect } from 'chai';
import { parseDuration, parseMemory, readSettings } from '../../../elements/run/settings.js';
import { splitWords } from '../../../elements/run/words.js';

function settingsOf(attributes: Record<string, string>): ReturnType<typeof readSettings> {
  const element = document.createElement('div');
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return readSettings(element);
}

describe('words of an attribute', () => {
  it('are split as a shell splits them', () => {
    expect(splitWords(`one 'two words' "a \\"b\\" $c" d\\ e ''`)).to.deep.equal([
      'one',
      'two words',
      'a "b" $c',
      'd e',
      '',
    ]);
    expect(splitWords(`a'b'"c"d`)).to.deep.equal(['abcd']);
    expect(splitWords(`"back\\slash \\\\" \\\\`)).to.deep.equal(['back\\slash \\', '\\']);
    expect(splitWords('  \n ')).to.deep.equal([]);
  });

  it('need their quotes closed', () => {
    for (const text of [`'`, `a "b`, `"\\"`]) expect(() => splitWords(text)).to.throw(RangeError);
  });
});

describe('settings of a run', () => {
  it('take times and sizes with their units', () => {
    expect(parseDuration('10s')).to.equal(10_000);
    expect(parseDuration('500ms')).to.equal(500);
    expect(parseDuration(' 1.5 m ')).to.equal(90_000);
    expect(parseMemory('256MB')).to.equal(256 * 2 ** 20);
    expect(parseMemory('1GiB')).to.equal(2 ** 30);
    expect(parseMemory('64k')).to.equal(65_536);
  });

  it('are none where there are no attributes', () => {
    expect(settingsOf({})).to.deep.equal({
      args: [],
      env: {},
      stdin: undefined,
      network: 'none',
      timeoutMs: undefined,
      memoryBytes: undefined,
      session: undefined,
      setup: undefined,
      display: undefined,
    });
  });

  it('are what the attributes say', () => {
    const settings = settingsOf({
      args: `-n 'a b'`,
      env: `A=1 B='x y'`,
      stdin: '',
      timeout: '1m',
      session: ' s ',
    });
    expect(settings.args).to.deep.equal(['-n', 'a b']);
    expect(settings.env).to.deep.equal({ A: '1', B: 'x y' });
    expect(settings.stdin).to.equal('');
    expect(settings.timeoutMs).to.equal(60_000);
    expect(settings.session).to.equal('s');
  });

  const wrong: Record<string, string> = {
    timeout: '10',
    memory: 'lots',
    args: `"open`,
    env: 'NAME',
    network: 'a$b',
    boot: 'soon',
    theme: 'pink',
  };
  for (const [name, value] of Object.entries(wrong))
    it(`say in one sentence what is wrong with ${name}="${value}", and how to write it`, () => {
      expect(() => settingsOf({ [name]: value }))
        .to.throw(`${name}="${value}"`)
        .with.property('code', 'EINVAL');
      try {
        settingsOf({ [name]: value });
      } catch (error) {
        expect((error as { hint: string }).hint).to.include(`${name}="`);
      }
    });

  for (const name of ['persist'])
    it(`do not pretend to know ${name}`, () => {
      expect(() => settingsOf({ [name]: 'x' }))
        .to.throw(`${name}="x"`)
        .with.property('code', 'ENOSYS');
    });
});
