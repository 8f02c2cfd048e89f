// kernel: from a command to a running process: what it may be, what it is sent, which worker it gets.
// Longer than other files: a start, a copy and a replacement are one sequence, whose order stays in one place.
import { errno, errnoText, Errno, isErrno, type ErrnoName } from './abi/errno.js';
import type { Inode } from './abi/inode.js';
import { makeRingMemory } from './abi/pipe-ring.js';
import type { CloneImage, StartDescriptor, StartMessage } from './abi/messages.js';
import { pathOf, walk } from './abi/path.js';
import type { Transport } from './abi/runtime.js';
import { access } from './abi/syscalls.js';
import { slotBytes } from './abi/syscall-slot.js';
import type { Downloads } from './downloads.js';
import type { OpenFile } from './file/open-file.js';
import type { UntakenBudget } from './file/untaken-budget.js';
import type { PackContents } from './fs/pack-contents.js';
import type { Tree } from './fs/tree.js';
import { Process, type ProcessOptions } from './proc/process.js';
import type { ProcessTable } from './proc/process-table.js';
import {
  CommandNotFound,
  ProgramNotFetched,
  resolveProgram,
  type Command,
  type Program,
  type Provided,
} from './proc/program.js';
import { RateLimit } from './proc/rate-limit.js';
import type { Spare } from './proc/spare.js';
import type { PooledWorker, WorkerPool } from './proc/worker-pool.js';
import type { ExitStatusWire } from './protocol/process-port.js';
import { SlotReply } from './syscalls/slot-reply.js';

/** A view that has missed more than this is given the tree anew, with contents by reference. */
const missedBytesMax = 256 * 1024;
/** Processes a sandbox may start: at once, and per second in the long run. */
const spawnBurst = 2000;
const spawnsPerSecond = 1000;

/** No such thing, said to a reader. */
export class SpawnError extends Error {
  readonly code: string;
  /** For a process that spawns; 0 where only the page can meet it. */
  readonly errno: number;
  constructor(code: ErrnoName | 'ELOST', message: string) {
    super(message);
    this.code = code;
    this.errno = code === 'ELOST' ? 0 : errno[code];
  }
}

/** A file descriptor of a process about to start. */
export type Inherited = { readonly fd: number } & (
  | { readonly kind: 'null' }
  | { readonly kind: 'given'; readonly bytes: Uint8Array }
  | { readonly kind: 'open'; readonly file: OpenFile }
);

/** Everything about a process about to start. */
export interface Launch {
  readonly command: Command;
  readonly env: Readonly<Record<string, string>>;
  readonly umask: number;
  readonly descriptors: readonly Inherited[];
  readonly parent: Process | undefined;
  readonly options: Pick<
    ProcessOptions,
    'pid' | 'group' | 'session' | 'timeoutMs' | 'memoryBytes' | 'ignored' | 'blocked'
  >;
  readonly preopens: Readonly<Record<string, string>> | undefined;
  /** Of a copy of `parent`: it runs the same program, whatever the command names by now. */
  readonly clone?: CloneImage & { readonly module: WebAssembly.Module | undefined };
  /** It takes the place of another process: with its pid, family, group and session, and what is left of its time. */
  readonly replaces?: Process;
}

/** What a process runs. */
interface Running {
  readonly program: Program;
  /** Of a program that is a file, once it is compiled. */
  module?: WebAssembly.Module | undefined;
}

export interface LauncherOptions {
  readonly pool: WorkerPool;
  readonly spare: Spare;
  readonly downloads: Downloads;
  readonly transport: Transport;
  readonly tree: Tree;
  readonly packs: PackContents;
  readonly processes: ProcessTable;
  readonly limits: { readonly processes: number; readonly openFiles: number };
  readonly untaken: UntakenBudget;
  readonly syscall: ProcessOptions['syscall'];
  /** Sees to it that what a runtime has for a path is in the tree. */
  readonly provideFiles: (provided: Provided, path: string) => Promise<void>;
  readonly onStart: (process: Process, parent: Process | undefined) => void;
  readonly onEnd: (process: Process, status: ExitStatusWire) => void;
}

export class Launcher {
  readonly #options: LauncherOptions;
  readonly #running = new Map<Process, Running>();
  readonly #loaders = new Map<string, Blob>();
  /** Programs of the tree, by inode. */
  readonly #modules = new Map<
    number,
    { readonly module: WebAssembly.Module; readonly memoryBytes: number }
  >();
  /** Files of runtimes on their way into the tree, by path. */
  readonly #providing = new Map<string, Promise<void>>();
  readonly #spawns = new RateLimit(spawnBurst, spawnsPerSecond);

  constructor(options: LauncherOptions) {
    this.#options = options;
    options.tree.follow((records) => {
      if (this.#modules.size === 0) return;
      for (const record of records) {
        if (record.op === 'write' || record.op === 'truncate') this.#modules.delete(record.inode);
      }
    });
  }

  /** What a process runs; throws ESRCH for one that has ended. */
  programOf(process: Process): Program {
    return this.#runningOf(process).program;
  }

  /** Whether every process that has files in view can wait for a block of a pack. */
  everybodyWaits(): boolean {
    return [...this.#running].every(([{ state }, running]) => state === 'starting' || this.#waits(running));
  }

  /** Whether a command may name a program in a pack, so that `bring` is called before `prepare`. */
  get mustBring(): boolean {
    return this.#options.tree.mayLackBlocks;
  }

  /** Fetches what says what kind of program a command is, where that lies in a pack. */
  async bring(command: Command): Promise<void> {
    const { tree, packs, downloads } = this.#options;
    for (;;) {
      try {
        resolveProgram(tree, downloads.runtimes, command);
        return;
      } catch (error) {
        // Anything else is for `prepare` to say.
        if (!(error instanceof ProgramNotFetched)) return;
        await packs.need(error.file);
      }
    }
  }

  /** Whether a process running it can wait for a block: one that cannot is given the packs whole. */
  #waits({ program: { runtime }, module }: Running): boolean {
    const { transport } = this.#options;
    if (transport === 'shared') return true;
    return runtime.reusable === true && (transport === 'suspending' || suspendsItself(module));
  }

  /**
   * Another program in the place of a process's, as execve(2). Throws or rejects as `prepare` and `begin` do, with the
   * process as it was, unless the new program cannot be put into a worker: then it has ended.
   */
  async replace(launch: Launch & { readonly replaces: Process }): Promise<void> {
    const { replaces, options } = launch;
    // What can fail fails before the old program is gone.
    const { program } = this.#runningFor(launch);
    await this.#options.downloads.loader(program.version.loader);
    await this.#moduleOf(program, options.memoryBytes, replaces);
    if (replaces.hasEnded) throw new Errno('ESRCH');
    await this.prepare(launch).begin();
  }

  #runningOf(process: Process): Running {
    const running = this.#running.get(process);
    if (running === undefined) throw new Errno('ESRCH');
    return running;
  }

  /**
   * Makes the process, with its handles; `begin` puts the program into a worker. Throws `SpawnError` or Errno
   * where there is nothing to start.
   */
  prepare(launch: Launch): { readonly process: Process; begin(): Promise<void> } {
    const { transport, tree, pool, processes, limits, untaken } = this.#options;
    const { replaces } = launch;
    if (replaces === undefined && processes.count >= limits.processes) {
      throw new SpawnError(
        'EAGAIN',
        `This sandbox may run ${limits.processes} processes at a time and they are all in use.`,
      );
    }
    if (!this.#spawns.take()) {
      throw new SpawnError('EAGAIN', `This sandbox starts more than ${spawnsPerSecond} processes a second.`);
    }
    const running = this.#runningFor(launch);
    const { program } = running;
    const left = replaces?.retire();
    const process = new Process({
      ...launch.options,
      ...(left === undefined ? {} : { timeoutMs: left.timeoutMs }),
      command: launch.command.command,
      argv: program.argv,
      cwd: launch.command.cwd,
      env: launch.env,
      executable: this.#pathOf(program),
      transport,
      tree,
      pool,
      loader: keyOf(program),
      openFiles: limits.openFiles,
      untaken,
      reusable: program.runtime.reusable === true,
      syscall: this.#options.syscall,
      isOrphaned: (each) => processes.isOrphaned(each),
      onChange: (changed) => processes.changed(changed),
      // Should it go on regardless, what comes after it need not wait for its end.
      onInterrupt: (interrupted) => this.#warm(program, interrupted.hasBegun),
      onEnd: (ended, status) => {
        this.#running.delete(ended);
        this.#options.onEnd(ended, status);
        // Where memory ran out, none is kept for later.
        if (status.reason === 'memory') this.#options.spare.giveUp();
        else this.#warm(program, ended.hasBegun);
      },
    });
    let descriptors: StartDescriptor[];
    try {
      const shares = transport === 'shared' && program.runtime.reusable === true;
      descriptors = launch.descriptors.map((each) => startDescriptor(process, each, shares));
    } catch (error) {
      process.handles.closeAll();
      throw error;
    }
    if (replaces === undefined) {
      processes.add(process, launch.parent);
      this.#options.onStart(process, launch.parent);
    } else {
      this.#running.delete(replaces);
      processes.replace(replaces, process);
      // Only now: what it passed on was open all the while.
      replaces.handles.closeAll();
      process.alarm.set(left?.alarmMs ?? 0, 0);
    }
    this.#running.set(process, running);
    return { process, begin: () => this.#begin(process, running, launch, descriptors) };
  }

  /** What is going to run. Throws ENOTSUP where a copy is asked of what is no WASI program. */
  #runningFor({ command, clone, parent }: Launch): Running {
    if (clone === undefined || parent === undefined) return { program: this.#resolve(command) };
    const { program, module = clone.module } = this.#runningOf(parent);
    if (program.runtime.reusable !== true || module === undefined) throw new Errno('ENOTSUP');
    return { program, module };
  }

  async #begin(
    process: Process,
    running: Running,
    launch: Launch,
    descriptors: readonly StartDescriptor[],
  ): Promise<void> {
    const { downloads, transport, tree, packs, processes, limits, untaken } = this.#options;
    const { memoryBytes } = launch.options;
    const { program } = running;
    const { clone } = launch;
    try {
      const loader = await downloads.loader(program.version.loader);
      this.#loaders.set(keyOf(program), loader);
      running.module ??= await this.#moduleOf(program, memoryBytes, launch.parent);
      const { module } = running;
      while (!this.#waits(running) && tree.missingBlocks().length > 0) await packs.needAll();
      // It may have been ended while its loader was on the way.
      if (process.state !== 'starting') return;
      const worker = process.takeWorker();
      const files = this.#filesFor(worker, process.pid, descriptors);
      const lease = tree.lease(process.pid);
      const hasSlot = worker.slot !== undefined;
      if (transport === 'shared') worker.slot ??= new SharedArrayBuffer(slotBytes);
      const { slot } = worker;
      const replies = slot === undefined ? undefined : new SlotReply(slot);
      replies?.position(tree.sequence);
      const shares = slot !== undefined && program.runtime.reusable === true;
      const pipeMemory = shares && worker.pipeMemory === undefined ? makeRingMemory() : undefined;
      worker.pipeMemory ??= pipeMemory;
      const { ignored } = process.actions;
      const message: StartMessage = {
        type: 'start',
        pid: process.pid,
        parent: processes.parentOf(process),
        umask: launch.umask,
        ...(ignored.length === 0 ? {} : { ignored }),
        ...(launch.options.blocked === undefined ? {} : { blocked: launch.options.blocked }),
        argv: program.argv,
        env: launch.env,
        cwd: launch.command.cwd,
        runtime: { name: program.runtime.name, version: program.version.version },
        ...(worker.loader === undefined ? { loader } : {}),
        transport,
        ...(transport === 'local' && processes.isAlone(process) ? { alone: true } : {}),
        descriptors,
        limits: { memoryBytes, openFiles: limits.openFiles, unaskedBytes: untaken.unaskedBytes },
        files,
        inodeLease: lease.inodes[0] ?? { first: 0, count: 0 },
        byteLease: lease.bytes,
        ...(slot === undefined || hasSlot ? {} : { slot }),
        ...(pipeMemory === undefined ? {} : { pipeMemory }),
        ...(launch.preopens === undefined ? {} : { preopens: launch.preopens }),
        ...(module === undefined
          ? {}
          : { program: worker.programs.image(module, program.provided !== undefined) }),
        ...(clone === undefined ? {} : { clone: { memory: clone.memory, state: clone.state } }),
      };
      process.start(message, replies);
    } catch (error) {
      process.abandon({ code: 126, signal: null });
      // Whoever wanted it is told now, and never learns of a pid to wait for.
      processes.forget(process);
      throw error;
    }
  }

  /** What a worker is sent beside the loader, if anything. */
  async #moduleOf(
    { file, provided }: Program,
    memoryBytes: number,
    starter: Process | undefined,
  ): Promise<WebAssembly.Module | undefined> {
    if (file !== undefined) return this.#compile(file, memoryBytes);
    if (provided === undefined) return undefined;
    const { runtime, version, asset } = provided;
    const files = (version.files ?? []).map(({ path }) => this.#files(provided, path));
    const { downloads, transport } = this.#options;
    const other =
      transport === 'local' ? version.assets.find(({ insteadOf }) => insteadOf === asset) : undefined;
    const module = downloads.provided(runtime, version, other?.name ?? asset, memoryBytes);
    const all = Promise.all([module, ...files]).then(([compiled]) => compiled);
    return starter?.bring(all) ?? all;
  }

  /** Once, and again where it failed or what was there is gone. */
  #files(provided: Provided, path: string): Promise<void> | undefined {
    if (this.#isThere(path)) return undefined;
    const running = this.#providing.get(path) ?? this.#options.provideFiles(provided, path);
    this.#providing.set(path, running);
    const forget = (): void => void this.#providing.delete(path);
    running.then(forget, forget);
    return running;
  }

  #isThere(path: string): boolean {
    const { table } = this.#options.tree;
    try {
      return walk(table, table.root, path, { follow: true }).inode !== undefined;
    } catch (error) {
      if (!isErrno(error)) throw error;
      return false;
    }
  }

  /** A program of the tree, compiled again only when it was written to. */
  async #compile(file: Inode, memoryBytes: number): Promise<WebAssembly.Module> {
    const { tree, packs, downloads } = this.#options;
    await packs.need(file);
    const known = this.#modules.get(file.number);
    if (known?.memoryBytes === memoryBytes) return known.module;
    const { sequence } = tree;
    const module = await downloads.program(tree.table.contents(file).slice(), memoryBytes);
    if (sequence === tree.sequence) this.#modules.set(file.number, { module, memoryBytes });
    return module;
  }

  /**
   * What the view of a worker lacks: a few records, or everything. Files it inherits are held for it from here on;
   * one without a name is in no view but those of the processes that had it open.
   */
  #filesFor(
    { view }: PooledWorker,
    pid: number,
    descriptors: readonly StartDescriptor[],
  ): StartMessage['files'] {
    const { tree } = this.#options;
    let nameless = false;
    for (const each of descriptors) {
      if (each.kind !== 'handle' || each.inode === undefined) continue;
      tree.hold(pid, each.inode);
      nameless ||= tree.table.get(each.inode).links === 0;
    }
    const isKnown = view?.tree === tree && !nameless;
    if (isKnown && view.position === tree.sequence)
      return { missed: undefined, segments: tree.blockImages() };
    const missed = isKnown ? tree.recordsSince(view.position, view.pid) : undefined;
    if (missed === undefined || missed.length > missedBytesMax) return tree.image();
    return { missed, segments: tree.blockImages() };
  }

  /** The next process finds a worker ready, and this one's page is not kept waiting for it. */
  #warm({ runtime, version }: Program, hasBegun: boolean): void {
    const { pool, spare, downloads } = this.#options;
    const key = `${runtime.name}@${version.version}`;
    // What did not get as far may have lacked its downloads.
    if (runtime.spare === true && hasBegun) spare.keep(key, () => downloads.forSpare(runtime, version));
    if (pool.hasReady(key)) return;
    const loader = this.#loaders.get(key);
    setTimeout(() => pool.warm(loader === undefined ? undefined : { key, loader }));
  }

  /** A file of the tree, or where the runtime is found by its name. */
  #pathOf({ file, provided, runtime }: Program): string {
    if (file !== undefined) return pathOf(this.#options.tree.table, file);
    return `/usr/bin/${provided?.command ?? runtime.name}`;
  }

  #resolve(command: Command): Program {
    try {
      const { tree, downloads } = this.#options;
      return resolveProgram(tree, downloads.runtimes, command, (file) => this.#modules.has(file.number));
    } catch (error) {
      if (error instanceof CommandNotFound) throw new SpawnError('ENOENT', error.message);
      if (error instanceof Errno) {
        const what = errnoText(error.errno);
        throw new SpawnError(error.code, `“${command.command}” cannot be started: ${what}.`);
      }
      throw error;
    }
  }
}

const keyOf = ({ runtime, version }: Program): string => `${runtime.name}@${version.version}`;

/** Whether `wasm-opt --asyncify` has been through it. */
const suspendsItself = (module: WebAssembly.Module | undefined): boolean =>
  module !== undefined &&
  WebAssembly.Module.exports(module).some(({ name }) => name === 'asyncify_start_unwind');

/** `shares`: its loader hands over bytes of pipes in shared memory. */
function startDescriptor(process: Process, each: Inherited, shares: boolean): StartDescriptor {
  if (each.kind !== 'open') return each;
  const { fd, file } = each;
  const memory = shares ? file.sharedMemory : undefined;
  return {
    fd,
    kind: 'handle',
    handle: process.handles.add(file),
    file: file.kind,
    access: file.access ?? access.read | access.write,
    ...(file.inode === undefined ? {} : { inode: file.inode }),
    ...(file.append === undefined ? {} : { append: file.append }),
    ...(memory === undefined ? {} : { memory }),
  };
}
