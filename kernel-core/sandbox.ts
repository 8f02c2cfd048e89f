// kernel: one sandbox, that is one file tree, one network grant, one set of limits and its processes.
// Must always hold: a process is in `#processes` from spawn until its exit has been told.
import { errnoText, Errno } from './abi/errno.js';
import type { StartDescriptor, StartMessage } from './abi/messages.js';
import type { Transport } from './abi/runtime.js';
import { slotBytes } from './abi/syscall-slot.js';
import { FileService } from './fs/file-service.js';
import { JournalOutlet } from './fs/journal-outlet.js';
import { Tree } from './fs/tree.js';
import { OutboundHttp } from './net/outbound.js';
import { Process } from './proc/process.js';
import { CommandNotFound, resolveProgram, type Program } from './proc/program.js';
import type { WorkerPool } from './proc/worker-pool.js';
import type { SandboxSetup, SpawnReply, SpawnRequest } from './protocol/kernel-service.js';
import { replyInSlot } from './syscalls/slot-reply.js';
import { dispatch, type SyscallHost } from './syscalls/table.js';
import type { Downloads } from './downloads.js';

/** What limits are where the page gave none. */
export interface DefaultLimits {
  readonly processes: number;
  readonly inodes: number;
  readonly memoryBytes: number;
  readonly fileBytes: number;
}

/** Directories every tree begins with. */
const skeleton = ['/home/user', '/tmp', '/usr/bin'];

/** No such thing, said to a reader. */
export class SpawnError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface SandboxHost {
  readonly pool: WorkerPool;
  readonly downloads: Downloads;
  readonly transport: Transport;
  readonly defaults: DefaultLimits;
  allotPid(): number;
}

export class Sandbox {
  readonly #host: SandboxHost;
  readonly #setup: SandboxSetup;
  readonly #tree: Tree;
  readonly #outbound: OutboundHttp;
  readonly #journal: JournalOutlet;
  readonly #processes = new Map<number, Process>();
  readonly #programs = new Map<Process, Program>();
  readonly #syscallHost: SyscallHost;
  readonly files: FileService;

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
    this.#tree.follow((records, sequence, author) => journal.add(records, sequence, author));
    this.files = new FileService(this.#tree, setup.cwd);
    this.#outbound = new OutboundHttp(setup.grant, brokerPort);
    this.#syscallHost = {
      outbound: this.#outbound,
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
    };
  }

  get processes(): readonly Process[] {
    return [...this.#processes.values()];
  }

  get journalSequence(): number {
    return this.#tree.sequence;
  }

  get fileBytes(): number {
    return this.#tree.table.bytes;
  }

  /** Makes the tree it begins with. */
  async populate(): Promise<void> {
    this.#tree.restore(this.#setup.records ?? []);
    await this.files.writeFiles([...skeleton, this.#setup.cwd].map((path) => ({ path, directory: true })));
    await this.files.writeFiles(this.#setup.files);
  }

  /** Starts a program, or throws `SpawnError` or Errno where there is nothing to start. */
  async spawn(request: SpawnRequest, port: MessagePort): Promise<SpawnReply> {
    const { defaults, pool, transport, downloads } = this.#host;
    const limit = this.#setup.limits.processes ?? defaults.processes;
    if (this.#processes.size >= limit) {
      throw new SpawnError(
        'EAGAIN',
        `This sandbox may run ${limit} processes at a time and they are all in use.`,
      );
    }
    const cwd = request.cwd ?? this.#setup.cwd;
    const program = this.#resolve(request, cwd);
    const memoryBytes = request.memoryBytes ?? this.#setup.limits.memoryBytes ?? defaults.memoryBytes;
    let preload: { key: string; loader: Blob } | undefined;
    const key = `${program.runtime.name}@${program.version.version}`;
    const process = new Process({
      pid: this.#host.allotPid(),
      command: request.command,
      transport,
      tree: this.#tree,
      pool,
      loader: key,
      port,
      stdin: request.stdin,
      timeoutMs: request.timeoutMs,
      memoryBytes,
      reusable: program.runtime.reusable === true,
      syscall: (caller, number, args) => dispatch(this.#syscallHost, caller, number, args),
      onExit: (ended) => {
        this.#journal.flush();
        this.#outbound.abandon(ended);
        this.#processes.delete(ended.pid);
        this.#programs.delete(ended);
        // The next process finds a worker ready, and this one's page is not kept waiting for it.
        setTimeout(() => pool.warm(preload));
      },
    });
    this.#processes.set(process.pid, process);
    this.#programs.set(process, program);
    try {
      const loader = await downloads.loader(program.version.loader);
      preload = { key, loader };
      const module =
        program.file === undefined
          ? undefined
          : await downloads.program(this.#tree.table.contents(program.file).slice(), memoryBytes);
      this.#start(process, program, request, { cwd, loader, module, memoryBytes });
    } catch (error) {
      process.abandon({ code: 126, signal: null });
      throw error;
    }
    return { pid: process.pid, transport };
  }

  /** Ends every process and lets go of everything. */
  dispose(): void {
    for (const process of this.processes) process.abandon({ code: null, signal: 'SIGKILL' });
    this.#outbound.close();
    this.#journal.close();
  }

  #programOf(process: Process): Program {
    const program = this.#programs.get(process);
    if (program === undefined) throw new Errno('ESRCH');
    return program;
  }

  #resolve(request: SpawnRequest, cwd: string): Program {
    try {
      return resolveProgram(this.#tree, this.#host.downloads.runtimes, cwd, request.command, request.args);
    } catch (error) {
      if (error instanceof CommandNotFound) throw new SpawnError('ENOENT', error.message);
      if (error instanceof Errno) {
        const what = errnoText(error.errno);
        throw new SpawnError(error.code, `“${request.command}” cannot be started: ${what}.`);
      }
      throw error;
    }
  }

  #start(
    process: Process,
    program: Program,
    request: SpawnRequest,
    parts: { cwd: string; loader: Blob; module: WebAssembly.Module | undefined; memoryBytes: number },
  ): void {
    // It may have been ended while its loader was on the way.
    if (process.state !== 'starting') return;
    const { transport } = this.#host;
    const { tree, segments } = this.#tree.image();
    const lease = this.#tree.lease(process.pid);
    const slot = transport === 'shared' ? new SharedArrayBuffer(slotBytes) : undefined;
    const output: StartDescriptor = { kind: 'pipe' };
    const message: StartMessage = {
      type: 'start',
      pid: process.pid,
      argv: program.argv,
      env: request.env ?? this.#setup.env,
      cwd: parts.cwd,
      runtime: { name: program.runtime.name, version: program.version.version },
      loader: parts.loader,
      transport,
      descriptors: [inputDescriptor(request.stdin), output, output],
      limits: { memoryBytes: parts.memoryBytes },
      tree,
      segments,
      inodeLease: lease.inodes[0] ?? { first: 0, count: 0 },
      byteLease: lease.bytes,
      ...(slot === undefined ? {} : { slot }),
      ...(request.preopens === undefined ? {} : { preopens: request.preopens }),
      ...(parts.module === undefined ? {} : { program: parts.module }),
    };
    process.start(
      message,
      slot === undefined ? undefined : (number, value) => replyInSlot(slot, number, value),
    );
  }
}

function inputDescriptor(stdin: SpawnRequest['stdin']): StartDescriptor {
  if (stdin === 'pipe') return { kind: 'pipe' };
  if (stdin === 'null') return { kind: 'null' };
  return { kind: 'given', bytes: stdin };
}
