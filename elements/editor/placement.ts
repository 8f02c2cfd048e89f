// elements/editor: one box in the place of another: same size, same type, same colours, first character at
// the same pixel. Owns the wrapper element; `leave` shows the static block again.
import type { EditorView } from '@codemirror/view';
import { wrapperStyles } from './editor-theme.js';
import { copyBox, copyColors, copyType, firstCharacterRect, insetsOf, textElementOf } from './static-look.js';

let sheet: CSSStyleSheet | undefined;

function adoptStyles(root: Node): void {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(wrapperStyles);
  }
  if (!(root instanceof ShadowRoot || root instanceof Document)) return;
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
}

/** How many client pixels a CSS pixel of the element is: rectangles count CSS `zoom`, lengths do not. */
function zoomOf(element: Element): number {
  return (element as { readonly currentCSSZoom?: number }).currentCSSZoom ?? 1;
}

export class Placement {
  readonly element = document.createElement('div');
  readonly #block: HTMLElement;
  readonly #gutter: HTMLElement | undefined;
  /** What stood there, measured before it was hidden. */
  readonly #before: { readonly box: DOMRect; readonly first: DOMRect | undefined };
  /** Hidden instead of the block when the block is slotted: the page's own elements stay untouched. */
  readonly #hidden: HTMLElement[];
  readonly #onResize = (): void => this.#look(() => copyType(this.#block, this.element));

  constructor(block: HTMLElement, gutter?: HTMLElement) {
    this.#block = block;
    this.#gutter = gutter;
    this.#hidden = [block.assignedSlot ?? block, ...(gutter ? [gutter] : [])];
    const box = block.getBoundingClientRect();
    const left = Math.min(box.left, gutter?.getBoundingClientRect().left ?? box.left);
    this.#before = {
      box: new DOMRect(left, box.top, box.right - left, box.height),
      first: firstCharacterRect(textElementOf(block)),
    };
    const { element } = this;
    element.className = 'editor';
    element.setAttribute('part', 'editor');
    copyBox(block, element);
    copyType(block, element);
    this.#setInsets();
  }

  /** Hides the static block and stands in its place. */
  enter(parent?: HTMLElement | ShadowRoot): void {
    this.#hide();
    if (parent) parent.append(this.element);
    else this.#hidden[0]?.after(this.element);
    adoptStyles(this.element.getRootNode());
    addEventListener('resize', this.#onResize);
  }

  /** Colours of the static block as they are now, and the scheme that goes with them. */
  dress(scheme: 'light' | 'dark'): void {
    this.element.style.colorScheme = scheme;
    this.#look(() => {
      copyColors(this.#block, this.element);
      if (this.#gutter)
        this.element.style.setProperty('--gutter-color', getComputedStyle(this.#gutter).color);
    });
  }

  /** Corrects what rounding and unusual boxes left over. To be called once, right after `enter`. */
  align(view: EditorView): void {
    const { box, first } = this.#before;
    const { style } = this.element;
    const zoom = zoomOf(this.element);
    if (box.height === 0) return; // was not visible: nothing to agree with
    const character = view.state.doc.length > 0 ? view.coordsAtPos(0, 1) : null;
    if (character !== null && first !== undefined) {
      this.#shift('--top', (first.top - character.top) / zoom);
      this.#shift('--left', (first.left - character.left) / zoom);
    }
    style.minHeight = `${box.height / zoom}px`;
    const now = this.element.getBoundingClientRect();
    if (Math.abs(now.width - box.width) > 0.5) style.width = `${box.width / zoom}px`;
    view.requestMeasure();
  }

  /** A new text may need less room than the old one. */
  releaseHeight(): void {
    this.element.style.minHeight = '';
  }

  leave(): void {
    removeEventListener('resize', this.#onResize);
    this.element.remove();
    this.#show();
  }

  #hide(): void {
    for (const hidden of this.#hidden) hidden.style.setProperty('display', 'none', 'important');
  }

  #show(): void {
    for (const hidden of this.#hidden) hidden.style.removeProperty('display');
  }

  /** Reads styles of the block while it is not hidden: WebKit does not keep those of hidden ones up to date. */
  #look(read: () => void): void {
    this.#show();
    read();
    if (this.element.isConnected) this.#hide();
  }

  #setInsets(): void {
    const insets = insetsOf(this.#block);
    const { style } = this.element;
    for (const side of ['top', 'right', 'bottom', 'left'] as const) {
      style.setProperty(`--${side}`, `${insets[side]}px`);
    }
    if (this.#gutter === undefined) return;
    const look = getComputedStyle(this.#gutter);
    style.setProperty('--gutter', `${this.#gutter.getBoundingClientRect().width / zoomOf(this.#gutter)}px`);
    style.setProperty('--gutter-start', look.paddingLeft);
    style.setProperty('--gutter-end', look.paddingRight);
    style.setProperty('--gutter-opacity', look.opacity);
  }

  #shift(name: '--top' | '--left', by: number): void {
    if (Math.abs(by) < 0.05 || Math.abs(by) > 200) return;
    const now = Number.parseFloat(this.element.style.getPropertyValue(name)) || 0;
    this.element.style.setProperty(name, `${Math.max(0, now + by)}px`);
  }
}
