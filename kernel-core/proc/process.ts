// proc: one process, from start to zombie. It owns its worker, its port, its pipes and its clock.
//
//   starting ──▶ running ◀──▶ waiting (reads stdin, there is none)
//       │            │            │
//       └────────────┴────────────┴──▶ draining ──▶ zombie
//
// Must always hold: `exited` is told exactly once, after all output; a zombie holds no worker and no port.
// Everything that comes over the port is an attacker's: `receive.ts` checks it before this file acts.
import { errno } from '../abi/errno.js';
import {
  pipeCapacityBytes,
  type KernelMessage,
  type ProcessMessage,
  type StartMessage,
} from '../abi/messages.js';
import { signalName, signals } from '../abi/signals.js';
import type { HoldRecord, JournalRecord } from '../abi/journal.js';
import type { Transport } from '../abi/runtime.js';
import { Pipe } from '../file/pipe.js';
import type { Tree } from '../fs/tree.js';
import type { ExitStatusWire, FromProcess, ToProcess } from '../protocol/process-port.js';
import { FloodBudget } from './flood-budget.js';
import { OutputGate } from './output-gate.js';
import { checkMessage, weigh } from './receive.js';
import { RunClock } from './run-clock.js';
import { WaitWatch } from './wait-watch.js';
import type { PooledWorker, WorkerPool } from './worker-pool.js';

export type ProcessState = 'starting' | 'running' | 'waiting' | 'draining' | 'zombie';

export interface ProcessOptions {
  readonly pid: number;
  readonly command: string;
  readonly transport: Transport;
  readonly tree: Tree;
  readonly pool: WorkerPool;
  /** Which loader runs it, with version. */
  readonly loader: string;
  /** To the page. */
  readonly port: MessagePort;
  readonly stdin: 'pipe' | 'null' | Uint8Array;
  readonly timeoutMs: number | undefined;
  readonly memoryBytes: number;
  /** Whether its runtime's programs leave a realm clean; the worker's own word is not enough. */
  readonly reusable: boolean;
  /** Answers a syscall: a value, or an Errno thrown. */
  readonly syscall: (process: Process, number: number, args: readonly unknown[]) => unknown;
  readonly onExit: (process: Process) => void;
}

/** What a process may have sent and nobody taken; only programs that cannot wait get this far. */
const untakenBytesMax = 32 * 1024 * 1024;
/** What a killed process had sent is still delivered, this much and this long. */
const drainMs = 50;
/** A process that does not say that its program begins has begun after so long. */
const beginLimitMs = 60_000;
const drainBytes = 1024 * 1024;
/** What a write that leaves a gap costs the flood budget at most: the room for the gap is made and copied. */
const gapBytesMax = 16 * 1024 * 1024;

export class Process {
  readonly pid: number;
  readonly command: string;
  readonly transport: Transport;
  readonly stdin = new Pipe();
  readonly #options: ProcessOptions;
  readonly #budget = new FloodBudget();
  readonly #clock: RunClock | undefined;
  readonly #unfollow: () => void;
  readonly #gate = new OutputGate((fd, bytes) =>
    this.#tellPage({ type: 'output', fd, bytes }, transferOf(bytes)),
  );
  readonly #watch = new WaitWatch(
    () => this.#post({ type: 'probe' }),
    (isIdle) => {
      if (isIdle) this.#clock?.pause();
      else if (this.#begun) this.#clock?.run();
    },
  );
  /** Whether the call that is being made waits in place. */
  #inPlace = false;
  #state: ProcessState = 'starting';
  #worker: PooledWorker | undefined;
  #replyInSlot: ((errno: number, value: unknown) => void) | undefined;
  /** Bytes sent to the page and not taken yet, by fd. */
  readonly #untaken = new Map<number, number>();
  #drain: (() => void)[] = [];
  #ending: ExitStatusWire | undefined;
  #drained = 0;
  #begun = false;
  #grace: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.pid = options.pid;
    this.command = options.command;
    this.transport = options.transport;
    const { timeoutMs } = options;
    if (timeoutMs !== undefined) {
      this.#clock = new RunClock(timeoutMs, () => {
        this.#end({
          code: null,
          signal: 'SIGKILL',
          reason: 'timeout',
          message: `Stopped after ${formatSeconds(timeoutMs)} of running time, the limit set for it.`,
        });
      });
    }
    if (options.stdin !== 'pipe') this.stdin.end();
    options.port.onmessage = ({ data }: MessageEvent<ToProcess>) => this.#fromPage(data);
    this.#unfollow = options.tree.attach(this.pid, (update) => this.#post({ type: 'journal', ...update }));
  }

  get state(): ProcessState {
    return this.#state;
  }

  get memoryBytes(): number {
    return this.#options.memoryBytes;
  }

  /** Puts the program into a worker. `replyInSlot` answers where the process waits with Atomics. */
  start(message: StartMessage, replyInSlot?: (errno: number, value: unknown) => void): void {
    if (this.#state !== 'starting') return;
    this.#replyInSlot = replyInSlot;
    const worker = this.#options.pool.take(this.#options.loader);
    this.#worker = worker;
    worker.port.onmessage = (event: MessageEvent<unknown>) => {
      const startedAt = performance.now();
      // Reading `data` is what deserializes it, the dearest part of many a message.
      this.#fromWorker(event.data);
      this.#budget.worked(performance.now() - startedAt);
    };
    worker.port.onmessageerror = () => this.#violation('It sent a message that cannot be read.');
    worker.onfailed = (message) =>
      this.#end({
        code: 70,
        signal: null,
        message: `The program’s worker failed: ${message || 'unknown reason'}.`,
      });
    this.#state = 'running';
    this.#grace = setTimeout(() => this.#begin(), beginLimitMs);
    worker.port.postMessage(message);
  }

  /** It could not start: told like an exit. */
  abandon(status: ExitStatusWire): void {
    this.#finish(status);
  }

  /** Default action of every signal we deliver is to end the process (signal(7)). */
  signal(number: number): void {
    if (this.#state === 'draining' || this.#state === 'zombie') return;
    const ignored: readonly number[] = [signals.SIGCHLD, signals.SIGCONT, signals.SIGWINCH];
    if (ignored.includes(number)) return;
    const name = signalName(number);
    if (name !== undefined) this.#end({ code: null, signal: name });
  }

  /** Waits for input and, meanwhile, stops the clock. */
  readInput(max: number): Promise<Uint8Array> | Uint8Array {
    return new Promise((resolve) => {
      const waits = !this.stdin.ready;
      if (waits) this.#setWaiting(true);
      this.stdin.read(max, (bytes) => {
        if (waits) this.#setWaiting(false);
        resolve(bytes);
      });
    });
  }

  /** Resolves once the page has taken enough of what was written. */
  drained(): Promise<number> {
    return new Promise((resolve) => {
      this.#drain.push(() => resolve(0));
      this.#wakeDrain();
    });
  }

  /** Run time counts from here: a runtime that is slow to start on a slow device is not the program's fault. */
  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    clearTimeout(this.#grace);
    if (this.#state === 'running') this.#clock?.run();
  }

  #setWaiting(waiting: boolean): void {
    const state = waiting ? 'waiting' : 'running';
    if (this.#state === state || (this.#state !== 'running' && this.#state !== 'waiting')) return;
    this.#state = state;
    if (waiting) this.#clock?.pause();
    else if (this.#begun) this.#clock?.run();
    if (waiting && !this.#inPlace) this.#watch.start();
    else this.#watch.stop();
    this.#gate.flush();
    this.#tellPage({ type: waiting ? 'waiting' : 'resumed' });
  }

  #fromPage(message: ToProcess): void {
    switch (message.type) {
      case 'stdin':
        return this.stdin.write(message.bytes);
      case 'stdin-end':
        return this.stdin.end();
      case 'credit':
        this.#untaken.set(message.fd, Math.max(0, (this.#untaken.get(message.fd) ?? 0) - message.bytes));
        this.#post({ type: 'credit', fd: message.fd, bytes: message.bytes });
        return this.#wakeDrain();
      case 'signal':
        return this.signal(message.number);
    }
  }

  #fromWorker(data: unknown): void {
    if (this.#state === 'zombie') return;
    if (!this.#budget.spend(weigh(data), performance.now())) {
      return this.#violation('It sent more messages than a program can have a reason to.');
    }
    const message = checkMessage(data);
    if (message === undefined) return this.#violation('It sent a message that is no system call.');
    if (this.#state === 'draining') {
      if (message.type === 'write') this.#output(message.fd, message.bytes);
      return;
    }
    switch (message.type) {
      case 'write':
        return this.#output(message.fd, message.bytes);
      case 'journal':
        return this.#journal(message.records);
      case 'begin':
        return this.#begin();
      case 'alive':
        return this.#watch.answered();
      case 'syscall':
        return this.#syscall(message);
      case 'exit':
        return this.#exited(message);
      case 'failed':
        return this.#finish({ code: 70, signal: null, message: message.message });
    }
  }

  #journal(records: readonly (JournalRecord | HoldRecord)[]): void {
    const { tree } = this.#options;
    for (const record of records) {
      if (record.op === 'create' && !tree.owns(this.pid, record.inode)) {
        return this.#violation('It created a file under a number that is not its own.');
      }
      if (record.op !== 'write') continue;
      const size = tree.table.has(record.inode) ? tree.table.get(record.inode).size : 0;
      const gap = Math.min(gapBytesMax, Math.max(0, record.position - size));
      if (!this.#budget.spendBytes(gap)) {
        return this.#violation('It made files grow faster than a program can have a reason to.');
      }
    }
    tree.commitFrom(this.pid, records);
  }

  #output(fd: number, bytes: Uint8Array): void {
    if ((fd !== 1 && fd !== 2) || bytes.length === 0) return;
    if (this.#state === 'draining') {
      this.#drained += bytes.length;
      if (this.#drained > drainBytes) return;
    }
    const untaken = (this.#untaken.get(fd) ?? 0) + bytes.length;
    this.#untaken.set(fd, untaken);
    this.#gate.write(fd, bytes);
    if (untaken > untakenBytesMax && this.#state !== 'draining') {
      this.#end({
        code: null,
        signal: 'SIGKILL',
        reason: 'output',
        message: 'Stopped because it printed faster than the page can take it.',
      });
    }
  }

  #syscall({ id, number, args }: ProcessMessage & { type: 'syscall' }): void {
    const answer = (code: number, value: unknown): void => {
      if (this.#state === 'zombie') return;
      if (id === 0) this.#replyInSlot?.(code, value);
      else this.#post({ type: 'reply', id, errno: code, value });
    };
    Promise.resolve()
      .then(() => {
        this.#inPlace = id === 0;
        return this.#options.syscall(this, number, args);
      })
      .then(
        (value) => answer(0, value),
        (error: unknown) => answer(errnoOf(error), messageOf(error)),
      );
  }

  #exited(message: ProcessMessage & { type: 'exit' }): void {
    const worker = this.#worker;
    const status: ExitStatusWire = {
      code: message.code,
      signal: null,
      ...(message.reason === undefined ? {} : { reason: message.reason }),
      ...(message.message === undefined ? {} : { message: message.message }),
    };
    if (this.#options.reusable && message.reusable && worker !== undefined && message.reason === undefined) {
      this.#worker = undefined;
      worker.port.onmessage = null;
      worker.port.onmessageerror = null;
      worker.onfailed = undefined;
      this.#finish(status);
      this.#options.pool.giveBack(worker, this.#options.loader);
    } else {
      this.#finish(status);
    }
  }

  #violation(what: string): void {
    // Whoever is being ended already was ended for that reason, whatever it goes on to send.
    if (this.#ending !== undefined) return this.#finish(this.#ending);
    this.#finish({
      code: null,
      signal: 'SIGKILL',
      reason: 'protocol',
      message: `Stopped because it broke the rules of the sandbox. ${what}`,
    });
  }

  /** Ends it from outside: unreachable at once, what it had sent is still delivered for a moment. */
  #end(status: ExitStatusWire): void {
    if (this.#state === 'draining' || this.#state === 'zombie') return;
    if (this.#state === 'starting') return this.#finish(status);
    this.#state = 'draining';
    this.#ending = status;
    this.#clock?.pause();
    this.#watch.stop();
    this.#worker?.terminate();
    setTimeout(() => this.#finish(this.#ending ?? status), drainMs);
  }

  #finish(status: ExitStatusWire): void {
    if (this.#state === 'zombie') return;
    this.#state = 'zombie';
    clearTimeout(this.#grace);
    this.#gate.flush();
    this.#clock?.pause();
    this.#watch.stop();
    this.#unfollow();
    this.#options.tree.release(this.pid);
    this.stdin.cancel();
    this.#drain = [];
    if (this.#worker !== undefined) this.#options.pool.end(this.#worker);
    this.#worker = undefined;
    this.#tellPage({ type: 'exited', status });
    this.#options.onExit(this);
  }

  #wakeDrain(): void {
    const most = Math.max(0, ...this.#untaken.values());
    if (most > pipeCapacityBytes / 2) return;
    for (const wake of this.#drain.splice(0)) wake();
  }

  #post(message: KernelMessage): void {
    this.#worker?.port.postMessage(message);
  }

  #tellPage(message: FromProcess, transfer: Transferable[] = []): void {
    this.#options.port.postMessage(message, transfer);
  }
}

function transferOf(bytes: Uint8Array): Transferable[] {
  return bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer
    ? [bytes.buffer]
    : [];
}

function errnoOf(error: unknown): number {
  const number = (error as { errno?: unknown } | null)?.errno;
  return typeof number === 'number' ? number : errno.EIO;
}

function messageOf(error: unknown): unknown {
  return error instanceof Error ? error.message : String(error);
}

function formatSeconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}
