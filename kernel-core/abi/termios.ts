// abi: terminal attributes. Imports nothing. Numbers and layouts as on Linux x86-64 (termios(3),
// ioctl_tty(2)), which is what musl's headers are compiled with.

/** Bits of `Termios.input`, c_iflag. */
export const inputFlags = {
  IGNBRK: 0x1,
  BRKINT: 0x2,
  IGNPAR: 0x4,
  PARMRK: 0x8,
  INPCK: 0x10,
  ISTRIP: 0x20,
  INLCR: 0x40,
  IGNCR: 0x80,
  ICRNL: 0x100,
  IUCLC: 0x200,
  IXON: 0x400,
  IXANY: 0x800,
  IXOFF: 0x1000,
  IMAXBEL: 0x2000,
  IUTF8: 0x4000,
} as const;

/** Bits of `Termios.output`, c_oflag. `XTABS` is a value of the field TABDLY. */
export const outputFlags = {
  OPOST: 0x1,
  OLCUC: 0x2,
  ONLCR: 0x4,
  OCRNL: 0x8,
  ONOCR: 0x10,
  ONLRET: 0x20,
  XTABS: 0x1800,
} as const;

/** Bits of `Termios.control`, c_cflag; a terminal that is no serial line only remembers them. */
export const controlFlags = { B38400: 0xf, CS8: 0x30, CREAD: 0x80, HUPCL: 0x400 } as const;

/** Bits of `Termios.local`, c_lflag. */
export const localFlags = {
  ISIG: 0x1,
  ICANON: 0x2,
  ECHO: 0x8,
  ECHOE: 0x10,
  ECHOK: 0x20,
  ECHONL: 0x40,
  NOFLSH: 0x80,
  TOSTOP: 0x100,
  ECHOCTL: 0x200,
  ECHOPRT: 0x400,
  ECHOKE: 0x800,
  IEXTEN: 0x8000,
} as const;

/** Places in `Termios.characters`, c_cc. */
export const controlCharacters = {
  VINTR: 0,
  VQUIT: 1,
  VERASE: 2,
  VKILL: 3,
  VEOF: 4,
  VTIME: 5,
  VMIN: 6,
  VSTART: 8,
  VSTOP: 9,
  VSUSP: 10,
  VEOL: 11,
  VREPRINT: 12,
  VDISCARD: 13,
  VWERASE: 14,
  VLNEXT: 15,
  VEOL2: 16,
} as const;

/** c_cc has so many places. A control character of 0 is switched off (_POSIX_VDISABLE). */
export const controlCharacterCount = 32;

export interface Termios {
  readonly input: number;
  readonly output: number;
  readonly control: number;
  readonly local: number;
  /** `controlCharacterCount` bytes. */
  readonly characters: Uint8Array;
}

/** `tcsetattr`: at once, when all output is gone, or then and with unread input dropped. The first two are the same here. */
export const attributeTimes = { TCSANOW: 0, TCSADRAIN: 1, TCSAFLUSH: 2 } as const;

/** What `tcflush` drops. */
export const flushQueues = { TCIFLUSH: 0, TCOFLUSH: 1, TCIOFLUSH: 2 } as const;

/** `struct termios`: byte offsets, all numbers little-endian and 32 bits wide but for c_line and c_cc. */
export const termiosLayout = {
  size: 60,
  input: 0,
  output: 4,
  control: 8,
  local: 12,
  line: 16,
  characters: 17,
  inputSpeed: 52,
  outputSpeed: 56,
} as const;

/** `struct winsize`: byte offsets of 16-bit numbers. */
export const windowSizeLayout = { size: 8, rows: 0, columns: 2, xPixels: 4, yPixels: 6 } as const;

/** Attributes of a terminal nobody has changed: `stty sane` on Linux, with UTF-8. */
export function saneTermios(): Termios {
  const i = inputFlags;
  const o = outputFlags;
  const c = controlFlags;
  const l = localFlags;
  const at = controlCharacters;
  const characters = new Uint8Array(controlCharacterCount);
  characters[at.VINTR] = 0x03;
  characters[at.VQUIT] = 0x1c;
  characters[at.VERASE] = 0x7f;
  characters[at.VKILL] = 0x15;
  characters[at.VEOF] = 0x04;
  characters[at.VMIN] = 1;
  characters[at.VSTART] = 0x11;
  characters[at.VSTOP] = 0x13;
  characters[at.VSUSP] = 0x1a;
  characters[at.VREPRINT] = 0x12;
  characters[at.VDISCARD] = 0x0f;
  characters[at.VWERASE] = 0x17;
  characters[at.VLNEXT] = 0x16;
  return {
    input: i.BRKINT | i.ICRNL | i.IXON | i.IMAXBEL | i.IUTF8,
    output: o.OPOST | o.ONLCR,
    control: c.B38400 | c.CS8 | c.CREAD,
    local: l.ISIG | l.ICANON | l.ECHO | l.ECHOE | l.ECHOK | l.ECHOCTL | l.ECHOKE | l.IEXTEN,
    characters,
  };
}
