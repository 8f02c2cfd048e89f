// proc: one process, from start to zombie. It owns its worker, its port, its handles and its clock.
//
//   starting ──▶ running ◀──▶ stopped
//       │            │            │
//       └────────────┴────────────┴──▶ draining ──▶ zombie
//                    └──▶ replaced: another process has its pid
//
// Longer than other files: every message changes the one state above, and who may change it stays in one place.
// Must always hold: `onEnd` is told exactly once, after all output, but never of one that was replaced; a zombie holds no
// worker, port or handle.
// Everything that comes over the port is an attacker's: `receive.ts` checks it before this file acts.
import { errno } from '../abi/errno.js';
import type {
  AnswerList,
  JournalUpdate,
  KernelMessage,
  ProcessMessage,
  StartMessage,
} from '../abi/messages.js';
import { syscall } from '../abi/syscalls.js';
import { weightOf } from '../abi/journal-codec.js';
import { signalName, signalNumber, signals } from '../abi/signals.js';
import { exitedWith, killedBy } from '../abi/wait-status.js';
import type { HoldRecord, JournalRecord } from '../abi/journal.js';
import type { Transport } from '../abi/runtime.js';
import { HandleTable } from '../file/handle-table.js';
import { readiness } from '../file/open-file.js';
import { atomicBytes, UntakenBudget } from '../file/untaken-budget.js';
import type { TerminalCaller } from '../tty/job-control.js';
import type { Tree } from '../fs/tree.js';
import type { ExitStatusWire } from '../protocol/process-port.js';
import { Alarm } from './alarm.js';
import { FloodBudget } from './flood-budget.js';
import { handed } from './handed-start.js';
import { HandleWrites } from './handle-writes.js';
import { checkMessage, weigh } from './receive.js';
import { RunClock } from './run-clock.js';
import { SignalActions } from './signal-actions.js';
import { WaitWatch } from './wait-watch.js';
import { listen, type KeptView, type PooledWorker, type WorkerPool } from './worker-pool.js';

/** Where a process that waits in place is answered (`syscalls/slot-reply.ts`). */
interface SlotReplies {
  reply(errno: number, value: unknown): void;
  raise(signal: number): void;
  /** Whether the program has not seen all signals raised. */
  readonly isRaised: boolean;
  position(sequence: number): void;
}

/** How a call is answered. */
interface Answering {
  /** As it was asked: by a list. */
  readonly isList: boolean;
  /** With bytes that are the process's own from then on. */
  readonly gives: boolean;
}

export type ProcessState = 'starting' | 'running' | 'stopped' | 'draining' | 'zombie' | 'replaced';

export interface ProcessOptions {
  readonly pid: number;
  readonly group: number;
  readonly session: number;
  readonly command: string;
  readonly argv: readonly string[];
  /** Where it starts; where it goes is its own affair. */
  readonly cwd: string;
  /** What it starts with, and the path of its program, for those who look at it. */
  readonly env?: Readonly<Record<string, string>>;
  readonly executable?: string;
  readonly transport: Transport;
  readonly tree: Tree;
  readonly pool: WorkerPool;
  /** Which loader runs it, with version. */
  readonly loader: string;
  readonly timeoutMs: number | undefined;
  readonly memoryBytes: number;
  /** Open files at a time. */
  readonly openFiles: number;
  /** Of the sandbox; absent: without bounds. */
  readonly untaken?: UntakenBudget;
  /** Signals ignored from the start. */
  readonly ignored: readonly number[];
  /** And blocked: told to it whatever their default action is. */
  readonly blocked?: readonly number[] | undefined;
  /** Whether its runtime's programs leave a realm clean; the worker's own word is not enough. */
  readonly reusable: boolean;
  /** Answers a syscall: a value or its promise, or an Errno thrown. */
  readonly syscall: (process: Process, number: number, args: readonly unknown[]) => unknown;
  readonly isOrphaned: (process: Process) => boolean;
  /** It has stopped or gone on. */
  readonly onChange: (process: Process) => void;
  /** It catches SIGINT, which has just been posted to it; it may have to be killed next. */
  readonly onInterrupt?: (process: Process) => void;
  readonly onEnd: (process: Process, status: ExitStatusWire) => void;
}

/** What a process may have sent and nobody taken; only programs that cannot wait get this far. */
const untakenBytesMax = 32 * 1024 * 1024;
/** To hand over fewer bytes costs more than to copy them. */
const givenBytesLeast = 4096;
/** What a killed process had sent is still delivered, this much and this long. */
const drainMs = 50;
/** A process that does not say that its program begins has begun after so long. */
const beginLimitMs = 60_000;
/** Calls without an answer yet. */
const callsMax = 10_000;
const drainBytes = 1024 * 1024;
/** A small part of what the tree remembers for those who pull (`fs/history.ts`), counted as it is there. */
const ownBytesUntold = 512 * 1024;
/** What a write that leaves a gap, or copies a file, costs the flood budget at most: room is made and copied. */
const gapBytesMax = 16 * 1024 * 1024;

export class Process implements TerminalCaller {
  readonly pid: number;
  readonly command: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly executable: string | undefined;
  readonly transport: Transport;
  readonly startedMs = performance.now();
  readonly handles: HandleTable;
  readonly writes: HandleWrites;
  readonly untaken: UntakenBudget;
  readonly actions: SignalActions;
  readonly alarm = new Alarm(() => this.signal(signals.SIGALRM));
  group: number;
  session: number;
  readonly #options: ProcessOptions;
  readonly #budget = new FloodBudget();
  #clock: RunClock | undefined;
  readonly #unfollow: () => void;
  readonly #watch = new WaitWatch(
    () => this.#post({ type: 'probe' }),
    (isIdle) => this.#onIdle?.(isIdle),
  );
  #onIdle: ((isIdle: boolean) => void) | undefined;
  readonly #interrupts = new Set<() => void>();
  readonly #unwatchFiles = new Map<number, () => void>();
  /** Whether the call that is being made waits in place. */
  #inPlace = false;
  /** Calls without an answer yet: a process with none computes. */
  #calls = 0;
  /** Whether a signal that it catches has come since it was stopped. */
  #isCaught = false;
  #state: ProcessState = 'starting';
  #news: 'continued' | number | undefined;
  /** A signal that is to stop it as soon as it goes on. */
  #stopsAgain: number | undefined;
  /** What a process is told when it has started, and when it goes on after it was stopped. */
  #held: (() => void)[] = [];
  #worker: PooledWorker | undefined;
  #slot: SlotReplies | undefined;
  #ending: ExitStatusWire | undefined;
  /** About the size of its records since it was last told of a position to pull up to. */
  #ownBytes = 0;
  #wasComputing = false;
  #drained = 0;
  #begun = false;
  #waitsForInput = false;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #waitStatus = 0;

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.pid = options.pid;
    this.group = options.group;
    this.session = options.session;
    this.command = options.command;
    this.argv = options.argv;
    this.cwd = options.cwd;
    this.env = options.env ?? {};
    this.executable = options.executable;
    this.transport = options.transport;
    this.handles = new HandleTable(options.openFiles);
    this.actions = new SignalActions(options.ignored, options.blocked);
    this.untaken = options.untaken ?? new UntakenBudget(Infinity, 1);
    this.writes = new HandleWrites(
      (handle, taken) => this.#post({ type: 'credit', handle, taken }),
      this.untaken,
    );
    this.#clock = this.#clockOf(options.timeoutMs);
    this.#unfollow = options.tree.attach(this.pid, (update) => this.#tellJournal(update));
  }

  get state(): ProcessState {
    return this.#state;
  }

  /** Whether nothing is done for it any more. */
  get hasEnded(): boolean {
    return this.#state === 'draining' || this.#state === 'zombie' || this.#state === 'replaced';
  }

  /** Whether its program has begun. */
  get hasBegun(): boolean {
    return this.#begun;
  }

  get memoryBytes(): number {
    return this.#options.memoryBytes;
  }

  /** Of a zombie: the status word of wait(2). */
  get waitStatus(): number {
    return this.#waitStatus;
  }

  isIgnoring(signal: number): boolean {
    return this.actions.isIgnored(signal);
  }

  /** Nobody could make its group go on, were it stopped. */
  get orphaned(): boolean {
    return this.#options.isOrphaned(this);
  }

  /** Whether it will ask how its children ended. */
  get wantsZombies(): boolean {
    return !this.hasEnded && !this.actions.isIgnored(signals.SIGCHLD);
  }

  /** Whether it waits for the answer to a call. */
  get isWaiting(): boolean {
    return this.#calls > 0;
  }

  get isWaitingForInput(): boolean {
    return this.#waitsForInput;
  }

  /** Whether it has stopped (by which signal) or gone on since it was last asked. */
  takeNews(stopped: boolean, wentOn: boolean): 'continued' | number | undefined {
    const news = this.#news;
    if (news === undefined || (news === 'continued' ? !wentOn : !stopped)) return undefined;
    this.#news = undefined;
    return news;
  }

  /** Whether its parent may ask for more of it than that it runs. */
  get hasNews(): boolean {
    return this.#state === 'zombie' || this.#news !== undefined;
  }

  onInterrupt(giveUp: () => void): () => void {
    this.#interrupts.add(giveUp);
    return () => this.#interrupts.delete(giveUp);
  }

  /** The worker it is going to run in; what its view is of says which files it must be sent. */
  takeWorker(): PooledWorker {
    this.#worker ??= this.#options.pool.take(this.#options.loader, this.#options.tree);
    return this.#worker;
  }

  /**
   * Puts the program into its worker. `slot` answers and signals where the process waits with Atomics.
   */
  start(message: StartMessage, slot?: SlotReplies): void {
    if (this.#state !== 'starting') return;
    this.#slot = slot;
    const worker = this.takeWorker();
    worker.onmessage = (event) => {
      const startedAt = performance.now();
      // Reading `data` is what deserializes it, the dearest part of many a message.
      this.#fromWorker(event.data, startedAt);
      this.#budget.worked(performance.now() - startedAt);
    };
    worker.onmessageerror = () => this.#violation('It sent a message that cannot be read.');
    listen(worker);
    worker.onfailed = (text) =>
      this.end({
        code: 70,
        signal: null,
        message: `The program’s worker failed: ${text || 'unknown reason'}.`,
      });
    this.#state = 'running';
    // What is used again is up at once; a runtime that is slow to start says when it is.
    if (this.#options.reusable) this.#begin();
    else this.#grace = setTimeout(() => this.#begin(), beginLimitMs);
    worker.port.postMessage(...handed(message));
    for (const tell of this.#held.splice(0)) tell();
    this.#stopAgain();
  }

  /** Memory its worker has for a pipe; no longer, once that is known to others. */
  takeMemory(): SharedArrayBuffer | undefined {
    const memory = this.#worker?.pipeMemory;
    if (this.#worker !== undefined) this.#worker.pipeMemory = undefined;
    return memory;
  }

  /** It could not start: told like an exit. */
  abandon(status: ExitStatusWire): void {
    this.#finish(status);
  }

  /** Delivers a signal, as kill(2) does once it is allowed. `isKept`: as of `JobControlOptions`. */
  signal(number: number, isKept = false): void {
    if (this.hasEnded) return;
    const name = signalName(number);
    if (name === undefined) return;
    if (number === signals.SIGCONT || number === signals.SIGKILL) this.#continue();
    switch (this.actions.of(number)) {
      case 'terminate':
        return this.end({ code: null, signal: name });
      case 'stop':
        if (isKept && (this.#state === 'starting' || this.#state === 'stopped')) this.#stopsAgain = number;
        return this.#stop(number);
      case 'catch':
        // A copy catches what its parent does before there is anybody to tell.
        if (this.#state === 'starting') {
          this.#held.push(() => this.signal(number));
          return;
        }
        this.#isCaught = true;
        this.#slot?.raise(number);
        this.#post({ type: 'signal', number });
        if (number === signals.SIGINT) this.#options.onInterrupt?.(this);
        return this.interrupt();
      case 'continue':
      case 'ignore':
        return;
    }
  }

  /** It waits for what the page types: whether it does so idly is told to `onIdle`, until that is undefined. */
  watchIdle(onIdle: ((isIdle: boolean) => void) | undefined): void {
    this.#onIdle = onIdle;
    this.#waitsForInput = onIdle !== undefined;
    if (onIdle !== undefined && !this.#inPlace) this.#watch.start();
    else this.#watch.stop();
  }

  /** Whether it waits for the reader, which is not running time. */
  set waitsForReader(waits: boolean) {
    if (waits) this.#clock?.keep('input');
    else this.#clock?.letGo('input');
  }

  /** Runs on something else from here on, which may take so long; undefined: on nothing, or without a limit. */
  limitRun(timeoutMs: number | undefined): void {
    this.#clock?.keep('end');
    this.#clock = this.#clockOf(timeoutMs);
    if (!this.hasEnded) this.#clock?.letGo('start');
  }

  /** The result of `work`; how long a download takes is not running time either. */
  bring<T>(work: Promise<T>): Promise<T> {
    return this.#clock?.during(work) ?? work;
  }

  /** A handle is gone: what was told about it ends. */
  closeHandle(handle: number): void {
    this.#unwatchFiles.get(handle)?.();
    this.#unwatchFiles.delete(handle);
    this.handles.close(handle);
  }

  #clockOf(timeoutMs: number | undefined): RunClock | undefined {
    if (timeoutMs === undefined) return undefined;
    return new RunClock(timeoutMs, () => {
      this.end({
        code: null,
        signal: 'SIGKILL',
        reason: 'timeout',
        message: `Stopped after ${formatSeconds(timeoutMs)} of running time, the limit set for it.`,
      });
    });
  }

  /** Run time counts from here: a runtime that is slow to start on a slow device is not the program's fault. */
  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    clearTimeout(this.#grace);
    this.#clock?.letGo('start');
  }

  #stop(signal: number): void {
    if (this.#state !== 'running') return;
    this.#state = 'stopped';
    this.#isCaught = false;
    // It goes on until its next call, which a pipe past the kernel is not.
    this.handles.reclaimAll();
    this.#news = signal;
    this.#clock?.keep('stop');
    this.#options.onChange(this);
  }

  #continue(): void {
    if (this.#state !== 'stopped') return;
    this.#state = 'running';
    this.#news = 'continued';
    this.#clock?.letGo('stop');
    for (const tell of this.#held.splice(0)) tell();
    this.#options.onChange(this);
    this.#stopAgain();
  }

  #stopAgain(): void {
    const signal = this.#stopsAgain;
    this.#stopsAgain = undefined;
    if (signal !== undefined) this.#stop(signal);
  }

  /** Whatever it waits for ends with EINTR. */
  interrupt(): void {
    const interrupts = [...this.#interrupts];
    this.#interrupts.clear();
    for (const giveUp of interrupts) giveUp();
  }

  #fromWorker(data: unknown, now: number): void {
    if (this.#state === 'zombie' || this.#state === 'replaced') return;
    if (!this.#budget.spend(weigh(data), now)) {
      return this.#violation('It sent more messages than a program can have a reason to.');
    }
    const isList = Array.isArray(data);
    const message = checkMessage(data);
    if (message === undefined) return this.#violation('It sent a message that is no system call.');
    if (this.#state === 'draining') {
      if (message.type === 'write') this.#write(message.handle, message.bytes);
      return;
    }
    switch (message.type) {
      case 'syscall':
        return this.#syscall(message, isList);
      case 'write':
        return this.#write(message.handle, message.bytes);
      case 'moved':
        if (this.handles.has(message.handle)) this.handles.get(message.handle).moved?.();
        return;
      case 'journal':
        return this.#journal(message.records);
      case 'begin':
        return this.#begin();
      case 'alive':
        return this.#watch.answered();
      case 'exit':
        return this.#exited(message);
      case 'failed':
        return this.#finish({ code: 70, signal: null, message: message.message });
    }
  }

  #journal(records: readonly (JournalRecord | HoldRecord)[]): void {
    const { tree } = this.#options;
    // What the records before do to files; the tree knows nothing of it yet.
    const sizes = new Map<number, number>();
    const copies = new Set<number>();
    for (const record of records) {
      this.#ownBytes += weightOf(record);
      if (record.op === 'create' && !tree.owns(this.pid, record.inode)) {
        return this.#violation('It created a file under a number that is not its own.');
      }
      if (record.op !== 'write' && record.op !== 'truncate') continue;
      const { inode } = record;
      const file = tree.table.has(inode) ? tree.table.get(inode) : undefined;
      const size = sizes.get(inode) ?? file?.size ?? 0;
      if (record.op === 'truncate') {
        sizes.set(inode, Math.min(size, record.size));
        continue;
      }
      const { position, bytes } = record;
      const gap = Math.min(gapBytesMax, Math.max(0, position - size));
      // The first write to a file of a pack copies it.
      const isCopied = file !== undefined && tree.table.isInPack(file) && !copies.has(inode);
      if (isCopied) copies.add(inode);
      const copied = isCopied ? Math.min(gapBytesMax, file.size) : 0;
      if (!this.#budget.spendBytes(gap + copied)) {
        return this.#violation('It made files grow faster than a program can have a reason to.');
      }
      sizes.set(inode, Math.max(size, position + bytes.length));
    }
    tree.commitFrom(this.pid, records);
  }

  /**
   * A process that waits in place pulls what it missed when it looks at files; its port may go unread for long. That its
   * own records are in order is no reason to pull, each time a round trip, until there are many of them.
   */
  #tellJournal(update: JournalUpdate): void {
    if (this.#slot === undefined) return this.#postNow({ type: 'journal', ...update });
    const { lease, records } = update;
    if (records.length > 0 || this.#ownBytes > ownBytesUntold) {
      this.#ownBytes = 0;
      this.#slot.position(update.sequence);
    }
    if (lease !== undefined) this.#postNow({ type: 'journal', records: [], sequence: 0, lease });
  }

  #write(handle: number, bytes: Uint8Array): void {
    if (!this.handles.has(handle) || bytes.length === 0) return;
    if (this.#state === 'draining') {
      this.#drained += bytes.length;
      if (this.#drained > drainBytes) return;
    }
    const file = this.handles.get(handle);
    const taken = this.writes.add(handle, bytes.length);
    try {
      file.write(bytes, taken, this);
    } catch (error) {
      taken(bytes.length);
      if (errnoOf(error) !== errno.EPIPE) return;
      this.#hangUp(handle);
      return this.signal(signals.SIGPIPE);
    }
    if (!this.#unwatchFiles.has(handle)) {
      const unwatch = file.watch(() => {
        if ((file.ready & readiness.error) !== 0) this.#hangUp(handle);
        this.writes.moved();
      });
      this.#unwatchFiles.set(handle, unwatch);
    }
    if (this.writes.untaken > untakenBytesMax && this.#state !== 'draining') {
      this.end({
        code: null,
        signal: 'SIGKILL',
        reason: 'output',
        message: 'Stopped because it printed faster than the page can take it.',
      });
    }
    // Programs that can wait never get here: they are kept waiting before.
    if (
      this.untaken.isExceeded &&
      (file.waiting ?? this.writes.untakenOf(handle)) > atomicBytes &&
      this.#state !== 'draining'
    ) {
      this.end({
        code: null,
        signal: 'SIGKILL',
        reason: 'output',
        message: 'Stopped because it wrote on while the pipes of its sandbox were full of what nobody reads.',
      });
    }
  }

  /** Nobody reads a pipe or socket it writes to. */
  #hangUp(handle: number): void {
    if (this.writes.close(handle)) this.#post({ type: 'hangup', handle });
  }

  #syscall(call: ProcessMessage & { type: 'syscall' }, isList: boolean): void {
    this.#inPlace = call.id === 0;
    this.#calls += 1;
    if (this.#calls > callsMax)
      return this.#violation('It made thousands of calls without waiting for answers.');
    this.#make(call, isList);
  }

  #make(call: ProcessMessage & { type: 'syscall' }, isList: boolean): void {
    const { id, number, args } = call;
    // What was read is the process's own from here on, and a large piece is not copied once more.
    const how: Answering = { isList, gives: number === syscall.read && id !== 0 };
    const failed = (error: unknown): void => {
      // What a stop ended, and no signal that is caught, is done again when it goes on.
      if (this.#state === 'stopped' && !this.#isCaught && errnoOf(error) === errno.EINTR)
        this.#held.push(() => this.#make(call, isList));
      else this.#answer(id, errnoOf(error), messageOf(error), how);
    };
    let value: unknown;
    try {
      value = this.#options.syscall(this, number, args);
    } catch (error) {
      return failed(error);
    }
    if (!(value instanceof Promise)) return this.#answer(id, 0, value, how);
    value.then((settled) => this.#answer(id, 0, settled, how), failed);
    // It came when the program had looked for signals and its call was on its way.
    if (id === 0 && this.#slot?.isRaised === true) this.interrupt();
  }

  #answer(id: number, code: number, value: unknown, how: Answering): void {
    this.#calls -= 1;
    // Who is being ended does nothing more with it: a worker may run on for a moment.
    if (this.#state === 'zombie' || this.#state === 'draining') return;
    if (this.#state === 'stopped') {
      this.#held.push(() => this.#reply(id, code, value, how));
      return;
    }
    this.#reply(id, code, value, how);
  }

  #reply(id: number, code: number, value: unknown, { isList, gives }: Answering): void {
    if (id === 0) return this.#slot?.reply(code, value);
    // What was read ahead comes as it was written, in pieces.
    const given = gives ? givenOf(value) : [];
    const sent = Array.isArray(value) && gives ? given : (given[0] ?? value);
    const answer: AnswerList | KernelMessage =
      isList && code === 0 ? [id, sent] : { type: 'reply', id, errno: code, value: sent };
    const transfer = given.filter(({ length }) => length >= givenBytesLeast).map(({ buffer }) => buffer);
    this.#worker?.port.postMessage(answer, transfer);
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
      // Without a slot everything so far has been posted to it, and comes before the next start.
      const { tree } = this.#options;
      const position = this.#slot === undefined ? tree.sequence : message.position;
      // Whoever hears of the end may start the next program at once, in this worker.
      this.#giveBack(worker, position === undefined ? undefined : { tree, position, pid: this.pid });
      this.#finish(status);
    } else {
      this.#finish(status);
    }
  }

  #giveBack(worker: PooledWorker, view: KeptView | undefined): void {
    this.#worker = undefined;
    worker.view = view;
    worker.onmessage = worker.onmessageerror = worker.onfailed = undefined;
    this.#options.pool.giveBack(worker, this.#options.loader);
  }

  #endWorker(): void {
    if (this.#worker !== undefined) this.#options.pool.end(this.#worker);
    this.#worker = undefined;
  }

  /**
   * Another program takes its place, in another worker; this one ends where it waits. Its open files are the caller's to
   * close. Returns what the other goes on with.
   */
  retire(): { readonly timeoutMs: number | undefined; readonly alarmMs: number } {
    const alarmMs = this.alarm.set(0, 0);
    this.#state = 'replaced';
    this.#release();
    this.#options.tree.release(this.pid);
    this.#endWorker();
    return { timeoutMs: this.#clock?.leftMs, alarmMs };
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
  end(status: ExitStatusWire): void {
    if (this.hasEnded) return;
    if (this.#state === 'starting') return this.#finish(status);
    this.#wasComputing = this.#calls === 0;
    this.#state = 'draining';
    this.handles.reclaimAll();
    this.#ending = status;
    this.#clock?.keep('end');
    this.#watch.stop();
    this.interrupt();
    this.#worker?.terminate();
    setTimeout(() => this.#finish(this.#ending ?? status), drainMs);
  }

  /** Whether its worker was at work when it was ended: it may go on for a while. */
  get wasComputing(): boolean {
    return this.#wasComputing;
  }

  #finish(status: ExitStatusWire): void {
    if (this.#state === 'zombie' || this.#state === 'replaced') return;
    this.#state = 'zombie';
    this.#waitStatus =
      status.signal === null ? exitedWith(status.code ?? 0) : killedBy(signalNumber(status.signal) ?? 0);
    this.alarm.stop();
    this.#release();
    this.handles.closeAll();
    this.#options.tree.release(this.pid);
    this.#endWorker();
    this.#options.onEnd(this, status);
  }

  /** Lets go of everything but its open files and its worker. */
  #release(): void {
    clearTimeout(this.#grace);
    this.#clock?.keep('end');
    this.#watch.stop();
    this.#unfollow();
    this.#held = [];
    this.interrupt();
    for (const unwatch of this.#unwatchFiles.values()) unwatch();
    this.#unwatchFiles.clear();
  }

  /** What tells a stopped process something waits until it goes on. */
  #post(message: KernelMessage): void {
    if (this.#state === 'stopped') this.#held.push(() => this.#postNow(message));
    else this.#postNow(message);
  }

  #postNow(message: KernelMessage): void {
    this.#worker?.port.postMessage(message);
  }
}

/** The bytes a read answers with, each in a buffer of its own. */
function givenOf(value: unknown): Uint8Array<ArrayBuffer>[] {
  if (value instanceof Uint8Array) return [alone(value)];
  return Array.isArray(value) ? (value as readonly Uint8Array[]).map(alone) : [];
}

/** Bytes in a buffer of their own: a part of one would bring the whole along. */
function alone(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length
    ? (bytes as Uint8Array<ArrayBuffer>)
    : bytes.slice();
}

function errnoOf(error: unknown): number {
  const number = (error as { errno?: unknown } | null)?.errno;
  return typeof number === 'number' ? number : errno.EIO;
}

function messageOf(error: unknown): unknown {
  return error instanceof Error ? error.message : String(error);
}

function formatSeconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 10) / 100} s`;
}
