// elements/output: how text looks at the moment it is written (ECMA-48 SGR), and who wrote it.
// Pens are immutable; a run of text shares one.

export type Source = 'stdout' | 'stderr' | 'echo';

/** Bits of `Pen.attributes`. */
export const attribute = { bold: 1, dim: 2, italic: 4, underline: 8, inverse: 16, strike: 32 } as const;

/** Default colour, a palette index 0–15, or `rgbBase` + 0xRRGGBB. */
export type PenColor = number;
export const defaultColor: PenColor = -1;
export const rgbBase = 256;

export interface Pen {
  readonly source: Source;
  readonly foreground: PenColor;
  readonly background: PenColor;
  readonly attributes: number;
}

/** The pen a source starts with. One object each, so that `===` tells the usual case fast. */
export const plainPens: Readonly<Record<Source, Pen>> = {
  stdout: { source: 'stdout', foreground: defaultColor, background: defaultColor, attributes: 0 },
  stderr: { source: 'stderr', foreground: defaultColor, background: defaultColor, attributes: 0 },
  echo: { source: 'echo', foreground: defaultColor, background: defaultColor, attributes: 0 },
};

export function samePen(a: Pen, b: Pen): boolean {
  return (
    a === b ||
    (a.source === b.source &&
      a.foreground === b.foreground &&
      a.background === b.background &&
      a.attributes === b.attributes)
  );
}

/** Colour n of the 256-colour table: 16 named ones, a 6×6×6 cube, 24 greys. */
function indexedColor(index: number): PenColor {
  if (index < 16) return index;
  if (index < 232) {
    const level = (step: number): number => (step === 0 ? 0 : 55 + 40 * step);
    const cube = index - 16;
    const [red, green, blue] = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(level);
    return rgbBase + ((red ?? 0) << 16) + ((green ?? 0) << 8) + (blue ?? 0);
  }
  const grey = 8 + 10 * (Math.min(index, 255) - 232);
  return rgbBase + (grey << 16) + (grey << 8) + grey;
}

const byte = (value: number | undefined): number => Math.min(255, value ?? 0);

/**
 * The colour that `38` or `48` introduces. `rest` are the parameters after it; `used` is how many belong
 * to it. Undefined where the sequence is cut short or unknown.
 */
function extendedColor(rest: readonly number[]): { color: PenColor | undefined; used: number } {
  switch (rest[0]) {
    case 5:
      return { color: rest[1] === undefined ? undefined : indexedColor(byte(rest[1])), used: 2 };
    case 2:
      if (rest.length < 4) return { color: undefined, used: rest.length };
      return { color: rgbBase + (byte(rest[1]) << 16) + (byte(rest[2]) << 8) + byte(rest[3]), used: 4 };
    default:
      return { color: undefined, used: 1 };
  }
}

/**
 * The pen after SGR (`CSI … m`). Parameters are groups: `38;5;1` arrives as three groups of one number,
 * `38:2::1:2:3` and `4:3` as one group of several.
 */
export function withRendition(pen: Pen, groups: readonly (readonly number[])[]): Pen {
  let { foreground, background, attributes } = pen;
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i] ?? [0];
    const code = group[0] ?? 0;
    if (code === 38 || code === 48 || code === 58) {
      let rest: number[];
      if (group.length > 1) {
        rest = group.slice(1);
        if (rest[0] === 2 && rest.length > 4) rest.splice(1, 1); // 38:2:<colour space>:r:g:b
      } else {
        rest = groups.slice(i + 1, i + 5).map((next) => next[0] ?? 0);
      }
      const { color, used } = extendedColor(rest);
      if (group.length === 1) i += used;
      if (color === undefined) continue;
      if (code === 38) foreground = color;
      if (code === 48) background = color;
      continue;
    }
    if (code === 0) [foreground, background, attributes] = [defaultColor, defaultColor, 0];
    else if (code === 1) attributes |= attribute.bold;
    else if (code === 2) attributes |= attribute.dim;
    else if (code === 3) attributes |= attribute.italic;
    else if (code === 4 && group[1] === 0) attributes &= ~attribute.underline;
    else if (code === 4 || code === 21) attributes |= attribute.underline;
    else if (code === 7) attributes |= attribute.inverse;
    else if (code === 9) attributes |= attribute.strike;
    else if (code === 22) attributes &= ~(attribute.bold | attribute.dim);
    else if (code === 23) attributes &= ~attribute.italic;
    else if (code === 24) attributes &= ~attribute.underline;
    else if (code === 27) attributes &= ~attribute.inverse;
    else if (code === 29) attributes &= ~attribute.strike;
    else if (code >= 30 && code <= 37) foreground = code - 30;
    else if (code === 39) foreground = defaultColor;
    else if (code >= 40 && code <= 47) background = code - 40;
    else if (code === 49) background = defaultColor;
    else if (code >= 90 && code <= 97) foreground = code - 90 + 8;
    else if (code >= 100 && code <= 107) background = code - 100 + 8;
  }
  if (foreground === defaultColor && background === defaultColor && attributes === 0) {
    return plainPens[pen.source];
  }
  return { source: pen.source, foreground, background, attributes };
}
