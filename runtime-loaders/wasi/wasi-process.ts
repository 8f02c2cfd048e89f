// runtime-loaders/wasi: one run of one program, shared by all families of calls. Owns descriptors and memory.
// Must always hold: nothing here outlives the run, for the realm runs other programs afterwards.
import { Errno } from '../../kernel-core/abi/errno.js';
import type { JournalRecord } from '../../kernel-core/abi/journal.js';
import { syscall } from '../../kernel-core/abi/syscalls.js';
import { normalize } from '../../kernel-core/abi/path.js';
import { FileLocks } from '../file-locks.js';
import type { ProcessContext, ProgramEnd } from '../runtime.js';
import { Descriptors } from './descriptors.js';
import { exitTrap } from './exit-trap.js';
import { factsOf } from './module-facts.js';
import { Children } from './extension/children.js';
import { SignalHandlers } from './extension/signals.js';
import { GuestMemory } from './guest-memory.js';
import type { Program } from './program.js';
import type { Suspension } from './suspension.js';

/** A file call later than this after the last turn of the event loop lets it turn first (DESIGN §6). */
const turnAfterMs = 10;
/** Calls for which the clock is not asked, at most, while all of them together take less than a millisecond. */
const clockStrideMax = 64;
/** What programs print when an allocation failed: musl and Go, Rust, libc++, shells. */
const memoryComplaint =
  /out of memory|cannot allocate memory|memory allocation of \d+ bytes failed|bad_alloc|memory exhausted/i;
/** Longer than any of these: a complaint may be written in parts. */
const overlapCharacters = 64;

const latin1 = new TextDecoder('latin1');

export class WasiProcess {
  readonly context: ProcessContext;
  readonly memory = new GuestMemory();
  readonly descriptors: Descriptors;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly suspension: Suspension | undefined;
  readonly module: WebAssembly.Module;
  /** Whether it may make copies of itself: it says where they begin, and its memory is its own. */
  canClone = false;
  readonly startedMs = performance.now();
  /** Exact times set by the program: the tree keeps milliseconds as doubles, which lose nanoseconds. */
  readonly exactTimes = new WeakMap<object, ExactTimes>();
  readonly handlers = new SignalHandlers(this);
  readonly children = new Children(this);
  readonly locks: FileLocks;
  /** Permission bits that what it makes does not get. */
  umask: number;
  end: ProgramEnd | undefined;
  /** Whether the program said on fd 2 that an allocation failed. */
  complainedOfMemory = false;
  #cwd: string;
  #turnedMs = performance.now();
  #clockMs = 0;
  #clockStride = 1;
  #callsUntilClock = 0;
  #turns: MessageChannel | undefined;
  #errorTail = '';

  constructor(context: ProcessContext, program: Program, suspension: Suspension | undefined) {
    this.context = context;
    this.args = program.args;
    this.env = environmentFor(context, program);
    this.suspension = suspension;
    this.module = program.module;
    this.umask = context.umask;
    this.#cwd = context.cwd;
    this.locks = new FileLocks(context);
    this.descriptors = new Descriptors(
      context.view,
      context.limits.openFiles,
      (handle) => context.handles.close(handle),
      (inode) => this.locks.closed(inode),
    );
  }

  /** Absolute path of the working directory. */
  get cwd(): string {
    return this.#cwd;
  }

  /** A path from the working directory, made absolute. */
  absolute(path: string): string {
    return normalize(path, this.#cwd);
  }

  /** Throws ENOENT, ENOTDIR, EACCES. */
  changeDirectory(path: string): void {
    const { view } = this.context;
    const inode = view.resolve(this.absolute(path));
    if (inode.type !== 'directory') throw new Errno('ENOTDIR', path);
    this.#cwd = view.pathOf(inode);
    this.descriptors.changeDirectory(inode);
  }

  /**
   * A change that the kernel decides before the call returns, where the program can wait; `optimistic` makes it
   * where it cannot. Throws or rejects with the Errno of who lost.
   */
  decide(record: () => JournalRecord, optimistic: () => void): void | Promise<void> {
    const { syscalls, transport } = this.context;
    if (transport === 'local') return optimistic();
    const decided = syscalls.invoke(syscall.commit, [record()]);
    return decided instanceof Promise ? decided.then(() => undefined) : undefined;
  }

  /** What it wrote through descriptors that the kernel keeps is in the view from here on, where that can be waited for. */
  seen(): undefined | Promise<void> {
    const { syscalls, transport, view } = this.context;
    if (!view.isBehind || transport !== 'suspending') return undefined;
    return syscalls.call(syscall.identity, [0]).then(() => view.caughtUp());
  }

  /** Whether a caught signal waits for its handler: what sleeps ends with EINTR. */
  get hasSignal(): boolean {
    return this.handlers.pending;
  }

  /** Ends the program from inside a call. */
  exit(end: ProgramEnd): never {
    this.end ??= end;
    throw exitTrap();
  }

  /**
   * Whether a file call must let the event loop turn first, so that others' changes arrive (only where it can be suspended).
   * Asking for the time costs as much as a short call, so while calls come fast only some of them ask.
   */
  get mustTurn(): boolean {
    this.#callsUntilClock -= 1;
    if (this.#callsUntilClock > 0) return false;
    const now = performance.now();
    const isFast = now - this.#clockMs < 1;
    this.#clockMs = now;
    this.#clockStride = isFast ? Math.min(2 * this.#clockStride, clockStrideMax) : 1;
    this.#callsUntilClock = this.#clockStride;
    return now - this.#turnedMs > turnAfterMs;
  }

  /** Resolves in a later task: what was posted to this worker until now has been received by then. */
  turn(): Promise<void> {
    const { port1, port2 } = (this.#turns ??= new MessageChannel());
    return new Promise((resolve) => {
      port1.onmessage = () => {
        this.#turnedMs = performance.now();
        resolve();
      };
      port2.postMessage(null);
    });
  }

  /** Looks through what goes to fd 2 for a complaint about memory, however it is cut into writes. */
  noteError(bytes: Uint8Array): void {
    const text = this.#errorTail + latin1.decode(bytes.slice());
    this.complainedOfMemory ||= memoryComplaint.test(text);
    this.#errorTail = text.slice(-overlapCharacters);
  }

  /** Releases everything. */
  dispose(): void {
    this.descriptors.closeAll();
    this.#turns?.port1.close();
    this.#turns = undefined;
  }
}

/** Nanoseconds as the program gave them, valid while the tree still holds the milliseconds beside them. */
export interface ExactTimes {
  accessed?: { readonly ms: number; readonly ns: bigint };
  modified?: { readonly ms: number; readonly ns: bigint };
}

/**
 * Go keeps its working directory in PWD and knows no other: a Go program that was given neither PWD nor
 * directories of its own is told where it is.
 */
function environmentFor({ env, cwd, preopens }: ProcessContext, { module }: Program): Record<string, string> {
  const { isGo } = factsOf(module);
  return isGo && preopens === undefined && env['PWD'] === undefined ? { ...env, PWD: cwd } : { ...env };
}
