// elements/output: groups blocks into pages, the unit that costs no layout while it is off-screen.
// Which page a block is on depends on its ordinal alone. An element between pages (a note) ends the last one.

const pageBlocks = 16;

export class BlockPages {
  readonly #container: HTMLElement;
  /** Pages since the last note, the first of which begins at ordinal `#begin`. */
  #pages: HTMLElement[] = [];
  #begin = 0;
  readonly #fixed = new WeakMap<HTMLElement, { blocks: number; rows: number }>();

  constructor(container: HTMLElement) {
    this.#container = container;
  }

  /** Puts a block that is one past the last one into the document. */
  append(block: HTMLElement, ordinal: number): void {
    const index = Math.floor((ordinal - this.#begin) / pageBlocks);
    let page = this.#pages[index];
    if (page === undefined) {
      page = document.createElement('div');
      page.className = 'rows';
      this.#pages[index] = page;
      this.#container.append(page);
    }
    page.append(block);
  }

  /** Takes the last block away, and its page with it when it was alone there. */
  removeLast(block: HTMLElement): void {
    const page = block.parentElement;
    block.remove();
    if (page === null || page.hasChildNodes()) return;
    page.remove();
    this.#pages.pop();
  }

  /** A block that will not change again. When all blocks of a page are, it need not be laid out unseen. */
  fix(block: HTMLElement, rows: number): void {
    const page = block.parentElement;
    if (page === null) return;
    const fixed = this.#fixed.get(page) ?? { blocks: 0, rows: 0 };
    fixed.blocks++;
    fixed.rows += rows;
    this.#fixed.set(page, fixed);
    if (fixed.blocks < pageBlocks) return;
    // Properties of the page itself: a custom property is inherited, and every span would be styled anew.
    page.style.setProperty('content-visibility', 'auto');
    page.style.setProperty('contain-intrinsic-block-size', `auto calc(${fixed.rows} * 1lh)`);
  }

  /** Puts an element below; later blocks, from this ordinal on, come below it. */
  end(ordinal: number, below: HTMLElement): void {
    this.#pages = [];
    this.#begin = ordinal;
    this.#container.append(below);
  }
}
