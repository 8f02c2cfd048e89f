// proc: output on its way to the page. The page's main thread pays for every message, so a process that
// writes often gets its writes gathered; one that writes now and then is passed on at once. Where the sandbox
// has an output rate, what is beyond it waits here, and its writers with it.
// Must always hold: bytes of one fd keep their order, and so do those of two, up to `runsMax` changes between them
// at a time; after `finish` nothing is held back.

const windowMs = 20;
/** Messages a window may carry to the page before writes are gathered. */
const promptMax = 50;
const gatheredBytesMax = 64 * 1024;
/** Messages that gathered bytes become at most: a program may write to two descriptors in turn, byte by byte. */
const runsMax = 256;

/** Bytes of one fd that follow each other. */
interface Run {
  readonly fd: number;
  readonly chunks: Uint8Array[];
}

export class OutputGate {
  readonly #send: (fd: number, bytes: Uint8Array) => void;
  readonly #bytesPerSecond: number;
  readonly #gathered: Run[] = [];
  #gatheredBytes = 0;
  #windowStart = -Infinity;
  #sent = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #after: (() => void)[] = [];
  /** Bytes that may be sent now, at `#allowedAt`. */
  #allowed: number;
  #allowedAt = performance.now();

  constructor(send: (fd: number, bytes: Uint8Array) => void, bytesPerSecond = Infinity) {
    this.#send = send;
    this.#bytesPerSecond = bytesPerSecond;
    this.#allowed = bytesPerSecond;
  }

  write(fd: number, bytes: Uint8Array): void {
    const now = performance.now();
    if (now - this.#windowStart > windowMs) {
      this.#windowStart = now;
      this.#sent = 0;
    }
    if (this.#gatheredBytes === 0 && this.#sent < promptMax && this.#allow(bytes.length, now)) {
      this.#sent += 1;
      this.#send(fd, bytes);
      return;
    }
    const last = this.#gathered.at(-1);
    const run =
      last?.fd === fd || this.#gathered.length < runsMax
        ? last
        : this.#gathered.findLast((each) => each.fd === fd);
    if (run?.fd === fd) run.chunks.push(bytes);
    else this.#gathered.push({ fd, chunks: [bytes] });
    this.#gatheredBytes += bytes.length;
    if (this.#gatheredBytes >= gatheredBytesMax) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), windowMs / 2);
  }

  /** Passes on what was held back, unless the rate forbids it. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#gatheredBytes === 0) return;
    if (this.#allow(this.#gatheredBytes, performance.now())) return this.#sendGathered();
    const waitMs = Math.min(1000, (-Math.min(0, this.#allowed) / this.#bytesPerSecond) * 1000);
    this.#timer = setTimeout(() => this.flush(), Math.max(windowMs, waitMs));
  }

  /** Calls once all that was written until now has been passed on. */
  after(call: () => void): void {
    this.#after.push(call);
    if (this.#gatheredBytes === 0) this.#callAfter();
    else this.flush();
  }

  /** Passes on everything, for nothing will come any more. */
  finish(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sendGathered();
  }

  #sendGathered(): void {
    for (const { fd, chunks } of this.#gathered.splice(0)) {
      const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
      let offset = 0;
      for (const chunk of chunks) {
        bytes.set(chunk, offset);
        offset += chunk.length;
      }
      this.#sent += 1;
      this.#send(fd, bytes);
    }
    this.#gatheredBytes = 0;
    this.#callAfter();
  }

  #callAfter(): void {
    for (const call of this.#after.splice(0)) call();
  }

  /** A second's worth may be sent at once; what is sent is paid back by time, one message may go into debt. */
  #allow(bytes: number, now: number): boolean {
    if (this.#bytesPerSecond === Infinity) return true;
    const earned = ((now - this.#allowedAt) / 1000) * this.#bytesPerSecond;
    this.#allowed = Math.min(this.#bytesPerSecond, this.#allowed + earned);
    this.#allowedAt = now;
    if (this.#allowed <= 0) return false;
    this.#allowed -= bytes;
    return true;
  }
}
