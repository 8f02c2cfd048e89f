// javascript loader: fd 0 as text, for `process.stdin` (which awaits) and `prompt` (which blocks).
// Must always hold: one buffer for both, so that a line is read once.
import type { Transport } from '../runtime.js';
import type { Stdio } from '../stdio.js';
import type { EventLoop } from './event-loop.js';
import { NativeError, stringIndexOf, stringSlice, textDecode } from './intrinsics.js';

const chunkBytes = 64 * 1024;

export class StandardInput {
  readonly #stdio: Stdio;
  readonly #transport: Transport;
  readonly #loop: EventLoop;
  readonly #decoder = new TextDecoder();
  #text = '';
  #ended = false;
  /** Reads wait for the one before: lines are given out in order. */
  #previous: Promise<unknown> = Promise.resolve();

  constructor(stdio: Stdio, transport: Transport, loop: EventLoop) {
    this.#stdio = stdio;
    this.#transport = transport;
    this.#loop = loop;
  }

  /** The next line without its line break; null at the end of input. */
  readLine(): Promise<string | null> {
    const line = this.#previous.then(async () => {
      for (;;) {
        const buffered = this.#takeLine();
        if (buffered !== undefined) return buffered;
        this.#take(await this.#stdio.readLater(0, chunkBytes));
      }
    });
    this.#previous = line.catch(() => undefined);
    return this.#loop.track(line);
  }

  /** All that is left. */
  readText(): Promise<string> {
    const text = this.#previous.then(async () => {
      while (!this.#ended) this.#take(await this.#stdio.readLater(0, chunkBytes));
      return this.#takeAll();
    });
    this.#previous = text.catch(() => undefined);
    return this.#loop.track(text);
  }

  /** The next line, waiting in place; throws where nothing can wait. */
  readLineNow(): string | null {
    for (;;) {
      const buffered = this.#takeLine();
      if (buffered !== undefined) return buffered;
      if (!this.#stdio.inputGiven && this.#transport !== 'shared') {
        throw new NativeError(
          'prompt() cannot wait for input here: JavaScript cannot be paused on a page that is not cross-origin ' +
            'isolated. Write `const line = await process.stdin.readLine()` instead, or give the input in advance ' +
            'with stdin="…".',
        );
      }
      const bytes = this.#stdio.read(0, chunkBytes);
      if (!(bytes instanceof Uint8Array)) throw new NativeError('Standard input cannot be read at once.');
      this.#take(bytes);
    }
  }

  #take(bytes: Uint8Array): void {
    this.#ended = bytes.length === 0;
    this.#text += textDecode(this.#decoder, bytes, { stream: !this.#ended });
  }

  #takeLine(): string | null | undefined {
    const end = stringIndexOf(this.#text, '\n');
    if (end === -1) {
      if (!this.#ended) return undefined;
      return this.#text === '' ? null : this.#takeAll();
    }
    const line = stringSlice(this.#text, 0, end > 0 && this.#text[end - 1] === '\r' ? end - 1 : end);
    this.#text = stringSlice(this.#text, end + 1);
    return line;
  }

  #takeAll(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}
