// proc: how much one process port may bring (DESIGN §2). Beyond it the port is closed, or the kernel's own
// kill would queue for seconds behind what a spinning worker posts.
//
// Two measures, for neither sees every flood: a window of time sees many cheap messages; a probe, a message
// the kernel posts itself, sees a queue that grows because each message takes longer than it took to send.

const windowMs = 20;
const messagesMax = 2000;
const bytesMax = 64 * 1024 * 1024;
/** A probe is sent after so many messages or so much work; who waits for answers hardly pays for it. */
const probeMessages = 64;
const probeWorkMs = 10;
/** Work for one process that nothing else came between; a large unpacking takes half of it. */
const workMaxMs = 1500;

export class FloodBudget {
  readonly #probe: (arrived: () => void) => void;
  #windowStart = -Infinity;
  #messages = 0;
  #bytes = 0;
  #probing = false;
  #probedMessages = 0;
  #probedWorkMs = 0;

  /** `probe` calls back when everything that is in the kernel's queue now has been handled. */
  constructor(probe: (arrived: () => void) => void = behindTheQueue) {
    this.#probe = probe;
  }

  /** Counts one message before it is looked at; false once the budget is spent. */
  spend(bytes: number, now: number): boolean {
    if (now - this.#windowStart > windowMs) {
      this.#windowStart = now;
      this.#messages = 0;
      this.#bytes = 0;
    }
    this.#messages += 1;
    this.#probedMessages += 1;
    return this.spendBytes(bytes) && this.#messages <= messagesMax && !this.#isBehind();
  }

  /** Counts bytes that a message costs besides its own; false once the budget is spent. */
  spendBytes(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#bytes <= bytesMax;
  }

  /** Counts the time that handling a message took. */
  worked(ms: number): void {
    this.#probedWorkMs += ms;
    if (this.#probing || (this.#probedMessages < probeMessages && this.#probedWorkMs < probeWorkMs)) return;
    this.#probing = true;
    this.#probedMessages = 0;
    this.#probedWorkMs = 0;
    this.#probe(() => {
      this.#probing = false;
      this.#probedMessages = 0;
      this.#probedWorkMs = 0;
    });
  }

  #isBehind(): boolean {
    return this.#probing && (this.#probedMessages > messagesMax || this.#probedWorkMs > workMaxMs);
  }
}

const arrivals: (() => void)[] = [];
let line: MessageChannel | undefined;

/** Calls back behind every message that has arrived by now. */
function behindTheQueue(arrived: () => void): void {
  if (line === undefined) {
    line = new MessageChannel();
    line.port1.onmessage = () => arrivals.shift()?.();
  }
  arrivals.push(arrived);
  line.port2.postMessage(0);
}
