// tty: characters among bytes that need not be well-formed UTF-8.

/** What stands for bytes that are no character: U+FFFD, one column wide. */
const replacement = 0xfffd;

export interface Character {
  readonly codePoint: number;
  /** How many bytes it takes, 1 to 4. */
  readonly length: number;
}

/** Whether the byte goes on a character that began before it. */
export function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

function lengthAfter(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 1;
}

/** The character that begins at `at`; ill-formed bytes are one `U+FFFD` each, as far as they reach. */
export function characterAt(bytes: ArrayLike<number>, at: number, end: number): Character {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return { codePoint: lead, length: 1 };
  const length = lengthAfter(lead);
  let codePoint = length === 1 ? replacement : lead & (0xff >> (length + 1));
  for (let i = 1; i < length; i += 1) {
    const next = at + i < end ? (bytes[at + i] ?? 0) : 0;
    if (!isContinuation(next)) return { codePoint: replacement, length: i };
    codePoint = (codePoint << 6) | (next & 0x3f);
  }
  const surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  const overlong = codePoint < (length === 4 ? 0x10000 : length === 3 ? 0x800 : 0x80);
  const valid = !surrogate && !overlong && codePoint <= 0x10ffff;
  return { codePoint: valid ? codePoint : replacement, length };
}
