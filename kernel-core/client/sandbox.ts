// client: a sandbox as the page sees it. It outlives the kernel it runs on: when that is lost, the next
// call makes it anew on the next one, from the replica of its tree.
import { transfer } from 'comlink';
import type {
  FileRequest,
  JournalBatch,
  JournalTaken,
  MountState,
  SandboxSetup,
  SpawnRequest,
} from '../protocol/kernel-service.js';
import { openBroker, type Broker } from './broker.js';
import type { Connection } from './connection.js';
import { FileSystem } from './file-system.js';
import { pack, type FileTree } from './file-tree.js';
import type { NetworkGrant } from './grant.js';
import { KernelError } from './kernel-error.js';
import { Process, type ExitStatus } from './process.js';
import { Replica } from './replica.js';
import { SandboxNetwork } from './sandbox-network.js';
import { asBlobs, holding } from './tree-blobs.js';
import { buffersOf } from './tree-packer.js';
import type { DuplexStream } from './upgraded-response.js';
import { Watch, type WatchOptions } from './watch.js';

export interface SpawnOptions {
  /** Default: the sandbox's. */
  cwd?: string;
  /** Replaces the sandbox's. */
  env?: Record<string, string>;
  /** Default `pipe` for spawn, `null` for run. */
  stdin?: 'pipe' | 'null' | string | Uint8Array | ReadableStream<Uint8Array>;
  /** A terminal of that size as fds 0, 1 and 2; what is shown comes from `stdout`, closing `stdin` hangs up. */
  tty?: { columns: number; rows: number };
  /** Run time; waiting for input is not counted. */
  timeoutMs?: number;
  /** guest → path; `{}` gives none, absent the whole tree. */
  preopens?: Record<string, string>;
}

export interface RunResult extends ExitStatus {
  stdout: string;
  stderr: string;
  durationMs: number;
}

/** A sandbox on one kernel. */
interface Attachment {
  readonly connection: Connection;
  readonly id: Promise<number>;
  broker: Broker | undefined;
}

export interface SandboxHost {
  connection(): Promise<Connection>;
  forget(sandbox: Sandbox): void;
}

/**
 * One file tree, one network, one set of limits, and processes. Made by `kernel.sandbox()`. Events: `listen` and
 * `close`, each a `PortEvent`: a server in the sandbox listens on `port`, or none does any more.
 * Event `sync` (detail: `{ sequence }`): everything up to that place of the journal is safe.
 */
export class Sandbox extends EventTarget {
  readonly fs: FileSystem;
  readonly #host: SandboxHost;
  readonly #setup: SandboxSetup;
  readonly #grant: NetworkGrant;
  readonly #processes = new Set<Process>();
  readonly #watches = new Set<Watch>();
  /** Watches the kernel was not asked for yet: nothing that is called after them may come before them. */
  readonly #beginning = new Set<Promise<unknown>>();
  #mounts: readonly MountState[] = [];
  /** What `putFiles` has posted and has no answer to yet. */
  #put: Promise<unknown> | undefined;
  readonly #network = new SandboxNetwork(this);
  #attachment: Attachment | undefined;
  #replica: Replica | undefined;
  #disposed = false;

  constructor(host: SandboxHost, setup: SandboxSetup, grant: NetworkGrant) {
    super();
    this.#host = host;
    this.#setup = setup;
    this.#grant = grant;
    this.fs = new FileSystem({
      request: (request, buffers) => this.#files(request, buffers),
      watch: (path, options) => this.#watch(path, options),
      sync: () => this.#sync(),
    });
  }

  /** For the library itself: what its programs may reach. */
  get grant(): NetworkGrant {
    return this.#grant;
  }

  /** For the library itself: whether this is what the kernel calls it now. */
  async isNumber(id: number): Promise<boolean> {
    return (await this.#attachment?.id.catch(() => undefined)) === id;
  }

  /** For the library itself: nothing runs that the page started. An event `idle` says when it comes to that. */
  get isIdle(): boolean {
    return this.#processes.size === 0;
  }

  /** For the library itself: a new sandbox on the same kernel, with no files and no network. */
  async sibling(): Promise<Sandbox> {
    const setup = { ...this.#setup, files: undefined, limits: {}, grant: 'none' } as const;
    const sandbox = new Sandbox(this.#host, setup, 'none');
    await sandbox.ready();
    return sandbox;
  }

  /**
   * For the library itself: as `fs.writeFiles`, for a program that is started next. It does not wait for the page's copy,
   * for should the kernel be lost now, the program is too, and whoever starts it again writes them again. Nor for the
   * kernel, where the bytes are in the message: it takes them before it takes the next call. `spawn` tells what failed.
   */
  async putFiles(files: FileTree): Promise<void> {
    const packed = await asBlobs(await pack(files, { copied: true }));
    const put = this.#post(await this.#attach(), { op: 'writeFiles', files: packed }, buffersOf(packed));
    if (packed.chunks.some((chunk) => chunk instanceof Blob)) await put;
    else this.#put = put;
    // Should nothing be started after it, nobody asks.
    put.catch(() => undefined);
  }

  /** Resolves once the sandbox exists in the kernel with its first files. */
  async ready(): Promise<void> {
    await this.#attach();
  }

  /**
   * Starts a program: a runtime's name (`python`, `python@3.14`) or a path with a slash. Rejects with
   * ENOENT, ENOEXEC, EACCES, EAGAIN, EINVAL, a download's error, or ELOST.
   */
  async spawn(command: string, args: readonly string[] = [], options: SpawnOptions = {}): Promise<Process> {
    const request = spawnRequest(command, args, options);
    const { connection, id } = await this.#attach();
    const { port1, port2 } = new MessageChannel();
    // Output may come before the reply does: the port keeps it until someone listens.
    const started = connection.call((service) => service.spawn(id, request, transfer(port2, [port2])));
    const put = this.#put;
    this.#put = undefined;
    const { pid, transport } = await started.catch((error: unknown) => {
      port1.close();
      throw error;
    });
    const process = new Process(pid, transport, port1);
    await put?.catch((error: unknown) => {
      process.kill('SIGKILL');
      throw error;
    });
    const release = connection.hold();
    this.#processes.add(process);
    void connection.lost.then((why) =>
      process.lose(`${why} What it had in memory is gone; its files are kept.`),
    );
    void process.exited.then(() => {
      release();
      this.#processes.delete(process);
      if (this.isIdle) this.dispatchEvent(new Event('idle'));
    });
    if (options.stdin instanceof ReadableStream) {
      // A program that ends before its input does is no error of the caller's.
      options.stdin.pipeTo(process.stdin).catch(() => undefined);
    }
    return process;
  }

  /** Starts a program and collects what it prints until it ends. */
  async run(command: string, args: readonly string[] = [], options: SpawnOptions = {}): Promise<RunResult> {
    const startedAt = performance.now();
    const process = await this.spawn(command, args, { ...options, stdin: options.stdin ?? 'null' });
    const [stdout, stderr, status] = await Promise.all([
      collect(process.stdout),
      collect(process.stderr),
      process.exited,
    ]);
    return { ...status, stdout, stderr, durationMs: performance.now() - startedAt };
  }

  /**
   * Sends an HTTP request to a server in the sandbox, at `port`; no network grant is needed, nothing leaves the
   * page. `input` is a path with query, a URL (of which the path and query count) or a Request; `host` is
   * `localhost:<port>` unless the headers say otherwise. The answer's body streams; redirects are answers like
   * others. Aborting rejects with the signal's reason and closes the connection. Rejects with ECONNREFUSED where
   * nobody listens, ECONNRESET where the server leaves before it has answered, EPROTO where it does not speak
   * HTTP, EINVAL, ELOST.
   *
   * With the headers `connection: upgrade` and `upgrade` it asks for another protocol, such as WebSocket. A server that
   * agrees answers 101, and this resolves with an `UpgradedResponse`, whose `socket` is the connection; one that does
   * not answers as ever.
   */
  async fetch(port: number, input: string | Request, init: RequestInit = {}): Promise<Response> {
    return this.#network.fetch(() => this.#attach(), port, input, init);
  }

  /**
   * Connects to a listener in the sandbox, bytes both ways and no protocol: what a WebSocket client or another
   * protocol is made of. Closing `writable` ends what is sent, as shutdown(2); cancelling `readable`, aborting, or the
   * listener's end closes the connection. Slow readers hold their writer back, on both sides. Rejects with ECONNREFUSED
   * where nobody listens, EINVAL, ELOST, and the signal's reason.
   */
  connect(port: number, options: { readonly signal?: AbortSignal } = {}): Promise<DuplexStream> {
    return this.#network.connect(() => this.#attach(), port, options.signal);
  }

  /** Ends its processes and forgets its files. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#host.forget(this);
    this.#network.dispose();
    const attachment = this.#attachment;
    this.#attachment = undefined;
    this.#replica = undefined;
    for (const watch of this.#watches) watch.end();
    attachment?.broker?.dispose();
    if (attachment === undefined || attachment.connection.isLost) return;
    try {
      const id = await attachment.id;
      await attachment.connection.call((service) => service.disposeSandbox(id));
    } catch {
      // A kernel that is gone has nothing left to dispose of.
    }
  }

  async #files(request: FileRequest, buffers: Transferable[] = []): Promise<unknown> {
    const attached = await this.#attach();
    const { connection, id } = attached;
    const answer = await this.#post(attached, request, buffers);
    // A kernel that is lost now must not leave half of a mount: what was put there is in the replica first.
    const replica = this.#replica;
    if ('files' in request && replica !== undefined) await caughtUp(connection, id, replica);
    if (request.op === 'mount' || request.op === 'unmount') this.#mounts = answer as readonly MountState[];
    return answer;
  }

  #post(
    { connection, id }: { readonly connection: Connection; readonly id: number },
    request: FileRequest,
    buffers: Transferable[],
  ): Promise<unknown> {
    const posted = connection.call((service) => service.files(id, transfer(request, buffers)));
    return holding(request, posted);
  }

  /** As durable as files are in this version: the page has them, so a lost kernel does not take them along. */
  async #sync(): Promise<void> {
    const { connection, id } = await this.#attach();
    const replica = this.#replica;
    const sequence = replica === undefined ? 0 : await caughtUp(connection, id, replica);
    this.dispatchEvent(new CustomEvent('sync', { detail: { sequence } }));
  }

  #watch(path: string, { recursive = false, signal }: WatchOptions): Watch {
    const watch = new Watch(signal, (ended) => this.#watches.delete(ended));
    if (watch.isEnded) return watch;
    this.#watches.add(watch);
    const { port1, port2 } = new MessageChannel();
    const begin = async (): Promise<void> => {
      const { connection, id } = await this.#attached();
      void connection.lost.then(() => watch.end(lostWatch(path)));
      const asked = connection.call((service) =>
        service.watch(id, { path, recursive }, transfer(port2, [port2])),
      );
      watch.listen(port1);
      asked.catch((error: unknown) => watch.end(error as KernelError));
    };
    const beginning = begin().catch((error: unknown) => watch.end(error as KernelError));
    this.#beginning.add(beginning);
    void beginning.then(() => this.#beginning.delete(beginning));
    return watch;
  }

  async #attach(): Promise<{ connection: Connection; id: number }> {
    if (this.#beginning.size > 0) await Promise.all(this.#beginning);
    return this.#attached();
  }

  async #attached(): Promise<{ connection: Connection; id: number }> {
    if (this.#disposed) throw new KernelError('ELOST', 'This sandbox has been disposed.');
    const connection = await this.#host.connection();
    let attachment = this.#attachment;
    if (attachment === undefined || attachment.connection !== connection) {
      attachment?.broker?.dispose();
      attachment = this.#create(connection);
      this.#attachment = attachment;
    }
    try {
      return { connection, id: await attachment.id };
    } catch (error) {
      if (this.#attachment === attachment) this.#attachment = undefined;
      attachment.broker?.dispose();
      throw error;
    }
  }

  #create(connection: Connection): Attachment {
    const create = async (): Promise<number> => {
      const broker = await openBroker(this.#grant);
      attachment.broker = broker;
      if (this.#disposed) broker?.dispose();
      const lost = this.#replica;
      const setup: SandboxSetup =
        lost === undefined
          ? this.#setup
          : { ...this.#setup, files: undefined, ...lost.records(this.#mounts) };
      const replica = new Replica();
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }: MessageEvent<JournalBatch>) => {
        replica.apply(data);
        if (data.awaited) port1.postMessage({ type: 'taken' } satisfies JournalTaken);
      };
      const ports = broker === undefined ? [port2] : [port2, broker.port];
      const id = await connection.call((service) =>
        service.createSandbox(setup, transfer(port2, ports), broker?.port),
      );
      // Were the kernel lost before, the sandbox would be made of what it was made of now.
      if (isMuch(setup)) await caughtUp(connection, id, replica);
      this.#replica = replica;
      this.#mounts = setup.mounts ?? [];
      await this.#network.attach(connection, id);
      return id;
    };
    const attachment: Attachment = { connection, id: Promise.resolve().then(create), broker: undefined };
    return attachment;
  }
}

/** Resolves with the tree's position now, once the replica has reached it. */
async function caughtUp(connection: Connection, id: number, replica: Replica): Promise<number> {
  const sequence = (await connection.call((service) => service.files(id, { op: 'sync' }))) as number;
  const lost = connection.lost.then(() => {
    throw new KernelError('ELOST', 'The kernel was lost before everything was safe.', { syscall: 'sync' });
  });
  await Promise.race([replica.reached(sequence), lost]);
  return sequence;
}

/** More than the kernel sends before its answer. */
function isMuch({ files, records }: SandboxSetup): boolean {
  if (records !== undefined) return true;
  const bytes = files?.length.reduce((sum, length) => sum + length, 0) ?? 0;
  return bytes > 1024 * 1024 || (files?.kind.length ?? 0) > 1000;
}

function lostWatch(path: string): KernelError {
  return new KernelError('ELOST', 'The kernel was lost, and the watch with it.', {
    syscall: 'watch',
    path,
    hint: 'The last changes may be undone: look at the files anew and watch again.',
  });
}

function spawnRequest(command: string, args: readonly string[], options: SpawnOptions): SpawnRequest {
  if (typeof command !== 'string' || command === '') {
    throw new KernelError('EINVAL', 'spawn() needs a command: the name of a runtime or a path.');
  }
  const { stdin = 'pipe', timeoutMs } = options;
  if (timeoutMs !== undefined && !(timeoutMs > 0)) {
    throw new KernelError('EINVAL', `timeoutMs must be more than 0, not ${timeoutMs}.`);
  }
  return {
    command,
    args: args.map(String),
    stdin: stdinOf(stdin),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: { ...options.env } }),
    ...(options.tty === undefined ? {} : { tty: { ...options.tty } }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(options.preopens === undefined ? {} : { preopens: { ...options.preopens } }),
  };
}

function stdinOf(stdin: NonNullable<SpawnOptions['stdin']>): SpawnRequest['stdin'] {
  if (stdin === 'pipe' || stdin === 'null') return stdin;
  if (typeof stdin === 'string') return new TextEncoder().encode(stdin);
  return stdin instanceof Uint8Array ? stdin : 'pipe';
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
  }
}
