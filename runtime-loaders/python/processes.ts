// runtime-loaders/python: processes as the Python side sees them (`python-process-side.ts`): spawning with
// descriptors of ours, and the calls about families and signals. What a call answers is `Pending`: the Python
// side waits for it in `poll`, where signals and the event loop have their place.
import { Errno } from '../../kernel-core/abi/errno.js';
import { signalName } from '../../kernel-core/abi/signals.js';
import {
  access,
  readWords,
  syscall,
  type SpawnCall,
  type SpawnDescriptor,
  type SyscallNumber,
} from '../../kernel-core/abi/syscalls.js';
import { after } from '../wasi/after.js';
import { closesOnExec } from './descriptor-calls.js';
import type { FsStream, PyodideModule } from './emscripten.js';
import { inodeOf, type Umask } from './file-system.js';
import { pythonErrno } from './foreign-error.js';
import { openFlags, type HandleStreams } from './handle-streams.js';
import type { Interrupts } from './interrupts.js';
import { standardOf } from './standard-streams.js';

/** `settled` first; then `refusal` (nothing can wait here), `errno`, or the answer. */
export interface Pending {
  settled: boolean;
  refusal?: string;
  errno?: number;
  value?: number;
  words?: readonly number[];
}

const cannotWait =
  'this browser cannot pause Python for another program (it has no JavaScript Promise Integration ' +
  'and the page is not cross-origin isolated)';

/** Calls the Python side makes by name. */
const asked = {
  wait: syscall.wait,
  kill: syscall.kill,
  identity: syscall.identity,
  setGroup: syscall.setGroup,
  newSession: syscall.newSession,
} as const;

export class Processes {
  readonly #module: PyodideModule;
  readonly #streams: HandleStreams;
  readonly #umask: Umask;
  readonly #interrupts: Interrupts;
  readonly #wake: () => void;

  constructor(
    module: PyodideModule,
    streams: HandleStreams,
    umask: Umask,
    interrupts: Interrupts,
    wake: () => void,
  ) {
    this.#module = module;
    this.#streams = streams;
    this.#umask = umask;
    this.#interrupts = interrupts;
    this.#wake = wake;
  }

  get pid(): number {
    return this.#streams.context.pid;
  }

  /** The parent at the start. */
  get parent(): number {
    return this.#streams.context.parent;
  }

  /** Why nothing of this can be done where the browser cannot wait. */
  get refusal(): string {
    return cannotWait;
  }

  /** Whether a call that waits stops this worker until it is answered. */
  get waitsInPlace(): boolean {
    return this.#streams.context.syscalls.canWait;
  }

  /** Whether the kernel can be asked now. */
  get canAsk(): boolean {
    return this.#streams.canAsk;
  }

  /** One of the calls above. */
  ask(name: keyof typeof asked, args: readonly number[]): Pending {
    const { syscalls } = this.#streams.context;
    return this.pend(() => syscalls.invoke(asked[name], args));
  }

  /** The same where the program goes on meanwhile: the answer wakes it. */
  later(name: keyof typeof asked, args: readonly number[]): Pending {
    if (!this.#streams.suspension.possible) return { settled: true, refusal: cannotWait };
    const { syscalls } = this.#streams.context;
    return this.pend(() => syscalls.call(asked[name], args) as Promise<number | Uint8Array>);
  }

  /**
   * Starts a program. `pairs`: a descriptor of the child and the one of ours it is, one after the other; those that
   * are not open are left out. `group` as in `SpawnCall`, -1: the parent's. `env` alternates names and values.
   */
  spawn(
    command: string,
    search: boolean,
    argv: readonly string[],
    env: readonly string[],
    cwd: string,
    umask: number,
    pairs: readonly number[],
    group: number,
    newSession: boolean,
    restored: readonly number[],
  ): Pending {
    const call: Omit<SpawnCall, 'descriptors'> = {
      ...{ command, search, cwd, argv, restored, ...this.#inherited(env) },
      ...(umask < 0 ? {} : { umask }),
      ...(group < 0 ? {} : { group }),
      ...(newSession ? { newSession } : {}),
    };
    return this.#start(syscall.spawn, call, pairs);
  }

  /** Another program goes on in this one's place: answered only where it cannot. The rest as for `spawn`. */
  execute(
    command: string,
    argv: readonly string[],
    env: readonly string[],
    cwd: string,
    pairs: readonly number[],
  ): Pending {
    return this.#start(
      syscall.execute,
      { command, search: false, cwd, argv, ...this.#inherited(env) },
      pairs,
    );
  }

  /** Descriptors beyond 2 that are any child's. */
  inheritable(): number[] {
    return this.#module.FS.streams.flatMap((stream, fd) =>
      stream != null && fd > 2 && !closesOnExec(stream) ? [fd] : [],
    );
  }

  /** Makes a call, whose answer wakes a program that waits for it. */
  pend(call: () => number | Uint8Array | Promise<number | Uint8Array>): Pending {
    if (!this.#streams.canAsk) return { settled: true, refusal: cannotWait };
    const pending: Pending = { settled: false };
    const settle = (answer: number | Uint8Array): void => {
      if (typeof answer === 'number') pending.value = answer;
      else pending.words = readWords(answer);
      pending.settled = true;
    };
    const fail = (error: unknown): void => {
      const number = pythonErrno(error);
      if (number === undefined) throw error;
      pending.errno = number;
      pending.settled = true;
    };
    try {
      this.#streams.beforeWait();
      const answer = call();
      if (answer instanceof Promise) void answer.then(settle, fail).finally(this.#wake);
      else settle(answer);
    } catch (error) {
      fail(error);
    }
    return pending;
  }

  /** What another program has of this one but for its descriptors. */
  #inherited(env: readonly string[]): Pick<SpawnCall, 'env' | 'umask' | 'blocked'> {
    const blocked = this.#interrupts.blocked.filter((each) => signalName(each) !== undefined);
    return {
      env: Object.fromEntries(
        env.flatMap((name, index) => (index % 2 === 0 ? [[name, env[index + 1] ?? '']] : [])),
      ),
      umask: this.#umask.value,
      ...(blocked.length === 0 ? {} : { blocked }),
    };
  }

  #start(number: SyscallNumber, call: Omit<SpawnCall, 'descriptors'>, pairs: readonly number[]): Pending {
    const { syscalls } = this.#streams.context;
    return this.pend(() =>
      after(this.#inheritAll(pairs), (descriptors) =>
        syscalls.invoke(number, [{ ...call, descriptors } satisfies SpawnCall]),
      ),
    );
  }

  #inheritAll(
    pairs: readonly number[],
    done: readonly SpawnDescriptor[] = [],
  ): readonly SpawnDescriptor[] | Promise<readonly SpawnDescriptor[]> {
    const [fd, own, ...rest] = pairs;
    if (fd === undefined || own === undefined) return done;
    const stream = this.#module.FS.getStream(own);
    const inherited = stream == null ? undefined : this.#inherit(fd, stream);
    return after(inherited, (each) => this.#inheritAll(rest, each === undefined ? done : [...done, each]));
  }

  /** Directories are not passed on. Throws EINVAL for what lives in this worker only. */
  #inherit(fd: number, stream: FsStream): SpawnDescriptor | undefined | Promise<SpawnDescriptor | undefined> {
    const { context } = this.#streams;
    const { source } = stream.shared;
    if (source !== undefined) {
      context.handles.giveBack(source.handle);
      return { fd, handle: source.handle };
    }
    const standard = standardOf(stream);
    if (standard !== undefined) {
      const start = context.descriptors.find((each) => each.fd === standard);
      if (start?.kind === 'handle') return { fd, handle: start.handle };
      const given = standard === 0 ? context.stdio.inputLeft : undefined;
      return given === undefined ? { fd, null: true } : { fd, bytes: given.slice() };
    }
    const inode = inodeOf(stream.node);
    if (inode !== undefined) {
      if ((stream.node.mode & typeMask) !== regularFile) return undefined;
      return after(this.#share(stream, inode), (handle) => ({ fd, handle }));
    }
    if ((stream.node.mode & typeMask) !== characterDevice) throw new Errno('EINVAL');
    if (stream.node.name === 'null') return { fd, null: true };
    const opened = context.syscalls.invoke(syscall.openSpecial, [`/dev/${stream.node.name}`]);
    return after(opened, (handle) => ({ fd, handle: handle as number }));
  }

  /** From the moment a file is inherited, its offset is the kernel's. */
  #share(stream: FsStream, inode: number): number | Promise<number> {
    const { syscalls } = this.#streams.context;
    const mode = stream.flags & openFlags.accessMask;
    const bits = (mode === openFlags.writeOnly ? 0 : access.read) | (mode === 0 ? 0 : access.write);
    const append = (stream.flags & openFlags.append) === 0 ? 0 : 1;
    const shared = syscalls.invoke(syscall.share, [inode, stream.position, bits, append]);
    return after(shared, (handle) => {
      stream.shared.source = { type: 'handle', handle: handle as number, file: 'file' };
      return handle as number;
    });
  }
}

const typeMask = 0o170000;
const regularFile = 0o100000;
const characterDevice = 0o020000;
