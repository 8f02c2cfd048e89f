// client/preview: counts what arrives. A page that posts without end would keep ours from doing anything else.

/** Messages within the window that no honest page sends. */
const messagesMax = 2_000;
const windowMs = 1_000;

export class FloodGauge {
  #since = 0;
  #count = 0;

  /** False when this message is one too many. */
  admit(nowMs: number): boolean {
    if (nowMs - this.#since > windowMs) {
      this.#since = nowMs;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count <= messagesMax;
  }
}
