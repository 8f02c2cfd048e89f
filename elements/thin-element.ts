// elements: the base of what every page pays for. Lit's templates without its reactive properties (2 KB of the
// 10 the one-tag entry has): thin elements keep their state in the DOM and redraw as a whole.
import { render, type TemplateResult } from 'lit/html.js';

export abstract class ThinElement extends HTMLElement {
  /** Slots are assigned by hand, so that a block of the author's can be shown without touching it. */
  readonly root: ShadowRoot = this.attachShadow({ mode: 'open', slotAssignment: 'manual' });
  #queued = false;

  constructor(styles: CSSStyleSheet) {
    super();
    this.root.adoptedStyleSheets = [styles];
  }

  /** Redraws before the next paint, however often it is called. */
  protected requestUpdate(): void {
    if (this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => {
      this.#queued = false;
      render(this.render(), this.root);
      for (const slot of this.root.querySelectorAll('slot')) {
        const block = this.blockFor(slot);
        if (block && slot.assignedNodes()[0] !== block) slot.assign(block);
      }
    });
  }

  protected abstract render(): TemplateResult | Node;

  /** The child that a slot shows. */
  protected abstract blockFor(slot: HTMLSlotElement): Element | undefined;
}
