// abi: names and paths are bytes to the system and strings to JavaScript. This is the one place that says how
// one becomes the other: UTF-8, and a byte that is not part of valid UTF-8 becomes the lone surrogate
// U+DC00 + byte (U+DC80…U+DCFF), as Python's `surrogateescape` does. So any bytes survive the way into a
// string and back. Other lone surrogates stand for no bytes: they become U+FFFD, as in `TextEncoder`.

const replacement = 0xfffd;

/** The bytes of a text. */
export function bytesOfText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  return bytes.slice(0, encodeInto(text, bytes));
}

/** Writes the bytes of `text` into `target` from `at` on, which has room for three a UTF-16 unit; returns how many. */
export function encodeInto(text: string, target: Uint8Array, at = 0): number {
  let length = at;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) {
      target[length++] = unit;
    } else if (unit < 0x800) {
      target[length++] = 0xc0 | (unit >> 6);
      target[length++] = 0x80 | (unit & 63);
    } else if (unit >= 0xdc80 && unit <= 0xdcff) {
      target[length++] = unit & 255;
    } else {
      let point = unit >= 0xd800 && unit <= 0xdfff ? replacement : unit;
      if (unit >= 0xd800 && unit <= 0xdbff) {
        const low = text.charCodeAt(index + 1);
        if (low >= 0xdc00 && low <= 0xdfff) {
          point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
          index += 1;
        }
      }
      if (point >= 0x10000) {
        target[length++] = 0xf0 | (point >> 18);
        target[length++] = 0x80 | ((point >> 12) & 63);
      } else {
        target[length++] = 0xe0 | (point >> 12);
      }
      target[length++] = 0x80 | ((point >> 6) & 63);
      target[length++] = 0x80 | (point & 63);
    }
  }
  return length - at;
}

/** How many bytes a text has. */
export function byteLengthOf(text: string): number {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) >= 0x80) return bytesOfText(text).length;
  }
  return text.length;
}

const chunk = 4096;

/** The text of bytes, from `start` to `end`. */
export function textOfBytes(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '';
  let units: number[] = [];
  for (let at = start; at < end;) {
    const lead = bytes[at] ?? 0;
    const length = lead < 0x80 ? 1 : sequenceLength(bytes, at, end);
    if (length <= 1) {
      units.push(lead < 0x80 ? lead : 0xdc00 | lead);
      at += 1;
    } else {
      let point = lead & (length === 2 ? 31 : length === 3 ? 15 : 7);
      for (let next = 1; next < length; next += 1) point = (point << 6) | ((bytes[at + next] ?? 0) & 63);
      if (point < 0x10000) units.push(point);
      else units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 1023));
      at += length;
    }
    if (units.length >= chunk) {
      text += String.fromCharCode(...units);
      units = [];
    }
  }
  return text + String.fromCharCode(...units);
}

/** How long the valid sequence is that begins here; 0 where there is none (Unicode 16, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at] ?? 0;
  const length =
    lead >= 0xc2 && lead <= 0xdf ? 2 : (lead & 0xf0) === 0xe0 ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (length === 0 || at + length > end) return 0;
  const second = bytes[at + 1] ?? 0;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let next = 2; next < length; next += 1) {
    if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}
