// frame/preview: start tags of an HTML text with the places of their attributes (HTML standard, 13.2.5).
// Enough of the tokenizer to change attributes and inline scripts without moving a line.

export interface Attribute {
  /** Lower case. */
  readonly name: string;
  /** With character references decoded. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export interface StartTag {
  /** Lower case. */
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly start: number;
  /** After `>`. */
  readonly end: number;
  /** Raw text of script, style and the like ends here. Equals `end` for other elements. */
  readonly contentEnd: number;
}

const rawText = new Set([
  'script',
  'style',
  'textarea',
  'title',
  'xmp',
  'iframe',
  'noembed',
  'noframes',
  'noscript',
]);
const attributePattern = /[\s/]*([^\s/>=][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?/y;

export function* startTags(html: string): Generator<StartTag> {
  let at = 0;
  for (;;) {
    at = html.indexOf('<', at);
    if (at === -1) return;
    if (html.startsWith('<!--', at)) {
      at = after(html, '-->', at + 2);
    } else if (/[!?/]/.test(html[at + 1] ?? '')) {
      at = after(html, '>', at);
    } else if (/[a-z]/i.test(html[at + 1] ?? '')) {
      const tag = startTag(html, at);
      yield tag;
      if (tag.name === 'plaintext') return;
      at = tag.contentEnd;
    } else {
      at += 1;
    }
  }
}

function after(html: string, end: string, from: number): number {
  const found = html.indexOf(end, from);
  return found === -1 ? html.length : found + end.length;
}

function startTag(html: string, start: number): StartTag {
  const name = /[^\s/>]*/y;
  name.lastIndex = start + 1;
  const tagName = (name.exec(html)?.[0] ?? '').toLowerCase();
  const attributes: Attribute[] = [];
  let at = name.lastIndex;
  for (;;) {
    attributePattern.lastIndex = at;
    const match = attributePattern.exec(html);
    if (match === null) break;
    const [whole, attribute = '', double, single, bare] = match;
    attributes.push({
      name: attribute.toLowerCase(),
      value: decode(double ?? single ?? bare ?? ''),
      start: at + whole.indexOf(attribute),
      end: attributePattern.lastIndex,
    });
    at = attributePattern.lastIndex;
  }
  const end = after(html, '>', at);
  const contentEnd = rawText.has(tagName) ? rawTextEnd(html, tagName, end) : end;
  return { name: tagName, attributes, start, end, contentEnd };
}

function rawTextEnd(html: string, name: string, from: number): number {
  const pattern = new RegExp(`</${name}(?=[\\s/>])`, 'gi');
  pattern.lastIndex = from;
  return pattern.exec(html)?.index ?? html.length;
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
};

function decode(value: string): string {
  return value.replace(
    /&(?:#x([\da-f]+)|#(\d+)|([a-z]+));?/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return named[name] ?? whole;
      const code = Number.parseInt(hex ?? decimal ?? '', hex === undefined ? 10 : 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

/** For a value between double quotes. */
export function encode(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}
