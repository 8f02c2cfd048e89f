// client/wheels: environment markers of PEP 508 (`python_version < "3.11" and extra == "all"`), read and decided.
import { satisfies, valid, validRange } from '@renovatebot/pep440';

/** What markers may ask of, by their names in PEP 508; `extra` is asked for separately. */
export type MarkerEnvironment = Readonly<Record<string, string>>;

export type Marker = (environment: MarkerEnvironment, extras: ReadonlySet<string>) => boolean;

type Operand = { readonly name: string } | { readonly text: string };

const token =
  /\s*(?:(\()|(\))|(['"])(.*?)\3|(===|~=|==|!=|<=|>=|<|>)|(not\s+in\b|in\b|and\b|or\b)|([A-Za-z_][\w.]*))/y;

/** Throws a RangeError where it is none. */
export function parseMarker(text: string): Marker {
  const tokens = tokensOf(text);
  let at = 0;
  const next = (): Token => {
    const found = tokens[at];
    at += 1;
    if (found === undefined) throw new RangeError(`the marker “${text}” ends too early`);
    return found;
  };
  const takes = (word: string): boolean => {
    if (tokens[at]?.word !== word) return false;
    at += 1;
    return true;
  };
  const either = (): Marker => {
    let left = both();
    while (takes('or')) {
      const [before, after] = [left, both()];
      left = (...given) => before(...given) || after(...given);
    }
    return left;
  };
  const both = (): Marker => {
    let left = one();
    while (takes('and')) {
      const [before, after] = [left, one()];
      left = (...given) => before(...given) && after(...given);
    }
    return left;
  };
  const operand = (): Operand => {
    const found = next();
    if (found.operand === undefined) throw new RangeError(`the marker “${text}” cannot be read`);
    return found.operand;
  };
  const one = (): Marker => {
    if (takes('(')) {
      const inner = either();
      if (!takes(')')) throw new RangeError(`a bracket of the marker “${text}” is not closed`);
      return inner;
    }
    const left = operand();
    const operator = next().word.replace(/\s+/, ' ');
    const right = operand();
    return (environment, extras) => decide(left, operator, right, environment, extras);
  };
  const whole = either();
  if (at < tokens.length) throw new RangeError(`the marker “${text}” cannot be read`);
  return whole;
}

interface Token {
  readonly word: string;
  readonly operand?: Operand;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const match = token.exec(text);
    if (match === null) throw new RangeError(`the marker “${text}” cannot be read`);
    const [, open, close, quote, quoted, comparison, word, name] = match;
    if (quote !== undefined) tokens.push({ word: '', operand: { text: quoted ?? '' } });
    else if (name !== undefined) tokens.push({ word: '', operand: { name } });
    else tokens.push({ word: open ?? close ?? comparison ?? word ?? '' });
  }
  return tokens;
}

function decide(
  left: Operand,
  operator: string,
  right: Operand,
  environment: MarkerEnvironment,
  extras: ReadonlySet<string>,
): boolean {
  const named = 'name' in left ? left.name : 'name' in right ? right.name : undefined;
  if (named === 'extra') {
    const wanted = 'text' in left ? left.text : 'text' in right ? right.text : '';
    const given = extras.has(normalizedName(wanted));
    return operator === '!=' ? !given : given;
  }
  const valueOf = (operand: Operand): string =>
    'text' in operand ? operand.text : (environment[operand.name.replace('.', '_')] ?? '');
  const [a, b] = [valueOf(left), valueOf(right)];
  if (operator === 'in') return b.includes(a);
  if (operator === 'not in') return !b.includes(a);
  // PEP 508: as versions where both are, else as texts.
  if (valid(a) !== null && validRange(`${operator}${b}`))
    return satisfies(a, `${operator}${b}`, { prereleases: true });
  switch (operator) {
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    default:
      return a === b;
  }
}

/** As PEP 503 compares names: `Zope.Interface` and `zope_interface` are one. */
export function normalizedName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}
