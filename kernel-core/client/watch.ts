// client: what `sandbox.fs.watch()` and `kernel.watch()` return. Events wait here from the call on until somebody
// takes them.
import { KernelError } from './kernel-error.js';

/** One change. Paths are absolute. */
export interface FileEvent {
  type: 'create' | 'change' | 'remove' | 'rename';
  path: string;
  /** Of a rename: where it was. */
  from?: string;
  /** Place of the change in the sandbox's journal; it only grows. */
  sequence: number;
}

export interface WatchOptions {
  /** Everything below the directory, not only what is in it. */
  recursive?: boolean;
  /** Ends it: `next()` says `done`. */
  signal?: AbortSignal;
}

/** Events nobody takes: beyond so many the watch ends with EOVERFLOW. */
const waitingMax = 100_000;

/** How it ended: done, or with the error the next `next()` rejects with. */
type End = { readonly error?: KernelError };

/**
 * Events of one watch, in the order they happened. It has one consumer: a second `for await` goes on where the
 * first one stopped.
 */
export class Watch<Event = FileEvent> implements AsyncIterableIterator<Event> {
  readonly #waiting: Event[] = [];
  readonly #takers: {
    resolve(result: IteratorResult<Event>): void;
    reject(error: KernelError): void;
  }[] = [];
  readonly #onEnd: () => void;
  #port: MessagePort | undefined;
  #end: End | undefined;

  /** `onEnd` is called once. */
  constructor(signal: AbortSignal | undefined, onEnd: (watch: Watch<Event>) => void) {
    const abort = (): void => this.end();
    this.#onEnd = () => {
      signal?.removeEventListener('abort', abort);
      onEnd(this);
    };
    if (signal?.aborted === true) this.end();
    else signal?.addEventListener('abort', abort);
  }

  get isEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Takes the port events come over; it is closed when the watch ends. `askAgain`: each batch is asked for. */
  listen(port: MessagePort, askAgain = false): void {
    if (this.#end !== undefined) {
      stop(port);
      return;
    }
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<{ readonly events: readonly Event[] }>) => {
      for (const event of data.events) this.#take(event);
      if (askAgain && this.#end === undefined) port.postMessage('next');
    };
  }

  /** Ends it; what came before is still handed out. */
  end(error?: KernelError): void {
    if (this.#end !== undefined) return;
    this.#end = error === undefined ? {} : { error };
    if (this.#port !== undefined) stop(this.#port);
    for (const taker of this.#takers.splice(0)) this.#finish(taker);
    this.#onEnd();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Event>> {
    const value = this.#waiting.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    return new Promise((resolve, reject) => {
      const taker = { resolve, reject };
      if (this.#end === undefined) this.#takers.push(taker);
      else this.#finish(taker);
    });
  }

  return(): Promise<IteratorResult<Event>> {
    this.#waiting.length = 0;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  #take(event: Event): void {
    if (this.#end !== undefined) return;
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      taker.resolve({ done: false, value: event });
      return;
    }
    this.#waiting.push(event);
    if (this.#waiting.length < waitingMax) return;
    this.end(
      new KernelError('EOVERFLOW', `${waitingMax} changes were watched and nobody looked at them.`, {
        syscall: 'watch',
        hint: 'Watch less, or look at the files anew and watch again.',
      }),
    );
  }

  /** An error is told once; after it there is nothing more. */
  #finish(taker: { resolve(result: IteratorResult<Event>): void; reject(error: KernelError): void }): void {
    const error = this.#end?.error;
    this.#end = {};
    if (error === undefined) taker.resolve({ done: true, value: undefined });
    else taker.reject(error);
  }
}

function stop(port: MessagePort): void {
  port.onmessage = null;
  port.postMessage('end');
  port.close();
}
