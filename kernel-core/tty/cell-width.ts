// tty: how many columns of a terminal a code point takes (wcwidth(3)).
// Must always hold: agrees with elements/output/cell-width.ts, or an erased character leaves a half behind.

const zero = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u;
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{1fa70}-\u{1faff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u;

/** Columns of a code point that is not a control character below U+0080. */
export function cellWidth(codePoint: number): 0 | 1 | 2 {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0xa0) return 0;
  if (codePoint < 0x300) return codePoint === 0xad ? 0 : 1;
  const character = String.fromCodePoint(codePoint);
  if (zero.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
