// proc: a process's line to the page that started it: its standard streams and its end. Processes started
// by other processes have none, but may have inherited the streams.
import type { ExitStatusWire, FromProcess, ToProcess } from '../protocol/process-port.js';
import type { OpenFile } from '../file/open-file.js';
import type { Caller } from '../file/wait-queue.js';
import { OutputGate } from './output-gate.js';
import { PageAsks } from './page-asks.js';
import { PageInput } from './page-input.js';
import { PageOutput } from './page-output.js';
import { PageRequests } from './page-requests.js';
import { PageTty } from './page-tty.js';
import { ReadWaiters } from './read-waiters.js';
import type { Tty, TtyOptions } from '../tty/tty.js';

export interface PageLinkOptions {
  readonly port: MessagePort;
  /** False: there is no input, or it was given in advance. */
  readonly input: boolean;
  /** Output the page is sent per second, bytes. */
  readonly outputBytesPerSecond: number | undefined;
  /** A terminal instead of three pipes. */
  readonly tty: Omit<TtyOptions, 'output'> | undefined;
  readonly signal: (number: number) => void;
  /** Somebody waits for input; undefined: nobody does. */
  readonly waiting: (caller: Caller | undefined) => void;
}

export class PageLink {
  readonly requests = new PageRequests((bytes) =>
    this.#gate.after(() => this.#tell({ type: 'answer', bytes }, transferOf(bytes))),
  );
  readonly asks = new PageAsks((message) => this.#tell(message));
  readonly #options: PageLinkOptions;
  readonly #gate: OutputGate;
  readonly #input: PageInput;
  readonly #outputs: ReadonlyMap<number, PageOutput>;
  readonly #tty: PageTty | undefined;
  #isWaiting = false;
  #ended = false;

  constructor(options: PageLinkOptions) {
    this.#options = options;
    this.#gate = new OutputGate(
      (fd, bytes) => this.#tell({ type: 'output', fd, bytes }, transferOf(bytes)),
      options.outputBytesPerSecond,
    );
    const waiters = new ReadWaiters((caller) => this.#waits(caller));
    this.#input = new PageInput(waiters);
    if (!options.input) this.#input.end();
    this.#outputs = new Map([1, 2].map((fd) => [fd, new PageOutput((bytes) => this.#gate.write(fd, bytes))]));
    const screen = this.#outputs.get(1);
    if (options.tty !== undefined && screen !== undefined) {
      const output = (bytes: Uint8Array, taken: (bytes: number) => void): void => screen.write(bytes, taken);
      this.#tty = new PageTty({ ...options.tty, output }, waiters);
    }
    options.port.onmessage = ({ data }: MessageEvent<ToProcess>) => this.#receive(data);
  }

  get tty(): Tty | undefined {
    return this.#tty;
  }

  /** What its fds 0, 1 and 2 are. */
  get streams(): readonly OpenFile[] {
    if (this.#tty !== undefined) return [this.#tty, this.#tty, this.#tty];
    return [this.#input, ...this.#outputs.values()];
  }

  /** Tells the page how it ended, after all output. */
  exited(status: ExitStatusWire): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#gate.finish();
    this.#tty?.hangup();
    for (const output of this.#outputs.values()) output.end();
    this.#input.end();
    this.#options.port.postMessage({ type: 'exited', status } satisfies FromProcess);
    this.#options.port.onmessage = null;
  }

  #receive(message: ToProcess): void {
    switch (message.type) {
      case 'stdin':
        return this.#tty === undefined ? this.#input.input(message.bytes) : this.#tty.input(message.bytes);
      case 'stdin-end':
        return this.#tty === undefined ? this.#input.end() : this.#tty.hangup();
      case 'resize':
        if (this.#tty !== undefined) this.#tty.windowSize = message;
        return;
      case 'reply':
        return this.#tty?.reply(message.bytes);
      case 'room': {
        const tell = (): void => this.#tell({ type: 'room' });
        return this.#tty === undefined ? tell() : this.#tty.whenRoom(tell);
      }
      case 'answered':
        return this.asks.answer(message.number, message.text, message.refusal);
      case 'request':
        this.#input.begin();
        return this.requests.add({ bytes: message.bytes, timeoutMs: message.timeoutMs });
      case 'credit':
        return this.#outputs.get(message.fd)?.credit(message.bytes);
      case 'signal':
        return this.#options.signal(message.number);
    }
  }

  #waits(caller: Caller | undefined): void {
    this.#options.waiting(caller);
    const isWaiting = caller !== undefined;
    if (isWaiting === this.#isWaiting) return;
    this.#isWaiting = isWaiting;
    // What was printed before the question is shown before it is asked.
    this.#gate.flush();
    this.#tell({ type: isWaiting ? 'waiting' : 'resumed' });
  }

  #tell(message: FromProcess, transfer: Transferable[] = []): void {
    if (!this.#ended || message.type === 'output') this.#options.port.postMessage(message, transfer);
  }
}

function transferOf(bytes: Uint8Array): Transferable[] {
  return bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer
    ? [bytes.buffer]
    : [];
}
