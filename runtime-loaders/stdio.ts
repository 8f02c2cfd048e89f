// runtime-loaders: a program's standard streams, over syscalls.
// What a call may do depends on the transport: `shared` waits in place, `suspending` returns a promise
// for the loader to suspend on (`WebAssembly.Suspending`, run_sync), `local` never waits.

/** Thrown by `read` where nothing can wait. The sentence is for a reader. */
export class CannotBlock extends Error {
  constructor() {
    super(
      'This program waits for input, but this browser cannot pause a program (it has no JavaScript ' +
        'Promise Integration and the page is not cross-origin isolated). Give the input in advance with stdin="…".',
    );
    this.name = 'CannotBlock';
  }
}

export interface Stdio {
  /**
   * Hands bytes (copied; the array may be reused) to fd 1 or 2 without ever waiting.
   * Throws Errno EPIPE when nobody reads any more, EBADF for other fds.
   */
  write(fd: number, bytes: Uint8Array): void;
  /**
   * `write`, then waits while the reader lags by more than the pipe holds: in place on `shared`, by
   * the returned promise on `suspending`; `local` returns at once. Most calls return undefined.
   */
  writeWaiting(fd: number, bytes: Uint8Array): undefined | Promise<void>;
  /** Sends what `write` may have gathered. Waiting and ending do so by themselves; needed by none but computing loops. */
  flush(): void;
  /**
   * Up to `max` bytes of fd 0; an empty array is end of file. Returns bytes where they are at hand or
   * the transport is `shared`, a promise on `suspending`, throws `CannotBlock` on `local`.
   */
  read(fd: number, max: number): Uint8Array | Promise<Uint8Array>;
  /** `read` for code that lives on an event loop: a promise on every transport. */
  readLater(fd: number, max: number): Promise<Uint8Array>;
  /** Whether fd 0 would answer without waiting for anybody: input given in advance, or null. */
  readonly inputGiven: boolean;
  /** Of input given in advance, what has not been read; undefined where it is none. */
  readonly inputLeft: Uint8Array | undefined;
  /** Waits in place (`shared`, and anywhere a shared wasm memory can be made) or by the returned promise. */
  sleep(ms: number): undefined | Promise<void>;
  /** Whether the fd is a terminal. */
  isTerminal(fd: number): boolean;
  /** The handle of the terminal that the fd is; undefined: it is none. */
  terminalOf(fd: number): number | undefined;
}
