// protocol: what page and kernel ask of each other, over comlink on one MessagePort.
// comlink carries only an error's message, so every answer is an envelope with the whole error in it.
import type { JournalRecord } from '../abi/journal.js';
import type { Runtime, Transport } from '../abi/runtime.js';
import type { FetchReply, FetchRequest } from './network.js';
import type { PackedTree } from './packed-tree.js';

export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly syscall?: string;
  readonly path?: string;
  readonly pid?: number;
  readonly hint?: string;
}

export type Answer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WireError };

/** What the kernel is told at boot; it imports none of it. */
export interface KernelImage {
  /** Source of the process worker. */
  readonly processWorker: Blob;
  readonly runtimes: readonly Runtime[];
  /** From `navigator.deviceMemory`, GB; 8 where the browser does not say. */
  readonly deviceMemoryGb: number;
}

/** Of one new sandbox. Bytes and counts; absent: the kernel's default. */
export interface SandboxLimits {
  readonly processes?: number;
  readonly openFiles?: number;
  readonly inodes?: number;
  readonly memoryBytes?: number;
  readonly fileBytes?: number;
  /** Of all pipes, sockets and terminals. */
  readonly pipeBytes?: number;
  readonly outputBytesPerSecond?: number;
}

export interface SandboxSetup {
  /** A tree to begin with, of a kernel that was lost; numbers from 2 on, in order of creation. */
  readonly records?: readonly JournalRecord[];
  /** Paths from `cwd` or the root. */
  readonly files: PackedTree | undefined;
  /** Of the tree in `records`: directories that are mounts. */
  readonly mounts?: readonly MountState[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly limits: SandboxLimits;
  /** Hosts of the grant, for errors that name what is missing; the broker frame enforces it. */
  readonly grant: 'none' | '*' | readonly string[];
}

export interface SpawnRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `pipe`: comes over the process port; bytes: all of it, known now. */
  readonly stdin: 'pipe' | 'null' | Uint8Array;
  readonly tty?: { readonly columns: number; readonly rows: number };
  readonly timeoutMs?: number;
  /** Of one process, instead of the sandbox's. */
  readonly memoryBytes?: number;
  readonly preopens?: Readonly<Record<string, string>>;
}

export interface SpawnReply {
  readonly pid: number;
  readonly transport: Transport;
}

/** Where a process of this sandbox gets what it downloads: answered by the page. */
export interface PageService {
  /** An asset, checked; decompressed unless it is zstd. */
  asset(runtime: string, version: string, name: string): Promise<Answer<Blob>>;
  /** What decompresses zstd, as a WebAssembly module. */
  zstdDecoder(): Promise<Answer<Blob>>;
  /** Loader source, `image/loaders/<name>.js`. */
  loader(name: string): Promise<Answer<Blob>>;
  /** A program asks for packages: `name version` of what was installed into its sandbox's tree. */
  installPackages(
    sandbox: SandboxId,
    runtime: string,
    requirements: readonly string[],
  ): Promise<Answer<readonly string[]>>;
  /** Mounts the files of a runtime that belong at a path into the tree of a sandbox. */
  provideFiles(sandbox: SandboxId, runtime: string, path: string): Promise<Answer<void>>;
  /** Content of packs by the numbers of their blocks, checked and decompressed. */
  blocks(
    blocks: readonly number[],
  ): Promise<Answer<readonly { readonly block: number; readonly bytes: Uint8Array }[]>>;
}

/** Page-side file system calls; `kernel-core/fs/file-service.ts` answers them. */
export type FileRequest =
  | { readonly op: 'readFile'; readonly path: string }
  | {
      readonly op: 'writeFile';
      readonly path: string;
      readonly content: Uint8Array | Blob;
      readonly mode?: number;
      readonly append?: boolean;
    }
  /** All of it or nothing; symbolic links on the way are followed. */
  | { readonly op: 'writeFiles'; readonly files: PackedTree }
  /** As an archive is unpacked: all of it or nothing, into `path`, never through a symbolic link. */
  | { readonly op: 'restore'; readonly path: string; readonly files: PackedTree }
  /** Covers `path` with a directory of these files. Answers `MountState[]`, of all mounts. */
  | { readonly op: 'mount'; readonly path: string; readonly files: PackedTree }
  | { readonly op: 'unmount'; readonly path: string }
  /** A gzip'd tar as a Blob. */
  | { readonly op: 'snapshot'; readonly path: string }
  /** Answers `Room`. `replacing`: what is there may make room for it. */
  | { readonly op: 'room'; readonly path: string; readonly replacing: boolean }
  /** Answers the position the page's replica must have reached. */
  | { readonly op: 'sync' }
  | { readonly op: 'mkdir'; readonly path: string; readonly recursive?: boolean; readonly mode?: number }
  | { readonly op: 'readdir'; readonly path: string }
  | { readonly op: 'stat' | 'lstat'; readonly path: string }
  | { readonly op: 'rename'; readonly from: string; readonly to: string }
  | { readonly op: 'rm'; readonly path: string; readonly recursive?: boolean; readonly force?: boolean }
  | { readonly op: 'symlink'; readonly target: string; readonly path: string }
  | { readonly op: 'readlink'; readonly path: string }
  | { readonly op: 'chmod'; readonly path: string; readonly mode: number }
  | {
      readonly op: 'utimes';
      readonly path: string;
      readonly accessedMs: number;
      readonly modifiedMs: number;
    };

/** A mount, as inode numbers: its directory, and the one it hides, if any, which waits elsewhere. */
export interface MountState {
  readonly root: number;
  readonly covered?: number;
}

/** What may be put at a path at most, and that path as an absolute one. */
export interface Room {
  readonly path: string;
  readonly bytes: number;
  readonly inodes: number;
}

export type SandboxId = number;

/** Kernel → page: what changed in a tree, in order. */
export interface JournalBatch {
  /** As `encodeRecords` of the abi: objects would cost the page ten times as much. */
  readonly records: Uint8Array;
  readonly sequence: number;
  /** The page says `JournalTaken` when it has applied it, for what comes next waits until then. */
  readonly awaited: boolean;
}

/** Page → kernel, on the same port. */
export interface JournalTaken {
  readonly type: 'taken';
}

/** Kernel → page, on the port of a watch. */
export interface WatchedEvents {
  readonly events: readonly WatchedEvent[];
}
export interface WatchedEvent {
  readonly type: 'create' | 'change' | 'remove' | 'rename';
  readonly path: string;
  readonly from?: string;
  readonly sequence: number;
}

export interface KernelService {
  boot(image: KernelImage): Promise<Answer<{ readonly transport: Transport }>>;
  /**
   * `journalPort` receives every change of the tree as `JournalBatch`, the first ones included;
   * `brokerPort` speaks `broker.ts`.
   */
  createSandbox(
    setup: SandboxSetup,
    journalPort: MessagePort,
    brokerPort: MessagePort | undefined,
  ): Promise<Answer<SandboxId>>;
  /** A program of this runtime is about to be started: what can be done before there is one begins. */
  warm(runtime: string, version: string): Promise<Answer<undefined>>;
  disposeSandbox(sandbox: SandboxId): Promise<Answer<undefined>>;
  /** `port` speaks `process-port.ts` for the process's whole life. */
  spawn(sandbox: SandboxId, request: SpawnRequest, port: MessagePort): Promise<Answer<SpawnReply>>;
  files(sandbox: SandboxId, request: FileRequest): Promise<Answer<unknown>>;
  /** `page` is told which ports of the sandbox listen (`PortMessage`), beginning with those that do already. */
  watchPorts(sandbox: SandboxId, page: MessagePort): Promise<Answer<undefined>>;
  /** An HTTP request to a server in the sandbox; `port` speaks `network.ts` for the bodies. */
  fetch(sandbox: SandboxId, request: FetchRequest, port: MessagePort): Promise<Answer<FetchReply>>;
  /** A connection to a listener, bytes both ways: as `fetch` with a streamed body, without HTTP. */
  connect(sandbox: SandboxId, to: number, port: MessagePort): Promise<Answer<FetchReply>>;
  /** `port` receives `WatchedEvents` until it sends anything. */
  watch(
    sandbox: SandboxId,
    request: { readonly path: string; readonly recursive: boolean },
    port: MessagePort,
  ): Promise<Answer<undefined>>;
  /** `port` speaks `events.ts`. */
  watchKernel(port: MessagePort): Promise<Answer<undefined>>;
  stats(): Promise<Answer<KernelStatsWire>>;
  /** Answers at once: the heartbeat. */
  ping(): Promise<Answer<undefined>>;
}

export interface KernelStatsWire {
  readonly sandboxes: number;
  readonly processes: readonly {
    readonly pid: number;
    readonly parent: number;
    readonly command: string;
    readonly state: string;
    readonly transport: Transport;
    readonly memoryBytes: number;
    readonly listening: readonly number[];
    readonly sandbox: number;
  }[];
  readonly workers: number;
  readonly memoryBytes: number;
  readonly pipeBytes: number;
  readonly journalSequence: number;
}
