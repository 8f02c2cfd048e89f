// elements/output: groups blocks into pages, the unit that costs no layout while it is off-screen.
// Which page a block is on depends on its ordinal alone. An element between pages (a note) ends the last one.

const pageBlocks = 16;

export class BlockPages {
  readonly #container: HTMLElement;
  /** Pages since the last note, the first of which begins at ordinal `#begin`. */
  #pages: HTMLElement[] = [];
  #begin = 0;
  #rows = new WeakMap<HTMLElement, number>();

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

  /** A block that is fixed: its rows count for the height the page has before it was ever laid out. */
  fix(block: HTMLElement, rows: number): void {
    const page = block.parentElement;
    if (page === null) return;
    const sum = (this.#rows.get(page) ?? 0) + rows;
    this.#rows.set(page, sum);
    // Not a custom property: those are inherited, and every span of the page would be styled anew.
    page.style.containIntrinsicBlockSize = `auto calc(${sum} * 1lh)`;
  }

  /** Puts an element below; later blocks, from this ordinal on, come below it. */
  end(ordinal: number, below: HTMLElement): void {
    this.#pages = [];
    this.#begin = ordinal;
    this.#container.append(below);
  }
}
