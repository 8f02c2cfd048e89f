import { expect } from 'chai';
import { readObject } from '../../../elements/display/display-object.js';
import { SequenceSplitter, type Part } from '../../../elements/display/sequences.js';
import { pick, randomOf } from '../../security/fuzz-values.js';
import { testConfig } from '../../test-config.js';

const binary = (text: string): Uint8Array => Uint8Array.from(text, (each) => each.charCodeAt(0));
const textOf = (bytes: Uint8Array): string => Array.from(bytes, (each) => String.fromCharCode(each)).join('');

/** Parts as one line of text, text that was cut joined again. */
function split(chunks: readonly string[], largest?: number): string {
  const splitter = new SequenceSplitter(largest);
  const parts: Part[] = chunks.flatMap((chunk) => splitter.split(binary(chunk)));
  return [...parts, ...splitter.end()]
    .map((part) => {
      if (part.type === 'text') return textOf(part.bytes);
      if (part.type === 'lost') return `{${part.why} ${part.bytes}}`;
      return `{${part.protocol} ${part.header} ${textOf(part.base64)}}`;
    })
    .join('');
}

const ours = (header: string, content: string, end = '\x07'): string =>
  `\x1b]7747;${header}:${btoa(content)}${end}`;

function read(sequence: string): ReturnType<typeof readObject> {
  const [part] = new SequenceSplitter().split(binary(sequence));
  return part?.type === 'object' ? readObject(part) : expect.fail('no object');
}

describe('objects among the bytes of a stream', () => {
  it('are found between text, ended by BEL or ST', () => {
    const text = `a${ours('text/html', '<b>1</b>')}b\n${ours('image/png', 'x', '\x1b\\')}${ours('bundle', '{}')}c`;
    expect(split([text])).to.equal(
      'a{ours text/html PGI+MTwvYj4=}b\n{ours image/png eA==}{ours bundle e30=}c',
    );
  });

  it('leave every other escape sequence as it is', () => {
    const text =
      '\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b]8;;https://a\x1b\\link\x1b]8;;\x1b\\ \x1b\x1b]77\x1b(B\x1b';
    expect(split([text])).to.equal(text);
  });

  it('may have the line breaks of base64 tools', () => {
    const lines = `${'QUJD'.repeat(19)}\n${'QUJD'.repeat(19)}\r\nQQ==\n`;
    expect(split([`\x1b]1337;File=inline=1:${lines}\x07after`])).to.equal(`{iterm2 inline=1 ${lines}}after`);
  });

  it('lose nothing of the text after one that was never finished', () => {
    expect(split(['\x1b]7747;text/html:PGI+\nHello, world\n'])).to.equal(
      ']7747;text/html:PGI+\nHello, world\n',
    );
    expect(split(['\x1b]7747;text/html:PGI+done\x1b[32m green'])).to.equal(
      ']7747;text/html:PGI+done\x1b[32m green',
    );
    expect(split(['\x1b]7747;text/html'])).to.equal(']7747;text/html');
    expect(split(['\x1b]7747;text/html\nnext'])).to.equal(']7747;text/html\nnext');
    expect(split([`\x1b]7747;text/html:PG${ours('text/plain', 'x')}y`])).to.equal(
      ']7747;text/html:PG{ours text/plain eA==}y',
    );
    const long = split([`\x1b]7747;image/png:${'QUJD'.repeat(5_000)}`, '\nHello, world\n']);
    expect(long).to.match(/^\{unfinished \d+\}[QUJD]+\nHello, world\n$/);
  });

  it('are let go when they are too large, and what follows is not', () => {
    const body = 'A'.repeat(20_000);
    expect(split([`a\x1b]7747;image/png:${body}\x07b`], 10_000)).to.equal('a{large 20000}b');
    const half = split([`a\x1b]7747;image/png:${body}`, 'text after.'], 10_000);
    expect(half).to.match(/^a\{unfinished \d+\}A+text after\.$/);
  });

  it('are the same however the bytes were cut', function () {
    const random = randomOf(testConfig.seed);
    const pieces = [
      ...[
        'text ',
        'ünï\n',
        '\x1b',
        '\x1b]',
        '\x1b]7747;',
        '\x1b]1337;File=',
        '\x1b]1337;Other=1\x07',
        '\x1b[1m',
      ],
      ...[
        '\x07',
        '\x1b\\',
        ':',
        'QUJD',
        'QUJD'.repeat(16) + '\n',
        'QUJD'.repeat(2_000),
        'A'.repeat(9_000),
        '\r',
        '\n',
      ],
      ...[ours('text/html', 'x'), ours('image/png;alt=a%20b', 'y', '\x1b\\'), 'inline=1;name=YQ==:QUJD\x07'],
    ];
    for (let round = 0; round < 150; round += 1) {
      let text = '';
      for (let left = Math.floor(random() * 12); left >= 0; left -= 1)
        text += textOf(new TextEncoder().encode(pick(random, pieces)));
      const whole = split([text], 16_000);
      for (const sizes of [1, 7, 5_000]) {
        const chunks: string[] = [];
        for (let at = 0; at < text.length;) {
          const length = 1 + Math.floor(random() * sizes);
          chunks.push(text.slice(at, at + length));
          at += length;
        }
        expect(split(chunks, 16_000), `seed ${testConfig.seed}, round ${round}`).to.equal(whole);
      }
    }
  });
});

describe('what a sequence says', () => {
  it('is one form, with a text alternative and a size', () => {
    const object = read(ours('image/png;alt=A%20red%20dot;width=12;height=8.5', 'bytes'));
    expect(object).to.include({ alt: 'A red dot', width: '12px', height: '8.5px' });
    expect(textOf(object?.data['image/png'] as Uint8Array)).to.equal('bytes');
  });

  it('is a bundle as notebooks have it', () => {
    const object = read(
      ours(
        'bundle',
        JSON.stringify({
          data: {
            'text/html': ['<b>', 'x</b>'],
            'text/plain': 'x',
            'image/png': btoa('png'),
            'application/json': { a: 1 },
          },
          metadata: { 'text/html': { alt: 'bold x' } },
        }),
      ),
    );
    expect(object?.alt).to.equal('bold x');
    expect(object?.data).to.deep.include({
      'text/html': '<b>x</b>',
      'text/plain': 'x',
      'application/json': '{"a":1}',
    });
    expect(object?.data['image/png']).to.deep.equal(binary('png'));
  });

  it('may be an inline image of iTerm2, whose type its bytes tell', () => {
    const sequence = `\x1b]1337;File=name=${btoa('dot.gif')};inline=1;width=20px;height=3:${btoa('GIF89a…'.slice(0, 6))}\x07`;
    const object = read(sequence);
    expect(object).to.include({ alt: 'dot.gif', width: '20px', height: '3lh' });
    expect(Object.keys(object?.data ?? {})).to.deep.equal(['image/gif']);
  });

  it('is nothing where it is no base64, no JSON, no type, or a file to be downloaded', () => {
    for (const sequence of [
      '\x1b]7747;text/html:PGIab\x07',
      ours('bundle', 'not json'),
      ours('html', 'x'),
      ours('text/html;alt=%', 'x'),
      `\x1b]1337;File=name=YQ==:${btoa('GIF89a')}\x07`,
      `\x1b]1337;File=inline=1:${btoa('plain text')}\x07`,
    ])
      expect(read(sequence), sequence).to.equal(undefined);
  });
});
