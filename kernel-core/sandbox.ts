// kernel: one sandbox, that is one file tree, one network grant, one set of limits and its processes.
// Must always hold: a process is in `#processes` from spawn until it has been waited for.
import { errno, errnoText, Errno, type ErrnoName } from './abi/errno.js';
import type { Inode } from './abi/inode.js';
import type { StartDescriptor, StartMessage } from './abi/messages.js';
import { normalize } from './abi/path.js';
import type { Transport } from './abi/runtime.js';
import { signals } from './abi/signals.js';
import { access, type SpawnCall } from './abi/syscalls.js';
import { slotBytes } from './abi/syscall-slot.js';
import type { SpecialFacts } from './dev/special-files.js';
import type { OpenFile } from './file/open-file.js';
import { FileService } from './fs/file-service.js';
import { JournalOutlet } from './fs/journal-outlet.js';
import { Locks } from './fs/locks.js';
import { Tree } from './fs/tree.js';
import { watchTree } from './fs/watch.js';
import { OutboundHttp, outboundRate } from './net/outbound.js';
import { SandboxNetwork, listeningPorts } from './net/sandbox-network.js';
import { PageLink } from './proc/page-link.js';
import { Process, type ProcessOptions } from './proc/process.js';
import { ProcessTable } from './proc/process-table.js';
import { CommandNotFound, resolveProgram, type Command, type Program } from './proc/program.js';
import type { Tty, TtyOptions } from './tty/tty.js';
import { processFacts } from './process-facts.js';
import type { PooledWorker, WorkerPool } from './proc/worker-pool.js';
import type { SandboxSetup, SpawnReply, SpawnRequest, WatchedEvents } from './protocol/kernel-service.js';
import { positionInSlot, raiseInSlot, replyInSlot } from './syscalls/slot-reply.js';
import { dispatch, makeTable, type SyscallTable } from './syscalls/table.js';
import type { Downloads } from './downloads.js';
import { RateLimit } from './proc/rate-limit.js';

/** What limits are where the page gave none. */
export interface DefaultLimits {
  readonly processes: number;
  readonly openFiles: number;
  readonly inodes: number;
  readonly memoryBytes: number;
  readonly fileBytes: number;
}

/** Directories every tree begins with. */
const skeleton = ['/home/user', '/tmp', '/usr/bin', '/dev', '/proc'];
/** What /proc/version says. */
const kernelRelease = '0.1.0';
/** A view that has missed more than this is given the tree anew, with contents by reference. */
const missedBytesMax = 256 * 1024;
const defaultUmask = 0o022;
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

export interface SandboxHost {
  readonly pool: WorkerPool;
  readonly downloads: Downloads;
  readonly transport: Transport;
  readonly defaults: DefaultLimits;
  allotPid(): number;
}

/** A file descriptor of a process about to start. */
type Inherited = { readonly fd: number } & (
  | { readonly kind: 'null' }
  | { readonly kind: 'given'; readonly bytes: Uint8Array }
  | { readonly kind: 'open'; readonly file: OpenFile }
);

/** Everything about a process about to start. */
interface Launch {
  readonly command: Command;
  readonly env: Readonly<Record<string, string>>;
  readonly umask: number;
  readonly descriptors: readonly Inherited[];
  readonly parent: Process | undefined;
  readonly options: Pick<
    ProcessOptions,
    'pid' | 'group' | 'session' | 'timeoutMs' | 'memoryBytes' | 'ignored'
  >;
  readonly preopens: Readonly<Record<string, string>> | undefined;
}

export class Sandbox {
  readonly #host: SandboxHost;
  readonly #setup: SandboxSetup;
  readonly #tree: Tree;
  readonly #outbound: OutboundHttp;
  readonly #journal: JournalOutlet;
  readonly #processes = new ProcessTable();
  readonly #programs = new Map<Process, Program>();
  readonly #links = new Map<Process, PageLink>();
  /** Controlling terminals, by session. */
  readonly #terminals = new Map<number, Tty>();
  /** Programs of the tree, by inode. */
  readonly #modules = new Map<
    number,
    { readonly module: WebAssembly.Module; readonly memoryBytes: number }
  >();
  readonly #locks = new Locks();
  readonly #spawns = new RateLimit(spawnBurst, spawnsPerSecond);
  readonly #syscalls: SyscallTable;
  readonly #watches = new Set<() => void>();
  readonly files: FileService;
  readonly network = new SandboxNetwork();

  constructor(
    host: SandboxHost,
    setup: SandboxSetup,
    journalPort: MessagePort,
    brokerPort: MessagePort | undefined,
  ) {
    this.#host = host;
    this.#setup = setup;
    const { defaults } = host;
    this.#tree = new Tree({
      inodes: setup.limits.inodes ?? defaults.inodes,
      fileBytes: setup.limits.fileBytes ?? defaults.fileBytes,
    });
    const journal = new JournalOutlet(journalPort);
    this.#journal = journal;
    this.#tree.follow((records, sequence, author) => {
      journal.add(records, sequence, author);
      if (this.#modules.size === 0) return;
      for (const record of records) {
        if (record.op === 'write' || record.op === 'truncate') this.#modules.delete(record.inode);
      }
    });
    this.files = new FileService(this.#tree, setup.cwd, setup.mounts);
    const requests = new RateLimit(outboundRate.burst, outboundRate.perSecond);
    this.#outbound = new OutboundHttp(setup.grant, brokerPort, () => requests.take());
    this.#syscalls = makeTable({
      outbound: this.#outbound,
      tree: this.#tree,
      locks: this.#locks,
      mounts: this.files.mounts,
      loopback: this.network.loopback,
      processes: this.#processes,
      factsFor: (process) => this.#factsFor(process),
      spawnChild: (parent, call) => this.#spawnChild(parent, call),
      asset: (process, name) => {
        const { runtime, version } = this.#programOf(process);
        // Nor may a process keep the page busy with names that do not exist.
        if (!version.assets.some((asset) => asset.name === name)) throw new Errno('ENOENT', name);
        return host.downloads.asset(runtime, version, name);
      },
      part: (process, name) => {
        const { version } = this.#programOf(process);
        if (version.parts?.includes(name) !== true) throw new Errno('ENOENT', name);
        return host.downloads.loader(`${version.loader}.${name}`);
      },
    });
  }

  get processes(): readonly Process[] {
    return this.#processes.all;
  }

  parentOf(process: Process): number {
    return this.#processes.parentOf(process);
  }

  /** The ports on which a process listens. */
  listeningOf(process: Process): number[] {
    return listeningPorts([...process.handles.entries()].map(([, file]) => file));
  }

  get journalSequence(): number {
    return this.#tree.sequence;
  }

  /** Tells what happens at a path over a port, until the port says anything or the sandbox is gone. */
  watch(path: string, recursive: boolean, port: MessagePort): void {
    const stop = watchTree(this.#tree, this.files.watchedPath(path), recursive, (events) => {
      const message: WatchedEvents = { events };
      port.postMessage(message);
    });
    const end = (): void => {
      stop();
      port.close();
      this.#watches.delete(end);
    };
    this.#watches.add(end);
    port.onmessage = end;
  }

  get fileBytes(): number {
    return this.#tree.table.bytes;
  }

  /** Makes the tree it begins with. */
  async populate(): Promise<void> {
    this.#tree.restore(this.#setup.records ?? []);
    for (const path of [...skeleton, this.#setup.cwd]) this.files.makeDirectories(path);
    if (this.#setup.records === undefined) {
      for (const path of programPaths(this.#host.downloads)) this.files.writeFile(path, new Uint8Array(0));
    }
    if (this.#setup.files !== undefined) await this.files.writeFiles(this.#setup.files);
  }

  /** Starts a program for the page, or throws `SpawnError` or Errno where there is nothing to start. */
  async spawn(request: SpawnRequest, port: MessagePort): Promise<SpawnReply> {
    const pid = this.#host.allotPid();
    const { env = this.#setup.env, cwd = this.#setup.cwd, timeoutMs, preopens } = request;
    const started: { process?: Process } = {};
    const link = new PageLink({
      port,
      input: request.stdin === 'pipe',
      outputBytesPerSecond: this.#setup.limits.outputBytesPerSecond,
      tty: request.tty === undefined ? undefined : this.#ttyOptions(request.tty),
      signal: (number) => this.#signalFromPage(started.process, number),
      waiting: (reader) => waitsForInput(started.process, reader as Process | undefined),
    });
    const [input, output, error] = link.streams;
    const start = this.#prepare({
      command: {
        command: request.command,
        argv: [request.command, ...request.args],
        cwd,
        searchPath: env['PATH'],
        runtimesFirst: true,
      },
      env,
      umask: defaultUmask,
      descriptors: [
        request.tty === undefined
          ? inputDescriptor(request.stdin, input as OpenFile)
          : { fd: 0, kind: 'open', file: input as OpenFile },
        { fd: 1, kind: 'open', file: output as OpenFile },
        { fd: 2, kind: 'open', file: error as OpenFile },
      ],
      parent: undefined,
      options: {
        pid,
        group: pid,
        session: pid,
        timeoutMs,
        memoryBytes: request.memoryBytes ?? this.#memoryBytes,
        ignored: [],
      },
      preopens,
    });
    started.process = start.process;
    if (link.tty !== undefined) {
      link.tty.jobs.control(pid);
      this.#terminals.set(pid, link.tty);
      if (request.stdin instanceof Uint8Array) link.tty.input(request.stdin);
    }
    this.#links.set(start.process, link);
    await start.begin();
    return { pid, transport: this.#host.transport };
  }

  /** Ends every process and lets go of everything. */
  dispose(): void {
    for (const process of this.processes) process.abandon({ code: null, signal: 'SIGKILL' });
    for (const end of this.#watches) end();
    this.network.close();
    this.#outbound.close();
    this.#journal.close();
  }

  #factsFor(self: Process): SpecialFacts {
    const { processes, fileBytes } = this;
    const used = processes.reduce((sum, process) => sum + process.memoryBytes, 0);
    return {
      self: self.pid,
      processes: processes.map((process) =>
        processFacts(
          process,
          this.#processes.parentOf(process),
          this.#terminals.get(process.session)?.jobs.foreground,
        ),
      ),
      system: {
        uptimeMs: performance.now(),
        bootedMs: performance.timeOrigin,
        memoryLimitBytes: this.#memoryBytes * (this.#setup.limits.processes ?? this.#host.defaults.processes),
        memoryUsedBytes: used + fileBytes,
        fileBytes,
        processors: navigator.hardwareConcurrency,
        mounts: [
          { source: 'sandbox', target: '/', type: 'tmpfs', readOnly: false },
          { source: 'proc', target: '/proc', type: 'proc', readOnly: true },
          { source: 'dev', target: '/dev', type: 'devtmpfs', readOnly: true },
        ],
        release: kernelRelease,
      },
      devices: {
        random: (bytes) => crypto.getRandomValues(bytes),
        tty: this.#terminals.get(self.session),
      },
    };
  }

  #ttyOptions({
    columns,
    rows,
  }: {
    readonly columns: number;
    readonly rows: number;
  }): Omit<TtyOptions, 'output'> {
    return {
      columns,
      rows,
      signal: (group, number) => {
        for (const member of this.#processes.group(group)) member.signal(number);
      },
      sessionOf: (group) => this.#processes.group(group)[0]?.session,
    };
  }

  get #openFiles(): number {
    return this.#setup.limits.openFiles ?? this.#host.defaults.openFiles;
  }

  get #memoryBytes(): number {
    return this.#setup.limits.memoryBytes ?? this.#host.defaults.memoryBytes;
  }

  /** A child has what it was given of its parent's handles and nothing else. */
  async #spawnChild(parent: Process, call: SpawnCall): Promise<number> {
    const pid = this.#host.allotPid();
    const ownGroup = call.group === 0 || call.newSession === true;
    const start = this.#prepare({
      command: {
        command: call.command,
        argv: call.argv,
        cwd: normalize(call.cwd),
        searchPath: call.search ? (call.env['PATH'] ?? '/usr/bin') : undefined,
        runtimesFirst: false,
      },
      env: call.env,
      umask: call.umask,
      descriptors: call.descriptors.map((each) => {
        const { fd } = each;
        if ('handle' in each) return { fd, kind: 'open', file: parent.handles.get(each.handle) };
        return 'bytes' in each ? { fd, kind: 'given', bytes: each.bytes } : { fd, kind: 'null' };
      }),
      parent,
      options: {
        pid,
        group: ownGroup ? pid : this.#groupFor(parent, call.group),
        session: call.newSession === true ? pid : parent.session,
        timeoutMs: undefined,
        memoryBytes: parent.memoryBytes,
        ignored: [...parent.actions.ignored, ...(call.ignored ?? [])],
      },
      preopens: undefined,
    });
    await start.begin();
    return pid;
  }

  #groupFor(parent: Process, group: number | undefined): number {
    if (group === undefined) return parent.group;
    const exists = this.#processes.group(group).some((member) => member.session === parent.session);
    if (!exists) throw new Errno('EPERM');
    return group;
  }

  /** Makes the process, with its handles; `begin` puts the program into a worker. */
  #prepare(launch: Launch): { readonly process: Process; begin(): Promise<void> } {
    const { defaults, pool, transport } = this.#host;
    const { limits } = this.#setup;
    const limit = limits.processes ?? defaults.processes;
    if (this.#processes.count >= limit) {
      throw new SpawnError(
        'EAGAIN',
        `This sandbox may run ${limit} processes at a time and they are all in use.`,
      );
    }
    if (!this.#spawns.take()) {
      throw new SpawnError('EAGAIN', `This sandbox starts more than ${spawnsPerSecond} processes a second.`);
    }
    const program = this.#resolve(launch.command);
    const loader = `${program.runtime.name}@${program.version.version}`;
    const process = new Process({
      ...launch.options,
      command: launch.command.command,
      argv: program.argv,
      cwd: launch.command.cwd,
      transport,
      tree: this.#tree,
      pool,
      loader,
      openFiles: this.#openFiles,
      reusable: program.runtime.reusable === true,
      syscall: (caller, number, args) => dispatch(this.#syscalls, caller, number, args),
      isOrphaned: (each) => this.#processes.isOrphaned(each),
      onChange: (changed) => this.#processes.changed(changed),
      onEnd: (ended, status) => {
        this.#journal.flush();
        this.#outbound.abandon(ended);
        this.#programs.delete(ended);
        if (ended.session === ended.pid) {
          this.#terminals.get(ended.pid)?.jobs.release();
          this.#terminals.delete(ended.pid);
        }
        this.#links.get(ended)?.exited(status);
        this.#links.delete(ended);
        this.#locks.release(ended.pid);
        this.#processes.ended(ended, ended.wasComputing);
        // Nothing the page ended may live on in its children.
        if (status.reason === 'timeout') this.#endSession(ended);
        // The next process finds a worker ready, and this one's page is not kept waiting for it.
        if (pool.hasReady(loader)) return;
        const preload = this.#loaders.get(loader);
        setTimeout(() => pool.warm(preload === undefined ? undefined : { key: loader, loader: preload }));
      },
    });
    let descriptors: StartDescriptor[];
    try {
      descriptors = launch.descriptors.map((each) => {
        if (each.kind !== 'open') return each;
        const { fd, file } = each;
        return {
          fd,
          kind: 'handle',
          handle: process.handles.add(file),
          file: file.kind,
          access: file.access ?? access.read | access.write,
          ...(file.inode === undefined ? {} : { inode: file.inode }),
        };
      });
    } catch (error) {
      process.handles.closeAll();
      throw error;
    }
    this.#processes.add(process, launch.parent);
    this.#programs.set(process, program);
    return { process, begin: () => this.#begin(process, program, launch, descriptors) };
  }

  readonly #loaders = new Map<string, Blob>();

  async #begin(
    process: Process,
    program: Program,
    launch: Launch,
    descriptors: readonly StartDescriptor[],
  ): Promise<void> {
    const { downloads, transport } = this.#host;
    const { memoryBytes } = launch.options;
    try {
      const loader = await downloads.loader(program.version.loader);
      this.#loaders.set(`${program.runtime.name}@${program.version.version}`, loader);
      const module = program.file === undefined ? undefined : await this.#compile(program.file, memoryBytes);
      // It may have been ended while its loader was on the way.
      if (process.state !== 'starting') return;
      const worker = process.takeWorker();
      const files = this.#filesFor(worker);
      const lease = this.#tree.lease(process.pid);
      const slot = transport === 'shared' ? new SharedArrayBuffer(slotBytes) : undefined;
      if (slot !== undefined) positionInSlot(slot, this.#tree.sequence);
      const message: StartMessage = {
        type: 'start',
        pid: process.pid,
        parent: this.#processes.parentOf(process),
        umask: launch.umask,
        argv: program.argv,
        env: launch.env,
        cwd: launch.command.cwd,
        runtime: { name: program.runtime.name, version: program.version.version },
        ...(worker.loader === undefined ? { loader } : {}),
        transport,
        descriptors,
        limits: { memoryBytes, openFiles: this.#openFiles },
        files,
        inodeLease: lease.inodes[0] ?? { first: 0, count: 0 },
        byteLease: lease.bytes,
        ...(slot === undefined ? {} : { slot }),
        ...(launch.preopens === undefined ? {} : { preopens: launch.preopens }),
        ...(module === undefined ? {} : { program: module }),
      };
      process.start(
        message,
        slot === undefined
          ? undefined
          : {
              reply: (number, value) => replyInSlot(slot, number, value),
              raise: (signal) => raiseInSlot(slot, signal),
              position: (sequence) => positionInSlot(slot, sequence),
            },
      );
    } catch (error) {
      process.abandon({ code: 126, signal: null });
      throw error;
    }
  }

  /** A program of the tree, compiled again only when it was written to. */
  async #compile(file: Inode, memoryBytes: number): Promise<WebAssembly.Module> {
    const known = this.#modules.get(file.number);
    if (known?.memoryBytes === memoryBytes) return known.module;
    const { sequence } = this.#tree;
    const bytes = this.#tree.table.contents(file).slice();
    const module = await this.#host.downloads.program(bytes, memoryBytes);
    if (sequence === this.#tree.sequence) this.#modules.set(file.number, { module, memoryBytes });
    return module;
  }

  /** What the view of a worker lacks: a few records, or everything. */
  #filesFor({ view }: PooledWorker): StartMessage['files'] {
    const missed = view?.tree === this.#tree ? this.#tree.recordsSince(view.position) : undefined;
    return missed !== undefined && missed.length <= missedBytesMax ? { missed } : this.#tree.image();
  }

  /** The page's signals are for everything it started: the process, its group, and to kill, its session. */
  #signalFromPage(process: Process | undefined, number: number): void {
    if (process === undefined || process.state === 'zombie') return;
    if (number === signals.SIGKILL) this.#endSession(process);
    for (const member of this.#processes.group(process.group)) if (member !== process) member.signal(number);
    process.signal(number);
  }

  #endSession(leader: Process): void {
    if (leader.session !== leader.pid) return;
    for (const member of this.#processes.session(leader.session)) {
      if (member !== leader) member.signal(signals.SIGKILL);
    }
  }

  #programOf(process: Process): Program {
    const program = this.#programs.get(process);
    if (program === undefined) throw new Errno('ESRCH');
    return program;
  }

  #resolve(command: Command): Program {
    try {
      return resolveProgram(this.#tree, this.#host.downloads.runtimes, command);
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

/** Time spent waiting for the reader does not count; a process that computes meanwhile does not wait. */
function waitsForInput(process: Process | undefined, reader: Process | undefined): void {
  if (process === undefined) return;
  if (reader === undefined) {
    process.watchIdle(undefined);
    process.runClock();
    return;
  }
  process.pauseClock();
  reader.watchIdle((isIdle) => {
    if (isIdle) process.pauseClock();
    else process.runClock();
  });
}

function inputDescriptor(stdin: SpawnRequest['stdin'], file: OpenFile): Inherited {
  if (stdin === 'pipe') return { fd: 0, kind: 'open', file };
  if (stdin === 'null') return { fd: 0, kind: 'null' };
  return { fd: 0, kind: 'given', bytes: stdin };
}

/** What runtimes provide in /usr/bin (`proc/program.ts`). */
function programPaths({ runtimes }: Downloads): string[] {
  const names = runtimes
    .filter(({ kind }) => kind === 'process')
    .flatMap(({ name, aliases }) => [name, ...aliases]);
  return names.map((name) => `/usr/bin/${name}`);
}
