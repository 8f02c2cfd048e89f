// proc: how many messages and bytes one process port may bring in a while (DESIGN §2). Beyond it the port
// is closed, or the kernel's own kill would queue for seconds behind what a spinning worker posts.

const windowMs = 20;
const messagesMax = 2000;
const bytesMax = 64 * 1024 * 1024;

export class FloodBudget {
  #windowStart = -Infinity;
  #messages = 0;
  #bytes = 0;

  /** Counts one message; false once the budget is spent. */
  spend(bytes: number, now: number): boolean {
    if (now - this.#windowStart > windowMs) {
      this.#windowStart = now;
      this.#messages = 0;
      this.#bytes = 0;
    }
    this.#messages += 1;
    this.#bytes += bytes;
    return this.#messages <= messagesMax && this.#bytes <= bytesMax;
  }
}
