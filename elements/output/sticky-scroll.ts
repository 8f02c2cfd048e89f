// elements/output: keeps a log at its end while the reader is there, and reachable by keyboard when it overflows.

/** Pixels that still count as the end; zoomed pages round. */
const tolerance = 8;

export class StickyScroll {
  readonly #scroller: HTMLElement;
  readonly #sizes: ResizeObserver;
  #atEnd = true;
  #lastTop = 0;
  readonly #onScroll = (): void => {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    const atEnd = scrollHeight - scrollTop - clientHeight <= tolerance;
    // Only the reader scrolls up. A late event of our own scrolling finds content that grew meanwhile.
    if (scrollTop < this.#lastTop) this.#atEnd = atEnd;
    else this.#atEnd ||= atEnd;
    this.#lastTop = scrollTop;
  };

  constructor(scroller: HTMLElement, content: HTMLElement) {
    this.#scroller = scroller;
    scroller.addEventListener('scroll', this.#onScroll, { passive: true });
    // Runs after layout and before paint: following the content costs no layout of its own.
    this.#sizes = new ResizeObserver(() => this.#settle());
    this.#sizes.observe(scroller);
    this.#sizes.observe(content);
  }

  /** Go to the end with the next content, wherever the reader is. */
  stick(): void {
    this.#atEnd = true;
  }

  /** Focus by script works whether or not there is anything to scroll. */
  focus(): void {
    if (!this.#scroller.hasAttribute('tabindex')) this.#scroller.tabIndex = -1;
    this.#scroller.focus({ preventScroll: true });
  }

  dispose(): void {
    this.#sizes.disconnect();
    this.#scroller.removeEventListener('scroll', this.#onScroll);
  }

  #settle(): void {
    const scroller = this.#scroller;
    if (this.#atEnd) {
      scroller.scrollTop = scroller.scrollHeight;
      this.#lastTop = scroller.scrollTop;
    }
    const overflows = scroller.scrollHeight > scroller.clientHeight + 1;
    if (overflows) scroller.tabIndex = 0;
    else if (scroller.tabIndex === 0) scroller.removeAttribute('tabindex');
  }
}
