// proc: standard output and error that the page shows. The page says what it has taken; that is passed on
// to whoever wrote it. Must always hold: bytes are reported taken in the order they were written.
import { Errno } from '../abi/errno.js';
import { access } from '../abi/syscalls.js';
import { readiness, type OpenFile } from '../file/open-file.js';
import { WaitQueue } from '../file/wait-queue.js';
import { pipeCapacityBytes } from '../abi/messages.js';

export class PageOutput implements OpenFile {
  readonly kind = 'pipe';
  readonly access = access.write;
  readonly #send: (bytes: Uint8Array) => void;
  readonly #changed = new WaitQueue();
  #sent: { left: number; readonly taken: (bytes: number) => void }[] = [];
  #untaken = 0;
  #closed = false;

  constructor(send: (bytes: Uint8Array) => void) {
    this.#send = send;
  }

  read(): never {
    throw new Errno('EBADF');
  }

  write(bytes: Uint8Array, taken: (bytes: number) => void): void {
    // Whoever outlives the process the page started writes to nobody, as with output sent to /dev/null.
    if (this.#closed) return taken(bytes.length);
    this.#sent.push({ left: bytes.length, taken });
    this.#untaken += bytes.length;
    this.#send(bytes);
  }

  /** The page has taken so many bytes. */
  credit(bytes: number): void {
    let left = bytes;
    for (let first = this.#sent[0]; first !== undefined && left > 0; first = this.#sent[0]) {
      const part = Math.min(left, first.left);
      first.left -= part;
      left -= part;
      this.#untaken -= part;
      if (first.left === 0) this.#sent.shift();
      first.taken(part);
    }
    this.#changed.wake();
  }

  get ready(): number {
    return this.#untaken < pipeCapacityBytes ? readiness.write : 0;
  }

  get waiting(): number {
    return this.#untaken;
  }

  watch(changed: () => void): () => void {
    return this.#changed.watch(changed);
  }

  /** The page listens no more. */
  end(): void {
    this.#closed = true;
    const sent = this.#sent;
    this.#sent = [];
    this.#untaken = 0;
    for (const { left, taken } of sent) taken(left);
  }

  close(): void {
    // What was sent is still on its way to the page.
  }
}
