// elements/terminal: font and colours of a terminal, from the page: what CSS says of two probes, in the terms of xterm.
import type { ITheme } from '@xterm/xterm';
import { ansiNames, ansiText } from '../output/palette.js';
import { hexOf } from '../output/page-theme.js';

export interface Look {
  readonly theme: ITheme;
  readonly fontFamily: string;
  /** In pixels. */
  readonly fontSize: number;
  readonly lineHeight: number;
  readonly minimumContrastRatio: number;
}

const forced = matchMedia('(forced-colors: active)');

/** `probe` stands where the terminal does and has its font, text colour, ground and, as its border, the accent. */
export function lookOf(probe: HTMLElement, scheme: 'light' | 'dark'): Look {
  const style = getComputedStyle(probe);
  const fontSize = parseFloat(style.fontSize) || 13;
  const lineHeight = parseFloat(style.lineHeight) / fontSize || 1.4;
  const foreground = hexOf(style.color) ?? (scheme === 'dark' ? '#e6edf3' : '#1f2328');
  const background = hexOf(style.backgroundColor) ?? (scheme === 'dark' ? '#161b22' : '#ffffff');
  const accent = hexOf(style.borderTopColor) ?? '#3b82f6';
  const colors = ansiNames.map((name, index) => {
    if (forced.matches) return foreground;
    const asked = style.getPropertyValue(`--wasm-ansi-${name}`).trim();
    return (asked && hexOf(asked)) || `#${(ansiText[scheme][index] ?? 0).toString(16).padStart(6, '0')}`;
  });
  const [black, red, green, yellow, blue, magenta, cyan, white, ...bright] = colors as FixedColors;
  return {
    theme: {
      ...{ foreground, background, cursor: foreground, cursorAccent: background },
      ...(forced.matches
        ? { selectionBackground: accent, selectionForeground: background }
        : { selectionBackground: `${accent}4d` }),
      ...{ black, red, green, yellow, blue, magenta, cyan, white },
      ...{ brightBlack: bright[0], brightRed: bright[1], brightGreen: bright[2], brightYellow: bright[3] },
      ...{ brightBlue: bright[4], brightMagenta: bright[5], brightCyan: bright[6], brightWhite: bright[7] },
    },
    fontFamily: style.fontFamily,
    fontSize,
    lineHeight,
    minimumContrastRatio: 4.5,
  };
}

type FixedColors = [string, string, string, string, string, string, string, string, ...BrightColors];
type BrightColors = [string, string, string, string, string, string, string, string];

/** Calls back when the reader's own colours come into force or go. Returns the end of it. */
export function watchForcedColors(onChange: () => void): () => void {
  forced.addEventListener('change', onChange);
  return () => forced.removeEventListener('change', onChange);
}
