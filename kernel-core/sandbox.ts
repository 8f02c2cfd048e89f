// kernel: one sandbox, that is one file tree, one network grant, one set of limits and its processes.
// Longer than other files: it ties all of these together, and what each of them does has a file of its own.
// Must always hold: a process is in `#processes` from spawn until it has been waited for.
import { Errno } from './abi/errno.js';
import { normalize } from './abi/path.js';
import type { Transport } from './abi/runtime.js';
import { signals } from './abi/signals.js';
import type { CloneCall, SpawnCall } from './abi/syscalls.js';
import type { SpecialFacts } from './dev/special-files.js';
import type { Downloads } from './downloads.js';
import type { EventOutlet } from './event-outlet.js';
import type { OpenFile } from './file/open-file.js';
import { UntakenBudget } from './file/untaken-budget.js';
import { FileService } from './fs/file-service.js';
import { JournalOutlet } from './fs/journal-outlet.js';
import { Locks } from './fs/locks.js';
import { PackContents } from './fs/pack-contents.js';
import { Tree } from './fs/tree.js';
import { watchTree } from './fs/watch.js';
import { Launcher, SpawnError, type Inherited } from './launcher.js';
import { OutboundHttp, outboundRate } from './net/outbound.js';
import { SandboxNetwork, listeningPorts } from './net/sandbox-network.js';
import { PageLink } from './proc/page-link.js';
import type { Process } from './proc/process.js';
import type { Command } from './proc/program.js';
import { ProcessTable } from './proc/process-table.js';
import { RateLimit } from './proc/rate-limit.js';
import type { Spare } from './proc/spare.js';
import type { WorkerPool } from './proc/worker-pool.js';
import { sandboxFacts } from './process-facts.js';
import type { SandboxSetup, SpawnReply, SpawnRequest, WatchedEvents } from './protocol/kernel-service.js';
import type { ExitStatusWire } from './protocol/process-port.js';
import { dispatch, makeTable } from './syscalls/table.js';
import type { Tty, TtyOptions } from './tty/tty.js';

/** What limits are where the page gave none. */
export interface DefaultLimits {
  readonly processes: number;
  readonly openFiles: number;
  readonly inodes: number;
  readonly memoryBytes: number;
  readonly fileBytes: number;
  readonly pipeBytes: number;
}

/** Directories every tree begins with. */
const skeleton = ['/home/user', '/tmp', '/usr/bin', '/dev', '/proc'];
/** Where scripts and programs look for `sh` and `env`. */
const binLink = { op: 'symlink', path: '/bin', target: 'usr/bin' } as const;
/** What a new tree holds of its own. */
const ownBytes = binLink.target.length;
const programMode = 0o755;
const defaultUmask = 0o022;
export interface SandboxHost {
  readonly pool: WorkerPool;
  readonly spare: Spare;
  readonly downloads: Downloads;
  readonly transport: Transport;
  readonly defaults: DefaultLimits;
  readonly events: EventOutlet;
  allotPid(): number;
}

export class Sandbox {
  readonly #host: SandboxHost;
  readonly #setup: SandboxSetup;
  readonly #tree: Tree;
  readonly #outbound: OutboundHttp;
  readonly #journal: JournalOutlet;
  readonly #processes = new ProcessTable();
  readonly #launcher: Launcher;
  /** By pid. */
  readonly #links = new Map<number, PageLink>();
  /** Controlling terminals, by session. */
  readonly #terminals = new Map<number, Tty>();
  readonly #locks = new Locks();
  readonly #untaken: UntakenBudget;
  readonly #watches = new Set<() => void>();
  readonly files: FileService;
  readonly network: SandboxNetwork;
  readonly number: number;

  /** `number`: what events call it. */
  #isClosed = false;

  constructor(
    host: SandboxHost,
    number: number,
    setup: SandboxSetup,
    journalPort: MessagePort,
    brokerPort: MessagePort | undefined,
  ) {
    this.#host = host;
    this.number = number;
    this.#setup = setup;
    this.network = new SandboxNetwork(({ type, port }) => host.events.add({ type, sandbox: number, port }));
    const { defaults } = host;
    this.#tree = new Tree({
      // What is there from the start is at nobody's expense.
      inodes: (setup.limits.inodes ?? defaults.inodes) + programPaths(host.downloads).length,
      fileBytes: (setup.limits.fileBytes ?? defaults.fileBytes) + ownBytes,
    });
    const journal = new JournalOutlet(journalPort);
    this.#journal = journal;
    this.#tree.follow((records, sequence, author) => journal.add(records, sequence, author));
    const packs = new PackContents(this.#tree, (blocks) => host.downloads.blocks(blocks));
    const everybodyWaits = (): boolean => this.#launcher.everybodyWaits();
    this.files = new FileService(this.#tree, { packs, everybodyWaits }, setup.cwd, setup.mounts);
    const requests = new RateLimit(outboundRate.burst, outboundRate.perSecond);
    this.#outbound = new OutboundHttp(setup.grant, brokerPort, () => requests.take());
    const syscalls = makeTable({
      outbound: this.#outbound,
      tree: this.#tree,
      packs,
      locks: this.#locks,
      mounts: this.files.mounts,
      loopback: this.network.loopback,
      processes: this.#processes,
      factsFor: (process) => this.#factsFor(process),
      spawnChild: (parent, call) => this.#spawnChild(parent, call),
      joined: (process) => this.#joined(process),
      execute: (process, call) => this.#execute(process, call),
      cloneChild: (parent, call, memory) => this.#cloneChild(parent, call, memory),
      nextRequest: async (process, answer) => {
        const requests = this.#links.get(process.pid)?.requests;
        if (requests === undefined) throw new Errno('ENOTSUP');
        process.limitRun(undefined);
        const { bytes, timeoutMs } = await requests.next(answer);
        process.limitRun(timeoutMs);
        return bytes;
      },
      ask: async (process, kind, text) => {
        // Of the process that the page started on this terminal.
        const link = this.#links.get(process.session);
        if (link === undefined) throw new Errno('ENOTSUP');
        return link.asks.ask(kind, text, process);
      },
      asset: (process, name) => {
        const { runtime, version } = this.#launcher.programOf(process);
        // Nor may a process keep the page busy with names that do not exist.
        if (!version.assets.some((asset) => asset.name === name)) throw new Errno('ENOENT', name);
        return host.downloads.asset(runtime, version, name);
      },
      installPackages: (process, requirements) => {
        const { runtime, version } = this.#launcher.programOf(process);
        return host.downloads.installPackages(number, runtime, version, requirements);
      },
      part: (process, name) => {
        const { version } = this.#launcher.programOf(process);
        if (version.parts?.includes(name) !== true) throw new Errno('ENOENT', name);
        return host.downloads.loader(`${version.loader}.${name}`);
      },
    });
    const { pool, spare, downloads, transport } = host;
    const processesMax = setup.limits.processes ?? defaults.processes;
    const { events } = host;
    this.#untaken = new UntakenBudget(setup.limits.pipeBytes ?? defaults.pipeBytes, processesMax, (bytes) =>
      events.addBytes(number, bytes),
    );
    this.#launcher = new Launcher({
      ...{ pool, spare, downloads, transport, packs, tree: this.#tree, processes: this.#processes },
      limits: {
        processes: processesMax,
        openFiles: setup.limits.openFiles ?? defaults.openFiles,
      },
      untaken: this.#untaken,
      provideFiles: ({ runtime, version }, path) => downloads.provideFiles(number, runtime, version, path),
      syscall: (caller, number, args) => dispatch(syscalls, caller, number, args),
      onStart: ({ pid, command }, parent) =>
        events.add({ type: 'start', sandbox: number, pid, parent: parent?.pid ?? 0, command }),
      onEnd: (ended, status) => this.#ended(ended, status),
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

  /** Bytes that wait for their readers. */
  get pipeBytes(): number {
    return this.#untaken.bytes;
  }

  get fileBytes(): number {
    return Math.max(0, this.#tree.table.bytes - ownBytes);
  }

  /** Makes the tree it begins with. */
  async populate(): Promise<void> {
    this.#tree.restore(this.#setup.records ?? []);
    for (const path of [...skeleton, this.#setup.cwd]) this.files.makeDirectories(path);
    if (this.#setup.records === undefined) {
      await this.files.handle(binLink);
      for (const path of programPaths(this.#host.downloads))
        this.files.writeFile(path, new Uint8Array(0), false, programMode);
    }
    if (this.#setup.files !== undefined) await this.files.writeFiles(this.#setup.files);
  }

  /** Starts a program for the page, or throws `SpawnError` or Errno where there is nothing to start. */
  async spawn(request: SpawnRequest, port: MessagePort): Promise<SpawnReply> {
    const pid = this.#host.allotPid();
    const term = request.tty === undefined ? 'dumb' : 'xterm-256color';
    const { env = { TERM: term, ...this.#setup.env }, cwd = this.#setup.cwd, timeoutMs, preopens } = request;
    // It may be another program's by then, under the same pid.
    const started = (): Process | undefined => this.#processes.get(pid);
    const link = new PageLink({
      port,
      input: request.stdin === 'pipe',
      outputBytesPerSecond: this.#setup.limits.outputBytesPerSecond,
      tty: request.tty === undefined ? undefined : this.#ttyOptions(request.tty),
      signal: (number) => this.#signalFromPage(started(), number),
      waiting: (reader) => waitsForInput(started(), reader as Process | undefined),
    });
    const [input, output, error] = link.streams;
    const command = {
      command: request.command,
      argv: [request.command, ...request.args],
      cwd,
      searchPath: env['PATH'],
      runtimesFirst: true,
    };
    if (this.#launcher.mustBring) await this.#launcher.bring(command);
    if (this.#isClosed) throw new SpawnError('ELOST', 'This sandbox has been disposed.');
    const start = this.#launcher.prepare({
      command,
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
    if (link.tty !== undefined) {
      link.tty.jobs.control(pid);
      this.#terminals.set(pid, link.tty);
      if (request.stdin instanceof Uint8Array) link.tty.input(request.stdin);
    }
    this.#links.set(pid, link);
    await start.begin();
    return { pid, transport: this.#host.transport };
  }

  /** Ends every process and lets go of everything. */
  dispose(): void {
    this.#isClosed = true;
    for (const process of this.processes) process.abandon({ code: null, signal: 'SIGKILL' });
    for (const end of this.#watches) end();
    this.network.close();
    this.#outbound.close();
    this.#journal.close();
  }

  #factsFor(self: Process): SpecialFacts {
    return sandboxFacts({
      self,
      processes: this.#processes,
      terminals: this.#terminals,
      fileBytes: this.fileBytes,
      memoryLimitBytes: this.#memoryBytes * (this.#setup.limits.processes ?? this.#host.defaults.processes),
    });
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
      signal: (group, number, isKept) => {
        for (const member of this.#processes.group(group)) member.signal(number, isKept);
      },
      sessionOf: (group) => this.#processes.sessionOfGroup(group),
    };
  }

  get #memoryBytes(): number {
    return this.#setup.limits.memoryBytes ?? this.#host.defaults.memoryBytes;
  }

  /** A child has what it was given of its parent's handles and nothing else. */
  async #spawnChild(parent: Process, call: SpawnCall): Promise<number> {
    const pid = this.#host.allotPid();
    const ownGroup = call.group === 0 || call.newSession === true;
    const command = commandOf(call);
    if (this.#launcher.mustBring) await this.#launcher.bring(command);
    // Who was ended meanwhile starts nothing that would outlive it.
    if (parent.hasEnded) throw new Errno('ESRCH');
    const start = this.#launcher.prepare({
      command,
      env: call.env,
      umask: call.umask,
      descriptors: inheritedFrom(parent, call),
      parent,
      options: {
        pid,
        group: ownGroup ? pid : this.#groupFor(parent, call.group),
        session: call.newSession === true ? pid : parent.session,
        timeoutMs: undefined,
        memoryBytes: parent.memoryBytes,
        ignored: [
          ...[...parent.actions.ignored].filter((signal) => call.restored?.includes(signal) !== true),
          ...(call.ignored ?? []),
        ],
        blocked: call.blocked,
      },
      preopens: undefined,
    });
    if (start.process.group !== parent.group) this.#joined(start.process);
    await start.begin();
    return pid;
  }

  #joined(process: Process): void {
    this.#terminals.get(process.session)?.jobs.joined(process.group, (number) => process.signal(number));
  }

  /** What it was given of its own handles stays open, what it catches has its default action. */
  async #execute(process: Process, call: SpawnCall): Promise<void> {
    const { pid, group, session, memoryBytes } = process;
    const command = commandOf(call);
    if (this.#launcher.mustBring) await this.#launcher.bring(command);
    await this.#launcher.replace({
      command,
      env: call.env,
      umask: call.umask,
      descriptors: inheritedFrom(process, call),
      parent: this.#processes.get(this.#processes.parentOf(process)),
      options: {
        ...{ pid, group, session, timeoutMs: undefined, memoryBytes },
        ignored: process.actions.ignored.filter((signal) => call.restored?.includes(signal) !== true),
        blocked: call.blocked,
      },
      preopens: undefined,
      replaces: process,
    });
  }

  /** As fork(2): a process beside the parent, on a copy of its memory. */
  async #cloneChild(parent: Process, call: CloneCall, memory: Uint8Array<ArrayBuffer>): Promise<number> {
    const pid = this.#host.allotPid();
    const { group, session, command, argv, memoryBytes } = parent;
    const cwd = normalize(call.cwd);
    const start = this.#launcher.prepare({
      command: { command, argv, cwd, searchPath: undefined, runtimesFirst: false },
      env: call.env,
      umask: call.umask,
      descriptors: inheritedFrom(parent, call),
      parent,
      options: { pid, group, session, timeoutMs: undefined, memoryBytes, ignored: [] },
      preopens: undefined,
      clone: { memory, state: call.state, module: call.module as WebAssembly.Module | undefined },
    });
    start.process.actions.copy(parent.actions);
    await start.begin();
    return pid;
  }

  #groupFor(parent: Process, group: number | undefined): number {
    if (group === undefined) return parent.group;
    if (this.#processes.sessionOfGroup(group) !== parent.session) throw new Errno('EPERM');
    return group;
  }

  #ended(ended: Process, status: ExitStatusWire): void {
    this.#journal.flush();
    const { code, signal, reason } = status;
    this.#host.events.add({
      ...{ type: 'exit', sandbox: this.number, pid: ended.pid, code, signal },
      ...(reason === undefined ? {} : { reason }),
    });
    this.#outbound.abandon(ended);
    if (ended.session === ended.pid) {
      this.#terminals.get(ended.pid)?.jobs.release();
      this.#terminals.delete(ended.pid);
    }
    this.#links.get(ended.pid)?.exited(status);
    this.#links.delete(ended.pid);
    this.#locks.release(ended.pid);
    this.#processes.ended(ended, ended.wasComputing);
    // Nothing the page ended may live on in its children.
    if (status.reason === 'timeout') this.#endSession(ended);
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
}

function commandOf({ command, argv, cwd, search, env }: SpawnCall): Command {
  const searchPath = search ? (env['PATH'] ?? '/usr/bin') : undefined;
  return { command, argv, cwd: normalize(cwd), searchPath, runtimesFirst: false };
}

function inheritedFrom(parent: Process, { descriptors }: Pick<SpawnCall, 'descriptors'>): Inherited[] {
  return descriptors.map((each) => {
    const { fd } = each;
    if ('handle' in each) return { fd, kind: 'open', file: parent.handles.get(each.handle) };
    return 'bytes' in each ? { fd, kind: 'given', bytes: each.bytes } : { fd, kind: 'null' };
  });
}

/** Time spent waiting for the reader does not count; a process that computes meanwhile does not wait. */
function waitsForInput(process: Process | undefined, reader: Process | undefined): void {
  if (process === undefined) return;
  if (reader === undefined) {
    process.watchIdle(undefined);
    process.waitsForReader = false;
    return;
  }
  process.waitsForReader = true;
  reader.watchIdle((isIdle) => {
    process.waitsForReader = isIdle;
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
    .flatMap(({ name, aliases, versions }) => [
      name,
      ...aliases,
      ...versions.flatMap((version) => version.aliases ?? []),
      ...versions.flatMap(({ programs = [] }) => programs.flatMap(({ commands }) => commands)),
    ]);
  return [...new Set(names)].map((name) => `/usr/bin/${name}`);
}
