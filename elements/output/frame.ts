// elements/output: "in the next frame", also in a hidden tab, where there are none.

/** A page that shows no frame for so long is hidden (or busy, and then it is time anyway). */
const patienceMs = 250;

/** Calls back once for any number of requests; whichever of frame and timer comes first. */
export class Frame {
  readonly #callback: () => void;
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  constructor(callback: () => void) {
    this.#callback = callback;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  request(): void {
    if (this.#timer !== undefined || this.#disposed) return;
    this.#timer = setTimeout(() => this.#fire(), patienceMs);
    this.#frame = requestAnimationFrame(() => this.#fire());
  }

  dispose(): void {
    this.#disposed = true;
    this.#cancel();
  }

  #fire(): void {
    this.#cancel();
    this.#callback();
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    cancelAnimationFrame(this.#frame);
  }
}
