// elements/output: a pen as classes and custom properties of a span.
// The sixteen colours are classes; everything else is computed, once for light and once for dark paper.
import { cssColor, exactColor, inkOn, legible, paper } from './palette.js';
import { attribute, defaultColor, rgbBase, type Pen, type Source } from './pen.js';

const attributes = Object.entries(attribute);

/** Dresses `span` for the pen. False where a bare text node looks the same inside a block of `source`. */
export function paintSpan(span: HTMLElement, pen: Pen, source: Source): boolean {
  const classes = attributes.filter(([, bit]) => (pen.attributes & bit) !== 0).map(([name]) => name);
  if (pen.source === 'echo') classes.push('echo');
  else if (pen.source === 'stdout' && source === 'stderr') classes.push('plain');
  if (pen.background !== defaultColor) {
    // The pair is the program's own, whatever the theme; the text is only kept legible.
    const ground = exactColor(pen.background);
    const text =
      pen.foreground === defaultColor ? inkOn(ground) : legible(exactColor(pen.foreground), ground);
    span.style.setProperty('--text', cssColor(text));
    span.style.setProperty('--ground', cssColor(ground));
    classes.push('on');
  } else if (pen.foreground >= rgbBase) {
    const color = exactColor(pen.foreground);
    span.style.setProperty('--light', cssColor(legible(color, paper.light)));
    span.style.setProperty('--dark', cssColor(legible(color, paper.dark)));
    classes.push('rgb');
  } else if (pen.foreground !== defaultColor) {
    classes.push('ansi', `fg${pen.foreground}`);
  }
  if (classes.length === 0) return false;
  span.className = classes.join(' ');
  return true;
}
