// elements/output: keeps a live region from reading out a flood.
// A little new text is announced as usual; above a rate the region falls silent until the output rests.

/** Characters within one window that a screen reader could follow. */
const followable = 1000;
const windowMs = 1500;

export class Announcements {
  readonly #region: HTMLElement;
  #heard = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(region: HTMLElement) {
    this.#region = region;
    region.ariaLive = 'polite';
  }

  /** To be called before `characters` of new text enter the document. */
  announce(characters: number): void {
    this.#heard += characters;
    if (this.#heard > followable) {
      this.#region.ariaLive = 'off';
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#heard = 0;
      this.#region.ariaLive = 'polite';
    }, windowMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
