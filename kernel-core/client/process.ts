// client: a process as the page sees it. Owns its port; everything ends with `exited`.
import { signalNumber } from '../abi/signals.js';
import type { Transport } from '../abi/runtime.js';
import type { ExitStatusWire, FromProcess, ToProcess } from '../protocol/process-port.js';
import { KernelError } from './kernel-error.js';
import { OutputStream } from './output-stream.js';

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
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** After all of its output has been handed over; undefined: the program ended first. */
  readonly answered: Promise<Uint8Array | undefined>;
}

type Outputs = ReadonlyMap<number, OutputStream>;

/**
 * A running program. `stdout` and `stderr` close once the process ended and all was delivered; a reader
 * that does not read makes the program wait. Events: `waiting` (it reads stdin and there is none),
 * `resumed`.
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
  /** `stdout` and `stderr`. */
  readonly #own: Outputs;
  /** Where output goes now. */
  #outputs: Outputs;
  #answer: ((bytes: Uint8Array | undefined) => void) | undefined;
  #exit!: (status: ExitStatus) => void;
  #ended = false;

  constructor(pid: number, transport: Transport, port: MessagePort) {
    super();
    this.pid = pid;
    this.transport = transport;
    this.#port = port;
    const [outputs, stdout, stderr] = this.#makeOutputs();
    this.#own = this.#outputs = outputs;
    this.stdout = stdout.readable;
    this.stderr = stderr.readable;
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
    const [outputs, stdout, stderr] = this.#makeOutputs();
    const answered = new Promise<Uint8Array | undefined>((resolve) => {
      this.#answer = resolve;
    });
    this.#outputs = outputs;
    if (this.#ended) this.#answered(undefined);
    this.#send({ type: 'request', bytes, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
    return { stdout: stdout.readable, stderr: stderr.readable, answered };
  }

  /** For the library itself: input, as `stdin`, which a request may close for itself alone. */
  type(bytes: Uint8Array | undefined): void {
    this.#send(bytes === undefined ? { type: 'stdin-end' } : { type: 'stdin', bytes });
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

  #makeOutputs(): [Outputs, stdout: OutputStream, stderr: OutputStream] {
    const output = (fd: number): OutputStream =>
      new OutputStream((bytes) => this.#send({ type: 'credit', fd, bytes }));
    const [stdout, stderr] = [output(1), output(2)];
    return [
      new Map([
        [1, stdout],
        [2, stderr],
      ]),
      stdout,
      stderr,
    ];
  }

  #answered(bytes: Uint8Array | undefined): void {
    const answer = this.#answer;
    if (answer === undefined) return;
    this.#answer = undefined;
    for (const output of this.#outputs.values()) output.end();
    this.#outputs = this.#own;
    answer(bytes);
  }

  #receive(message: FromProcess): void {
    switch (message.type) {
      case 'output':
        this.#outputs.get(message.fd)?.push(message.bytes);
        return;
      case 'waiting':
      case 'resumed':
        this.dispatchEvent(new Event(message.type));
        return;
      case 'answer':
        return this.#answered(message.bytes);
      case 'exited':
        this.#end(fromWire(message.status));
    }
  }

  #end(status: ExitStatus): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#answered(undefined);
    for (const output of this.#outputs.values()) output.end();
    this.#port.close();
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
