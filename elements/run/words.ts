// elements/run: words as a POSIX shell splits them, without expansions (XCU 2.2 Quoting, 2.6.5).

/**
 * Splits at white space outside quotes: `a 'b c' "d \" e"` gives three words.
 * Throws a RangeError for a quote that is not closed.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) throw new RangeError('a quote is not closed');
      word = (word ?? '') + text.slice(at + 1, end);
      at = end;
    } else if (character === '"') {
      word ??= '';
      for (at++; text.charAt(at) !== '"'; at++) {
        if (at >= text.length) throw new RangeError('a quote is not closed');
        if (text.charAt(at) === '\\' && /["\\$`]/.test(text.charAt(at + 1))) at++;
        word += text.charAt(at);
      }
    } else {
      // A backslash takes the next character as it is; at the very end it stands for itself.
      if (character === '\\' && at + 1 < text.length) at++;
      word = (word ?? '') + text.charAt(at);
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}
