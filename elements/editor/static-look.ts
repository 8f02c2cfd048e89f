// elements/editor: what static code looks like, and making another box look the same to the pixel.
// Reads computed styles and the place of the first character; writes through the CSSOM only.

/** Properties a text inherits that decide where its characters are. */
const type = [
  ...[
    'font-family',
    'font-size',
    'font-weight',
    'font-style',
    'font-stretch',
    'font-kerning',
    'font-variant',
  ],
  ...['font-feature-settings', 'font-variation-settings', 'font-optical-sizing', 'font-size-adjust'],
  ...['line-height', 'letter-spacing', 'word-spacing', 'tab-size', 'text-rendering', 'text-transform'],
  ...['direction', 'text-size-adjust', '-webkit-text-size-adjust', '-webkit-font-smoothing'],
];
/** Properties of the outer box that keep its place among its neighbours. */
const box = [
  ...['margin-top', 'margin-right', 'margin-bottom', 'margin-left', 'max-height', 'max-width'],
  ...['border-top-width', 'border-right-width', 'border-bottom-width', 'border-left-width'],
  ...['border-top-style', 'border-right-style', 'border-bottom-style', 'border-left-style'],
  ...['border-top-left-radius', 'border-top-right-radius'],
  ...['border-bottom-left-radius', 'border-bottom-right-radius'],
  ...['flex-grow', 'flex-shrink', 'flex-basis', 'align-self', 'grid-area', 'order', 'float', 'clear'],
];
const paint = [
  ...['border-top-color', 'border-right-color', 'border-bottom-color', 'border-left-color', 'box-shadow'],
];

export interface Insets {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** The element that holds the code's text: highlighters put line numbers into a first `pre`, code into the last. */
export function textElementOf(block: HTMLElement): HTMLElement {
  const pre = block.matches('pre') ? block : ([...block.querySelectorAll('pre')].at(-1) ?? block);
  return pre.querySelector('code') ?? pre;
}

/** `element` and its ancestors up to `block`, outermost first. */
function chain(block: HTMLElement, element: HTMLElement): HTMLElement[] {
  const elements = [element];
  for (let at = element; at !== block && at.parentElement;) elements.unshift((at = at.parentElement));
  return elements;
}

/** Where the first character is drawn, in client coordinates; undefined for an empty or hidden text. */
export function firstCharacterRect(element: HTMLElement): DOMRect | undefined {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.nodeValue ?? '';
    if (text === '' || text.startsWith('\n')) {
      if (text !== '') return undefined;
      continue;
    }
    const range = document.createRange();
    range.setStart(node, 0);
    range.setEnd(node, 1);
    return range.getClientRects()[0];
  }
  return undefined;
}

/** Sum of the insets between the block's padding box and its text, from the style of all boxes between. */
export function insetsOf(block: HTMLElement): Insets {
  const elements = chain(block, textElementOf(block));
  const side = (name: 'top' | 'right' | 'bottom' | 'left'): number => {
    let sum = 0;
    elements.forEach((element, index) => {
      const style = getComputedStyle(element);
      if (style.display === 'inline' && (name === 'top' || name === 'bottom')) return;
      sum += Number.parseFloat(style.getPropertyValue(`padding-${name}`)) || 0;
      if (index === 0) return; // the outer margin and border are the editor's own
      sum += Number.parseFloat(style.getPropertyValue(`margin-${name}`)) || 0;
      sum += Number.parseFloat(style.getPropertyValue(`border-${name}-width`)) || 0;
    });
    return sum;
  };
  return { top: side('top'), right: side('right'), bottom: side('bottom'), left: side('left') };
}

function copy(from: CSSStyleDeclaration, to: HTMLElement, names: readonly string[]): void {
  for (const name of names) {
    const value = from.getPropertyValue(name);
    if (value !== '') to.style.setProperty(name, value);
  }
}

/** Takes over the block's place among its neighbours; to be called while it stands there. */
export function copyBox(block: HTMLElement, to: HTMLElement): void {
  const style = getComputedStyle(block);
  copy(style, to, box);
  if (style.boxSizing === 'content-box' && style.maxHeight.endsWith('px')) {
    const around = ['padding-top', 'padding-bottom', 'border-top-width', 'border-bottom-width'];
    const sum = around.reduce((total, name) => total + Number.parseFloat(style.getPropertyValue(name)), 0);
    to.style.maxHeight = `${Number.parseFloat(style.maxHeight) + sum}px`;
  }
}

/** Takes over the type of the block's text. Works for a hidden block as well. */
export function copyType(block: HTMLElement, to: HTMLElement): void {
  copy(getComputedStyle(textElementOf(block)), to, type);
}

/** Takes over colours and backgrounds; the background of the outermost box that has one. */
export function copyColors(block: HTMLElement, to: HTMLElement): void {
  const text = textElementOf(block);
  copy(getComputedStyle(block), to, paint);
  to.style.color = getComputedStyle(text).color;
  to.style.setProperty('--caret', to.style.color);
  for (const element of chain(block, text)) {
    const style = getComputedStyle(element);
    const see = /^rgba\(.*, 0\)$|^transparent$/.test(style.backgroundColor);
    if (see && style.backgroundImage === 'none') continue;
    to.style.backgroundColor = style.backgroundColor;
    to.style.backgroundImage = style.backgroundImage;
    return;
  }
  to.style.backgroundColor = to.style.backgroundImage = '';
}

/** Whether the static code wraps its lines. */
export function wrapsLines(block: HTMLElement): boolean {
  return /pre-wrap|break-spaces|pre-line/.test(getComputedStyle(textElementOf(block)).whiteSpace);
}
