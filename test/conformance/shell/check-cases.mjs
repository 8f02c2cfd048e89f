// mksh's own tests: check.t is a series of fields, `name: value`, a test ended by a line of dashes. What a field means
// stands at the head of check.pl, which runs them where there is a Perl; here they become cases for a test page.
// Text is bytes, one a character: some tests hold what is no UTF-8.

/** Fields whose value is the lines behind them that begin with a tab. */
const long = new Set(
  (
    'description script stdin perl-setup perl-cleanup file-setup file-result expected-stdout ' +
    'expected-stdout-pattern expected-stderr expected-stderr-pattern category arguments env-setup'
  ).split(' '),
);
const repeated = new Set(['file-setup', 'file-result']);

/** What Build.sh would tell check.pl of this shell and this system. */
const categories = new Set(
  'os:wasi int:64 fastbox shell:legacy-no shell:textmode-no shell:binmode-yes shell:ebcdic-no shell:ascii-yes'.split(
    ' ',
  ),
);
const utf8Locale = 'en_US.UTF-8';

/** The cases of a check.t that are for this shell. */
export function readCheckCases(text) {
  return blocksOf(text)
    .filter(({ category }) => category === undefined || isFor(category))
    .map(caseOf);
}

function blocksOf(text) {
  const blocks = [];
  const lines = text.split('\n');
  let block = {};
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    if (/^\s*---\s*$/.test(line)) {
      blocks.push(block);
      block = {};
    }
    const [, field, given] = /^([-\w]+):\s*(.*?)\s*$/.exec(line) ?? [];
    if (field === undefined) continue;
    let value = given;
    if (long.has(field) && (repeated.has(field) || value === '' || value === '!')) {
      const isCut = value.startsWith('!');
      const body = [];
      while (lines[at + 1]?.startsWith('\t')) body.push(`${lines[++at].slice(1)}\n`);
      const head = repeated.has(field) ? `${value.replace(/^!/, '')}\n` : '';
      value = head + body.join('');
      if (isCut) value = value.slice(0, -1);
    }
    if (repeated.has(field)) (block[field] ??= []).push(value);
    else block[field] = value;
  }
  return blocks;
}

/** Any of its categories, and none of those with a `!`. */
function isFor(category) {
  const wanted = category.split(',').map((each) => each.trim());
  if (wanted.some((each) => each.startsWith('!') && categories.has(each.slice(1)))) return false;
  return wanted.some((each) => each.startsWith('!') || categories.has(each));
}

function caseOf(block) {
  return {
    name: block.name,
    arguments: fieldsOf(block.arguments),
    environment: fieldsOf(block['env-setup']?.replaceAll('@utflocale@', utf8Locale)),
    stdin: block.stdin,
    script: block.script,
    setup: (block['file-setup'] ?? []).map(fileOf),
    isReadOnly: /^chmod\(0555, "(.*)"\);$/.exec(block['perl-setup'] ?? '')?.[1],
    needsTerminal: block['need-ctty'] === 'yes',
    mayFail: block['need-pass'] === 'no',
    exit: block['expected-exit'] ?? '0',
    stdout: outputOf(block, 'stdout'),
    stderr: outputOf(block, 'stderr'),
  };
}

/** Its first character parts the fields. */
function fieldsOf(value) {
  if (value === undefined) return [];
  const fields = value.trim().slice(1).split(value[0]);
  fields.pop();
  return fields;
}

/** `type mode "name"`, then a line's end and the content. */
function fileOf(value) {
  const [, type, mode, , name] = /^(\S+)\s+(\S+)\s+(\S)(.*?)\3/.exec(value);
  const content = value.slice(value.indexOf('\n') + 1);
  return { type, mode: parseInt(mode, 8), name, content };
}

/** `{ text }`, or `{ pattern, isRefused }`: `/a/` or `!/a/`, in words that mean the same in Perl and in JavaScript. */
function outputOf(block, stream) {
  const pattern = block[`expected-${stream}-pattern`];
  if (pattern === undefined) return { text: block[`expected-${stream}`] ?? '' };
  const [, not, words] = /^(!?)\/([^]*)\/$/.exec(pattern.trim());
  // Perl's end of the text may stand before its last line's end.
  return { pattern: words.replace(/\$$/, '\\n?$'), isRefused: not === '!' };
}
