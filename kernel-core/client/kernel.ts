// client: the page's one kernel. It boots lazily, is joined by every element and caller, and boots again
// when it is lost.
//
//   booting ─▶ ready ─▶ lost ─▶ booting …      disposed is final
import type { KernelEvent } from '../protocol/events.js';
import type {
  KernelImage,
  PageService,
  SandboxLimits,
  SandboxSetup,
  WireError,
} from '../protocol/kernel-service.js';
import { fetchAsset, forgetHandedOver, handOverAsset, addressOf } from './asset-store.js';
import { configure, settings, type Configuration } from './configuration.js';
import { transfer } from 'comlink';
import { Connection } from './connection.js';
import { pack, type FileTree } from './file-tree.js';
import { normalizeGrant, type NetworkGrant } from './grant.js';
import { KernelError } from './kernel-error.js';
import { libraryFile } from './library-files.js';
import { resolveRuntime, runtimes } from './runtimes.js';
import { Sandbox, type SandboxHost } from './sandbox.js';
import { asBlobs } from './tree-blobs.js';
import { Watch } from './watch.js';

export interface Limits {
  processes?: number;
  /** Of one process; default 1,024. What is beyond them is EMFILE. */
  openFiles?: number;
  inodes?: number;
  /** Wasm memory of one process. */
  memoryBytes?: number;
  fileBytes?: number;
  /** Bytes that may wait in pipes, sockets and terminals for who reads them, over all processes; writers wait beyond that. */
  pipeBytes?: number;
  /** What the page is sent; a program that prints faster is held back. Default: no limit but the page's own pace. */
  outputBytesPerSecond?: number;
}

export interface SandboxOptions {
  /** Absolute paths, or relative to cwd; parents are made. */
  files?: FileTree;
  /** Default `/home/user`. */
  cwd?: string;
  env?: Record<string, string>;
  /** Default `none`; fixed for the sandbox's life. */
  network?: NetworkGrant;
  limits?: Limits;
  /** Key of the reader's own copy. */
  persist?: string;
  /** Join the sandbox of that name; a different grant or limit is an error. */
  name?: string;
}

export interface KernelStats {
  sandboxes: number;
  processes: ProcessStats[];
  workers: number;
  /** Of files. */
  memoryBytes: number;
  /** Bytes that wait in pipes, sockets and terminals for who reads them. */
  pipeBytes: number;
  journalSequence: number;
}

export interface ProcessStats {
  pid: number;
  parent: number;
  command: string;
  state: string;
  transport: 'shared' | 'suspending' | 'local';
  memoryBytes: number;
  listening: number[];
  /** Number of its sandbox, as events name it. */
  sandbox: number;
}

export type KernelState = 'booting' | 'ready' | 'lost' | 'disposed';

/** Two copies of the library on one page share one kernel. */
const key = Symbol.for('wasm-elements.kernel');
type Holder = typeof globalThis & { [key]?: Kernel };

/**
 * The kernel of this page. Events: `lost` (detail: `{ reason }`) when it died with every process in it,
 * `restored` when it runs again; the files of its sandboxes come back.
 */
export class Kernel extends EventTarget {
  readonly #named = new Map<string, { sandbox: Sandbox; terms: string }>();
  readonly #sandboxes = new Set<Sandbox>();
  #connection: Promise<Connection> | undefined;
  #booting: Promise<Connection> | undefined;
  #hasBooted = false;
  #state: KernelState = 'booting';

  /**
   * Boots the kernel, or joins the one of this page. Rejects with EFRAME, EWORKER, EWASM, ENOTFOUND,
   * ENETWORK; calling it again tries again.
   */
  static async boot(options?: Configuration): Promise<Kernel> {
    if (options !== undefined) configure(options);
    const holder = globalThis as Holder;
    let kernel = holder[key];
    if (kernel === undefined || kernel.state === 'disposed') {
      kernel = new Kernel();
      Object.defineProperty(holder, key, { value: kernel, configurable: true, enumerable: false });
    }
    await kernel.#connect();
    return kernel;
  }

  get state(): KernelState {
    return this.#state;
  }

  /** A sandbox of its own, or the one of that name. Rejects with EINVAL, ECONFLICT and download errors. */
  async sandbox(options: SandboxOptions = {}): Promise<Sandbox> {
    const grant = normalizeGrant(options.network ?? 'none');
    const limits = checkLimits(options.limits ?? {});
    if (options.persist !== undefined) {
      throw new KernelError(
        'ENOTSUP',
        'persist is not available in this version: files last as long as the page.',
      );
    }
    const terms = JSON.stringify([grant, limits]);
    const { name } = options;
    const named = name === undefined ? undefined : this.#named.get(name);
    if (named !== undefined) {
      if (named.terms !== terms) {
        throw new KernelError(
          'ECONFLICT',
          `The session “${name}” has another network grant or other limits.`,
          {
            hint: 'Give every element of a session the same network and limits.',
          },
        );
      }
      if (options.files !== undefined) await named.sandbox.fs.writeFiles(options.files);
      return named.sandbox;
    }
    const sandbox = new Sandbox(this.#host, await setupOf(options, grant, limits), grant);
    if (name !== undefined) {
      // Another caller may have come first while the files were read.
      if (this.#named.has(name)) return this.sandbox(options);
      this.#named.set(name, { sandbox, terms });
    }
    this.#sandboxes.add(sandbox);
    try {
      await sandbox.ready();
    } catch (error) {
      await sandbox.dispose();
      throw error;
    }
    return sandbox;
  }

  /** For the library itself: a program of this runtime is about to be started. Never rejects: the start will tell. */
  static async warm(spec: string): Promise<void> {
    try {
      const { runtime, version } = resolveRuntime(spec);
      const connection = await (await Kernel.boot()).#connect();
      await connection.call((service) => service.warm(runtime.name, version.version));
    } catch {
      // Without it everything begins when the program does.
    }
  }

  /** Counts for dashboards and tests. */
  async stats(): Promise<KernelStats> {
    const connection = await this.#connect();
    const stats = await connection.call((service) => service.stats());
    return {
      ...stats,
      processes: stats.processes.map((process) => ({ ...process, listening: [...process.listening] })),
    };
  }

  /**
   * What happens in the kernel from now on, for dashboards: processes start and exit, ports listen and close, bytes
   * move. Ends with `signal` or when the loop is left; rejects with ELOST when the kernel is lost. The kernel tells
   * it ten times a second at most, as fast as the page asks; of too much it says how much was left out (`missed`).
   * While nobody watches nothing is collected.
   */
  watch({ signal }: { signal?: AbortSignal } = {}): AsyncIterable<KernelEvent> {
    const watch = new Watch<KernelEvent>(signal, () => undefined);
    const begin = async (): Promise<void> => {
      const connection = await this.#connect();
      void connection.lost.then((reason) =>
        watch.end(new KernelError('ELOST', reason, { syscall: 'watch' })),
      );
      if (watch.isEnded) return;
      const { port1, port2 } = new MessageChannel();
      watch.listen(port1, true);
      await connection.call((service) => service.watchKernel(transfer(port2, [port2])));
    };
    begin().catch((error: unknown) => watch.end(error as KernelError));
    return watch;
  }

  /** Ends every process and removes the frame; the next `Kernel.boot` makes a new kernel. */
  async dispose(): Promise<void> {
    if (this.#state === 'disposed') return;
    this.#state = 'disposed';
    const sandboxes = [...this.#sandboxes];
    await Promise.all(sandboxes.map((sandbox) => sandbox.dispose()));
    const connection = await this.#connection?.catch(() => undefined);
    connection?.dispose();
    forgetHandedOver();
  }

  readonly #host: SandboxHost = {
    connection: () => this.#connect(),
    forget: (sandbox) => {
      this.#sandboxes.delete(sandbox);
      for (const [name, named] of this.#named) if (named.sandbox === sandbox) this.#named.delete(name);
    },
  };

  async #connect(): Promise<Connection> {
    if (this.#state === 'disposed') throw new KernelError('ELOST', 'The kernel has been disposed.');
    const open = await this.#connection;
    // Reading `isLost` notices a frame the page has thrown away.
    if (open !== undefined && !open.isLost) return open;
    return this.#boot();
  }

  #boot(): Promise<Connection> {
    // Several callers may have found the same lost connection.
    if (this.#booting !== undefined) return this.#booting;
    const restored = this.#hasBooted;
    this.#state = 'booting';
    // What the one before had is gone with it.
    forgetHandedOver();
    const booting = Connection.open({
      kernelSource: libraryFile('kernel.worker.js'),
      image: image(),
      page: pageServiceFor((id) => this.#sandboxOf(id)),
    })
      .then((connection) => {
        if (this.#state === 'disposed') {
          connection.dispose();
          throw new KernelError('ELOST', 'The kernel has been disposed.');
        }
        this.#state = 'ready';
        this.#hasBooted = true;
        void connection.lost.then((reason) => this.#lost(reason));
        if (restored) this.dispatchEvent(new CustomEvent('restored'));
        return connection;
      })
      .finally(() => {
        this.#booting = undefined;
      });
    this.#booting = booting;
    this.#connection = booting;
    booting.catch(() => {
      if (this.#connection === booting) this.#connection = undefined;
    });
    return booting;
  }

  /** The sandbox that a process of the kernel's calls by its number. */
  async #sandboxOf(id: number): Promise<Sandbox> {
    for (const sandbox of this.#sandboxes) if (await sandbox.isNumber(id)) return sandbox;
    throw new KernelError('ELOST', 'This sandbox has been disposed.');
  }

  #lost(reason: string): void {
    if (this.#state === 'disposed') return;
    // Whoever noticed first may have begun to boot again.
    if (this.#booting === undefined) this.#state = 'lost';
    this.dispatchEvent(new CustomEvent('lost', { detail: { reason } }));
    // Ready for the next run; should it fail, that run tells.
    this.#boot().catch(() => undefined);
  }
}

async function image(): Promise<KernelImage> {
  return {
    processWorker: await libraryFile('process.worker.js'),
    runtimes: runtimes(),
    deviceMemoryGb: (navigator as { deviceMemory?: number }).deviceMemory ?? 8,
  };
}

const pageServiceFor = (sandboxOf: (id: number) => Promise<Sandbox>): PageService => ({
  asset: (runtime, version, name) =>
    answer(async () => {
      const asset = resolveRuntime(`${runtime}@${version}`).version.assets.find((each) => each.name === name);
      if (asset === undefined)
        throw new KernelError('ENOENT', `${runtime} ${version} has no asset “${name}”.`);
      const bytes = await fetchAsset(asset);
      handOverAsset(asset);
      return bytes;
    }),
  zstdDecoder: () => answer(() => libraryFile('zstd.wasm')),
  loader: (name) =>
    answer(() => {
      // The name comes from inside the frame.
      if (!/^[a-z0-9-]+(\.[a-z0-9-]+)?$/.test(name)) throw new KernelError('EINVAL', 'No such loader.');
      return libraryFile(`loaders/${name}.js`);
    }),
  blocks: (blocks) =>
    answer(async () => {
      const { fetchBlocks } = await import('./pack-store.js');
      return fetchBlocks(blocks);
    }),
  provideFiles: (id, runtime, path) =>
    answer(async () => {
      const { version } = resolveRuntime(runtime);
      const files = version.files?.find((each) => each.path === path);
      const asset = version.assets.find(({ name }) => name === files?.asset);
      if (files === undefined || asset === undefined)
        throw new KernelError('ENOENT', `${runtime} has no files for ${path}.`);
      const sandbox = await sandboxOf(id);
      await sandbox.fs.mount(path, new URL(`${addressOf(asset)}#sha256=${files.id}`));
    }),
  installPackages: (id, runtime, requirements) =>
    answer(async () => {
      const sandbox = await sandboxOf(id);
      const { installPackages } = await import('./packages.js');
      const installed = await installPackages(sandbox, runtime, requirements, { grant: sandbox.grant });
      return installed.map(({ name, version }) => `${name} ${version}`);
    }),
});

async function answer<T>(
  work: () => Promise<T>,
): Promise<{ ok: true; value: T } | { ok: false; error: WireError }> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (!(error instanceof KernelError)) return { ok: false, error: { code: 'EIO', message: String(error) } };
    const { code, message, hint } = error;
    return { ok: false, error: { code, message, ...(hint === undefined ? {} : { hint }) } };
  }
}

async function setupOf(
  options: SandboxOptions,
  grant: NetworkGrant,
  limits: SandboxLimits,
): Promise<SandboxSetup> {
  const cwd = options.cwd ?? '/home/user';
  if (!cwd.startsWith('/')) throw new KernelError('EINVAL', `cwd must be an absolute path, not “${cwd}”.`);
  settings();
  return {
    files: options.files === undefined ? undefined : await asBlobs(await pack(options.files)),
    cwd: cwd === '/' ? cwd : cwd.replace(/\/+$/, ''),
    env: { HOME: '/home/user', PATH: '/usr/bin', LANG: 'C.UTF-8', ...options.env },
    limits,
    grant,
  };
}

function checkLimits(limits: Limits): SandboxLimits {
  for (const [name, value] of Object.entries(limits) as [string, unknown][]) {
    if (value !== undefined && !(typeof value === 'number' && value > 0 && Number.isFinite(value))) {
      throw new KernelError(
        'EINVAL',
        `The limit ${name} must be a number above 0, not ${JSON.stringify(value)}.`,
      );
    }
  }
  return Object.fromEntries(
    Object.entries(limits)
      .filter(([, value]) => value !== undefined)
      .sort(),
  );
}
