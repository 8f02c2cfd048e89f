// elements/output: how many columns a character takes, as terminals count them (wcwidth).
// Exactness matters only where a program overwrites part of a line; drawing is the browser's business.

const plain = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u2010-\u2027\u2500-\u25fc]*$/;
const zeroWidth = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u;
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{1fa70}-\u{1faff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

/** Whether every UTF-16 unit of the text is one column, so that columns are indices. */
export function isPlain(text: string): boolean {
  return plain.test(text);
}

/** Columns of one character (code point): 0 for what joins its neighbour, 2 for wide ones, else 1. */
export function widthOf(character: string): 0 | 1 | 2 {
  if (isPlain(character)) return 1;
  if (zeroWidth.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** Columns of a text without control characters. */
export function columnsOf(text: string): number {
  if (isPlain(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

/** UTF-16 length of the characters without a width of their own that a text begins with. */
export function joinersIn(text: string): number {
  let length = 0;
  for (const character of text) {
    if (widthOf(character) > 0) break;
    length += character.length;
  }
  return length;
}

/** UTF-16 length of the longest beginning of `text` that fits into `columns`; joining characters stay with theirs. */
export function lengthThatFits(text: string, columns: number): number {
  let length = 0;
  let taken = 0;
  for (const character of text) {
    taken += widthOf(character);
    if (taken > columns) break;
    length += character.length;
  }
  return length;
}
