// elements/output: the colours programs may ask for, legible on a light and on a dark page.
// Named colours are classes with custom properties a page can set; free ones are moved towards black or
// white until they reach `minimumContrast` against the background they will stand on.
import { rgbBase, type PenColor } from './pen.js';

/** WCAG AA for text. */
export const minimumContrast = 4.5;

/** Backgrounds of the output, from which legibility is computed. A page that sets others sets these colours too. */
export const paper = { light: 0xffffff, dark: 0x161b22 } as const;

/** Names of the sixteen colours, in SGR order; `--wasm-ansi-<name>` overrides one. */
export const ansiNames = [
  ...['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'],
  ...['bright-black', 'bright-red', 'bright-green', 'bright-yellow'],
  ...['bright-blue', 'bright-magenta', 'bright-cyan', 'bright-white'],
] as const;

/** The sixteen colours as text on our paper. White is dark on light paper: it has to be read, not to be white. */
export const ansiText: Readonly<Record<'light' | 'dark', readonly number[]>> = {
  light: [
    ...[0x1f2328, 0xb3261e, 0x1a6b34, 0x7a5200, 0x0b57b8, 0x8a3399, 0x0b6673, 0x5c6570],
    ...[0x636b74, 0xc4210f, 0x13762f, 0x8a5a00, 0x1a63d8, 0xa32bb8, 0x00717f, 0x3a4149],
  ],
  dark: [
    ...[0x8b949e, 0xff7b72, 0x5bc873, 0xe0af4b, 0x79b0ff, 0xd699f2, 0x4fc4d4, 0xc9d1d9],
    ...[0x9aa3ad, 0xffa198, 0x7ee296, 0xf2cc60, 0xa5ccff, 0xe6b3ff, 0x84e1ec, 0xffffff],
  ],
};

/** The sixteen colours as they are meant where the program sets both text and background. */
const ansiExact: readonly number[] = [
  ...[0x0c0c0c, 0xc50f1f, 0x13a10e, 0xc19c00, 0x2f5fe0, 0x881798, 0x3a96dd, 0xcccccc],
  ...[0x767676, 0xe74856, 0x16c60c, 0xf9f1a5, 0x5b93ff, 0xc239b3, 0x61d6d6, 0xf2f2f2],
];

function luminance(color: number): number {
  const linear = (channel: number): number => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(color >> 16) + 0.7152 * linear((color >> 8) & 0xff) + 0.0722 * linear(color & 0xff);
}

/** WCAG contrast ratio of two 0xRRGGBB colours, 1–21. */
export function contrast(a: number, b: number): number {
  const [la, lb] = [luminance(a), luminance(b)];
  return (Math.max(la, lb) + 0.05) / (Math.min(la, lb) + 0.05);
}

function mix(from: number, to: number, share: number): number {
  const channel = (shift: number): number => {
    const [a, b] = [(from >> shift) & 0xff, (to >> shift) & 0xff];
    return Math.round(a + (b - a) * share) << shift;
  };
  return channel(16) | channel(8) | channel(0);
}

/** Black or white, whichever reads better on `background`. */
export function inkOn(background: number): number {
  return contrast(0x000000, background) > contrast(0xffffff, background) ? 0x000000 : 0xffffff;
}

/** The colour itself, or the nearest one towards black or white that can be read on `background`. */
export function legible(color: number, background: number): number {
  if (contrast(color, background) >= minimumContrast) return color;
  const goal = inkOn(background);
  for (let share = 0.1; share < 1; share += 0.1) {
    const moved = mix(color, goal, share);
    if (contrast(moved, background) >= minimumContrast) return moved;
  }
  return goal;
}

/** A pen's colour as 0xRRGGBB where it is not left to the page's theme. */
export function exactColor(color: PenColor): number {
  return color >= rgbBase ? color - rgbBase : (ansiExact[color] ?? 0);
}

export const cssColor = (color: number): string => `#${color.toString(16).padStart(6, '0')}`;
