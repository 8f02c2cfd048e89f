// client: a process as the page sees it. Owns its port; everything ends with `exited`.
import { signalNumber } from '../abi/signals.js';
import type { Transport } from '../abi/runtime.js';
import { askKinds } from '../abi/ask.js';
import type { AskRefusal, ExitStatusWire, FromProcess, ToProcess } from '../protocol/process-port.js';
import { AskEvent } from './ask-event.js';
import { KernelError } from './kernel-error.js';
import type { OutputPiece } from './output-stream.js';
import { ProcessOutput } from './process-output.js';

export type Signal = `SIG${string}`;

export interface ExitStatus {
  /** null when a signal ended it. */
  code: number | null;
  signal: Signal | null;
  reason?: 'timeout' | 'memory' | 'output' | 'trap' | 'protocol' | 'superseded' | 'kernel-lost';
  /** One sentence for a reader. */
  message?: string;
}

/** Something a program was asked to do. */
export interface Asked {
  /** What is printed until it is answered. */
  readonly output: ProcessOutput;
  /** After all of its output has been handed over; undefined: the program ended first. */
  readonly answered: Promise<Uint8Array | undefined>;
}

/**
 * A running program. `stdout` and `stderr` close once the process ended and all was delivered; a reader
 * that does not read makes the program wait. Events: `waiting` (it reads stdin and there is none),
 * `resumed`; `ask` (an `AskEvent`).
 */
export class Process extends EventTarget {
  readonly pid: number;
  readonly transport: Transport;
  /** Closing it is end of file. */
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Never rejects. */
  readonly exited: Promise<ExitStatus>;
  readonly #port: MessagePort;
  /** What it prints where no request is under way. */
  readonly #own: ProcessOutput;
  /** Where output goes now. */
  #output: ProcessOutput;
  #answer: ((bytes: Uint8Array | undefined) => void) | undefined;
  #exit!: (status: ExitStatus) => void;
  #rooms: (() => void)[] = [];
  /** Aborted once the question there is to the reader is over. */
  #asked: AbortController | undefined;
  #ended = false;

  constructor(pid: number, transport: Transport, port: MessagePort) {
    super();
    this.pid = pid;
    this.transport = transport;
    this.#port = port;
    this.#own = this.#output = this.#makeOutput();
    this.stdout = this.#own.stdout;
    this.stderr = this.#own.stderr;
    this.stdin = new WritableStream<Uint8Array>({
      write: (bytes) => this.#send({ type: 'stdin', bytes }),
      close: () => this.#send({ type: 'stdin-end' }),
      abort: () => this.#send({ type: 'stdin-end' }),
    });
    this.exited = new Promise((resolve) => {
      this.#exit = resolve;
    });
    port.onmessage = ({ data }: MessageEvent<FromProcess>) => this.#receive(data);
  }

  /**
   * For the library itself: asks a program that answers requests (`syscall.nextRequest`), which has answered the one
   * before. What it prints until the answer goes to the streams of this request, what it prints between two to `stdout`
   * and `stderr`; its input begins anew.
   */
  request(bytes: Uint8Array, timeoutMs: number | undefined): Asked {
    const output = this.#makeOutput();
    const answered = new Promise<Uint8Array | undefined>((resolve) => {
      this.#answer = resolve;
    });
    this.#output = output;
    if (this.#ended) this.#answered(undefined);
    this.#send({ type: 'request', bytes, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
    return { output, answered };
  }

  /** For the library itself: input, as `stdin`, which a request may close for itself alone. */
  type(bytes: Uint8Array | undefined): void {
    this.#send(bytes === undefined ? { type: 'stdin-end' } : { type: 'stdin', bytes });
  }

  /**
   * For our own elements: resolves when so little of what was typed is unread that more may be typed, and when the
   * process has ended.
   */
  room(): Promise<void> {
    if (this.#ended) return Promise.resolve();
    const come = new Promise<void>((resolve) => this.#rooms.push(resolve));
    this.#send({ type: 'room' });
    return come;
  }

  /** For our own elements: the terminal's answer to the oldest of the program's questions that it answers. */
  reply(bytes: Uint8Array): void {
    this.#send({ type: 'reply', bytes });
  }

  /**
   * stdout (fd 1) and stderr (fd 2) as one stream, in the order the program wrote them: in place of the two, from
   * which nobody may have read yet. For our own elements.
   */
  output(): ReadableStream<OutputPiece> {
    return this.#own.inOrder();
  }

  /** Sends a signal, default SIGTERM. Throws EINVAL for a name that is none. */
  kill(signal: Signal = 'SIGTERM'): void {
    const number = signalNumber(signal);
    if (number === undefined)
      throw new KernelError('EINVAL', `There is no signal “${signal}”.`, { pid: this.pid });
    this.#send({ type: 'signal', number });
  }

  /** Tells a program on a terminal its window size. Nothing without one. */
  resize(columns: number, rows: number): void {
    if (!(columns > 0 && rows > 0)) throw new RangeError(`A terminal cannot be ${columns}×${rows}.`);
    this.#send({ type: 'resize', columns: Math.floor(columns), rows: Math.floor(rows) });
  }

  /** The kernel is gone, and this process with it. */
  lose(message: string): void {
    this.#end({ code: null, signal: 'SIGKILL', reason: 'kernel-lost', message });
  }

  #send(message: ToProcess): void {
    if (!this.#ended) this.#port.postMessage(message);
  }

  #makeOutput(): ProcessOutput {
    return new ProcessOutput((fd, bytes) => this.#send({ type: 'credit', fd, bytes }));
  }

  #ask(number: number, kind: number, text: string): void {
    const gone = new AbortController();
    this.#asked = gone;
    const answer = (text: string, refusal?: AskRefusal): void => {
      if (gone.signal.aborted) return;
      gone.abort();
      this.#send({ type: 'answered', number, text, refusal });
    };
    const known = Object.values(askKinds).find((each) => each === kind);
    const event = known && new AskEvent(known, text, gone.signal, answer);
    if (event === undefined || this.dispatchEvent(event)) answer('', 'ENOTSUP');
  }

  #answered(bytes: Uint8Array | undefined): void {
    const answer = this.#answer;
    if (answer === undefined) return;
    this.#answer = undefined;
    this.#output.end();
    this.#output = this.#own;
    answer(bytes);
  }

  #receive(message: FromProcess): void {
    switch (message.type) {
      case 'output':
        this.#output.push(message.fd, message.bytes);
        return;
      case 'waiting':
      case 'resumed':
        this.dispatchEvent(new Event(message.type));
        return;
      case 'room':
        return this.#rooms.shift()?.();
      case 'ask':
        return this.#ask(message.number, message.kind, message.text);
      case 'unask':
        return this.#asked?.abort();
      case 'answer':
        return this.#answered(message.bytes);
      case 'exited':
        this.#end(fromWire(message.status));
    }
  }

  #end(status: ExitStatus): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#asked?.abort();
    this.#answered(undefined);
    this.#own.end();
    this.#port.close();
    for (const resolve of this.#rooms.splice(0)) resolve();
    this.#exit(status);
  }
}

function fromWire({ code, signal, reason, message }: ExitStatusWire): ExitStatus {
  return {
    code,
    signal: signal as Signal | null,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  };
}
