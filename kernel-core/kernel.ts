// kernel: the service the page talks to. It owns the worker pool, the downloads and every sandbox; each
// call answers with an envelope, so that an error arrives whole.
import type { Remote } from 'comlink';
import { Errno } from './abi/errno.js';
import type { Transport } from './abi/runtime.js';
import { patchMemoryMaximum } from './abi/wasm-binary.js';
import { EventOutlet } from './event-outlet.js';
import { DownloadError, Downloads, InvalidProgram } from './downloads.js';
import { chooseWorkerHost } from './proc/worker-host.js';
import { Spare } from './proc/spare.js';
import { WorkerPool } from './proc/worker-pool.js';
import { FetchFailure } from './net/page-exchange.js';
import type {
  Answer,
  FileRequest,
  KernelImage,
  KernelService,
  KernelStatsWire,
  PageService,
  SandboxId,
  SandboxSetup,
  SpawnReply,
  SpawnRequest,
  WireError,
} from './protocol/kernel-service.js';
import type { FetchReply, FetchRequest } from './protocol/network.js';
import { SpawnError } from './launcher.js';
import { Sandbox, type DefaultLimits, type SandboxHost } from './sandbox.js';

const mebibyte = 1024 * 1024;

export class Kernel implements KernelService {
  readonly #page: PageService;
  readonly #sandboxes = new Map<SandboxId, Sandbox>();
  readonly #events = new EventOutlet();
  #host: SandboxHost | undefined;
  #nextSandbox = 1;
  #nextPid = 1;

  constructor(page: Remote<PageService>) {
    this.#page = page;
  }

  boot(image: KernelImage): Promise<Answer<{ transport: Transport }>> {
    return answer(() => {
      const pool = new WorkerPool(chooseWorkerHost(image.processWorker));
      pool.warm();
      const transport = chooseTransport();
      this.#host = {
        pool,
        spare: new Spare(pool),
        transport,
        downloads: new Downloads(this.#page, image.runtimes, (bytes, memoryBytes) =>
          patchMemoryMaximum(bytes, Math.floor(memoryBytes / 65536)),
        ),
        defaults: defaultLimits(image.deviceMemoryGb),
        events: this.#events,
        allotPid: () => this.#nextPid++,
      };
      return { transport };
    });
  }

  createSandbox(
    setup: SandboxSetup,
    journalPort: MessagePort,
    brokerPort: MessagePort | undefined,
  ): Promise<Answer<SandboxId>> {
    return answer(async () => {
      const id = this.#nextSandbox;
      this.#nextSandbox += 1;
      const sandbox = new Sandbox(this.#booted(), id, setup, journalPort, brokerPort);
      await sandbox.populate();
      this.#sandboxes.set(id, sandbox);
      return id;
    });
  }

  warm(name: string, wanted: string): Promise<Answer<undefined>> {
    return answer(() => {
      const { spare, downloads } = this.#booted();
      const runtime = downloads.runtimes.find((each) => each.name === name);
      const version = runtime?.versions.find((each) => each.version === wanted);
      if (runtime?.spare === true && version !== undefined) {
        spare.keep(`${name}@${wanted}`, () => downloads.forSpare(runtime, version));
      }
      return undefined;
    });
  }

  disposeSandbox(id: SandboxId): Promise<Answer<undefined>> {
    return answer(() => {
      this.#sandboxes.get(id)?.dispose();
      this.#sandboxes.delete(id);
      return undefined;
    });
  }

  spawn(id: SandboxId, request: SpawnRequest, port: MessagePort): Promise<Answer<SpawnReply>> {
    return answer(async () => {
      try {
        return await this.#sandbox(id).spawn(request, port);
      } catch (error) {
        port.close();
        throw error;
      }
    });
  }

  files(id: SandboxId, request: FileRequest): Promise<Answer<unknown>> {
    return answer(() => this.#sandbox(id).files.handle(request), request.op);
  }

  watch(
    id: SandboxId,
    { path, recursive }: { readonly path: string; readonly recursive: boolean },
    port: MessagePort,
  ): Promise<Answer<undefined>> {
    return answer(() => {
      this.#sandbox(id).watch(path, recursive, port);
      return undefined;
    }, 'watch');
  }

  watchPorts(id: SandboxId, page: MessagePort): Promise<Answer<undefined>> {
    return answer(() => {
      this.#sandbox(id).network.watch(page);
      return undefined;
    });
  }

  fetch(id: SandboxId, request: FetchRequest, port: MessagePort): Promise<Answer<FetchReply>> {
    return answer(() => this.#sandbox(id).network.fetch(request, port));
  }

  watchKernel(port: MessagePort): Promise<Answer<undefined>> {
    return answer(() => {
      this.#events.watch(port);
      return undefined;
    }, 'watch');
  }

  connect(id: SandboxId, to: number, port: MessagePort): Promise<Answer<FetchReply>> {
    return answer(() => this.#sandbox(id).network.connect(to, port));
  }

  stats(): Promise<Answer<KernelStatsWire>> {
    return answer(() => {
      const sandboxes = [...this.#sandboxes.values()];
      return {
        sandboxes: sandboxes.length,
        processes: sandboxes.flatMap((sandbox) =>
          sandbox.processes.map((process) => ({
            pid: process.pid,
            parent: sandbox.parentOf(process),
            command: process.command,
            state: process.isWaitingForInput ? 'waiting' : process.state,
            transport: process.transport,
            memoryBytes: process.memoryBytes,
            listening: sandbox.listeningOf(process),
            sandbox: sandbox.number,
          })),
        ),
        workers: this.#host?.pool.size ?? 0,
        memoryBytes: sandboxes.reduce((sum, sandbox) => sum + sandbox.fileBytes, 0),
        pipeBytes: sandboxes.reduce((sum, sandbox) => sum + sandbox.pipeBytes, 0),
        journalSequence: sandboxes.reduce((sum, sandbox) => sum + sandbox.journalSequence, 0),
      };
    });
  }

  ping(): Promise<Answer<undefined>> {
    return answer(() => undefined);
  }

  #booted(): SandboxHost {
    if (this.#host === undefined) throw new SpawnError('ELOST', 'The kernel has not been booted.');
    return this.#host;
  }

  #sandbox(id: SandboxId): Sandbox {
    const sandbox = this.#sandboxes.get(id);
    if (sandbox === undefined) throw new SpawnError('ELOST', 'This sandbox has been disposed.');
    return sandbox;
  }
}

async function answer<T>(work: () => T | Promise<T>, syscall?: string): Promise<Answer<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: describe(error, syscall) };
  }
}

function describe(error: unknown, syscall: string | undefined): WireError {
  if (error instanceof DownloadError || error instanceof FetchFailure) return error.wire;
  if (error instanceof SpawnError) return { code: error.code, message: error.message };
  if (error instanceof InvalidProgram) return { code: 'ENOEXEC', message: error.message };
  const call = syscall === undefined ? {} : { syscall };
  if (error instanceof Errno) {
    return {
      code: error.code,
      message: error.message,
      ...call,
      ...(error.path === undefined ? {} : { path: error.path }),
    };
  }
  return { code: 'EIO', message: error instanceof Error ? error.message : String(error), ...call };
}

function chooseTransport(): Transport {
  if (typeof SharedArrayBuffer === 'function' && self.crossOriginIsolated) return 'shared';
  return 'Suspending' in WebAssembly ? 'suspending' : 'local';
}

/** Defaults protect a phone. */
function defaultLimits(deviceMemoryGb: number): DefaultLimits {
  const small = deviceMemoryGb < 4;
  return {
    processes: small ? 16 : 64,
    openFiles: 1024,
    inodes: 200_000,
    memoryBytes: (small ? 512 : 2048) * mebibyte,
    fileBytes: (small ? 128 : 512) * mebibyte,
    pipeBytes: (small ? 16 : 64) * mebibyte,
  };
}
