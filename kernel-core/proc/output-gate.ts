// proc: output on its way to the page. The page's main thread pays for every message, so a process that
// writes often gets its writes gathered; one that writes now and then is passed on at once.
// Must always hold: bytes of one fd keep their order; after `flush` nothing is held back.

const windowMs = 20;
/** Messages a window may carry to the page before writes are gathered. */
const promptMax = 50;
const gatheredBytesMax = 64 * 1024;

export class OutputGate {
  readonly #send: (fd: number, bytes: Uint8Array) => void;
  readonly #gathered = new Map<number, Uint8Array[]>();
  #gatheredBytes = 0;
  #windowStart = -Infinity;
  #sent = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (fd: number, bytes: Uint8Array) => void) {
    this.#send = send;
  }

  write(fd: number, bytes: Uint8Array): void {
    const now = performance.now();
    if (now - this.#windowStart > windowMs) {
      this.#windowStart = now;
      this.#sent = 0;
    }
    if (this.#gatheredBytes === 0 && this.#sent < promptMax) {
      this.#sent += 1;
      this.#send(fd, bytes);
      return;
    }
    const chunks = this.#gathered.get(fd);
    if (chunks === undefined) this.#gathered.set(fd, [bytes]);
    else chunks.push(bytes);
    this.#gatheredBytes += bytes.length;
    if (this.#gatheredBytes >= gatheredBytesMax) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), windowMs / 2);
  }

  /** Passes on everything that was held back. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [fd, chunks] of this.#gathered) {
      const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
      let offset = 0;
      for (const chunk of chunks) {
        bytes.set(chunk, offset);
        offset += chunk.length;
      }
      this.#sent += 1;
      this.#send(fd, bytes);
    }
    this.#gathered.clear();
    this.#gatheredBytes = 0;
  }
}
