// elements/terminal: how many columns a character takes, as the kernel's line editing counts them: what it erases has
// to be what is there.
import type { Terminal } from '@xterm/xterm';
import { widthOf } from '../output/cell-width.js';

const version = 'wasm-elements';
/** Of the basic plane: width + 1, or 0 for what nobody asked about yet. */
const known = new Uint8Array(0x10000);

function columnsOf(codePoint: number): 0 | 1 | 2 {
  if (codePoint < 0x7f) return codePoint < 0x20 ? 0 : 1;
  if (codePoint > 0xffff) return widthOf(String.fromCodePoint(codePoint));
  const before = known[codePoint] ?? 0;
  if (before > 0) return (before - 1) as 0 | 1 | 2;
  // C1 controls and DEL are nothing to see.
  const width = codePoint < 0xa0 ? 0 : widthOf(String.fromCharCode(codePoint));
  known[codePoint] = width + 1;
  return width;
}

/** What xterm makes of a character after another one: width in bits 1 and 2, whether it joins that one in bit 0. */
function properties(codePoint: number, preceding: number): number {
  const width = columnsOf(codePoint);
  const widthBefore = (preceding >> 1) & 3;
  const joins = width === 0 && preceding !== 0 && widthBefore !== 0;
  return ((joins ? Math.max(width, widthBefore) : width) << 1) | (joins ? 1 : 0);
}

/** Lets the terminal count as we do. */
export function useOurWidths(terminal: Terminal): void {
  terminal.unicode.register({ version, wcwidth: columnsOf, charProperties: properties });
  terminal.unicode.activeVersion = version;
}
